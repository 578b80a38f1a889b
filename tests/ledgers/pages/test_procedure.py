"""The steps of the chain as pages: who gets which, once, and with which words (D-14, R10)."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from common.once import new_token
from ledgers import actions
from ledgers.models import ExpectedFiling, LedgerState, LedgerStep, LockException, LockState
from societies.actions import end_appointment
from tests.factories import make_actor, make_society
from tests.factories.ledgers import fill, make_cast, make_ledger, make_period, moment, ticks
from tests.ledgers.pages.helpers import field_of, lock_of, text, url

pytestmark = pytest.mark.django_db
S = LedgerState


def path(name, row):
    return reverse(f"ledgers:{name}", args=[row.pk])


def state_of(ledger):
    ledger.refresh_from_db()
    return ledger.state


def post(client, name, row, **data):
    return client.post(path(name, row), {"form_token": new_token()} | data)


def test_send_refuses_blanks_by_name_and_place(draft, cast, sign_in):
    client = sign_in(cast.clerk)
    lock = lock_of(client.get(url(draft, 1)))
    answer = client.post(url(draft, 1, "send"), lock | {"group_members": ""})
    body = text(answer)
    assert answer.status_code == 422 and state_of(draft) == S.DRAFT
    assert "团体会员尚未填写。没有请填 0，不适用请选“不适用”" in body
    assert f'href="{url(draft, 1)}?check=1#group_members"' in body
    assert 'id="group_members-e"' in text(client.get(f"{url(draft, 1)}?check=1"))


def test_send_before_the_as_of_day_says_the_day(society, cast, sign_in, federation):
    early = make_period(federation, date(2026, 12, 31), opened=False)
    draft = make_ledger(society, early, cast=cast, on=date(2026, 7, 3))
    client = sign_in(cast.clerk)
    page = client.get(url(draft, 1))
    assert "2026-12-31" in text(page) and "现在可继续填写草稿" in text(page)
    answer = client.post(url(draft, 1, "send"), lock_of(page))
    assert answer.status_code == 422 and "报送自 2026-12-31 起" in text(answer)
    assert state_of(draft) == S.DRAFT


def test_send_saves_first_and_a_replay_gives_the_first_answer(draft, cast, sign_in):
    client = sign_in(cast.clerk)
    sent = lock_of(client.get(url(draft, 1))) | {"awards_count": "1"}
    first = client.post(url(draft, 1, "send"), sent)
    second = client.post(url(draft, 1, "send"), sent)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url == url(draft, 1)
    draft.operations.refresh_from_db()
    assert draft.operations.awards_count == 1 and state_of(draft) == S.TO_SIGN
    assert LedgerStep.objects.filter(ledger=draft, verb="send_for_signature").count() == 1


def test_secretary_has_no_button_to_send(draft, cast, sign_in):
    client = sign_in(cast.secretary)
    page = client.get(url(draft, 1))
    assert "sections/1/send" not in text(page) and 'name="group_members"' in text(page)
    assert client.post(url(draft, 1, "send"), lock_of(page)).status_code == 403


@pytest.fixture
def to_sign(before, society, period, cast):
    return make_ledger(society, period, cast=cast, state=S.TO_SIGN)


def test_signing_asks_for_declaration_and_ticks(to_sign, cast, sign_in):
    client = sign_in(cast.secretary)
    page = text(client.get(path("sign", to_sign)))
    assert "最久未变的 5 项" in page and page.count('name="tick"') == 5
    answer = post(client, "sign", to_sign)
    assert answer.status_code == 422 and "请审阅后勾选声明，再报送" in text(answer)
    answer = post(client, "sign", to_sign, truthful="on", tick="operations.individual_members")
    body = text(answer)
    assert answer.status_code == 422 and "团体会员多期未变化，请核对后勾选" in body
    # What was ticked stays ticked.
    assert (
        'value="operations.individual_members" checked' in body and state_of(to_sign) == S.TO_SIGN
    )


def test_signing_files_once(to_sign, cast, sign_in):
    client = sign_in(cast.secretary)
    sent = {"form_token": new_token(), "truthful": "on", "tick": ticks(to_sign)}
    first, second = (client.post(path("sign", to_sign), sent) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first.url == second.url
    assert state_of(to_sign) == S.FILED


def test_the_sender_cannot_sign(to_sign, cast, society, sign_in):
    end_appointment(appointment=cast.clerk.appointment, on=date(2026, 7, 2))
    client = sign_in(make_actor(Role.SOCIETY_SECRETARY, society, user=cast.clerk.user))
    page = text(client.get(path("sign", to_sign)))
    assert "审签人不能是送审签人本人" in page and "sign-form" not in page.split("<aside")[1]
    assert post(client, "sign", to_sign, truthful="on").status_code == 403
    assert state_of(to_sign) == S.TO_SIGN


def test_return_needs_its_reason_and_shows_it(to_sign, cast, sign_in):
    client = sign_in(cast.secretary)
    answer = post(client, "hand_back", to_sign, reason="")
    assert answer.status_code == 422 and "请填写退回原因" in text(answer)
    assert post(client, "hand_back", to_sign, reason="请核对期刊数").status_code == 302
    assert "请核对期刊数" in text(sign_in(cast.clerk).get(url(to_sign, 1)))


@pytest.fixture
def filed(before, society, period, cast):
    return make_ledger(
        society, period, cast=cast, state=S.FILED, operations={"journals_count": "3"}
    )


def test_review_shows_differences_first(filed, cast, sign_in):
    client = sign_in(cast.reviewer)
    page = text(client.get(path("review", filed)))
    assert "变化 1" in page and "2 种" in page and "3 种" in page and "增 1" in page
    for tab in ("operations", "staff", "members", "leaders", "not_established"):
        assert client.get(f"{path('review', filed)}?tab={tab}").status_code == 200


def test_accept_and_look_at_the_next(filed, federation, cast, sign_in, period):
    other = make_society(federation, name="示例地理学会")
    following = make_ledger(other, period, state=S.FILED, on=date(2026, 7, 1))
    client = sign_in(cast.reviewer)
    answer = post(client, "accept", filed, then="next")
    assert answer.url == path("review", following) and state_of(filed) == S.ACCEPTED
    assert "上一份" not in text(client.get(answer.url))


def test_reviewer_returns_with_a_reason(filed, cast, sign_in):
    client = sign_in(cast.reviewer)
    assert post(client, "return", filed, reason=" ").status_code == 422
    assert post(client, "return", filed, reason="请核对主办期刊").status_code == 302
    assert state_of(filed) == S.RETURNED
    page = text(sign_in(cast.clerk).get(url(filed, 1)))
    assert "请核对主办期刊" in page and "最近一次退回意见" in page


def remark(ledger, name, table="operations", row=0):
    return f"{table}.{name}.{row}"


def test_words_at_fields_come_with_the_return(filed, cast, sign_in):
    """R-LED-08: the reviewer's word stands at the field, for clerk and secretary."""
    reviewer = sign_in(cast.reviewer)
    leader = filed.leaders.first()
    sent = {
        "reason": "请按下列意见修改",
        "remark_field": [
            remark(filed, "journals_count"),
            remark(filed, "name", "leaders", leader.pk),
            "",
        ],
        "remark_text": ["主办期刊应为 2 种", "姓名与名录不符", ""],
    }
    assert "journals_count" in text(reviewer.get(path("review", filed)))
    assert post(reviewer, "return", filed, **sent).status_code == 302
    for who in (cast.clerk, cast.secretary):
        client = sign_in(who)
        first, fourth = (text(client.get(url(filed, number))) for number in (1, 4))
        assert 'id="journals_count-w">退回意见：主办期刊应为 2 种' in first
        assert f'id="r{leader.pk}-name-w">退回意见：姓名与名录不符' in fourth
        assert "退回意见：" not in text(client.get(url(filed, 2)))
    assert "（2 项有意见）" in text(sign_in(cast.clerk).get(reverse("home")))
    filed.refresh_from_db()
    assert set(filed.return_remarks.values_list("section", "field", "row")) == {
        ("operations", "journals_count", 0),
        ("leaders", "name", leader.pk),
    }


