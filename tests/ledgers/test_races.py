"""R8 and the freezing of a period: two at once, on real PostgreSQL."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.permissions import Role
from common.errors import ActionRefused
from ledgers import actions
from ledgers.actions import procedure
from ledgers.models import ExpectedFiling, Ledger, LedgerPeriod, LedgerState, LedgerStep
from tests.factories import make_actor, make_cast, make_ledger, make_period, make_society
from tests.factories.ledgers import AS_OF, moment

pytestmark = pytest.mark.django_db(transaction=True)
NOW = moment(AS_OF)


def at_once(*calls):
    """Run the calls in threads that start together; their outcomes in order."""
    barrier, outcomes = Barrier(len(calls)), [None] * len(calls)

    def run(n, call):
        try:
            barrier.wait(timeout=20)
            outcomes[n] = call()
        except Exception as error:
            outcomes[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.fixture
def to_sign():
    """A ledger before two secretaries."""
    society = make_society()
    cast = make_cast(society)
    ledger = make_ledger(society, cast=cast, state=LedgerState.TO_SIGN)
    second = make_actor(Role.SOCIETY_SECRETARY, society, is_deputy=True)
    return ledger, cast.secretary, second


def sign(ledger, by):
    return lambda: actions.sign_and_file(ledger=ledger, by=by, now=NOW)


def back_to_sign(ledger):
    """The same ledger again before its secretaries."""
    Ledger.objects.filter(pk=ledger.pk).update(
        state=LedgerState.TO_SIGN,
        signed_by=None,
        signed_at=None,
        first_filed_at=None,
        counted_filed_at=None,
    )


def check_rounds(to_sign, count):
    ledger, first, second = to_sign
    for _ in range(count):
        before = LedgerStep.objects.filter(verb="sign_and_file").count()
        outcomes = at_once(sign(ledger, first), sign(ledger, second))
        refused = [o for o in outcomes if isinstance(o, ActionRefused)]
        signed = [o for o in outcomes if isinstance(o, Ledger)]
        assert (len(signed), len(refused)) == (1, 1), outcomes
        assert LedgerStep.objects.filter(verb="sign_and_file").count() == before + 1
        assert Ledger.objects.get(pk=ledger.pk).signed_by == signed[0].signed_by
        back_to_sign(ledger)


def test_two_secretaries_sign_at_once(to_sign):
    """R8: one signs, the other is told that the state has changed."""
    check_rounds(to_sign, 20)


@pytest.mark.slow
def test_two_secretaries_sign_at_once_many_times(to_sign):
    """R8."""
    check_rounds(to_sign, 200)


def test_without_the_lock_both_would_sign(to_sign, monkeypatch):
    """Negative control: the row lock is what keeps the second one out."""
    ledger, first, second = to_sign
    both_have_read = Barrier(2)

    def read_only(pk):
        row = Ledger.objects.select_related("period__edition", "society").get(pk=pk)
        both_have_read.wait(timeout=20)
        return row

    monkeypatch.setattr(procedure, "lock_ledger", read_only)
    outcomes = at_once(sign(ledger, first), sign(ledger, second))
    assert [type(o) for o in outcomes] == [Ledger, Ledger]
    assert LedgerStep.objects.filter(verb="sign_and_file").count() == 2


def test_a_period_opened_twice_at_once_is_frozen_once():
    """R-LED-05: double-fired beat."""
    society = make_society()
    make_society(society.federation)
    period = make_period(society.federation, opened=False)

    def beat():
        return actions.open_due_periods(federation=society.federation, on=AS_OF, now=NOW)

    outcomes = at_once(beat, beat)
    assert sorted(len(o) for o in outcomes) == [0, 1], outcomes
    assert ExpectedFiling.objects.filter(period=period).count() == 2
    assert LedgerPeriod.objects.filter(federation=society.federation).count() == 2


def test_a_draft_opened_twice_at_once_is_one():
    society = make_society()
    period = make_period(society.federation)
    clerks = [make_actor(Role.SOCIETY_CLERK, society) for _ in range(2)]

    def opening(by):
        return lambda: actions.ensure_draft(society=society, period=period, by=by, now=NOW)

    outcomes = at_once(*(opening(by) for by in clerks))
    assert outcomes[0] == outcomes[1] == Ledger.objects.get()
    assert Ledger.objects.get().sections.count() == 5
