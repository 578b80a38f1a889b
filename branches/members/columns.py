"""The six columns of a members' workbook. No sex, no number (D-8)."""

from __future__ import annotations

import unicodedata
from datetime import date

from branches.actions.member_checks import clean_name
from branches.models import Place
from common.imports.columns import BadCell, Column
from common.months import BadMonth, parse_month

SHEET = "党员信息"
PROBATIONARY = ("预备", "预备党员", "未转正")
_PLACES = {
    **{"本学会": Place.HERE, "本党组织": Place.HERE, "本单位": Place.HERE, "本支部": Place.HERE},
    **{"支撑单位": Place.SUPPORTING_UNIT, "挂靠单位": Place.SUPPORTING_UNIT},
    **{"其他单位": Place.OTHER, "其它单位": Place.OTHER, "其他": Place.OTHER, "其它": Place.OTHER},
}


def _name(text: str) -> str:
    name = clean_name(unicodedata.normalize("NFKC", text))
    if len(name) > 50:
        raise BadCell("姓名超过 50 个字", "请核对是否填错了列")
    if len(name) < 2 or any(c.isdigit() for c in name):
        raise BadCell("不像姓名", "请填写完整姓名，不带编号")
    return name


def _month(text: str) -> date:
    if text.endswith("(?)"):
        year = text[:4]
        raise BadCell(f"{text[:-3]} 分不清是 1 月还是 10 月", f"请写成 {year}-01 或 {year}-10")
    try:
        return parse_month(text)
    except BadMonth as bad:
        raise BadCell(bad.wrong, bad.mend) from bad


def _full(text: str) -> date | None:
    return None if text in PROBATIONARY else _month(text)


def _place(text: str) -> str:
    place = _PLACES.get("".join(text.split()))
    if place is None:
        raise BadCell("组织关系只能填“本学会”“支撑单位”或“其他单位”", "")
    return place.value


COLUMNS = (
    Column("name", "姓名", _name, names=("党员姓名",), example="张某某"),
    Column(
        "birth_month",
        "出生年月",
        _month,
        names=("出生日期", "生日"),
        example="1978-03",
        note="年月即可，如 1978-03、1978.3、1978年3月",
    ),
    Column(
        "joined_month",
        "入党年月",
        _month,
        names=("入党时间", "入党日期"),
        example="2008-06",
        note="支部党员大会通过接收为预备党员的年月",
    ),
    Column(
        "full_since",
        "转正年月",
        _full,
        required=False,
        names=("转正时间", "转正日期"),
        example="2009-06",
        note="预备党员留空",
    ),
    Column(
        "place",
        "组织关系",
        _place,
        names=("组织关系所在", "组织关系所在地"),
        example="本学会",
        note="只填本学会、支撑单位、其他单位；关系不在本学会的登记为参加组织生活",
        choices=tuple(str(label) for label in Place.labels),
    ),
    Column(
        "organisation",
        "所在党组织",
        str,
        required=False,
        names=("党组织", "所在支部", "所在党支部"),
        example="",
        note="只能填本党组织的名称，可留空",
        width=34,
    ),
)