@pytest.mark.parametrize(
    ("chosen", "said", "words"),
    [
        ("operations.journals_count.0", "", "请写明该项的意见"),
        ("", "应为 2 种", "请选择意见所指的项目"),
        ("operations.bank_account.0", "应为 2 种", "没有这一项，请重新选择"),
        ("operations.journals_count.0", "长" * 301, "意见最多 300 个字"),
    ],
)
def test_a_wrong_word_at_a_field_is_said_there_and_kept(filed, cast, sign_in, chosen, said, words):
    sent = {"reason": "请修改", "remark_field": [chosen], "remark_text": [said]}
    answer = post(sign_in(cast.reviewer), "return", filed, **sent)
    assert answer.status_code == 422 and state_of(filed) == S.FILED
    page = text(answer)
    assert words in page and "请修改" in page and said in page


def test_more_lines_for_words_judge_nothing(filed, cast, sign_in):
    sent = {"remark_field": ["operations.journals_count.0"], "remark_text": ["应为 2 种"]}
    answer = post(sign_in(cast.reviewer), "return", filed, reason="稍后", more="1", **sent)
    page = text(answer)
    assert answer.status_code == 200 and state_of(filed) == S.FILED
    assert "应为 2 种" in page and "稍后" in page and page.count('name="remark_text"') == 3


