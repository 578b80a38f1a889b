"""What every task of the rating round looks like."""

from __future__ import annotations

from datetime import date

from common.desk import Task, days_left


def task(
    title: str, why: str, label: str, url: str, button: str, due: date | None, on: date
) -> Task:
    """A task; past its last day it says so instead of its label."""
    late = due is not None and due < on
    return Task(
        title=title,
        why=why,
        status_kind="bad" if late else "warn",
        status_label="逾期" if late else label,
        due=due,
        due_text=days_left(due, on) if due else "",
        overdue=late,
        url=url,
        button=button,
    )
