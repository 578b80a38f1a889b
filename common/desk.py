"""What a desk shows: open tasks, asked for afresh each time. No row, no stored state.

Each app offers `desk.py` with functions `(actor, on) -> list[Task]`; a task exists exactly while
the fact it asks for is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

FAR = date.max


@dataclass(frozen=True)
class Task:
    """One line of a desk.

    status_kind: one of common.status.KINDS; due_text: the days left or over in words (“还有 3 天”);
    url and button: the one way to do it; count: how many things the line stands for.
    """

    title: str
    why: str
    status_kind: str
    status_label: str
    due: date | None
    due_text: str
    overdue: bool
    url: str
    button: str
    count: int = 1


def days_left(due: date, on: date) -> str:
    """A due day in words: 还有 3 天, 今天到期, 逾期 5 天."""
    days = (due - on).days
    if days == 0:
        return "今天到期"
    return f"还有 {days} 天" if days > 0 else f"逾期 {-days} 天"


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Overdue first, then by due day; tasks without a due day last."""
    return sorted(tasks, key=lambda task: (not task.overdue, task.due or FAR))
