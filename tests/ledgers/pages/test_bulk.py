"""R-LED-13: accepting together what shows no change. R-LED-14: follow-ups of measures."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused
from common.once import new_token
from ledgers import actions
from ledgers.models import GuidanceMeasure, Ledger, LedgerState
from ledgers.querysets.ledgers import LedgerQuerySet
from tests.factories import make_actor, make_society
from tests.factories.ledgers import make_cast, make_ledger, moment
from tests.ledgers.pages.helpers import text

pytestmark = pytest.mark.django_db
S = LedgerState
TOGETHER = reverse("ledgers:accept_many")


@pytest.fixture
def plain(before, society, period, cast):
    """Filed again without any change."""
    return make_ledger(society, period, cast=cast, state=S.FILED)


@pytest.fixture
def first(federation, period):
    """Another society's first ledger: nothing to compare it with."""
    return make_ledger(make_society(federation, name="示例地理学会"), period, state=S.FILED)


def accept(client, *ledgers, **more):
    sent = {"form_token": new_token(), "ledger": [row.pk for row in ledgers], "looked": "on"}
    return client.post(TOGETHER, sent | more, follow=True)


def state_of(ledger):
    return Ledger.objects.values_list("state", flat=True).get(pk=ledger.pk)


def test_the_unchanged_are_counted_confirmed_and_accepted(plain, first, cast, sign_in):
    client = sign_in(cast.reviewer)
    assert "一并通过" in text(client.get(reverse("ledgers:review_queue")))
    page = text(client.get(TOGETHER))
    assert "可一并通过 1 份" in page and "通过 1 份" in page
    assert "示例力学学会" in page and "示例地理学会" not in page
    answer = accept(client, plain, looked="")
    assert answer.status_code == 422 and "请先核对名单并勾选确认" in text(answer)
    assert state_of(plain) == S.FILED
    assert "已一并通过 1 份台账" in text(accept(client, plain))
    assert (state_of(plain), state_of(first)) == (S.ACCEPTED, S.FILED)


def test_what_was_not_shown_is_not_accepted(plain, first, cast, sign_in):
    """Neither a filing that came since the page was read nor one slipped into the form."""
    client = sign_in(cast.reviewer)
    answer = accept(client, first)
    assert answer.status_code == 422 and "已没有可以一并通过的台账" in text(answer)
    assert (state_of(plain), state_of(first)) == (S.FILED, S.FILED)


def test_without_the_check_a_first_ledger_would_pass(first, federation, sign_in, monkeypatch):
    """Negative control: whatever waits for review may be accepted together."""
    monkeypatch.setattr(LedgerQuerySet, "bulk_acceptable", LedgerQuerySet.awaiting_review)
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    accept(sign_in(reviewer), first)
    assert state_of(first) == S.ACCEPTED


@pytest.fixture
def measure(federation, period):
    """Of a society without any organisation."""
    bare = make_society(federation, name="示例天文学会")
    make_ledger(bare, period, cast=make_cast(bare), state=S.ACCEPTED)
    return GuidanceMeasure.objects.get(society=bare, tier=1)


def follow_up(measure):
    return reverse("ledgers:follow_up", args=[measure.pk])


@pytest.mark.parametrize("role", [Role.SOCIETY_CLERK, Role.COMMITTEE_REVIEWER])
def test_society_and_reviewer_write_down_what_was_done(measure, federation, sign_in, role):
    owner = federation if role == Role.COMMITTEE_REVIEWER else measure.society
    client = sign_in(make_actor(role, owner))
    society = text(client.get(reverse("society", args=[measure.society_id])))
    assert follow_up(measure) in society and "联合组建" in society
    sent = {"form_token": new_token(), "on": "2026-07-02", "text": "已与挂靠单位商定"}
    answer = client.post(follow_up(measure), sent, follow=True)
    assert "进展已登记" in text(answer) and "已与挂靠单位商定" in text(answer)
    measure.refresh_from_db()
    assert measure.last_followed_up_on == date(2026, 7, 2)
    later = sent | {"form_token": new_token(), "on": "2026-07-09", "text": "下周再谈"}
    answer = client.post(follow_up(measure), later)
    assert answer.status_code == 422 and "下周再谈" in text(answer)
    assert "跟进日期晚于今天" in text(answer) and measure.follow_ups.count() == 1


def test_others_write_nothing_at_a_measure(measure, society, federation, sign_in):
    stranger = sign_in(make_actor(Role.SOCIETY_CLERK, society))
    assert stranger.get(follow_up(measure)).status_code == 404
    inspector = sign_in(make_actor(Role.INSPECTOR, measure.society))
    assert inspector.get(follow_up(measure)).status_code == 403
    assert "登记进展" not in text(inspector.get(reverse("society", args=[measure.society_id])))


def test_an_ended_measure_takes_no_more(measure, sign_in):
    GuidanceMeasure.objects.update(valid_to=measure.valid_from.replace(year=2027))
    clerk = make_actor(Role.SOCIETY_CLERK, measure.society)
    now = moment(date(2026, 7, 2))
    assert "该措施已结束" in text(sign_in(clerk).get(follow_up(measure)))
    with pytest.raises(ActionRefused, match="已结束"):
        actions.follow_up(measure=measure, on=now.date(), text="再", by=clerk, now=now)
