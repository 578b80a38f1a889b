"""What Celery calls; each only hands over. All are safe to run twice, late, or not at all."""

from __future__ import annotations

from datetime import date

from celery import shared_task

from common import clock
from coverage import live, night
from coverage.steps import all_steps
from societies.models import Federation


@shared_task
def drain_dirty() -> None:
    """Sent by each fact and swept every minute."""
    live.drain_dirty(clock.now())


@shared_task
def turn_live_day() -> None:
    """At 00:00; the sweep does it if this message is lost."""
    live.turn_live_day(clock.now())


@shared_task
def run_night(logical_date: str | None = None, step: str = "") -> None:
    """At 02:00 and 02:30 one step each, on start and each morning all of them: every missing day
    in order, or the day named (ISO) for the steps that have an edition for it.
    """
    now = clock.now()
    if logical_date is None:
        night.run_missing(now, step)
        return
    day = date.fromisoformat(logical_date)
    for each in all_steps():
        for federation in Federation.objects.order_by("pk") if step in ("", each.name) else ():
            if each.edition_on(federation.pk, day):
                night.run_night(federation, day, now=now, step=each.name)