def test_restatement_goes_to_the_leader(before, cast, sign_in):
    clerk = sign_in(cast.clerk)
    assert post(clerk, "restate", before, reason="").status_code == 422
    answer = post(clerk, "restate", before, reason="期刊数漏报一种")
    assert answer.status_code == 302
    version = before.society.ledgers.get(version=2)
    send = clerk.post(url(version, 1, "send"), lock_of(clerk.get(url(version, 1))))
    assert send.status_code == 302
    secretary = sign_in(cast.secretary)
    assert post(secretary, "sign", version, truthful="on").status_code == 302
    assert post(sign_in(cast.reviewer), "accept", version).status_code == 302
    assert state_of(version) == S.TO_DECIDE
    leader = sign_in(cast.leader)
    assert "同意更正" in text(leader.get(path("review", version)))
    assert post(leader, "disagree", version, reason="").status_code == 422
    assert post(leader, "agree", version).status_code == 302
    assert state_of(version) == S.ACCEPTED


def test_queue_counts_filters_and_sorts(filed, cast, sign_in, federation, period):
    other = make_society(federation, name="示例地理学会", discipline_class="medicine")
    period.expected.create(society=other)
    make_ledger(other, period, state=S.FILED, on=date(2026, 7, 16))
    client = sign_in(cast.reviewer)
    queue = reverse("ledgers:review_queue")
    page = text(client.get(queue))
    assert "待审核 2" in page and "示例力学学会" in page and "示例地理学会" in page
    found = text(client.get(f"{queue}?q=地理"))
    assert "示例力学学会" not in found and "待审核 1" in found
    assert "示例地理学会" not in text(client.get(f"{queue}?filed_window=on_time"))
    assert "示例力学学会" not in text(client.get(f"{queue}?society__discipline_class=medicine"))
    assert "这里没有台账" in text(client.get(f"{queue}?state=accepted"))
    by_name = text(client.get(f"{queue}?sort=-changes"))
    assert by_name.index("示例力学学会") < by_name.index("示例地理学会")


def test_each_tab_of_the_queue_counts_what_it_lists(federation, cast, society, period, sign_in):
    """A restatement is listed and counted; what the secretary sent back stays in the society."""
    first = make_ledger(society, period, state=S.ACCEPTED, cast=cast)
    now = moment(date(2026, 7, 20))
    second = actions.restate(ledger=first, reason="人数有误", by=cast.clerk, now=now)
    others = [make_society(federation, name=f"示例{n}学会") for n in "甲乙"]
    for other in others:
        period.expected.create(society=other)
    back = make_ledger(others[1], period, state=S.RETURNED)
    one = make_cast(others[0])
    inside = make_ledger(others[0], period, state=S.TO_SIGN, cast=one)
    actions.return_to_clerk(ledger=inside, reason="请核对", by=one.secretary, now=now)
    fill(second, cast.clerk, now, operations={"awards_count": "7"})
    second = actions.send_for_signature(ledger=second, by=cast.clerk, now=now)
    actions.sign_and_file(ledger=second, ticks=ticks(second), by=cast.secretary, now=now)
    client = sign_in(cast.reviewer)
    page = text(client.get(reverse("ledgers:review_queue")))
    assert "待审核 1" in page and "已退回 1" in page and "已通过 1" in page
    listed = text(client.get(reverse("ledgers:review_queue") + "?state=returned"))
    assert back.society.name in listed and inside.society.name not in listed


def test_period_figures_link_to_their_lists(filed, cast, sign_in, federation, period):
    late = make_society(federation, name="示例未报学会")
    period.expected.create(society=late)
    client = sign_in(cast.reviewer)
    page = text(client.get(reverse("ledgers:periods")))
    assert "50.0%" in page and f"{path('period', period)}?show=on_time" in page
    listed = {
        show: text(client.get(f"{path('period', period)}?show={show}"))
        for show in ("actual", "on_time", "late", "not_filed")
    }
    assert "示例力学学会" in listed["actual"] and "示例力学学会" in listed["on_time"]
    assert "示例未报学会" in listed["not_filed"] and "名单为空" in listed["late"]


def test_exemption_is_proposed_and_decided_by_two(filed, cast, sign_in, federation, period):
    expected = period.expected.create(society=make_society(federation))
    reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
    assert post(reviewer, "exempt", expected, reason="").status_code == 422
    assert post(reviewer, "exempt", expected, reason="正在注销").status_code == 302
    assert post(reviewer, "exemption_decide", expected).status_code == 403
    assert post(leader, "exemption_decide", expected).status_code == 302
    assert "正在注销" in text(leader.get(f"{path('period', period)}?show=exempt"))


