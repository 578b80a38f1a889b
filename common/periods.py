"""Calendar periods and their keys: `2026-03`, `2026Q1`, `2026H1`, `2026` (rules §12.2, §12.5)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

# Months in a period of each length.
LENGTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class Period(NamedTuple):
    """A calendar period: its key, and its first and last day, both inclusive."""

    length: str
    key: str
    first_day: date
    last_day: date

    @property
    def label(self) -> str:
        """3 月, 第一季度, 上半年, 全年; the year stands beside it."""
        if self.length == "month":
            return f"{self.first_day.month} 月"
        if self.length == "quarter":
            return f"第{'一二三四'[self.first_day.month // 3]}季度"
        if self.length == "half_year":
            return half_year_label(self.key).split(" 年")[1]
        return "全年"


def period_of(length: str, day: date) -> Period:
    """The period of that length which the day lies in."""
    months = LENGTHS[length]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    last = add_months(first, months) - timedelta(days=1)
    return Period(length, _key(length, first, number + 1), first, last)


def periods_touching(length: str, first: date, last: date) -> Iterator[Period]:
    """Every period of that length with a day in [first, last], in order."""
    period = period_of(length, first)
    while period.first_day <= last:
        yield period
        period = period_of(length, period.last_day + timedelta(days=1))


def period_from_key(key: str) -> Period:
    """The period a key names; ValueError for anything else."""
    year = int(key[:4])
    if len(key) == 4:
        return period_of("year", date(year, 1, 1))
    if key[4] == "-":
        return period_of("month", date(year, int(key[5:]), 1))
    lengths = {"Q": "quarter", "H": "half_year"}
    length = lengths.get(key[4], "")
    if not length:
        raise ValueError(key)
    return period_of(length, date(year, (int(key[5:]) - 1) * LENGTHS[length] + 1, 1))


def _key(length: str, first: date, number: int) -> str:
    if length == "year":
        return f"{first.year}"
    if length == "month":
        return f"{first.year}-{first.month:02}"
    return f"{first.year}{'Q' if length == 'quarter' else 'H'}{number}"


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
