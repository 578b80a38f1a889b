"""S-01 … S-08: 5.2 职工队伍情况."""

from __future__ import annotations

from collections.abc import Iterator

from ledgers.checks.base import Check, E, Hit, W, at_most, equals_sum, known_sum
from ledgers.snapshot import Snapshot

SECTION = "staff"
BY_EMPLOYMENT = ("established_post_staff", "retired_rehired", "contract_staff", "seconded_staff")
AGES = ("aged_35_or_under", "aged_61_or_over")
EDUCATION = (
    "education_doctor",
    "education_master",
    "education_bachelor",
    "education_college",
    "education_other",
)


def branches_without_leader(s: Snapshot) -> Iterator[Hit]:
    """S-02."""
    branches = s.operations.n("society_branch_count")
    if branches and s.staff.n("society_branch_leaders") == 0:
        yield Hit({"a": branches})


def secretariat_without_staff(s: Snapshot) -> Iterator[Hit]:
    """S-04."""
    if s.staff.get("secretariat_exists") == "yes" and s.staff.n("secretariat_staff") == 0:
        yield Hit()


def employment_differs(s: Snapshot) -> Iterator[Hit]:
    """S-05."""
    total, full_time = known_sum(s.staff, BY_EMPLOYMENT), s.staff.n("full_time_staff")
    if total is not None and full_time is not None and total != full_time:
        yield Hit({"a": total, "b": full_time})


def ages_above_staff(s: Snapshot) -> Iterator[Hit]:
    """S-07."""
    total, staff = known_sum(s.staff, AGES), s.staff.n("secretariat_staff")
    if total is not None and staff is not None and total > staff:
        yield Hit({"a": total, "b": staff})


def education_differs(s: Snapshot) -> Iterator[Hit]:
    """S-08."""
    total, staff = known_sum(s.staff, EDUCATION), s.staff.n("secretariat_staff")
    if total is not None and staff is not None and total != staff:
        yield Hit({"a": total, "b": staff})


CHECKS: tuple[Check, ...] = (
    Check(
        "S-01",
        E,
        SECTION,
        ("standing_council_members", "council_members"),
        "常务理事 {a} 人多于理事 {b} 人，请核对；理事人数应含常务理事",
        at_most(SECTION, "standing_council_members", (SECTION, "council_members")),
    ),
    Check(
        "S-02",
        W,
        SECTION,
        ("society_branch_leaders",),
        "有分支机构 {a} 个但负责人为 0，请核对",
        branches_without_leader,
    ),
    Check(
        "S-03",
        E,
        SECTION,
        ("secretariat_staff", "full_time_staff", "part_time_staff"),
        "办事机构工作人员 {a} 人，应等于专职 {b} 人加兼职 {c} 人，请更正",
        equals_sum(SECTION, "secretariat_staff", ("full_time_staff", "part_time_staff"), each=True),
    ),
    Check(
        "S-04",
        W,
        SECTION,
        ("secretariat_staff",),
        "设有办事机构但人员为 0，请确认；办事机构已不存在的请在上一项选“否”",
        secretariat_without_staff,
    ),
    Check(
        "S-05",
        W,
        SECTION,
        ("full_time_staff", *BY_EMPLOYMENT),
        "有编制、返聘、社会聘用、借调合计 {a} 人，与专职 {b} 人不等，请核对",
        employment_differs,
    ),
    Check(
        "S-06",
        E,
        SECTION,
        ("women",),
        "女性 {a} 人多于工作人员 {b} 人，请更正",
        at_most(SECTION, "women", (SECTION, "secretariat_staff")),
    ),
    Check(
        "S-07",
        E,
        SECTION,
        AGES,
        "两个年龄段合计 {a} 人多于工作人员 {b} 人，请更正",
        ages_above_staff,
    ),
    Check(
        "S-08",
        E,
        SECTION,
        EDUCATION,
        "各学历合计 {a} 人，应等于工作人员 {b} 人，请更正；每人只计最高学历",
        education_differs,
    ),
)
