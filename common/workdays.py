"""Working days by the State Council's holiday table (rules §12.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar


@dataclass(frozen=True)
class Deadline:
    """A day counted in working days. provisional: a year's holiday table was missing (暂算)."""

    day: date
    provisional: bool


def is_workday(day: date) -> Deadline | None:
    """The day as a deadline if people work on it, else None; Monday to Friday without a table."""
    try:
        works, provisional = chinese_calendar.is_workday(day), False
    except NotImplementedError:
        works, provisional = day.weekday() < 5, True
    return Deadline(day, provisional) if works else None


def add_workdays(start: date, count: int) -> Deadline:
    """The `count`-th working day after `start` (start itself not counted), count ≥ 0.

    With count 0: `start`, moved to the next working day if it is a rest day.
    """
    day, left, provisional = start, count, False
    if count == 0:
        day -= timedelta(days=1)
        left = 1
    while left:
        day += timedelta(days=1)
        found = is_workday(day)
        provisional = provisional or _table_missing(day)
        left -= found is not None
    return Deadline(day, provisional)


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 if end ≤ start."""
    return sum(
        is_workday(start + timedelta(days=n)) is not None for n in range(1, (end - start).days + 1)
    )


def _table_missing(day: date) -> bool:
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return True
    return False
