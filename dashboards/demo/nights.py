"""The history of figures: the ordinary night, once for every day that is over (D-11)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from common import clock
from coverage.models import NightRun, NightState, NightStep
from coverage.night import missing_days, run_night
from coverage.steps import step_named
from societies.models import Federation

FIRST_NIGHT = date(2016, 6, 30)
PATIENCE = 120


def last_frozen(federation: Federation) -> date | None:
    """The newest frozen day. The history is frozen in order, so this says how far it is."""
    return NightRun.objects.filter(federation=federation).latest_day()


def freeze(federation: Federation, until: date) -> Iterator[date]:
    """Freeze every missing day to `until` in order; yields each.

    One day is one pair of transactions: killed anywhere, the next call goes on. A day that another
    run holds is waited for. Raises TimeoutError if that takes minutes.
    """
    newest = last_frozen(federation)
    day = FIRST_NIGHT if newest is None else newest + timedelta(days=1)
    tries = 0
    while day <= until:
        run = run_night(federation, day, now=clock.now(), caught_up=True)
        if run.state == NightState.SKIPPED and (last_frozen(federation) or FIRST_NIGHT) < day:
            tries += 1
            if tries > PATIENCE:
                raise TimeoutError(f"another run holds the night of {day}")
            time.sleep(1)
            continue
        yield day
        day, tries = day + timedelta(days=1), 0


def freeze_scores(federation: Federation) -> int:
    """Freeze the scores of the last days that have coverage, as the beat does; how many days."""
    now, step = clock.now(), step_named(NightStep.STARS)
    days = missing_days(federation, clock.day_of(now), step)
    for day in days:
        run_night(federation, day, now=now, step=step.name, caught_up=True)
    return len(days)


def nights_done(newest: date | None, now: datetime) -> tuple[int, int]:
    """(frozen, all) nights of the history up to yesterday."""
    whole = (clock.yesterday(now) - FIRST_NIGHT).days + 1
    done = 0 if newest is None else (newest - FIRST_NIGHT).days + 1
    return min(done, whole), whole
