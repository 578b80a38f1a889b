"""Days are calendar days of Asia/Shanghai (rules §12.1)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware. Actions get it handed in; only edges ask here."""
    return timezone.now()


def day_of(moment: datetime) -> date:
    """The Shanghai calendar day of an aware moment."""
    return timezone.localtime(moment).date()


def today() -> date:
    """The present Shanghai calendar day."""
    return day_of(now())


def start_of(day: date) -> datetime:
    """00:00 of that day in Shanghai, aware."""
    return timezone.make_aware(datetime.combine(day, time()))


def yesterday(moment: datetime) -> date:
    """The day before the Shanghai day of a moment: what a night freezes."""
    return day_of(moment) - timedelta(days=1)
