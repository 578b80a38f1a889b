"""What holds whatever the day: the walked society can be walked with the real clock.

It has filed in time so far, has missed the last closed period, holds a granted lock exception for
it, and keeps a draft that a clerk finishes in minutes. This depends on today, unlike the plan.

Once its ledger is accepted the way is open again as a restatement, which needs no exception
(R-LED-10): clerk, secretary and reviewer as before, and the leader decides.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.permissions import Role
from common import clock
from common.locks import wait_lock
from dashboards.demo import filings
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import WALKED
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter, People
from dashboards.demo.periods import last_closed
from dashboards.demo.streams import at_work, stream
from ledgers import actions
from ledgers.models import Ledger, LedgerPeriod, LedgerState, LockException, LockState
from ledgers.querysets.periods import next_as_of
from societies.models import Society

# Asked anew each period: left to the clerk who finishes the draft.
MEETINGS = (
    "council_meetings_count",
    "standing_council_meetings_count",
    "council_held_on_time",
    "standing_council_held_on_time",
    "governing_meetings_with_party_report",
)
REASON = "党务工作人员变动，上期台账未能在关闭前报送，申请补报"


def keep_walkable(
    writer: FilingWriter, periods: dict[date, LedgerPeriod], now: datetime
) -> Ledger | None:
    """Bring the walked society into its situation; what is there already stays.

    Returns the ledger to be walked, None before the first period has closed.
    """
    today = clock.day_of(now)
    missed = last_closed(today)
    if missed is None:
        return None
    people = People(
        writer.actor("clerk", Role.SOCIETY_CLERK),
        writer.actor("secretary", Role.SOCIETY_SECRETARY),
    )
    for as_of in filings.as_ofs(missed - timedelta(days=1), filings.EVERYBODY_FROM):
        if not _ledgers(writer, periods[as_of]).exists():
            filing = filings.on_time(writer.seed, as_of, WALKED)
            writer.file(filing, periods[as_of], now, people)
    return _missed(writer, periods[missed], people, now)


@transaction.atomic
def _missed(writer: FilingWriter, period: LedgerPeriod, people: People, now: datetime) -> Ledger:
    """The draft left lying, and the exception for it."""
    wait_lock(LOCK)
    code = body_of(WALKED).code
    ledger = _ledgers(writer, period).first()
    if ledger is None:
        left_at = at_work(stream(writer.seed, "left", period.as_of), period.due_on)
        ledger = writer.draft(code, period, people.clerk, left_at, leave=MEETINGS)
    society = writer.world.societies[code]
    granted = LockException.objects.filter(society=society, period=period)
    # Sent or filed it may come back, and is then sent and signed again under the exception.
    under_way = ledger.state != LedgerState.ACCEPTED
    if under_way and not granted.open_on(clock.day_of(now)).exists():
        _grant(writer, society, period, people, now)
    return ledger


def _grant(
    writer: FilingWriter, society: Society, period: LedgerPeriod, people: People, now: datetime
) -> None:
    """Asked, countersigned, reviewed, granted by four people, until long after the next closing.

    A request that somebody has left half way goes on from there.
    """
    until = filings.deadlines(next_as_of(clock.day_of(now)))[2] + timedelta(days=60)
    mine = LockException.objects.filter(society=society, period=period)
    exception = mine.pending().first() or actions.request_lock_exception(
        society=society, period=period, reason=REASON, until=until, by=people.clerk, now=now
    )
    if exception.state == LockState.REQUESTED:
        exception = actions.countersign_lock(exception=exception, by=people.secretary, now=now)
    if exception.state == LockState.COUNTERSIGNED:
        reviewer = writer.actor("reviewer", Role.COMMITTEE_REVIEWER)
        exception = actions.review_lock(exception=exception, by=reviewer, now=now)
    leader = writer.actor("leader", Role.COMMITTEE_LEADER)
    actions.grant_lock(exception=exception, until=until, by=leader, now=now)


def _ledgers(writer: FilingWriter, period: LedgerPeriod) -> QuerySet[Ledger]:
    """The first version; a restatement stands on an accepted one."""
    society = writer.world.societies[body_of(WALKED).code]
    return Ledger.objects.filter(society=society, period=period, version=1)
