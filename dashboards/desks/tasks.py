"""The tasks of a desk: explicit collectors over the rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from common.desk import Task, in_order
from societies.access import Actor

Collector = Callable[[Actor, date], list[Task]]

COLLECTORS: tuple[Collector, ...] = ()


def tasks_of(actor: Actor, on: date) -> list[Task]:
    """Everything that waits for this actor: overdue first, then by due day."""
    return in_order(task for collect in COLLECTORS for task in collect(actor, on))
