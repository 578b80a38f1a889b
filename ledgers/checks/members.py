"""M-01 … M-21: 5.3 党员队伍情况."""

from __future__ import annotations

from collections.abc import Iterator

from ledgers.catalogue import label
from ledgers.checks.base import Check, E, Hit, Run, W, at_most, known_sum
from ledgers.snapshot import Snapshot

SECTION = "members"
COUNTERPARTS = (
    ("established_post_pm", "established_post_staff"),
    ("rehired_pm", "retired_rehired"),
    ("contract_pm", "contract_staff"),
    ("seconded_pm", "seconded_staff"),
)
SETS = (
    "council_party_members",
    "supervisor_party_members",
    "secretariat_party_members",
    "society_branch_leader_pm",
    "other_relation_here",
)
RELATIONS = ("relation_here", "relation_at_supporting_unit", "relation_elsewhere")
STANDING = ("full_members", "probationary_members")
AGES = ("pm_35_or_under", "pm_61_or_over")


def above_counterpart(s: Snapshot) -> Iterator[Hit]:
    """M-08."""
    for part, base in COUNTERPARTS:
        a, b = s.members.part(part), s.staff.n(base)
        if a is not None and b is not None and a > b:
            names = {"label": label(SECTION, part), "other": label("staff", base)}
            yield Hit({"a": a, "b": b} | names, (part,))


def total_out_of_bounds(s: Snapshot) -> Iterator[Hit]:
    """M-10: no person is in none of the sets, each is counted once."""
    gone = s.staff.get("secretariat_exists") == "no"
    asked = [name for name in SETS if not (gone and name == "secretariat_party_members")]
    found = [n for n in (s.members.part(name) for name in asked) if n is not None]
    total = s.members.n("total_distinct")
    if total is None or len(found) < len(asked):
        return
    if not max(found) <= total <= sum(found):
        yield Hit({"a": total, "b": max(found), "c": sum(found)})


def full_and_probationary_differ(s: Snapshot) -> Iterator[Hit]:
    """M-11."""
    parts = [s.members.part(name) for name in STANDING]
    total = s.members.n("total_distinct")
    if total is not None and None not in parts and sum(n or 0 for n in parts) != total:
        yield Hit({"a": parts[0], "b": parts[1], "c": total})


def relations_differ(s: Snapshot) -> Iterator[Hit]:
    """M-12."""
    relations, members = known_sum(s.members, RELATIONS), known_sum(s.members, STANDING)
    if relations is not None and members is not None and relations != members:
        yield Hit({"a": relations, "b": members})


def here_differs_from_records(s: Snapshot) -> Iterator[Hit]:
    """M-13: only where the society's register of members is kept."""
    here, kept = s.members.n("relation_here"), s.facts.members_here
    if here is not None and kept is not None and here != kept:
        yield Hit({"a": here, "b": kept})


def relation_at_nobody(s: Snapshot) -> Iterator[Hit]:
    """M-14."""
    here = s.members.n("relation_at_supporting_unit")
    if here and s.operations.get("support_type") == "none":
        yield Hit({"a": here})


def fewer_active_than_here(s: Snapshot) -> Iterator[Hit]:
    """M-16."""
    active, here = s.members.n("active_party_members"), s.members.n("relation_here")
    if active is not None and here is not None and active < here:
        yield Hit({"a": active, "b": here})


def _each_within_total(*names: str) -> Run:
    def run(s: Snapshot) -> Iterator[Hit]:
        total = s.members.n("total_distinct")
        for name in names:
            a = s.members.part(name)
            if a is not None and total is not None and a > total:
                yield Hit({"a": a, "b": total, "label": label(SECTION, name)}, (name,))

    return run


def ages_above_total(s: Snapshot) -> Iterator[Hit]:
    """M-18."""
    ages, total = known_sum(s.members, AGES), s.members.n("total_distinct")
    if ages is not None and total is not None and ages > total:
        yield Hit({"a": ages, "b": total})


def year_shrank(s: Snapshot) -> Iterator[Hit]:
    """M-20."""
    first = s.first_half.get(SECTION)
    for name in ("developed_this_year", "converted_this_year") if first else ():
        a, b = s.members.n(name), first.n(name) if first else None
        if a is not None and b is not None and a < b:
            yield Hit({"a": a, "b": b}, (name,))


def _developed_in_period(s: Snapshot) -> int | None:
    """本年 less the first half's; 0 where nothing can be developed."""
    if not s.facts.develops_members:
        return 0
    year, first = s.members.n("developed_this_year"), s.first_half.get(SECTION)
    if year is None or not s.key.endswith("H2"):
        return year
    before = first.n("developed_this_year") if first else None
    return None if before is None else year - before


def flow_differs(s: Snapshot) -> Iterator[Hit]:
    """M-21: against the period just before only."""
    if s.previous is None or not _follows(s.previous.key, s.key):
        return
    now, before = s.members.n("relation_here"), s.previous.sections[SECTION].n("relation_here")
    developed = _developed_in_period(s)
    moved = [s.members.part(n) for n in ("transferred_in", "transferred_out", "disposed")]
    if now is None or before is None or developed is None or None in moved:
        return
    came, left, disposed = (n or 0 for n in moved)
    expected = developed + came - left - disposed
    if now - before != expected:
        yield Hit({"a": now - before, "b": expected})


