"""The five cards: value, fraction, change since the last month-end, spark, target, gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from coverage.display import NO_VALUE, rate
from coverage.models import CoverageTarget, FigureState, Indicator
from coverage.targets import Judgement
from dashboards.coverage.figures import WHOLE, Board, Figure, months_before


@dataclass(frozen=True)
class Kind:
    """How an indicator is called on the dashboard. unit: what it counts."""

    indicator: Indicator
    name: str
    short: str
    tab: str
    unit: str = "家"

    @property
    def key(self) -> str:
        """In addresses and element ids: org, work, t1, t2, t3."""
        return self.indicator.value.lower().replace("org_", "")


KINDS: tuple[Kind, ...] = (
    Kind(Indicator.ORG, "组织覆盖率", "组织覆盖", "组织未覆盖"),
    Kind(Indicator.WORK, "工作覆盖率", "工作覆盖", "工作未覆盖"),
    Kind(Indicator.ORG_T1, "理事会层面党组织覆盖率", "理事会层面", "理事会层面"),
    Kind(Indicator.ORG_T2, "办事机构党组织覆盖率", "办事机构", "办事机构"),
    Kind(Indicator.ORG_T3, "分支机构党组织覆盖率", "分支机构", "分支机构", "个"),
)
BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Card:
    """One card as the template prints it."""

    kind: Kind
    figure: Figure | None
    not_applicable: int
    change_css: str
    change: str
    spark: dict[str, Any] | None
    spark_words: str
    target: str
    standing: str
    met: bool | None

    @property
    def source(self) -> str:
        """The id of the spark's data."""
        return f"spark-{self.kind.key}"

    @property
    def has_value(self) -> bool:
        """Whether there is a rate to print."""
        return self.figure is not None and self.figure.state == FigureState.VALUE


def cards(board: Board) -> list[Card]:
    """The five cards of the shown day and group."""
    return [_card(board, kind) for kind in KINDS]


def _card(board: Board, kind: Kind) -> Card:
    figure = board.figure(kind.indicator)
    css, change = _change(board, kind, figure)
    spark, words = _spark(board, kind)
    target, standing, met = _target(board, kind, figure)
    # Only a tier of one unit per society can be counted as not applicable from sums.
    absent = figure.owners - figure.total if figure and kind.indicator == Indicator.ORG_T2 else 0
    return Card(kind, figure, absent, css, change, spark, words, target, standing, met)


def _change(board: Board, kind: Kind, figure: Figure | None) -> tuple[str, str]:
    """Covered units against the last month-end, which may be shown as revised (R-COV-02)."""
    if board.on is None or figure is None:
        return "", ""
    last = months_before(board.on)[-1]
    before = board.figure(kind.indicator, on=last)
    if before is None or FigureState.VALUE not in (before.state, figure.state):
        return "", ""
    difference = figure.covered - before.covered
    since = f"较 {last.month} 月末{'修订数' if last in board.remarks else ''}"
    if not difference:
        return "pp-flat", f"{since}持平"
    word, css = ("增", "pp-up") if difference > 0 else ("减", "pp-down")
    return css, f"{since}{word} {abs(difference):,} {kind.unit}"


def _spark(board: Board, kind: Kind) -> tuple[dict[str, Any] | None, str]:
    """The last twelve month-ends and the shown day; None for fewer than two points."""
    if board.on is None:
        return None, ""
    days = board.days([*months_before(board.on), board.on])
    figures = [board.figure(kind.indicator, on=day) for day in days]
    values = [figure.percent if figure else None for figure in figures]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None, ""
    line = _line(board, kind)
    margin = 0.4
    data = {
        "x": [day.isoformat() for day in days],
        "y": values,
        "min": min(known) - margin,
        "max": max(known if line is None else [*known, line]) + margin,
        "target": line,
    }
    words = f"{kind.name}近 12 个月末走势，由 {known[0]:.2f}% 到最新 {known[-1]:.2f}%"
    return data, words


def _line(board: Board, kind: Kind) -> float | None:
    """The target's height in a spark; aims without a day draw none."""
    target = None if board.group else target_in_force(board, kind.indicator)
    if target is None or target.due_on is None:
        return None
    return 100 * target.numerator / target.denominator


def target_in_force(board: Board, indicator: str) -> CoverageTarget | None:
    """The latest target that was due by the shown day, else the next one, else the aim."""
    mine = [target for target in board.targets if target.indicator == indicator]
    dated = sorted((t for t in mine if t.due_on), key=lambda t: t.due_on or date.max)
    due = [t for t in dated if board.on and t.due_on and t.due_on <= board.on]
    if due:
        return due[-1]
    return dated[0] if dated else next(iter(mine), None)


def ratio(target: CoverageTarget) -> str:
    """A target as a percentage: 80%, 100%."""
    return f"{100 * target.numerator / target.denominator:g}%"


def _target(board: Board, kind: Kind, figure: Figure | None) -> tuple[str, str, bool | None]:
    """The target in words, how the figure stands to it, and whether it is reached (trap 6)."""
    has_value = figure is not None and figure.state == FigureState.VALUE
    short = f"未覆盖 {figure.missing:,} {kind.unit}" if figure and has_value else ""
    if board.group:
        return "目标按全部学会考核", short, None
    target = target_in_force(board, kind.indicator)
    if target is None:
        return "目标：无", short, None
    if target.due_on is None:
        whole = target.numerator == target.denominator
        return "推进全覆盖，无期限" if whole else f"目标 {ratio(target)}，无期限", short, None
    words = f"目标 {ratio(target)}（{target.due_on}）"
    judged = Judgement(target, figure)
    if judged.met is None:
        return words, "", None
    return words, "已达到" if judged.met else f"还差 {judged.gap:,} {kind.unit}", judged.met


def printed(figure: Figure | None) -> str:
    """A rate with its fraction, for words: 97.56%（200 / 205）."""
    if figure is None or figure.state != FigureState.VALUE:
        return NO_VALUE
    return f"{rate(figure.covered, figure.total)}（{figure.covered:,} / {figure.total:,}）"


__all__ = ["BY_KEY", "KINDS", "WHOLE", "Card", "Kind", "cards", "printed", "ratio"]
