"""What an organisation owes and holds, as pages show it: stored rows only, nothing computed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from branches.models import (
    ExpectedLife,
    LifeKind,
    ObligationEdition,
    ObligationRule,
    PartyOrganisation,
)
from branches.obligations.conditions import CONDITIONS
from common.periods import period_from_key
from common.shares import share

ORDER = {kind: place for place, kind in enumerate(LifeKind.values)}


@dataclass(frozen=True)
class Cell:
    """One period of one duty on a day."""

    row: ExpectedLife
    on: date

    @property
    def label(self) -> str:
        """3 月, 第一季度, 全年."""
        return period_from_key(self.row.period).label

    @property
    def count(self) -> str:
        """已开 / 应开."""
        return f"{min(self.row.held, self.row.required)} / {self.row.required}"

    @property
    def done(self) -> bool:
        """Whether everything required is held."""
        return self.row.held >= self.row.required

    @property
    def word(self) -> str:
        """已完成 / 本期应办 / 宽限期内 / 未完成."""
        if self.done:
            return "已完成"
        if self.on <= self.row.last_day:
            return "本期应办"
        return "宽限期内" if self.on <= self.row.counts_until else "未完成"


@dataclass
class Line:
    """One kind through a year: its periods, and the sums over those that have ended."""

    kind: str
    rule: ObligationRule
    cells: list[Cell] = field(default_factory=list)
    num: int = 0
    den: int = 0

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(LifeKind(self.kind).label)

    @property
    def share(self) -> str:
        """75.0%, or a dash where nothing is owed yet."""
        return share(self.num, self.den)

    @property
    def percent(self) -> float:
        """For the bar."""
        return 100 * self.num / self.den if self.den else 0


def year_of(rows: Any, year: int, on: date) -> list[Line]:
    """The lines of a year from expected rows; one query. Only ended periods enter the sums."""
    lines: dict[str, Line] = {}
    found = rows.filter(first_day__year=year).select_related("rule").order_by("first_day")
    for row in found:
        line = lines.setdefault(row.kind, Line(row.kind, row.rule))
        line.cells.append(Cell(row, on))
        if row.last_day < on:
            line.num += min(row.held, row.required)
            line.den += row.required
    return sorted(lines.values(), key=lambda line: ORDER[line.kind])


def own_rows(organisation: PartyOrganisation) -> Any:
    """What the organisation owes, each duty once."""
    return ExpectedLife.objects.filter(
        organisation=organisation, society_id=organisation.society_id
    )


def owed_kinds(
    organisation: PartyOrganisation, edition: ObligationEdition | None, on: date
) -> list[str]:
    """The kinds its type owes under an edition, those whose condition it meets that day."""
    rules = ObligationRule.objects.filter(
        edition=edition, organisation_type=organisation.type
    ).values_list("kind", "condition")
    kinds: dict[str, set[str]] = defaultdict(set)
    for kind, condition in rules:
        kinds[kind].add(condition)
    asked = {condition for found in kinds.values() for condition in found if condition}
    met = {"", *(each for each in asked if _meets(organisation, each, on))}
    return sorted((kind for kind, found in kinds.items() if found & met), key=ORDER.__getitem__)


def _meets(organisation: PartyOrganisation, condition: str, on: date) -> bool:
    return CONDITIONS[condition](on).filter(pk=organisation.pk).exists()
