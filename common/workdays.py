"""Working days by the State Council's holiday table (rules §12.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

# Holidays whose day never moves; what is known of a year before its table is published.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class Deadline:
    """A day counted in working days. provisional: a year's holiday table was missing (暂算)."""

    day: date
    provisional: bool


def is_workday(day: date) -> Deadline | None:
    """The day as a deadline if people work on it, else None.

    Without the year's table: Monday to Friday but the fixed holidays, marked provisional.
    """
    works, provisional = _judge(day)
    return Deadline(day, provisional) if works else None


def add_workdays(start: date, count: int) -> Deadline:
    """The `count`-th working day after `start` (start itself not counted), count ≥ 0.

    With count 0: `start`, moved to the next working day if it is a rest day.
    """
    day = start if count else start - timedelta(days=1)
    left, any_provisional = max(count, 1), False
    while left:
        day += timedelta(days=1)
        works, provisional = _judge(day)
        any_provisional = any_provisional or provisional
        left -= works
    return Deadline(day, any_provisional)


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 if end ≤ start."""
    return sum(_judge(start + timedelta(days=n))[0] for n in range(1, (end - start).days + 1))


def is_provisional(first: date, last: date) -> bool:
    """Whether a year's table is missing for some day from `first` to `last` (暂算)."""
    return any(_judge(first + timedelta(days=n))[1] for n in range((last - first).days + 1))


def _judge(day: date) -> tuple[bool, bool]:
    """Whether people work that day, and whether that is only provisional."""
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS, True
