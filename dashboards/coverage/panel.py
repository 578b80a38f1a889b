"""One society's part in the indicators, for its 360° page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from common import clock
from coverage.display import rate
from coverage.models import FigureState, Indicator, LiveCoverage, SocietyCoverage
from dashboards.coverage.kpis import KINDS
from societies.access import Actor
from societies.models import Society

TEMPLATE = "dashboards/society/_coverage.html"
CLEARS = {True: "五清", False: "未五清"}


@dataclass(frozen=True)
class Part:
    """One indicator. since: the first frozen day of this state, None if no frozen day has it."""

    name: str
    value: str
    fraction: str
    since: date | None


def prepare(actor: Actor, rows: QuerySet, on: date) -> QuerySet:
    """Add the frozen figures of the day and the live ones to the society's row."""
    frozen = SocietyCoverage.objects.visible_to(actor).at(on).filter(society=OuterRef("pk"))
    live = LiveCoverage.objects.visible_to(actor).filter(society=OuterRef("pk"))
    columns = ("indicator", "state", "covered", "total")
    said = JSONObject(**{name: name for name in columns})
    since = JSONObject(**{name: name for name in (*columns, "valid_from")})
    return rows.annotate(
        frozen_figures=ArraySubquery(frozen.values(data=since)),
        live_figures=ArraySubquery(live.values(data=said)),
    )


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """Live figures for today, frozen ones for a past day; no query. Read with `prepare`."""
    row: Any = society
    frozen = {each["indicator"]: each for each in row.frozen_figures}
    is_live = on == clock.today()
    figures = {each["indicator"]: each for each in row.live_figures} if is_live else frozen
    parts = [
        _part(kind.indicator, kind.short, figures[kind.indicator], frozen.get(kind.indicator))
        for kind in KINDS
        if kind.indicator in figures
    ]
    if Indicator.FIVE_CLEARS in figures:
        figure = figures[Indicator.FIVE_CLEARS]
        state = FigureState(figure["state"])
        word = CLEARS[bool(figure["covered"])] if state == FigureState.VALUE else str(state.label)
        parts.append(Part("五个清台账", word, "", None))
    return {"parts": parts, "is_live": is_live, "on": on}


def _part(
    indicator: str, name: str, figure: Mapping[str, Any], frozen: Mapping[str, Any] | None
) -> Part:
    same = frozen is not None and all(frozen[key] == value for key, value in figure.items())
    since = date.fromisoformat(frozen["valid_from"]) if same and frozen else None
    if figure["state"] != FigureState.VALUE:
        return Part(name, str(FigureState(figure["state"]).label), "", since)
    covered, total = figure["covered"], figure["total"]
    if indicator == Indicator.ORG_T3:
        return Part(name, rate(covered, total), f"{covered} / {total} 个", None)
    return Part(name, "已覆盖" if covered else "未覆盖", "", since)
