"""Chance that is none: numbers that depend on the seed and a name only, on every machine."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def stream(seed: int, *parts: object) -> Random:
    """A generator of its own for each thing, so that one more thing changes no other."""
    return Random("/".join(map(str, (seed, *parts))))  # noqa: S311 (no secret hangs on it)


def day_between(random: Random, first: date, last: date) -> date:
    """A day in [first, last]; `first` if the two have crossed."""
    return first + timedelta(days=random.randint(0, max(0, (last - first).days)))


def weekday_from(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def at_work(random: Random, day: date) -> datetime:
    """A moment between nine and half past five of that day in Shanghai."""
    minutes = 9 * 60 + random.randint(0, 8 * 60 + 29)
    return datetime.combine(day, time(minutes // 60, minutes % 60), SHANGHAI)


def year_later(day: date, years: int = 1) -> date:
    """The same day some years on; 29 February becomes the 28th."""
    last = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if last else day.day)
