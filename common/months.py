"""Months as people type them: 1978-03, 1978.3, 1978年3月, 1978/03, 197803, and full dates."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import Any

from django import forms

MONTH_EXAMPLE = "1978-03"
EARLIEST = date(1900, 1, 1)

_SEPARATED = re.compile(r"(\d{4})\s*[-/.年—–]\s*(\d{1,2})\s*月?")
_PACKED = re.compile(r"(\d{4})(\d{2})")
_DATED = re.compile(r"(\d{4})\s*[-/.年—–]\s*(\d{1,2})\s*[-/.月—–]\s*(\d{1,2})\s*日?")
_PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SHORT_YEAR = re.compile(r"\d{2}\s*[-/.年]\s*\d{1,2}\s*月?")


class BadMonth(ValueError):
    """What is wrong with a month, and how to mend it: two Chinese sentences."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(f"{wrong}。{mend}")
        self.wrong, self.mend = wrong, mend


def parse_month(text: str) -> date:
    """The first day of the month typed; a full date gives its month.

    Full-width digits are taken as plain ones. Raises BadMonth.
    """
    typed = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    for pattern in (_DATED, _PACKED_DAY):
        if match := pattern.fullmatch(typed):
            return _checked(*(int(part) for part in match.groups()))
    if match := _SEPARATED.fullmatch(typed) or _PACKED.fullmatch(typed):
        return _checked(int(match[1]), int(match[2]))
    if match := _DAY_FIRST.fullmatch(typed):
        day, month, year = (int(part) for part in match.groups())
        if 1 <= month <= 12 and day > monthrange(year, month)[1] >= 28:
            raise BadMonth(f"没有 {month} 月 {day} 日", f"只需填年月，如 {year}-{month:02}")
        raise BadMonth("日在前、年在后，分不清月和日", f"只需填年月，如 {year}-{min(month, 12):02}")
    if _SHORT_YEAR.fullmatch(typed):
        raise BadMonth("年份只有两位", f"请填四位年份，如 {MONTH_EXAMPLE}")
    raise BadMonth("不是年月", f"请填年月，如 {MONTH_EXAMPLE}")


def _checked(year: int, month: int, day: int = 1) -> date:
    if not 1 <= month <= 12:
        raise BadMonth(f"没有 {month} 月", f"请核对月份，如 {year}-03")
    if year < EARLIEST.year or year > 2199:
        raise BadMonth(f"{year} 年不可能", "请核对年份")
    if not 1 <= day <= monthrange(year, month)[1]:
        raise BadMonth(f"没有 {month} 月 {day} 日", f"只需填年月，如 {year}-{month:02}")
    return date(year, month, 1)


def said_month(value: date | None) -> str:
    """A month as lists, forms and workbooks show it: 1978-03; nothing for None."""
    return f"{value:%Y-%m}" if value else ""


class MonthField(forms.CharField):
    """A form field for a month; its value is the first day of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.setdefault("placeholder", f"如 {MONTH_EXAMPLE}")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """A stored month as text; what was typed stays as typed."""
        return said_month(value) if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another month was typed, in whatever writing."""
        try:
            return (parse_month(data) if data else None) != (initial or None)
        except BadMonth:
            return True

    def clean(self, value: Any) -> Any:
        """The first day of the month, None for nothing."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_month(typed)
        except BadMonth as bad:
            raise forms.ValidationError(f"{self.label}{bad}", code="invalid") from bad