def test_closing_is_proposed_and_decided_after_the_closing_day(period, cast, sign_in):
    reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
    assert post(reviewer, "period_propose", period).status_code == 422
    with time_machine.travel(moment(date(2026, 9, 1)), tick=True):
        reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
        assert post(leader, "period_close", period).status_code == 422
        assert post(reviewer, "period_propose", period).status_code == 302
        assert post(leader, "period_close", period).status_code == 302
        assert "已定格" in text(leader.get(reverse("ledgers:periods")))


def test_the_society_reads_that_a_period_is_closed(draft, period, cast, sign_in):
    """roles.md §3: 定格 is seen by all societies concerned."""
    clerk, listing = sign_in(cast.clerk), reverse("ledgers:list")
    assert "已定格" not in text(clerk.get(listing))
    with time_machine.travel(moment(date(2026, 9, 1)), tick=True):
        now = moment(date(2026, 9, 1))
        actions.propose_closing(period=period, by=cast.reviewer, now=now)
        actions.close_period(period=period, by=cast.leader, now=now)
        assert "已定格" in text(sign_in(cast.clerk).get(listing))


def test_lock_exception_walks_through_four_people(draft, cast, sign_in, period):
    with time_machine.travel(moment(date(2026, 9, 1)), tick=True):
        clerk, secretary = sign_in(cast.clerk), sign_in(cast.secretary)
        reviewer, leader = sign_in(cast.reviewer), sign_in(cast.leader)
        ask = reverse("ledgers:lock_request")
        page = clerk.get(f"{ask}?period={period.pk}")
        sent = {"form_token": field_of(page, "form_token"), "period": period.pk}
        wrong = clerk.post(ask, sent | {"reason": "", "until": "2026-02-30"})
        assert wrong.status_code == 422 and "补报截止日应为实际存在的日期" in text(wrong)
        assert 'value="2026-02-30"' in text(wrong)
        past = clerk.post(ask, sent | {"reason": "换届", "until": "2026-08-01"})
        assert past.status_code == 422 and "补报截止日不能早于今天" in text(past)
        assert clerk.post(ask, sent | {"reason": "换届", "until": "2026-09-20"}).status_code == 302
        row = LockException.objects.get()
        assert post(leader, "lock_grant", row, until="2026-09-10").status_code == 422
        assert post(secretary, "lock_countersign", row).status_code == 302
        assert post(reviewer, "lock_review", row).status_code == 302
        assert post(leader, "lock_refuse", row, reason="").status_code == 422
        assert post(leader, "lock_grant", row, until="2026-09-10").status_code == 302
        row.refresh_from_db()
        assert (row.state, row.until) == (LockState.GRANTED, date(2026, 9, 10))
        assert "已开锁" in text(clerk.get(path("lock", row)))
        sent = lock_of(clerk.get(url(draft, 1)))
        assert clerk.post(url(draft, 1, "send"), sent).status_code == 302


def test_draft_is_opened_from_the_list(society, period, cast, sign_in):
    client = sign_in(cast.clerk)
    page = text(client.get(reverse("ledgers:list")))
    assert "尚未开始的期次" in page and period.title in page
    answer = client.post(reverse("ledgers:open", args=[period.pk]))
    assert answer.status_code == 302
    again = client.post(reverse("ledgers:open", args=[period.pk]))
    assert answer.url == again.url and society.ledgers.count() == 1


def test_the_society_sees_the_committees_clock(society, period, cast, sign_in):
    """R-SUP-19, roles.md §2.8: five working days from the signature of 1 July."""
    ledger = make_ledger(society, period, cast=cast, state=S.FILED, on=date(2026, 7, 1))
    page = text(sign_in(cast.clerk).get(url(ledger, 1)))
    assert "审核期限 5 个工作日，至 7 月 8 日" in page


def test_an_exempt_period_is_not_offered(society, period, cast, sign_in):
    """R-LED-05: exempt by decision; neither list nor desk asks for that ledger."""
    client = sign_in(cast.clerk)
    row = ExpectedFiling.objects.get(period=period, society=society)
    proposed = actions.propose_exemption(
        expected=row, reason="试行", by=cast.reviewer, now=moment(date(2026, 7, 2))
    )
    assert period.title in text(client.get(reverse("ledgers:list")))
    assert period.title in text(client.get(reverse("home")))
    actions.decide_exemption(expected=proposed, by=cast.leader, now=moment(date(2026, 7, 2)))
    assert period.title not in text(client.get(reverse("ledgers:list")))
    assert f"开始填写 {period.title}" not in text(client.get(reverse("home")))


def test_closed_periods_are_told_apart_by_their_year(society, period, cast, sign_in):
    """A second half-year closes in the year after; several may wait to be closed (定格)."""
    with time_machine.travel(moment(date(2027, 3, 1))):
        make_period(society.federation, date(2026, 12, 31))
        desk = text(sign_in(cast.reviewer).get(reverse("home")))
        assert "2026-08-11 已关闭报送" in desk
        assert "2027-02-12 已关闭报送" in desk
