"""What a step of the night brings: its editions, its computation, its live and frozen figures.

The engine (`coverage.night`, `coverage.live`) runs every step named in FIGURE_STEPS, in order; the
rooms above add theirs there, since they cannot be imported from here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from coverage.night import Night

Owners = QuerySet[Any]


@dataclass(frozen=True)
class Written:
    """rows: written in all; changed: societies' rows that began a new value."""

    rows: int = 0
    changed: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.rows + other.rows, self.changed + other.changed)


@dataclass(frozen=True)
class Step:
    """One kind of figures.

    editions: those of a federation (by id), dated. write: computes and freezes the night's day;
    forward: the day is later than every frozen one. compute: the figures of a day under an edition
    (None: nothing counts) into the writer's result, for some societies or all; store_live,
    keep_closing and contradictions work on that result. finish: what a forward night does last.
    after: the step that must have frozen a day before this one does.
    """

    name: str
    editions: Callable[[int], Any]
    write: Callable[[Night, bool], Written]
    compute: Callable[[Any, date, Collection[int] | None], object]
    store_live: Callable[[Owners, date], int]
    keep_closing: Callable[[Owners], int]
    contradictions: Callable[[Owners, date, Collection[int]], list[dict[str, Any]]]
    finish: Callable[[Night], Written] = lambda night: Written()
    after: str = ""

    def edition_on(self, federation_id: int, on: date) -> Any:
        """The edition of a federation that holds on a day, or None."""
        return self.editions(federation_id).valid_on(on).first()


@cache
def all_steps() -> tuple[Step, ...]:
    """Every step, in the order of the night."""
    return tuple(import_string(path) for path in settings.FIGURE_STEPS)


def step_named(name: str) -> Step:
    """A step by its name; StopIteration for an unknown one."""
    return next(step for step in all_steps() if step.name == name)
