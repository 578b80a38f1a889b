"""The dashboard's context: everything the template prints, from a board of figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.permissions import Permission
from common import clock
from coverage.models import Indicator
from dashboards.coverage import figures, gap, kpis, trend
from dashboards.coverage.definitions import definitions, kinds_counted
from dashboards.coverage.disciplines import class_rows, whole_row
from dashboards.coverage.figures import WHOLE, Board
from dashboards.words import moment
from societies.access import Actor
from societies.models import DisciplineClass

LIVE, FROZEN = "live", "frozen"
OVERDUE_DAYS = 2


@dataclass(frozen=True)
class Choice:
    """What the address asks for: frozen or live, discipline class, tab, sort, page."""

    live: bool
    group: str
    tab: str
    sort: str
    page: str
    size: int

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Choice:
        """Unknown values count as not given."""
        group, sort = asked.get("disc", ""), asked.get("sort", "")
        return cls(
            live=asked.get("view") == LIVE,
            group=group if group in DisciplineClass.values else WHOLE,
            tab=asked.get("tab", ""),
            sort=sort if sort in gap.SORTS else gap.SORTS[0],
            page=asked.get("page", "1"),
            size=gap.size_of(asked.get("size", "")),
        )


def board_for(actor: Actor, choice: Choice) -> Board:
    """The figures asked for. Readers of aggregates only get the whole (roles.md §1, LV)."""
    group = choice.group if actor.may_any(Permission.GAP_VIEW) else WHOLE
    return figures.load(actor, live=choice.live, group=group)


def context(actor: Actor, choice: Choice, now: datetime) -> dict[str, Any]:
    """Everything but the frame."""
    today = clock.day_of(now)
    board = board_for(actor, choice)
    names = actor.may_any(Permission.GAP_VIEW)
    found = {
        "board": board,
        "as_of": as_of(board, now),
        "cards": kpis.cards(board),
        "kinds": kpis.KINDS,
        "trend": trend.trend(board),
        "classes": class_rows(board, small_cells=names),
        "whole": whole_row(board),
        "choices": DisciplineClass.choices,
        "group_label": dict(DisciplineClass.choices).get(board.group, ""),
        "definitions": definitions(board.edition) if board.edition else [],
        "kinds_counted": kinds_counted(board.edition),
        "names": names,
        "may_publish": actor.may_any(Permission.REVISION_PUBLISH),
        "nights": nights(board.revision, today),
        "clears": board.figure(Indicator.FIVE_CLEARS),
    }
    return found | (gap_context(board, choice) if names else {})


def gap_context(board: Board, choice: Choice) -> dict[str, Any]:
    """The tab, its rows on one page, and the other tabs."""
    kind = gap.chosen(choice.tab)
    shown = gap.page_of(gap.lines(board, kind, choice.sort), choice.page, choice.size)
    shown.object_list = gap.with_measures(board, kind, list(shown.object_list))
    return {
        "tabs": gap.tabs(board, kind),
        "kind": kind,
        "gap": shown,
        "sort": choice.sort,
    }


@dataclass(frozen=True)
class Progress:
    """How far the nights have come: frozen days of those since the first one."""

    done: int
    expected: int

    @property
    def percent(self) -> float:
        """For the bar."""
        return 100 * self.done / self.expected


@dataclass(frozen=True)
class Nights:
    """waiting: revisions that nobody published yet; progress: None unless nights are missing."""

    waiting: int = 0
    progress: Progress | None = None


def nights(revision: Any | None, today: date) -> Nights:
    """What the nights have left to do, from the annotations of `newest_revision`."""
    if revision is None:
        return Nights()
    late = today - revision.on > timedelta(days=OVERDUE_DAYS)
    if not late:
        return Nights(revision.waiting)
    # Yesterday is the last day that a night can owe, so the days since the first one are owed.
    return Nights(
        revision.waiting, Progress(revision.frozen_days, (today - revision.first_day).days)
    )


def as_of(board: Board, now: datetime) -> dict[str, str]:
    """The words of the as-of line (rules §18)."""
    said = {"frozen": "", "frozen_short": "", "live": ""}
    if board.revision:
        on = board.revision.on
        said["frozen"] = f"数据截至 {on}；{moment(board.revision.computed_at)} 计算"
        said["frozen_short"] = f"定格数 {on:%m-%d}"
    if board.live_day and board.actor.may_any(Permission.SOCIETY_VIEW):
        said["live"] = f"即时数 今天 {moment(now).split()[-1]}"
    return said
