"""Procedures as data: who may move what from where to where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from common.errors import ActionRefused, NotAllowed


@dataclass(frozen=True)
class Transition:
    """One step of a procedure.

    verb: the action's name; label: what its button says; permission: the right that the acting
    appointment must hold on the row's owner; distinct_from: columns of the row holding users who
    may not also take this step (four eyes compare users, R-ROLE-01); needs: inputs that must be
    given.
    """

    verb: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    distinct_from: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def find(transitions: Iterable[Transition], verb: str) -> Transition:
    """The transition with that verb.

    Raises LookupError if the table has none.
    """
    for transition in transitions:
        if transition.verb == verb:
            return transition
    raise LookupError(verb)


def check_step(
    transition: Transition, *, state: str, row: Any, may: bool, user_id: int, **inputs: Any
) -> None:
    """Check a step before and inside its action.

    Raises NotAllowed without the right or for a user of another column, ActionRefused if the row's
    state has moved on or an input is missing.
    """
    if not may:
        raise NotAllowed(f"当前身份不能办理“{transition.label}”")
    if any(getattr(row, f"{column}_id") == user_id for column in transition.distinct_from):
        raise NotAllowed(f"“{transition.label}”须由另一人办理，不能与前面环节为同一人")
    if state not in transition.sources:
        raise ActionRefused(f"当前状态已变化，不能再办理“{transition.label}”，请刷新后查看")
    missing = {name: ["请填写"] for name in transition.needs if not inputs.get(name)}
    if missing:
        raise ActionRefused(missing)


def open_steps(
    transitions: Iterable[Transition], *, state: str, row: Any, permissions: frozenset, user_id: int
) -> list[Transition]:
    """The steps whose buttons a page may show to this actor."""
    return [
        t
        for t in transitions
        if state in t.sources
        and t.permission in permissions
        and all(getattr(row, f"{column}_id") != user_id for column in t.distinct_from)
    ]
