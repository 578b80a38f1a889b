"""The dashboard's tables and its gap list as workbooks (D-6: edition, as-of day, fractions)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import FileResponse

from common.exports import xlsx_response
from common.listing import Column
from coverage.display import NO_VALUE, why_empty
from coverage.models import FigureState, Indicator
from dashboards.coverage import gap, trend
from dashboards.coverage.disciplines import class_rows
from dashboards.coverage.figures import WHOLE, Board, Figure
from dashboards.coverage.gap import DAYS, GapLine
from dashboards.coverage.kpis import KINDS, Kind
from societies.models import DisciplineClass

CLASS_LABELS = {value: str(label) for value, label in DisciplineClass.choices}


@dataclass(frozen=True)
class Line:
    """One figure: of which table, day, class and indicator."""

    table: str
    on: date
    group: str
    kind: Kind
    figure: Figure


def _state(figure: Figure) -> str:
    """Why there is no value; nothing where there is one (D-4, R-COV-10)."""
    return why_empty(figure.state, figure.owners)


def _covered(figure: Figure) -> int | str:
    return figure.covered if figure.state == FigureState.VALUE else NO_VALUE


def _total(figure: Figure) -> int | str:
    return figure.total if figure.state == FigureState.VALUE else NO_VALUE


def _percent(figure: Figure) -> str:
    return NO_VALUE if figure.percent is None else f"{figure.percent:.2f}%"


FIGURE_COLUMNS = (
    Column("table", "表", value=lambda line: line.table, width=10),
    Column("on", "数据截至", value=lambda line: line.on, width=12),
    Column("group", "学科", value=lambda line: line.group, width=12),
    Column("kind", "指标", value=lambda line: line.kind.name, width=26),
    Column("covered", "已覆盖", value=lambda line: _covered(line.figure), width=10),
    Column("total", "总数", value=lambda line: _total(line.figure), width=10),
    Column("unit", "单位", value=lambda line: line.kind.unit, width=6),
    Column("rate", "覆盖率", value=lambda line: _percent(line.figure), width=10),
    Column("state", "说明", value=lambda line: _state(line.figure), width=10),
)
UNFILED = "未报"
GAP_COLUMNS = (
    Column("society", "学会", value=lambda line: line.name, width=34),
    Column("code", "编码", value=lambda line: line.row.society.code, width=10),
    Column("class", "学科", value=lambda line: line.note, width=10),
    Column("unit", "分支机构", value=lambda line: line.unit, width=28),
    Column("reason", "未建原因", value=lambda line: _said(line, "reason"), width=34),
    Column("measures", "推进措施", value=lambda line: _measures(line), width=34),
    Column("status", "进度", value=lambda line: _said(line, "status"), width=12),
    Column("post", "责任岗位", value=lambda line: _said(line, "post"), width=18),
    # Not of single branches: the frozen state of tier 3 is the society's.
    Column(DAYS, "未覆盖天数", value=lambda line: line.days, width=12),
    Column("planned", "计划建立", value=lambda line: _planned(line), width=12),
)


def _said(line: GapLine, name: str) -> str:
    return (getattr(line.said, name) if line.said else "") or UNFILED


def _measures(line: GapLine) -> str:
    return "，".join(line.said.measures) if line.said else UNFILED


def _planned(line: GapLine) -> date | str:
    return line.said.planned if line.said and line.said.planned else UNFILED


def figures_workbook(board: Board, *, small_cells: bool) -> FileResponse:
    """Every figure of the page: the shown day by class, and the trend."""
    return xlsx_response(
        f"覆盖看板-{board.on}",
        title="覆盖看板",
        lines=_about(board),
        columns=FIGURE_COLUMNS,
        rows=_figures(board, small_cells),
        demo=_is_demo(board),
    )


def gap_workbook(board: Board, kind: Kind, sort: str) -> FileResponse:
    """The whole gap list of one indicator: as many rows as total − covered."""
    rows = gap.with_measures(board, kind, gap.lines(board, kind, sort))
    return xlsx_response(
        f"缺口清单-{kind.tab}-{board.on}",
        title=f"缺口清单（{kind.name}）",
        lines=[*_about(board), f"共 {len(rows)} {kind.unit}"],
        columns=[c for c in GAP_COLUMNS if c.key != DAYS or kind.indicator != Indicator.ORG_T3],
        rows=rows,
        demo=_is_demo(board),
    )


def _figures(board: Board, small_cells: bool) -> Iterator[Line]:
    if board.on is None:
        return
    shown = [row.value for row in class_rows(board, small_cells=small_cells) if not row.hidden]
    for group in (*shown, WHOLE):
        for kind in KINDS:
            figure = board.figure(kind.indicator, group)
            if figure:
                yield Line("分学科", board.on, CLASS_LABELS.get(group, "全部"), kind, figure)
    own = CLASS_LABELS.get(board.group, "全部")
    for row in trend.trend(board).rows:
        for kind, figure in zip(KINDS, row.figures, strict=True):
            if figure:
                yield Line("走势", row.on, own, kind, figure)


def _about(board: Board) -> list[str]:
    """As-of day, edition and filter, as on the page."""
    state = "即时数（未定格）" if board.is_live else "定格数"
    edition = board.edition.label if board.edition else "尚无口径"
    return [
        f"数据截至 {board.on or '—'}；{state}",
        edition,
        f"学科：{CLASS_LABELS.get(board.group, '全部')}",
    ]


def _is_demo(board: Board) -> bool:
    return bool(board.actor.federation and board.actor.federation.is_demo)
