"""The gap list: exactly the uncovered units behind the figure above it (R-COV-03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator

from coverage.gaps import GapRow, frozen_gap, live_gap
from coverage.models import FigureState, Indicator
from dashboards.coverage.figures import Board
from dashboards.coverage.kpis import BY_KEY, KINDS, Kind
from dashboards.links import address
from ledgers.models import GuidanceMeasure, LedgerEdition
from ledgers.querysets.measures import GapEntry, Progress
from ledgers.rules import LedgerRules
from societies.models import Tier

PAGE_SIZE = 20
SIZES = (20, 50, 100)
DAYS, NAME = "days", "name"
SORTS = (f"-{DAYS}", DAYS, NAME, f"-{NAME}")
# Whose reasons and measures a list shows: those of its own tier, tier 1 before tier 2 for the rest.
TIERS: dict[Indicator, tuple[Tier, ...]] = {
    Indicator.ORG_T1: (Tier.COUNCIL,),
    Indicator.ORG_T2: (Tier.SECRETARIAT,),
    Indicator.ORG_T3: (Tier.SOCIETY_BRANCH,),
}
BOTH = (Tier.COUNCIL, Tier.SECRETARIAT)
KIND_OF_PROGRESS = {
    Progress.ON_WAY: "info",
    Progress.SOON: "warn",
    Progress.OVERDUE: "bad",
    Progress.UNPLANNED: "idle",
}


@dataclass(frozen=True)
class Tab:
    """An indicator's list: how many units it has, from the figure; None where there is none."""

    kind: Kind
    count: int | None
    current: bool


@dataclass(frozen=True)
class Said:
    """What the society's accepted ledgers say of the unit (ledger 5.5), in words."""

    reason: str
    measures: tuple[str, ...]
    status_kind: str
    status: str
    post: str
    planned: date | None


@dataclass(frozen=True)
class GapLine:
    """One uncovered unit as the list prints it.

    days: None where no frozen day knows it. said: None where the society filed nothing (未报).
    """

    row: GapRow
    days: int | None
    said: Said | None = None

    @property
    def name(self) -> str:
        """The society."""
        return self.row.society.name

    @property
    def url(self) -> str:
        """The society's page; asked for the lines of one page only."""
        return address("society", self.row.society.pk)

    @property
    def unit(self) -> str:
        """The society branch, for tier 3."""
        return self.row.unit.name if self.row.unit else ""

    @property
    def note(self) -> str:
        """The class of the society, or the society of the branch."""
        return str(self.row.society.get_discipline_class_display())


def chosen(key: str) -> Kind:
    """The indicator of a tab; organisation coverage for anything unknown."""
    return BY_KEY.get(key, KINDS[0])


def tabs(board: Board, current: Kind) -> list[Tab]:
    """One tab per indicator, with total − covered of the shown figures."""
    found = []
    for kind in KINDS:
        figure = board.figure(kind.indicator)
        has_value = figure is not None and figure.state == FigureState.VALUE
        found.append(Tab(kind, figure.missing if figure and has_value else None, kind == current))
    return found


def lines(board: Board, kind: Kind, sort: str) -> list[GapLine]:
    """All uncovered units of the shown day and group, in order."""
    rows: Sequence[GapRow] = ()
    if board.is_live:
        rows = live_gap(board.actor, kind.indicator)
    elif board.revision:
        rows = frozen_gap(board.actor, kind.indicator, board.revision)
    if board.group:
        rows = [row for row in rows if row.society.discipline_class == board.group]
    found = [_line(row, kind, board.on) for row in rows]
    if sort.endswith(DAYS):
        # Rows come by name; sorting is stable, so equal days stay by name.
        return sorted(found, key=lambda line: line.days or 0, reverse=sort.startswith("-"))
    return found[::-1] if sort.startswith("-") else found


def _line(row: GapRow, kind: Kind, on: date | None) -> GapLine:
    # The stored state of tier 3 is the society's, not the single branch's.
    known = row.since and on and kind.indicator != Indicator.ORG_T3
    days = (on - row.since).days + 1 if known and on and row.since else None
    return GapLine(row, days)


def with_measures(board: Board, kind: Kind, found: Sequence[GapLine]) -> list[GapLine]:
    """Lines with reasons, measures, post and plan as of the shown day; two queries, or none."""
    actor, tiers = board.actor, TIERS.get(kind.indicator, BOTH)
    federation = actor.federation
    if not found or board.on is None or federation is None:
        return list(found)
    ids = {line.row.society.pk for line in found}
    entries = GuidanceMeasure.objects.visible_to(actor).gap_entries(ids, board.on, tiers)
    editions = LedgerEdition.objects.visible_to(actor)
    edition = editions.in_force(federation, board.on) if entries else None
    if edition is None:
        return list(found)
    rules = edition.rules
    return [
        replace(line, said=_said(entries.get(line.row.society.pk, []), line.row, rules))
        for line in found
    ]


def _said(entries: Sequence[GapEntry], row: GapRow, rules: LedgerRules) -> Said | None:
    if row.unit is not None:
        entries = [entry for entry in entries if entry.unit_id == row.unit.pk]
    if not entries:
        return None
    entry = entries[0]
    reason = rules.reason(entry.reason)
    named = [rules.measure(code) for code in entry.measures]
    return Said(
        f"{reason.code} {reason.label}" if reason else entry.reason,
        tuple(f"{measure.code} {measure.label}" for measure in named if measure),
        KIND_OF_PROGRESS[entry.progress],
        str(entry.progress.label),
        entry.responsible_post,
        entry.planned_establish_on,
    )


def size_of(asked: str) -> int:
    """Rows on a page: one of the pager's sizes."""
    return int(asked) if asked in map(str, SIZES) else PAGE_SIZE


def page_of(found: Sequence[GapLine], number: Any, size: int) -> Page[GapLine]:
    """One page of the list."""
    return Paginator(found, size).get_page(number)
