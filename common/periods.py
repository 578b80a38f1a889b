"""Calendar periods and their keys: `2026-03`, `2026Q1`, `2026H1`, `2026` (rules §12.2, §12.5)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> Iterator[date]:
    """Every month-end in [first, last], in order."""
    day = month_end(first)
    while day <= last:
        yield day
        day = month_end(add_months(day.replace(day=1), 1))


def add_months(day: date, months: int) -> date:
    """The same day some calendar months on, clipped to the month's end (31 Aug + 6 = 28/29 Feb)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def half_year_key(as_of: date) -> str:
    """`2026H1` for any day from January to June 2026."""
    return f"{as_of.year}H{1 if as_of.month <= 6 else 2}"


def half_year_label(key: str) -> str:
    """`2026H2` → 2026 年下半年."""
    return f"{key[:4]} 年{'上' if key.endswith('H1') else '下'}半年"
