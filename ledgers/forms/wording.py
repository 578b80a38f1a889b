"""How a ledger's values, changes and days are said on a page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.utils import timezone

from common.workdays import workdays_between
from ledgers.catalogue import Kind
from ledgers.models import FilingWindow, LedgerPeriod

DASH = "—"
NUMBERS = (Kind.COUNT, Kind.MONEY)


def amount(value: Decimal) -> str:
    """18640200.00 as 18,640,200; cents stay when there are any."""
    return f"{value:,.0f}" if value == value.to_integral() else f"{value:,.2f}"


class HasUnit(Protocol):
    """A catalogue field, or a change of one."""

    @property
    def unit(self) -> str:
        """人, 个, 元 …"""


def with_unit(what: HasUnit, text: str) -> str:
    """126 人; words such as 未报 carry no unit."""
    return f"{text} {what.unit}" if what.unit and text[:1].isdigit() else text


def day(value: date) -> str:
    """1 月 15 日, for text."""
    return f"{value.month} 月 {value.day} 日"


def moment(value: datetime) -> str:
    """1 月 6 日 11:05, Shanghai."""
    local = timezone.localtime(value)
    return f"{day(local.date())} {local:%H:%M}"


def due_words(period: LedgerPeriod, on: date) -> str:
    """Where a day lies in the period, with what is left: 1 月 15 日截止，还有 6 个工作日."""
    window = period.window(on)
    if window == FilingWindow.EARLY:
        return f"自 {period.opens_on.isoformat()} 起可以报送，现在可继续填写草稿"
    if window == FilingWindow.ON_TIME:
        left = workdays_between(on, period.due_on)
        rest = f"还有 {left} 个工作日" if left else "今天截止"
        return f"{day(period.due_on)}截止，{rest}"
    if window == FilingWindow.CLOSED:
        return f"{period.closes_on.isoformat()} 已关闭报送"
    over = (on - period.due_on).days
    until = period.grace_until if window == FilingWindow.GRACE else period.closes_on
    name = "宽限至" if window == FilingWindow.GRACE else "最迟报送至"
    return f"{day(period.due_on)}已截止，逾期 {over} 天，{name} {day(until)}"
