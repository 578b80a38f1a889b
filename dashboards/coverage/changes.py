"""昨夜为什么变了: what the newest frozen day changed, and the facts behind it (D-6, R-COV-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.permissions import Permission
from coverage.explain import MovingFact, explain_changes
from coverage.models import FigureState, SocietyCoverage
from dashboards.coverage.figures import newest_revision
from dashboards.coverage.kpis import KINDS
from dashboards.links import address
from societies.access import Actor

NAMES = {kind.indicator.value: kind for kind in KINDS}


@dataclass(frozen=True)
class Move:
    """One indicator of one society: what it was and what it became."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One society that the night changed."""

    name: str
    url: str
    moves: list[Move]
    facts: list[MovingFact]


@dataclass(frozen=True)
class Changes:
    """A night. first: nothing was frozen before, so nothing changed."""

    on: date | None
    first: bool
    societies: list[Change]


def changes_of(actor: Actor) -> Changes:
    """What the newest frozen day changed in the actor's scope; a fixed number of queries."""
    revision = newest_revision(actor)
    if revision is None:
        return Changes(None, True, [])
    on = revision.on
    scope = actor.scope(Permission.GAP_VIEW)
    rows = SocietyCoverage.objects.within(scope).filter(indicator__in=NAMES)
    moved = rows.filter(Q(valid_from=on) | Q(valid_to=on)).select_related("society")
    if not rows.filter(valid_from__lt=on).exists():
        return Changes(on, True, [])
    by_society: dict[int, list[Any]] = defaultdict(list)
    for row in moved.order_by("society__sort_key", "society_id"):
        by_society[row.society_id].append(row)
    facts = explain_changes(revision.federation, on, by_society.keys())
    return Changes(
        on, False, [_change(pk, found, facts[pk], on) for pk, found in by_society.items()]
    )


def _change(pk: int, rows: list[Any], facts: list[MovingFact], on: date) -> Change:
    ended = {row.indicator: row for row in rows if row.valid_to == on}
    begun = {row.indicator: row for row in rows if row.valid_from == on}
    moves = [
        Move(kind.name, _value(ended.get(key)), _value(begun.get(key)))
        for key, kind in NAMES.items()
        if key in ended or key in begun
    ]
    return Change(rows[0].society.name, address("society", pk), moves, _plain(facts))


def _value(row: Any | None) -> str:
    if row is None:
        return "不在统计范围"
    if row.state != FigureState.VALUE:
        return str(FigureState(row.state).label)
    if row.total == 1 and row.indicator != "ORG_T3":
        return "已覆盖" if row.covered else "未覆盖"
    return f"{row.covered} / {row.total}"


def _plain(facts: Iterable[MovingFact]) -> list[MovingFact]:
    return list(facts)
