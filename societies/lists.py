"""Columns of the society list, its own and those that rooms above supply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from common.listing import Column
from societies.access import Actor
from societies.models import Society


@dataclass(frozen=True)
class ExtraColumns:
    """Columns supplied by a room above, named in `settings.SOCIETY_LIST_COLUMNS`.

    attach: puts onto the societies of one page, in one query, what `cells` (a template with the
    cells of one row, as `row`) and the export need.
    """

    columns: tuple[Column, ...]
    attach: Callable[[Sequence[Society], Actor], None]
    cells: str


OWN_COLUMNS = (
    Column("name", "学会", ("sort_key",), value=lambda s: s.name, width=34),
    Column("code", "编码", ("code",), "pp-nw", value=lambda s: s.code, width=9),
    Column(
        "class", "学科", ("discipline_class",), value=lambda s: s.get_discipline_class_display()
    ),
    Column("relation", "与科协关系", ("relation",), value=lambda s: s.get_relation_display()),
    Column("founded", "成立", ("founded_year",), "r", value=lambda s: s.founded_year, width=8),
)
# Written to the export only: too much for a screen.
EXPORT_COLUMNS = (
    Column("kind", "机构类型", value=lambda s: s.get_body_kind_display()),
    Column("name_en", "英文名称", value=lambda s: s.name_en, width=50),
    Column("support", "挂靠类型", value=lambda s: s.get_support_type_display()),
    Column("unit", "支撑单位", value=lambda s: s.supporting_unit, width=30),
    Column("supervisor", "业务主管单位", value=lambda s: s.business_supervisor),
    Column("uscc", "统一社会信用代码", value=lambda s: s.uscc, width=22),
    Column("joined", "加入日期", value=lambda s: s.joined_on, width=12),
    Column("left", "退出日期", value=lambda s: s.left_on, width=12),
    Column("source", "来源", value=lambda s: s.source, width=20),
)


def extra_columns() -> list[ExtraColumns]:
    """What the rooms above add, in the order of the setting."""
    return [import_string(path) for path in settings.SOCIETY_LIST_COLUMNS]
