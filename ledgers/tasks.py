"""Daily work of the ledger."""

from __future__ import annotations

from datetime import date

from celery import shared_task

from common import clock
from ledgers.actions import open_due_periods
from societies.models import Federation


@shared_task
def open_periods(on: str = "") -> int:
    """Open the periods due on a day (default today) in every federation; how many were opened."""
    day = date.fromisoformat(on) if on else clock.today()
    opened = 0
    for federation in Federation.objects.all():
        opened += len(open_due_periods(federation=federation, on=day, now=clock.now()))
    return opened
