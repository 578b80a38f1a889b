"""L-01 … L-11: 5.4 负责人情况."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ledgers.catalogue import field
from ledgers.catalogue.leaders import ONE_EACH, PARTY_MEMBER_STATUS, PARTY_POSTS
from ledgers.checks.base import Check, E, Hit, W
from ledgers.snapshot import Snapshot, Values

SECTION = "leaders"
OLDEST_BIRTH_YEAR = 1900
ADULT = 18


def post_label(row: Values) -> str:
    """The post in words."""
    return field(SECTION, "post").label_of(row.get("post"))


def _present(s: Snapshot) -> Iterator[Values]:
    return (row for row in s.leaders if not row.get("vacant"))


def post_held_twice(s: Snapshot) -> Iterator[Hit]:
    """L-01."""
    held = Counter(row.get("post") for row in s.leaders)
    for post in ONE_EACH:
        if held[post] > 1:
            last = [row for row in s.leaders if row.get("post") == post][-1]
            yield Hit({"p": post_label(last), "n": held[post]}, row=last.row)


def no_secretary_general(s: Snapshot) -> Iterator[Hit]:
    """L-02."""
    if not any(row.get("post") == "secretary_general" for row in s.leaders):
        yield Hit()


def vacancy_unexplained(s: Snapshot) -> Iterator[Hit]:
    """L-03."""
    for row in s.leaders:
        if row.get("vacant") and not row.get("vacant_reason"):
            yield Hit(row=row.row)


def birth_year_unlikely(s: Snapshot) -> Iterator[Hit]:
    """L-04."""
    for row in _present(s):
        year = row.get("birth_year")
        if year is not None and not OLDEST_BIRTH_YEAR <= year <= s.as_of.year - ADULT:
            yield Hit({"y": year}, row=row.row)


def is_party_member(row: Values) -> bool:
    """是否党员: computed from the status, never asked."""
    return row.get("political_status") in PARTY_MEMBER_STATUS


def relation_unknown(s: Snapshot) -> Iterator[Hit]:
    """L-05."""
    for row in _present(s):
        if is_party_member(row) and not row.get("relation_org"):
            yield Hit(row=row.row)


def term_reversed(s: Snapshot) -> Iterator[Hit]:
    """L-06."""
    for row in s.leaders:
        start, end = row.get("term_from"), row.get("term_to")
        if start and end and start >= end:
            yield Hit(row=row.row)


def too_many_posts(s: Snapshot) -> Iterator[Hit]:
    """L-07: above the edition's limit."""
    for row in _present(s):
        posts = row.n("concurrent_posts_count")
        if posts is not None and posts > s.rules.concurrent_posts_limit:
            yield Hit({"a": posts}, row=row.row)


def age_over_limit(s: Snapshot) -> Iterator[Hit]:
    """L-08: age by years, as only the year of birth is kept (D-8)."""
    for row in _present(s):
        limit, year = s.rules.age_limits.get(row.get("post") or ""), row.get("birth_year")
        if limit and year and s.as_of.year - year > limit:
            yield Hit({"a": limit}, row=row.row)


def legal_representatives(s: Snapshot) -> Iterator[Hit]:
    """L-09."""
    if s.operations.get("legal_person_registered") != "yes":
        return
    rows = [row for row in _present(s) if row.get("legal_representative") == "yes"]
    if len(rows) != 1:
        yield Hit({"n": len(rows)}, row=rows[-1].row if rows else 0)


def reviewed_after_start(s: Snapshot) -> Iterator[Hit]:
    """L-10."""
    for row in _present(s):
        reviewed, start = row.get("political_review_on"), row.get("term_from")
        if reviewed and start and reviewed > start:
            yield Hit(row=row.row)


def party_post_without_membership(s: Snapshot) -> Iterator[Hit]:
    """L-11."""
    for row in _present(s):
        stated = row.get("political_status")
        if row.get("post") in PARTY_POSTS and stated and not is_party_member(row):
            yield Hit({"p": post_label(row)}, row=row.row)


CHECKS: tuple[Check, ...] = (
    Check(
        "L-01",
        E,
        SECTION,
        ("post",),
        "职务“{p}”填写了 {n} 人，只能有 1 人，请核对",
        post_held_twice,
    ),
    Check(
        "L-02",
        E,
        SECTION,
        ("post",),
        "缺少秘书长，请补填；空缺的请勾选“空缺”并写明原因",
        no_secretary_general,
    ),
    Check(
        "L-03",
        E,
        SECTION,
        ("vacant_reason",),
        "已勾选空缺，请写明原因（如换届期间）",
        vacancy_unexplained,
    ),
    Check(
        "L-04",
        E,
        SECTION,
        ("birth_year",),
        "出生年 {y} 不合理，请填写四位年份",
        birth_year_unlikely,
    ),
    Check("L-05", E, SECTION, ("relation_org",), "请填写该同志组织关系所在单位", relation_unknown),
    Check("L-06", E, SECTION, ("term_from", "term_to"), "任期起止颠倒，请检查日期", term_reversed),
    Check(
        "L-07",
        W,
        SECTION,
        ("concurrent_posts_count",),
        "兼职 {a} 个超过规定，请确认已按规定报批",
        too_many_posts,
    ),
    Check(
        "L-08",
        W,
        SECTION,
        ("birth_year",),
        "按章程该职务年龄上限为 {a} 岁，请确认或填写批复",
        age_over_limit,
    ),
    Check(
        "L-09",
        E,
        SECTION,
        ("legal_representative",),
        "法定代表人应有且只有 1 人，现为 {n} 人，请更正",
        legal_representatives,
    ),
    Check(
        "L-10",
        E,
        SECTION,
        ("political_review_on",),
        "人选审核日期晚于任职日期，请核对",
        reviewed_after_start,
    ),
    Check(
        "L-11",
        E,
        SECTION,
        ("political_status",),
        "{p}应为中共党员，请核对政治面貌",
        party_post_without_membership,
    ),
)
