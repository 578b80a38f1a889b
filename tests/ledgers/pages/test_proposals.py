"""Proposals to close and to exempt at the keyboard: refused, taken back, made again."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from common.once import new_token
from ledgers import actions
from ledgers.desk import TASKS
from tests.factories import make_actor
from tests.factories.ledgers import moment
from tests.ledgers.pages.conftest import TODAY
from tests.ledgers.pages.helpers import text

pytestmark = pytest.mark.django_db
LATE = date(2026, 9, 1)


def path(name, row):
    return reverse(f"ledgers:{name}", args=[row.pk])


def post(client, name, row, **sent):
    return client.post(path(name, row), {"form_token": new_token()} | sent)


def titles(actor, on):
    return [task.title for each in TASKS for task in each(actor, on)]


def why(actor, on):
    return [task.why for each in TASKS for task in each(actor, on)]


@pytest.fixture
def expected(society, period):
    return period.expected.get(society=society)


def test_the_leader_refuses_to_close_and_the_proposer_reads_why(period, cast, sign_in):
    with time_machine.travel(moment(LATE), tick=True):
        reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
        assert post(reviewer, "period_propose", period).status_code == 302
        page = text(leader.get(path("period", period)))
        assert path("period_refuse", period) in page and path("period_close", period) in page
        assert post(leader, "period_refuse", period, reason="").status_code == 422
        assert post(reviewer, "period_refuse", period, reason="不").status_code == 403
        answer = post(leader, "period_refuse", period, reason="先审完补报的两份")
        assert answer.status_code == 302
        page = text(reviewer.get(path("period", period)))
        assert "不同意定格" in page and "先审完补报的两份" in page and "已关闭报送" in page
        assert path("period_propose", period) in page
        assert any("先审完补报的两份" in words for words in why(cast.reviewer, LATE))
        assert titles(cast.leader, LATE) == []
        assert post(reviewer, "period_propose", period).status_code == 302
        page = text(leader.get(path("period", period)))
        assert "先审完补报的两份" in page, "the leader sees what was answered before"
        assert post(leader, "period_close", period).status_code == 302
        assert "已定格" in text(reviewer.get(path("period", period)))


def test_the_proposer_takes_back_a_closing(period, cast, sign_in, federation):
    with time_machine.travel(moment(LATE), tick=True):
        reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
        other = sign_in(make_actor(Role.COMMITTEE_REVIEWER, federation))
        post(reviewer, "period_propose", period)
        assert path("period_withdraw", period) not in text(other.get(path("period", period)))
        assert post(other, "period_withdraw", period).status_code == 403
        assert path("period_withdraw", period) in text(reviewer.get(path("period", period)))
        token = {"form_token": new_token()}
        for _ in range(2):
            answer = reviewer.post(path("period_withdraw", period), token)
            assert answer.status_code == 302, "a second click is the first"
        gone = post(leader, "period_close", period)
        assert gone.status_code == 422 and "没有待定格的提请" in text(gone)
        assert titles(cast.leader, LATE) == []
        assert titles(cast.reviewer, LATE) == [f"提请定格：{period.title}"]


def test_an_exemption_is_refused_with_a_reason(expected, period, cast, sign_in):
    reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
    assert post(reviewer, "exempt", expected, reason="正在注销").status_code == 302
    assert titles(cast.leader, TODAY) == [f"决定免报：{period.label} 1 家"]
    waiting = text(leader.get(f"{path('period', period)}?show=proposed"))
    assert "正在注销" in waiting and path("exemption_refuse", expected) in waiting
    assert "正在注销" in text(leader.get(path("exemption_refuse", expected)))
    assert post(leader, "exemption_refuse", expected, reason="").status_code == 422
    assert post(leader, "exemption_refuse", expected, reason="尚未公告清算").status_code == 302
    assert titles(cast.leader, TODAY) == []
    assert "尚未公告清算" in text(reviewer.get(path("period", period)))
    label = f"{expected.society.name} {period.label}"
    assert titles(cast.reviewer, TODAY) == [f"免报未获同意：{label}"]
    again = text(reviewer.get(path("exempt", expected)))
    assert "上次未获同意：尚未公告清算" in again and "正在注销" in again
    assert post(reviewer, "exempt", expected, reason="已公告清算").status_code == 302
    assert titles(cast.reviewer, TODAY) == []
    assert post(leader, "exemption_decide", expected).status_code == 302
    assert "已公告清算" in text(leader.get(f"{path('period', period)}?show=exempt"))


def test_an_exemption_is_taken_back(expected, period, cast, sign_in):
    reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
    post(reviewer, "exempt", expected, reason="正在注销")
    assert path("exemption_withdraw", expected) in text(reviewer.get(path("period", period)))
    assert path("exemption_withdraw", expected) not in text(leader.get(path("period", period)))
    assert post(leader, "exemption_withdraw", expected).status_code == 403
    assert post(reviewer, "exemption_withdraw", expected).status_code == 302
    assert titles(cast.leader, TODAY) == titles(cast.reviewer, TODAY) == []
    late = post(leader, "exemption_refuse", expected, reason="晚了一步")
    assert late.status_code == 422 and "没有待决定的免报提请" in text(late)
    assert "晚了一步" in text(late), "nothing typed is lost"


def test_a_refusal_leaves_the_desk_when_nothing_can_follow(expected, period, cast):
    now = moment(TODAY)
    actions.propose_exemption(expected=expected, reason="注销", by=cast.reviewer, now=now)
    actions.refuse_exemption(expected=expected, reason="未公告", by=cast.leader, now=now)
    told = [t for t in titles(cast.reviewer, period.closes_on) if "免报" in t]
    assert len(told) == 1
    late = period.closes_on + timedelta(days=1)
    assert not [t for t in titles(cast.reviewer, late) if "免报" in t]
