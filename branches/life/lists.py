"""Columns of the lists of organisation life, on the screen and in workbooks."""

from __future__ import annotations

from typing import Any

from branches.models import LifeKind
from common import clock
from common.listing import Column
from common.shares import share


def attendance(record: Any) -> str:
    """实到 / 应到; nothing for 谈心谈话."""
    return "" if record.expected is None else f"{record.present} / {record.expected}"


def kinds_of(record: Any) -> str:
    """The kind, with the second one it counts for."""
    second = f"、{record.get_also_kind_display()}" if record.also_kind else ""
    return f"{record.get_kind_display()}{second}"


LIFE_COLUMNS = (
    Column("held", "日期", ("held_on",), "pp-nw", value=lambda r: r.held_on, width=12),
    Column("kind", "种类", ("kind",), value=kinds_of, width=20),
    Column("organisation", "党组织", ("organisation__name",), value=lambda r: r.organisation.name),
    Column("agenda", "议程", value=lambda r: r.agenda, width=40),
    Column("attendance", "实到 / 应到", css="r", value=attendance, width=12),
    Column(
        "filed", "登记", ("filed_at",), "pp-nw", value=lambda r: clock.day_of(r.filed_at), width=12
    ),
    Column("state", "状态", value=lambda r: r.get_state_display(), width=10),
)
# Written to the export only: too much for a screen.
LIFE_EXPORT = (
    Column("society", "学会", value=lambda r: r.society.name, width=34),
    Column("late", "补录", value=lambda r: "补录" if r.is_late else "按期", width=8),
    Column("first", "第一议题", value=lambda r: r.first_topic, width=8),
    Column("learning", "学习事项", value=lambda r: r.learning, width=40),
    Column("decision", "决议事项", value=lambda r: r.decision, width=40),
    Column("expected", "应到", value=lambda r: r.expected, width=8),
    Column("present", "实到", value=lambda r: r.present, width=8),
    Column("excused", "请假", value=lambda r: r.excused, width=8),
    Column("observers", "列席", value=lambda r: r.observers, width=8),
)

VISIT_COLUMNS = (
    Column("visited", "走访日期", ("visited_on",), "pp-nw", value=lambda v: v.visited_on, width=12),
    Column("society", "学会", ("society__sort_key",), value=lambda v: v.society.name, width=34),
    Column("work", "指导的工作", value=lambda v: v.work, width=40),
    Column("comment", "学会意见", value=lambda v: v.comment, width=30),
    Column("state", "状态", value=lambda v: v.get_state_display(), width=10),
)


def _cell(kind: str) -> Any:
    """“75.0%（3/4）” of one kind for the workbook; 不适用 where nothing is owed (D-4)."""

    def value(society: Any) -> str:
        found = society.life.get(kind)
        return f"{share(*found)}（{found[0]}/{found[1]}）" if found else "不适用"

    return value


def matrix_columns() -> tuple[Column, ...]:
    """The society, then each kind that some matrix may ask for."""
    kinds = [kind for kind in LifeKind if kind != LifeKind.TRANSMISSION_STUDY]
    return (
        Column("name", "学会", ("sort_key",), value=lambda s: s.name, width=34),
        Column("all", "合计", value=_cell("all"), width=16),
        *(Column(kind.value, str(kind.label), value=_cell(kind.value), width=16) for kind in kinds),
    )
