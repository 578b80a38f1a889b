"""U-01 … U-11: 5.5 未建党组织原因. Rows of tier 3 are optional and never block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ledgers.checks.base import Check, E, Hit, W
from ledgers.conditions import OTHER_REASON
from ledgers.snapshot import ReasonRow, Snapshot, Values
from societies.models import Tier

SECTION = "not_established"
CAN_ESTABLISH_FROM = 3
TOO_FEW_MEMBERS = "NE01"
SHORTEST_REASON = 10

# U-09: two or three characters with a common surname and no word for a post.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程"
    "魏苏吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛"
    "郝龚邵万钱严覃武莫孔汤"
)
_POST_WORDS = re.compile("[长员任记事办处部室会席监师理组]")


def _owed(s: Snapshot) -> Iterator[ReasonRow]:
    return (row for row in s.reasons if row.tier in (1, 2))


def _measures(s: Snapshot) -> Iterator[Values]:
    return (measure for row in _owed(s) for measure in row.measures)


def row_for_covered_tier(s: Snapshot) -> Iterator[Hit]:
    """U-01, one way; a secretariat that does not exist is left to X-11."""
    covered = {u.unit_id: u for u in s.facts.units if u.covered_by}
    for row in _owed(s):
        unit = covered.get(row.unit_id)
        if unit:
            yield Hit({"tier": Tier(row.tier).label, "o": unit.covered_by}, row=row.values.row)


def uncovered_tier_without_row(s: Snapshot) -> Iterator[Hit]:
    """U-01, the other way."""
    present = {row.unit_id for row in s.reasons}
    for unit in s.owed_units():
        if unit.unit_id not in present:
            yield Hit({"tier": Tier(unit.tier).label})


def reason_repeated(s: Snapshot) -> Iterator[Hit]:
    """U-02."""
    for row in _owed(s):
        primary = row.values.get("primary_reason")
        if primary and primary in (row.values.get("other_reasons") or []):
            yield Hit(row=row.values.row)


def other_reason_too_short(s: Snapshot) -> Iterator[Hit]:
    """U-03; tier 3 never blocks."""
    for row in _owed(s):
        text = row.values.get("reason_text") or ""
        if row.values.get("primary_reason") == OTHER_REASON and len(text) < SHORTEST_REASON:
            yield Hit(row=row.values.row)


def enough_members(s: Snapshot) -> Iterator[Hit]:
    """U-04."""
    for row in _owed(s):
        members = row.values.n("party_members_available")
        if members is not None and members >= CAN_ESTABLISH_FROM:
            yield Hit({"a": members}, row=row.values.row)


def reason_against_members(s: Snapshot) -> Iterator[Hit]:
    """U-05."""
    for row in _owed(s):
        members = row.values.n("party_members_available")
        too_few = row.values.get("primary_reason") == TOO_FEW_MEMBERS
        if too_few and members is not None and members >= CAN_ESTABLISH_FROM:
            yield Hit({"a": members}, row=row.values.row)


def measure_reversed(s: Snapshot) -> Iterator[Hit]:
    """U-06."""
    for measure in _measures(s):
        start, end = measure.get("measure_from"), measure.get("measure_to")
        if start and end and start >= end:
            yield Hit(row=measure.row)


def measure_too_long(s: Snapshot) -> Iterator[Hit]:
    """U-07."""
    for measure in _measures(s):
        rule = s.rules.measure(measure.get("code") or "")
        start, end = measure.get("measure_from"), measure.get("measure_to")
        if rule and rule.max_days and start and end:
            if end - start > timedelta(days=rule.max_days):
                yield Hit({"m": rule.label, "n": rule.max_days}, row=measure.row)


def posting_missing(s: Snapshot) -> Iterator[Hit]:
    """U-08: the row refers to a posting of that kind, valid on the as-of date (D-15)."""
    for measure in _measures(s):
        rule = s.rules.measure(measure.get("code") or "")
        if rule and rule.needs_posting:
            if s.facts.postings.get(measure.get("posting_id")) != rule.code:
                yield Hit(row=measure.row)


def person_instead_of_post(s: Snapshot) -> Iterator[Hit]:
    """U-09."""
    for row in _owed(s):
        text = row.values.get("responsible_post") or ""
        named = 2 <= len(text) <= 3 and text[0] in _SURNAMES and not _POST_WORDS.search(text)
        if named:
            yield Hit(row=row.values.row)


def planned_before_as_of(s: Snapshot) -> Iterator[Hit]:
    """U-10."""
    for row in _owed(s):
        planned = row.values.get("planned_establish_on")
        if planned and planned < s.as_of:
            yield Hit(row=row.values.row)


def followed_up_to_come(s: Snapshot) -> Iterator[Hit]:
    """U-11."""
    for row in _owed(s):
        last = row.values.get("last_followed_up_on")
        if last and last > s.today:
            yield Hit(row=row.values.row)


CHECKS: tuple[Check, ...] = (
    Check(
        "U-01",
        E,
        SECTION,
        ("primary_reason",),
        "截止日{tier}已有党组织“{o}”，不应填写未建原因，请删除本行",
        row_for_covered_tier,
    ),
    Check(
        "U-01",
        E,
        SECTION,
        ("primary_reason",),
        "截止日{tier}没有党组织，请填写未建原因",
        uncovered_tier_without_row,
    ),
    Check(
        "U-02", E, SECTION, ("other_reasons",), "其他原因与主要原因重复，请去掉", reason_repeated
    ),
    Check(
        "U-03",
        E,
        SECTION,
        ("reason_text",),
        "选择“其他”时请用不少于 10 个字说明情况",
        other_reason_too_short,
    ),
    Check(
        "U-04",
        W,
        SECTION,
        ("party_members_available",),
        "有正式党员 {a} 人，具备建立党支部条件，请确认未建原因",
        enough_members,
    ),
    Check(
        "U-05",
        W,
        SECTION,
        ("primary_reason",),
        "原因选了“正式党员不足3名”，但可用正式党员为 {a} 人，请核对",
        reason_against_members,
    ),
    Check(
        "U-06",
        E,
        SECTION,
        ("measure_from", "measure_to"),
        "措施起止日期颠倒，请检查",
        measure_reversed,
    ),
    Check(
        "U-07",
        E,
        SECTION,
        ("measure_to",),
        "“{m}”最长 {n} 天，请缩短期限，到期可再安排",
        measure_too_long,
    ),
    Check(
        "U-08",
        E,
        SECTION,
        ("posting",),
        "未找到有效的派驻记录。派驻由科技社团党委登记，请联系审核员补登后再选",
        posting_missing,
    ),
    Check(
        "U-09",
        W,
        SECTION,
        ("responsible_post",),
        "请填写岗位（如“党委副书记”），不填姓名",
        person_instead_of_post,
    ),
    Check(
        "U-10",
        E,
        SECTION,
        ("planned_establish_on",),
        "计划建立日期早于截止日，请填写今后的日期；已建立的请先报批或报备",
        planned_before_as_of,
    ),
    Check(
        "U-11",
        E,
        SECTION,
        ("last_followed_up_on",),
        "最近跟进日期晚于今天，请更正",
        followed_up_to_come,
    ),
)