def _follows(before: str, key: str) -> bool:
    """2026H2 follows 2026H1."""
    if key.endswith("H2"):
        return before == f"{key[:4]}H1"
    return before == f"{int(key[:4]) - 1}H2"


def _within(code: str, name: str, message: str, *bases: tuple[str, str]) -> Check:
    return Check(code, E, SECTION, (name,), message, at_most(SECTION, name, *bases))


CHECKS: tuple[Check, ...] = (
    _within(
        "M-01",
        "council_party_members",
        "理事中党员 {a} 人多于理事 {b} 人（5.2），请更正其一",
        ("staff", "council_members"),
    ),
    _within(
        "M-02",
        "standing_council_party_members",
        "常务理事中党员 {a} 人多于常务理事 {b} 人或理事中党员 {c} 人，请更正",
        ("staff", "standing_council_members"),
        (SECTION, "council_party_members"),
    ),
    _within(
        "M-03",
        "supervisor_party_members",
        "监事中党员 {a} 人多于监事 {b} 人，请更正",
        ("staff", "supervisors"),
    ),
    _within(
        "M-04",
        "secretariat_party_members",
        "办事机构党员 {a} 人多于工作人员 {b} 人（5.2），请更正",
        ("staff", "secretariat_staff"),
    ),
    _within(
        "M-05",
        "secretariat_full_members",
        "正式党员 {a} 人多于办事机构党员 {b} 人，请更正",
        (SECTION, "secretariat_party_members"),
    ),
    _within(
        "M-06",
        "secretariat_relation_here",
        "办事机构中组织关系在本学会的 {a} 人多于党员 {b} 人或全会数 {c} 人，请更正",
        (SECTION, "secretariat_party_members"),
        (SECTION, "relation_here"),
    ),
    _within(
        "M-07",
        "full_time_pm",
        "专职人员中党员 {a} 人多于专职 {b} 人或办事机构党员 {c} 人，请更正",
        ("staff", "full_time_staff"),
        (SECTION, "secretariat_party_members"),
    ),
    Check(
        "M-08", E, SECTION, (), "{label} {a} 人多于 5.2 的{other} {b} 人，请更正", above_counterpart
    ),
    _within(
        "M-09",
        "society_branch_leader_pm",
        "分支机构负责人中党员 {a} 人多于负责人 {b} 人（5.2），请更正",
        ("staff", "society_branch_leaders"),
    ),
    Check(
        "M-10",
        E,
        SECTION,
        ("total_distinct",),
        "党员总数 {a} 应不少于最大一类 {b}、不多于各类之和 {c}；一人兼任多职只计一次，请更正",
        total_out_of_bounds,
    ),
    Check(
        "M-11",
        E,
        SECTION,
        ("total_distinct", *STANDING),
        "正式 {a} 人加预备 {b} 人，应等于党员总数 {c} 人，请更正",
        full_and_probationary_differ,
    ),
    Check(
        "M-12",
        E,
        SECTION,
        RELATIONS,
        "三类组织关系合计 {a} 人，应等于正式加预备 {b} 人，请更正",
        relations_differ,
    ),
    Check(
        "M-13",
        W,
        SECTION,
        ("relation_here",),
        "组织关系在本学会 {a} 人，与党员登记 {b} 人不一致，请更正，或写明差异原因并更新登记",
        here_differs_from_records,
        register=True,
    ),
    Check(
        "M-14",
        W,
        SECTION,
        ("relation_at_supporting_unit",),
        "未挂靠却有 {a} 人组织关系在支撑单位，请核对挂靠类型",
        relation_at_nobody,
    ),
    _within(
        "M-15", "floating_members", "流动党员多于党员总数，请更正", (SECTION, "total_distinct")
    ),
    Check(
        "M-16",
        W,
        SECTION,
        ("active_party_members",),
        "参加组织生活的 {a} 人少于组织关系在本学会的 {b} 人，请确认",
        fewer_active_than_here,
    ),
    Check(
        "M-17",
        E,
        SECTION,
        (),
        "{label} {a} 人多于党员总数 {b} 人，请更正",
        _each_within_total("women_pm", "pm_bachelor_or_above", "pm_ethnic_minority"),
    ),
    Check(
        "M-18",
        E,
        SECTION,
        AGES,
        "两个年龄段合计 {a} 人多于党员总数 {b} 人，请更正",
        ages_above_total,
    ),
    Check(
        "M-19",
        E,
        SECTION,
        ("pm_senior_title",),
        "高级职称党员多于党员总数，请更正",
        _each_within_total("pm_senior_title"),
    ),
    Check("M-20", E, SECTION, (), "本年累计 {a} 少于上半年 {b}，请填写全年累计数", year_shrank),
    Check(
        "M-21",
        W,
        SECTION,
        ("relation_here", "transferred_in", "transferred_out", "disposed"),
        "组织关系在本学会人数变化 {a}，与本期发展、转入、转出、处置合计 {b} 不等，请核对",
        flow_differs,
    ),
)
