"""X-…: across tables and with the register.

X-08, X-09, X-10 and X-12 belong to single steps of the procedure and are raised there
(`ledgers.actions`).
"""

from __future__ import annotations

from collections.abc import Iterator

from common.periods import month_end
from ledgers import catalogue
from ledgers.catalogue import FIELDS
from ledgers.checks import members
from ledgers.checks.base import Check, E, Hit, W
from ledgers.conditions import is_left_over
from ledgers.snapshot import Snapshot

# 5.3 figures that lean on 5.2.
LEANING = ("M-01", "M-02", "M-03", "M-04", "M-07", "M-08", "M-09")


def staff_no_longer_holds(s: Snapshot) -> Iterator[Hit]:
    """X-01: shown at 5.2, so that who changes a headcount sees what it breaks."""
    broken = [hit for c in members.CHECKS if c.code in LEANING for hit in c.run(s)]
    if broken:
        yield Hit({"n": len(broken)})


def secretariat_could_establish(s: Snapshot) -> Iterator[Hit]:
    """X-02."""
    full = s.members.n("secretariat_full_members")
    uncovered = any(unit.tier == 2 for unit in s.owed_units())
    if full is not None and full >= 3 and uncovered:
        yield Hit({"a": full})


def nobody_holds_relations(s: Snapshot) -> Iterator[Hit]:
    """X-03."""
    here = s.members.n("relation_here")
    if here and not s.facts.holds_relations:
        yield Hit({"a": here})


def party_posts_differ(s: Snapshot) -> Iterator[Hit]:
    """X-04: by name, since one who left and one who came are as many."""
    if s.facts.party_posts is None:
        return
    wrong = []
    for post, names in s.facts.party_posts.items():
        rows = [row for row in s.leaders if row.get("post") == post and not row.get("vacant")]
        if {(row.get("name") or "").strip() for row in rows} != names:
            wrong.append(catalogue.field("leaders", "post").label_of(post))
    if wrong:
        # One finding for all: it is ticked at one place.
        yield Hit({"p": "、".join(wrong)})


def served_secretariat_denied(s: Snapshot) -> Iterator[Hit]:
    """X-05 (EX-05)."""
    unit = s.facts.unit(2)
    if s.staff.get("secretariat_exists") == "no" and unit and unit.covered_by:
        yield Hit({"o": unit.covered_by})


def president_outside_term(s: Snapshot) -> Iterator[Hit]:
    """X-06: months of the council's term enclose the president's first day."""
    start, end = s.operations.get("term_start"), s.operations.get("term_end")
    for row in s.leaders:
        first = row.get("term_from")
        is_president = row.get("post") == "council_president" and not row.get("vacant")
        if is_president and start and end and first and not start <= first <= month_end(end):
            yield Hit(row=row.row)


def standing_council_in_one_table(s: Snapshot) -> Iterator[Hit]:
    """X-07."""
    meetings, people = "standing_council_meetings_count", "standing_council_members"
    if s.operations.is_empty(meetings) and not s.operations.is_na(meetings):
        return
    if s.staff.is_empty(people) and not s.staff.is_na(people):
        return
    if s.operations.is_na(meetings) != s.staff.is_na(people):
        yield Hit()


def figures_of_no_secretariat(s: Snapshot) -> Iterator[Hit]:
    """X-11: without a secretariat its figures are empty and 5.5 has no row for it."""
    if s.staff.get("secretariat_exists") != "no":
        return
    for section in ("staff", "members"):
        for field in FIELDS[section]:
            if is_left_over(field, s, s.sections[section]):
                yield Hit(fields=(field.name,), section=section)
    for row in s.reasons:
        if row.tier == 2:
            yield Hit(fields=("primary_reason",), section="not_established", row=row.values.row)


CHECKS: tuple[Check, ...] = (
    Check(
        "X-01",
        E,
        "staff",
        ("council_members",),
        "5.2 的人数已改动，5.3 中 {n} 项超出，请一并核对",
        staff_no_longer_holds,
    ),
    Check(
        "X-02",
        W,
        "members",
        ("secretariat_full_members",),
        "办事机构有正式党员 {a} 人，具备建立党组织条件，请确认未建原因与计划",
        secretariat_could_establish,
    ),
    Check(
        "X-03",
        E,
        "members",
        ("relation_here",),
        "填有 {a} 人组织关系在本学会，但登记册中没有可接收组织关系的党组织，请核对或先办理成立报批",
        nobody_holds_relations,
        register=True,
    ),
    Check(
        "X-04",
        W,
        "leaders",
        ("post",),
        "负责人与党组织任职登记不一致（{p}），请核对；登记有误的请在任职页更正",
        party_posts_differ,
        register=True,
    ),
    Check(
        "X-05",
        E,
        "staff",
        ("secretariat_exists",),
        "登记册中办事机构有党组织“{o}”，不能填“未设办事机构”，请核对；确已撤销的请先报批撤销",
        served_secretariat_denied,
        register=True,
    ),
    Check(
        "X-06",
        W,
        "leaders",
        ("term_from",),
        "理事长任职时间不在本届任期内，请核对",
        president_outside_term,
    ),
    Check(
        "X-07",
        W,
        "staff",
        ("standing_council_members",),
        "常务理事会在 5.1 与 5.2 填写不一致，请统一",
        standing_council_in_one_table,
    ),
    Check(
        "X-11",
        E,
        "staff",
        (),
        "未设办事机构，办事机构各项应为空，请清除",
        figures_of_no_secretariat,
    ),
)
