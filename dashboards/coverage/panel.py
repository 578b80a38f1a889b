"""One society's part in the indicators, for its 360° page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from common import clock
from coverage.display import rate
from coverage.models import FigureState, Indicator, LiveCoverage, SocietyCoverage
from dashboards.coverage.kpis import KINDS
from societies.access import Actor
from societies.models import Society

CLEARS = {True: "五清", False: "未五清"}


@dataclass(frozen=True)
class Part:
    """One indicator. since: the first frozen day of this state, None if no frozen day has it."""

    name: str
    value: str
    fraction: str
    since: date | None


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """Live figures for today, frozen ones for a past day; at most two queries."""
    frozen = {
        row.indicator: row
        for row in SocietyCoverage.objects.visible_to(actor).filter(society=society).at(on)
    }
    is_live = on == clock.today()
    rows: dict[str, Any] = dict(frozen)
    if is_live:
        live = LiveCoverage.objects.visible_to(actor).filter(society=society)
        rows = {row.indicator: row for row in live}
    parts = [
        _part(kind.indicator, kind.short, rows[kind.indicator], frozen.get(kind.indicator))
        for kind in KINDS
        if kind.indicator in rows
    ]
    if Indicator.FIVE_CLEARS in rows:
        row = rows[Indicator.FIVE_CLEARS]
        is_value = row.state == FigureState.VALUE
        word = CLEARS[bool(row.covered)] if is_value else str(FigureState(row.state).label)
        parts.append(Part("五个清台账", word, "", None))
    return {"parts": parts, "is_live": is_live, "on": on}


def _part(indicator: str, name: str, row: Any, frozen: Any | None) -> Part:
    same = frozen is not None and (row.state, row.covered, row.total) == (
        frozen.state,
        frozen.covered,
        frozen.total,
    )
    since = frozen.valid_from if same and frozen else None
    if row.state != FigureState.VALUE:
        return Part(name, str(FigureState(row.state).label), "", since)
    if indicator == Indicator.ORG_T3:
        return Part(name, rate(row.covered, row.total), f"{row.covered} / {row.total} 个", None)
    return Part(name, "已覆盖" if row.covered else "未覆盖", "", since)
