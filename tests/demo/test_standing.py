"""Whatever the day: one named society can walk the whole chain with the real clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from accounts.permissions import Role
from common import clock
from dashboards.demo import SEED
from dashboards.demo.accounts import ACCOUNTS
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import WALKED
from dashboards.demo.drafts import Pen, answer_warnings
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.periods import close, exempt, last_closed, open_periods
from dashboards.demo.standing import MEETINGS, keep_walkable
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from ledgers import actions
from ledgers.changes import longest_unchanged
from ledgers.models import ExpectedFiling, Ledger, LedgerState, LockException, LockState

pytestmark = pytest.mark.django_db
DAYS = [
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2026, 11, 20),
    pytest.param(date(2026, 12, 31), marks=pytest.mark.slow),
    pytest.param(date(2027, 1, 15), marks=pytest.mark.slow),
]


@pytest.fixture
def world() -> World:
    there = build_register(date(2026, 1, 1))
    call_command("load_editions", verbosity=0)
    now = clock.start_of(date(2026, 1, 1))
    open_accounts(ACCOUNTS, now)
    appoint_accounts(there, ACCOUNTS)
    return World(there.federation)


def stand(world: World, day: date) -> tuple[FilingWriter, Ledger]:
    now = clock.start_of(day) + timedelta(hours=10)
    writer = FilingWriter(world, SEED)
    ledger = keep_walkable(writer, open_periods(world.federation, now), now)
    assert ledger is not None
    return writer, ledger


def exceptions(ledger: Ledger):
    return LockException.objects.filter(society=ledger.society, period=ledger.period)


@pytest.mark.parametrize("day", DAYS)
def test_an_exception_is_open_and_the_draft_nearly_done(world, day):
    """Issue: an open lock exception for the last closed period, an unfiled draft."""
    writer, ledger = stand(world, day)
    assert ledger.society.code == body_of(WALKED).code
    assert ledger.period.as_of == last_closed(day)
    assert ledger.period.closes_on < day
    assert ledger.state == LedgerState.DRAFT
    assert exceptions(ledger).open_on(day).count() == 1
    left = sum(s.required - s.filled for s in ledger.sections.all())
    assert 0 < left <= len(MEETINGS)
    walk(writer, ledger, day)


def walk(writer: FilingWriter, ledger: Ledger, day: date) -> Ledger:
    """The clerk fills in what is left and sends, the secretary files, the reviewer accepts."""
    send(writer, ledger, day)
    accepted = sign_and_accept(writer, ledger, day)
    assert accepted.state == LedgerState.ACCEPTED
    return accepted


def send(writer: FilingWriter, ledger: Ledger, day: date) -> None:
    now = clock.start_of(day) + timedelta(hours=11)
    clerk = writer.actor("clerk", Role.SOCIETY_CLERK)
    answers = dict.fromkeys(MEETINGS[:2], "1") | dict.fromkeys(MEETINGS[2:4], "yes")
    Pen(ledger, clerk, now).section("operations", answers)
    answer_warnings(ledger, clerk, now)
    actions.send_for_signature(ledger=ledger, by=clerk, now=now)


def sign_and_accept(writer: FilingWriter, ledger: Ledger, day: date) -> Ledger:
    now = clock.start_of(day) + timedelta(hours=12)
    secretary = writer.actor("secretary", Role.SOCIETY_SECRETARY)
    ticks = [row.target for row in longest_unchanged(ledger)]
    actions.sign_and_file(ledger=ledger, ticks=ticks, by=secretary, now=now)
    reviewer = writer.actor("reviewer", Role.COMMITTEE_REVIEWER)
    return actions.accept(ledger=ledger, by=reviewer, now=now)


def test_walked_once_it_can_be_walked_again_as_a_restatement(world):
    """R-LED-10: after the closing day without an exception; the leader decides as well."""
    day = date(2026, 2, 20)
    writer, ledger = stand(world, day)
    accepted = walk(writer, ledger, day)
    exceptions(ledger).delete()
    later = day + timedelta(days=1)
    for version in (2, 3):
        now = clock.start_of(later) + timedelta(hours=10)
        clerk = writer.actor("clerk", Role.SOCIETY_CLERK)
        again = actions.restate(ledger=accepted, reason="个人会员数更正", by=clerk, now=now)
        send(writer, again, later)
        reviewed = sign_and_accept(writer, again, later)
        assert reviewed.state == LedgerState.TO_DECIDE
        leader = writer.actor("leader", Role.COMMITTEE_LEADER)
        accepted = actions.decide_restatement(
            ledger=reviewed, agreed=True, by=leader, now=now + timedelta(hours=4)
        )
        assert (accepted.state, accepted.version) == (LedgerState.ACCEPTED, version)
    _, kept = stand(world, later)
    assert kept.pk == ledger.pk
    assert not exceptions(ledger).exists()


def test_a_later_start_renews_what_is_needed(world):
    """The next period closes: its exception is granted too; what was left stays as it was."""
    _, first = stand(world, date(2026, 2, 20))
    _, again = stand(world, date(2026, 2, 27))
    assert again.pk == first.pk
    assert exceptions(first).count() == 1
    _, second = stand(world, date(2026, 8, 20))
    assert second.period.as_of == date(2026, 6, 30)
    assert exceptions(second).open_on(date(2026, 8, 20)).exists()
    first.refresh_from_db()
    assert first.state == LedgerState.DRAFT


def test_a_request_left_half_way_is_granted(world):
    """Killed between the four steps: the next start goes on from there."""
    _, ledger = stand(world, date(2026, 2, 20))
    exceptions(ledger).update(state=LockState.COUNTERSIGNED)
    stand(world, date(2026, 2, 21))
    assert exceptions(ledger).count() == 1
    assert exceptions(ledger).get().state == LockState.GRANTED


def test_what_was_filed_before_was_in_time(world):
    _, ledger = stand(world, date(2026, 2, 20))
    earlier = Ledger.objects.filter(society=ledger.society).exclude(pk=ledger.pk)
    assert [one.period.key for one in earlier.order_by("period__as_of")] == [
        "2024H2",
        "2025H1",
    ]
    assert all(one.state == LedgerState.ACCEPTED for one in earlier)
    assert all(one.counted_filed_at.date() <= one.period.due_on for one in earlier)


def test_the_trial_exempts_all_but_the_pilots_and_old_periods_are_closed(world):
    """R-LED-05, R-LED-10: exempted and closed by two people; the last closed one stays open."""
    day = date(2026, 11, 20)
    now = clock.start_of(day) + timedelta(hours=10)
    periods = open_periods(world.federation, now)
    first, newest = periods[date(2016, 12, 31)], periods[date(2026, 6, 30)]
    codes = [body_of(WALKED).code, body_of("力学").code]
    assert exempt(world, first, codes, now) == 1
    assert exempt(world, first, codes, now) == 0
    assert exempt(world, newest, codes, now) == 0
    row = ExpectedFiling.objects.exempt().get(period=first)
    assert row.society.code == body_of(WALKED).code
    assert row.exemption_proposed_by_id != row.exemption_decided_by_id
    assert close(world, first, now)
    assert not close(world, first, now)
    assert not close(world, newest, now)
    first.refresh_from_db()
    assert first.closed_at.date() > first.closes_on
    assert exempt(world, first, world.societies, now) == 0
