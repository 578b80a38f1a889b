"""Days in Chinese habits."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

WEEKDAYS = "一二三四五六日"


def long_day(day: date) -> str:
    """2027 年 1 月 6 日 星期三."""
    return f"{day.year} 年 {short_day(day)} 星期{WEEKDAYS[day.weekday()]}"


def short_day(day: date) -> str:
    """1 月 15 日."""
    return f"{day.month} 月 {day.day} 日"


def month(day: date) -> str:
    """2016 年 12 月."""
    return f"{day.year} 年 {day.month} 月"


def moment(at: datetime) -> str:
    """11 月 20 日 2:00, in Shanghai."""
    local = timezone.localtime(at)
    return f"{short_day(local.date())} {local.hour}:{local.minute:02}"
