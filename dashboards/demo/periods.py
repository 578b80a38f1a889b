"""The half-year periods of the history: opened, exempted from, closed (D-13, R-LED-05, R-LED-10).

Up to 2024H1 the ledger is on trial: a few societies file, the others are exempt by decision.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.permissions import Role
from common import clock
from common.locks import wait_lock
from common.workdays import add_workdays
from dashboards.demo.accounts import REVIEWER
from dashboards.demo.bodies import body_of
from dashboards.demo.facts import LOCK
from dashboards.demo.filings import EVERYBODY_FROM, FAITHFUL, FIRST_AS_OF, as_ofs, deadlines
from dashboards.demo.world import World
from ledgers import actions
from ledgers.models import ExpectedFiling, LedgerPeriod
from societies.models import Federation

TRIAL = "台账试行阶段，仅试点学会报送"
PROPOSED, DECIDED = timedelta(hours=10), timedelta(hours=15)


@transaction.atomic
def open_periods(federation: Federation, now: datetime) -> dict[date, LedgerPeriod]:
    """As-of day → period, all opened at nine o'clock of their day; the running one exists too.

    One transaction: the daily beat finds either no period or the whole history.
    """
    wait_lock(LOCK)
    today = clock.day_of(now)
    for as_of in as_ofs(today):
        period = actions.ensure_period(federation=federation, as_of=as_of)
        actions.open_period(period=period, now=min(now, clock.start_of(as_of) + timedelta(hours=9)))
    if today >= FIRST_AS_OF:
        actions.open_due_periods(federation=federation, on=today, now=now)
    found = LedgerPeriod.objects.filter(federation=federation).select_related("edition")
    return {period.as_of: period for period in found}


def last_closed(today: date) -> date | None:
    """The as-of day of the last period whose closing day has passed."""
    closed = [as_of for as_of in as_ofs(today) if deadlines(as_of)[2] < today]
    return closed[-1] if closed else None


@transaction.atomic
def exempt(world: World, period: LedgerPeriod, codes: Collection[str], now: datetime) -> int:
    """Exempt these societies from a period of the trial; how many were not yet."""
    wait_lock(LOCK)
    if period.as_of >= EVERYBODY_FROM:
        return 0
    pilots = {body_of(word).code for word in FAITHFUL}
    owing = ExpectedFiling.objects.owing().filter(period=period, period__closed_at__isnull=True)
    rows = list(owing.filter(society__code__in=set(codes) - pilots).order_by("pk"))
    leader = world.actor("leader", Role.COMMITTEE_LEADER) if rows else None
    day = clock.start_of(add_workdays(period.as_of, 1).day)
    for row in rows:
        proposed = actions.propose_exemption(
            expected=row, reason=TRIAL, by=world.reviewer, now=min(now, day + PROPOSED)
        )
        if leader:
            actions.decide_exemption(expected=proposed, by=leader, now=min(now, day + DECIDED))
    return len(rows)


@transaction.atomic
def close(world: World, period: LedgerPeriod, now: datetime) -> bool:
    """Close (定格) a period that a later one has followed; False if it is or must stay open.

    The last one whose closing day has passed stays open: its closing is shown on the desks.
    """
    wait_lock(LOCK)
    newest = last_closed(clock.day_of(now))
    period.refresh_from_db()
    if newest is None or period.as_of >= newest or period.closed_at:
        return False
    day = clock.start_of(add_workdays(period.closes_on, 2).day)
    if period.proposed_at is None:
        reviewer = world.actor(REVIEWER, Role.COMMITTEE_REVIEWER)
        actions.propose_closing(period=period, by=reviewer, now=day + PROPOSED)
    leader = world.actor("leader", Role.COMMITTEE_LEADER)
    actions.close_period(period=period, by=leader, now=day + DECIDED)
    return True
