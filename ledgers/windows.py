"""When a version may be filed, and which moment counts (R-LED-06…08, EX-10)."""

from __future__ import annotations

from datetime import date, datetime

from common.clock import day_of
from common.workdays import add_workdays
from ledgers import states
from ledgers.models import (
    FilingWindow,
    Ledger,
    LedgerState,
    LedgerStep,
    LockException,
    ReturnStage,
)


def too_early(ledger: Ledger, now: datetime) -> str | None:
    """X-09, if the as-of day has not come: figures are actual, never estimates."""
    period = ledger.period
    if period.window(day_of(now)) != FilingWindow.EARLY:
        return None
    d = period.as_of.isoformat()
    return f"报送自 {d} 起：本期截止日为 {d}，现在可继续填写草稿"


def mend_until(ledger: Ledger, now: datetime) -> date | None:
    """The last day for mending what the committee returns now; None for a restatement (R-LED-08).

    Written down with the return: the society was told that day.
    """
    if ledger.is_restatement:
        return None
    days = ledger.period.edition.rules.deadlines.mend_workdays
    return add_workdays(day_of(now), days).day


def mended_in_time(ledger: Ledger, now: datetime) -> bool:
    """Whether the committee's last return is answered within the edition's working days (R-LED-08).

    The secretary's own returns do not count.
    """
    steps = LedgerStep.objects.filter(ledger=ledger, stage=ReturnStage.COMMITTEE)
    until = steps.order_by("-at", "-pk").values_list("mend_until", flat=True).first()
    return until is not None and day_of(now) <= until


def not_abandonable(ledger: Ledger) -> str:
    """Why a version cannot be given up, or nothing (D-14, R-LED-10).

    A restatement ends in the leader's decision. Until it is filed it is the society's own paper;
    once filed, the committee has the society's signed word that the accepted version is wrong, and
    a return asks for mending. Only when the leader has refused is there nothing left to decide.
    """
    if not ledger.is_restatement:
        return "只有更正可以放弃"
    if ledger.state == LedgerState.ABANDONED:
        return "本次更正已放弃"
    if not ledger.is_editable:
        return f"更正{LedgerState(ledger.state).label}，现在不能放弃；退回学会后方可放弃"
    refused = LedgerStep.objects.filter(ledger=ledger, verb=states.REFUSE.verb)
    if ledger.first_filed_at and not refused.exists():
        return "更正已经报送，由科技社团党委负责人决定，请按退回意见修改后重新报送"
    return ""


def locked_out(ledger: Ledger, now: datetime) -> str | None:
    """Why nothing can be filed any more, or None.

    After the closing day a first filing needs a lock exception (R-LED-07); the committee's own
    return opens the days for mending; restatements are decided by the leader anyway.
    """
    period, today = ledger.period, day_of(now)
    if ledger.is_restatement or period.window(today) != FilingWindow.CLOSED:
        return None
    if mended_in_time(ledger, now):
        return None
    exceptions = LockException.objects.filter(period=period, society_id=ledger.society_id)
    if exceptions.open_on(today).exists():
        return None
    return (
        f"{period.label}已于 {period.closes_on.isoformat()} 关闭报送。确需补报的，"
        "请申请补报开锁，由科技社团党委负责人决定"
    )


def counted_moment(ledger: Ledger, now: datetime) -> datetime:
    """The moment compared with the due day when signing now.

    A first filing counts now. A resubmission keeps the moment counted so far if the committee's
    return is mended in time, else it counts now.
    """
    if ledger.counted_filed_at is None or not mended_in_time(ledger, now):
        return now
    return ledger.counted_filed_at


def is_on_time(ledger: Ledger) -> bool | None:
    """Whether the counted moment lies on or before the due day; None for a restatement."""
    if ledger.is_restatement or ledger.counted_filed_at is None:
        return None
    return day_of(ledger.counted_filed_at) <= ledger.period.due_on
