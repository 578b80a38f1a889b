"""The half-year periods of the history, opened on their as-of days (D-13, R-LED-05)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from common import clock
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filings import FIRST_AS_OF, as_ofs, deadlines
from ledgers.actions import ensure_period, open_due_periods, open_period
from ledgers.models import LedgerPeriod
from societies.models import Federation


@transaction.atomic
def open_periods(federation: Federation, now: datetime) -> dict[date, LedgerPeriod]:
    """As-of day → period, all opened at nine o'clock of their day; the running one exists too.

    One transaction: the daily beat finds either no period or the whole history.
    """
    wait_lock(LOCK)
    today = clock.day_of(now)
    for as_of in as_ofs(today):
        period = ensure_period(federation=federation, as_of=as_of)
        open_period(period=period, now=min(now, clock.start_of(as_of) + timedelta(hours=9)))
    if today >= FIRST_AS_OF:
        open_due_periods(federation=federation, on=today, now=now)
    found = LedgerPeriod.objects.filter(federation=federation).select_related("edition")
    return {period.as_of: period for period in found}


def last_closed(today: date) -> date | None:
    """The as-of day of the last period whose closing day has passed."""
    closed = [as_of for as_of in as_ofs(today) if deadlines(as_of)[2] < today]
    return closed[-1] if closed else None
