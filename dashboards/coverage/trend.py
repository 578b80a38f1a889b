"""The trend since 2016 at half-year ends, its table, and the targets judged on their due days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from coverage.models import CoverageTarget, Indicator
from coverage.targets import Judgement
from dashboards.coverage.figures import Board, Figure, half_year_ends
from dashboards.coverage.kpis import BY_KEY, KINDS, printed, ratio
from dashboards.words import month

LINES = (
    (Indicator.ORG, "组织覆盖率"),
    (Indicator.WORK, "工作覆盖率"),
    (Indicator.ORG_T2, "办事机构"),
    (Indicator.ORG_T3, "分支机构"),
)
MARK_STEP = 17
FEW = 2


@dataclass(frozen=True)
class TrendRow:
    """One day of the table beside the chart. target: the organisation target in force. remark:
    which revision is shown and why, where it is not the first.
    """

    on: date
    figures: list[Figure | None]
    target: str
    remark: str


@dataclass(frozen=True)
class Verdict:
    """A dated target and what the published figure of its due day says."""

    on: date
    name: str
    ratio: str
    figure: Figure | None
    met: bool | None
    lack: int
    remark: str


@dataclass(frozen=True)
class Trend:
    """Chart data, the finding in words, the table (newest first)."""

    data: dict[str, Any]
    words: str
    rows: list[TrendRow]
    verdicts: list[Verdict]

    @property
    def drawn(self) -> bool:
        """A line needs two points."""
        return len(self.rows) >= FEW


def trend(board: Board) -> Trend:
    """The trend of the shown group up to the shown day."""
    days = _days(board)
    targets = [] if board.group else dated(board)
    steps = [_target_at(targets, day) for day in days]
    data = {
        "x": [day.isoformat() for day in days],
        "ticks": _ticks(days),
        "min": 0,
        "series": [
            {"name": name, "y": [_percent(board, key, day) for day in days]} for key, name in LINES
        ],
        "target": [_height(target) for target in steps],
        "marks": _marks(targets, days),
    }
    rows = [
        TrendRow(
            day,
            [board.figure(kind.indicator, on=day) for kind in KINDS],
            ratio(target) if target else "",
            board.remarks.get(day, ""),
        )
        for day, target in zip(days, steps, strict=True)
    ]
    verdicts = [_verdict(board, target) for target in targets]
    return Trend(data, _words(board, verdicts), rows[::-1], verdicts)


def dated(board: Board) -> list[CoverageTarget]:
    """The edition's targets with a day that has come, in order."""
    found = [t for t in board.targets if t.due_on and board.on and t.due_on <= board.on]
    return sorted(found, key=lambda t: (t.due_on or date.max, t.indicator))


def _days(board: Board) -> list[date]:
    if board.on is None:
        return []
    due = {target.due_on for target in dated(board) if target.due_on}
    return board.days(sorted({*half_year_ends(board.on), *due, board.on}))


def _percent(board: Board, indicator: str, day: date) -> float | None:
    figure = board.figure(indicator, on=day)
    return figure.percent if figure else None


def _target_at(targets: list[CoverageTarget], day: date) -> CoverageTarget | None:
    """The organisation target in force on a day: the last one due."""
    due = [t for t in targets if t.indicator == Indicator.ORG and t.due_on and t.due_on <= day]
    return due[-1] if due else None


def _height(target: CoverageTarget | None) -> float | None:
    return 100 * target.numerator / target.denominator if target else None


def _ticks(days: list[date]) -> list[int]:
    """Every second year's end, and the last day."""
    ends = [n for n, day in enumerate(days) if day.month == 12 and day.year % 2 == 0]
    return sorted({*ends, len(days) - 1}) if days else []


def _marks(targets: list[CoverageTarget], days: list[date]) -> list[dict[str, Any]]:
    """One dated mark per due day, the earlier ones higher so that neighbours can be read."""
    by_day: dict[date, list[str]] = defaultdict(list)
    for target in targets:
        if target.due_on in days:
            name = BY_KEY[_key(target)].short.removesuffix("覆盖")
            by_day[target.due_on].append(f"{name} {ratio(target)}")
    last = len(by_day) - 1
    return [
        {
            "x": day.isoformat(),
            "name": f"{month(day)}末 {'、'.join(names)}",
            "up": MARK_STEP * (last - n),
        }
        for n, (day, names) in enumerate(by_day.items())
    ]


def _key(target: CoverageTarget) -> str:
    return target.indicator.lower().replace("org_", "")


def _verdict(board: Board, target: CoverageTarget) -> Verdict:
    """Judged on integers, on the published revision of the due day (trap 6)."""
    on = target.due_on
    figure = board.figure(target.indicator, on=on) if on else None
    judged = Judgement(target, figure)
    name = BY_KEY[_key(target)].name
    remark = board.remarks.get(on, "") if on else ""
    return Verdict(on or date.max, name, ratio(target), figure, judged.met, judged.gap or 0, remark)


def _words(board: Board, verdicts: list[Verdict]) -> str:
    """The finding, for those who do not see the chart."""
    parts = [
        f"{verdict.name} {verdict.on} {printed(verdict.figure)}，"
        f"{'达到' if verdict.met else '未达到'} {verdict.ratio} 目标"
        for verdict in verdicts
        if verdict.met is not None
    ]
    latest = [f"{name} {printed(board.figure(key))}" for key, name in LINES]
    return f"折线图：{'；'.join([*parts, f'{board.on} ' + '，'.join(latest)])}"
