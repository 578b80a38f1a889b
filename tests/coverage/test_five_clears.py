"""FIVE_CLEARS beside coverage: what signing and accepting a ledger moves (R-LED-02, R-COV-06)."""

from datetime import date, timedelta

import pytest

from coverage import live
from coverage.models import LiveCoverage
from ledgers import actions
from ledgers.models import LedgerState
from tests.factories import (
    at,
    freeze,
    make_cast,
    make_edition,
    make_ledger,
    make_organisation,
    make_period,
    make_society,
)
from tests.factories.ledgers import AS_OF, moment, ticks

pytestmark = pytest.mark.django_db
DUE = date(2026, 7, 14)
LATE = date(2026, 7, 22)


@pytest.fixture
def society():
    edition = make_edition()
    found = make_society(edition.federation)
    make_society(edition.federation)
    make_organisation(found, *found.units.all(), type="branch")
    return found


def live_counts():
    """indicator → (covered, total), after what waits."""
    totals = LiveCoverage.objects.totals()
    return {indicator: (t["covered"], t["total"]) for indicator, t in totals.items()}


def test_not_applicable_before_the_first_due_day(society):
    make_period(society.federation)
    live.turn_live_day(at(DUE))
    assert live_counts()["FIVE_CLEARS"] == (0, 0)
    live.turn_live_day(at(DUE + timedelta(days=1)))
    assert live_counts()["FIVE_CLEARS"] == (0, 2)


def test_accepting_a_late_ledger_raises_the_clear_count_by_one_and_no_coverage(society):
    period, cast = make_period(society.federation), make_cast(society)
    ledger = make_ledger(society, period, state=LedgerState.FILED, cast=cast, on=LATE)
    live.turn_live_day(at(LATE))
    live.drain_dirty(at(LATE, 11))
    before = live_counts()
    assert before["FIVE_CLEARS"] == (0, 2)
    actions.accept(ledger=ledger, by=cast.reviewer, now=moment(LATE, "15:00"))
    live.drain_dirty(at(LATE, 15))
    assert live_counts() == before | {"FIVE_CLEARS": (1, 2)}
    live.turn_live_day(at(LATE + timedelta(days=1), 0))
    assert freeze(society.federation, LATE).differences == 0


def test_signing_in_time_raises_it_and_acceptance_no_more(society):
    period, cast = make_period(society.federation), make_cast(society)
    ledger = make_ledger(society, period, state=LedgerState.TO_SIGN, cast=cast, on=AS_OF)
    ledger = actions.sign_and_file(
        ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=moment(DUE)
    )
    after_due = DUE + timedelta(days=1)
    live.turn_live_day(at(after_due, 0))
    signed = live_counts()
    assert signed["FIVE_CLEARS"] == (1, 2)
    actions.accept(ledger=ledger, by=cast.reviewer, now=moment(after_due, "15:00"))
    live.drain_dirty(at(after_due, 15))
    assert live_counts() == signed


def test_a_return_takes_it_back(society):
    period, cast = make_period(society.federation), make_cast(society)
    ledger = make_ledger(society, period, state=LedgerState.FILED, cast=cast, on=AS_OF)
    after_due = DUE + timedelta(days=1)
    live.turn_live_day(at(after_due, 0))
    assert live_counts()["FIVE_CLEARS"] == (1, 2)
    actions.return_to_society(
        ledger=ledger, reason="请核对", by=cast.reviewer, now=moment(after_due, "15:00")
    )
    live.drain_dirty(at(after_due, 15))
    assert live_counts()["FIVE_CLEARS"] == (0, 2)


def test_an_exemption_takes_the_society_out_at_once(society):
    """R-COV-06: live follows the decision, so that the night finds no difference."""
    period, cast = make_period(society.federation), make_cast(society)
    live.turn_live_day(at(LATE, 0))
    assert live_counts()["FIVE_CLEARS"] == (0, 2)
    expected = period.expected.get(society=society)
    now = moment(LATE)
    expected = actions.propose_exemption(
        expected=expected, reason="整顿期间", by=cast.reviewer, now=now
    )
    live.drain_dirty(now)
    assert live_counts()["FIVE_CLEARS"] == (0, 2), "a proposal decides nothing"
    actions.decide_exemption(expected=expected, by=cast.leader, now=now)
    live.drain_dirty(now)
    assert live_counts()["FIVE_CLEARS"] == (0, 1)
    live.turn_live_day(at(LATE + timedelta(days=1), 0))
    assert freeze(society.federation, LATE).differences == 0


def test_a_period_opened_after_its_due_day_is_counted_at_once(society):
    """The portal was down from the as-of day until after the due day."""
    period = make_period(society.federation, opened=False)
    live.turn_live_day(at(LATE, 0))
    assert live_counts()["FIVE_CLEARS"] == (0, 0)
    actions.open_period(period=period, now=moment(LATE))
    live.drain_dirty(at(LATE, 11))
    assert live_counts()["FIVE_CLEARS"] == (0, 2)
    live.turn_live_day(at(LATE + timedelta(days=1), 0))
    assert freeze(society.federation, LATE).differences == 0
