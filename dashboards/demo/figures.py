"""What a society's ledger says on an as-of day: figures that fit each other (ledger_fields.md).

Pure in (seed, body, as-of day, what the register knows). Figures drift from year to year and keep
within R-LED-03. Fields that the register prefills are left as prefilled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from dashboards.demo.bodies import Body
from dashboards.demo.streams import stream

Values = dict[str, str]
NOT_APPLICABLE = "1"


@dataclass(frozen=True)
class Register:
    """What the register knows on the as-of day; members_*: on that day and half a year before."""

    secretariat: bool
    branches: int
    holds_relations: bool
    t1_covered: bool
    t2_covered: bool
    members_here: int = 0
    members_before: int = 0


@dataclass(frozen=True)
class Sizes:
    """How big a society is: drawn once, so that the tables agree."""

    council: int
    staff: int
    full_time: int
    established: int
    rehired: int
    contract: int
    secretariat_pm: int
    has_standing: bool


def sizes(seed: int, body: Body, register: Register) -> Sizes:
    """The society's size."""
    random = stream(seed, "size", body.code)
    full_time = random.randint(3, 22)
    established = random.randint(0, full_time // 2)
    rehired = random.randint(0, (full_time - established) // 3)
    members = random.randint(3, max(3, full_time - 1))
    can = register.t2_covered or register.holds_relations
    return Sizes(
        council=random.randint(38, 160),
        staff=full_time + random.randint(0, 4),
        full_time=full_time,
        established=established,
        rehired=rehired,
        contract=full_time - established - rehired,
        secretariat_pm=members if can else min(2, members),
        has_standing=random.random() < 0.92,
    )


def term_of(seed: int, body: Body, as_of: date) -> tuple[int, date, date]:
    """The council's term on that day: its number, first and last month, five years apart."""
    random = stream(seed, "term", body.code)
    start = date(random.randint(2012, 2016), random.choice((3, 4, 5, 9, 10, 11)), 1)
    number = random.randint(5, 11)
    while start.replace(year=start.year + 5) <= as_of:
        start, number = start.replace(year=start.year + 5), number + 1
    return number, start, start.replace(year=start.year + 5)


def operations(seed: int, body: Body, as_of: date, register: Register) -> Values:
    """5.1, without what the register prefills."""
    random, years = stream(seed, "operations", body.code), as_of.year - 2016
    number, start, end = term_of(seed, body, as_of)
    income = random.randint(120, 4200) * 10000 + years * random.randint(1, 9) * 10000
    assets = income + random.randint(50, 900) * 10000
    members = random.randint(400, 9000) + years * random.randint(4, 40)
    groups = random.randint(4, 220)
    journals, awards = random.randint(0, 8), random.randint(0, 4)
    grade = random.choice(("none", "none", "3A", "4A", "4A", "5A"))
    charter = random.random() < 0.93 or as_of.year >= 2021
    meetings = stream(seed, "meetings", body.code, as_of)
    standing = sizes(seed, body, register).has_standing
    return {
        "annual_income": str(income),
        "total_assets": str(assets),
        "net_assets": str(assets - random.randint(1, 40) * 10000),
        "individual_members": str(members),
        "group_members": str(groups + years // 3),
        "journals_count": str(journals),
        "awards_count": str(awards),
        "society_branch_inactive_count": str(min(1, register.branches // 5)),
        "society_term_no": str(number),
        "term_start": f"{start:%Y-%m}",
        "term_end": f"{end:%Y-%m}",
        "reelected_on_time": "yes",
        "council_meetings_count": str(meetings.randint(1, 2)),
        **_count("standing_council_meetings_count", meetings.randint(1, 3), standing),
        "council_held_on_time": "yes",
        "standing_council_held_on_time": "yes" if standing else "not_applicable",
        "governing_meetings_with_party_report": str(meetings.randint(0, 1)),
        "business_normal": "yes",
        "last_annual_inspection": random.choice(("passed", "passed", "passed", "basically_passed")),
        "last_annual_inspection_year": str(as_of.year - 1),
        "evaluation_grade": grade,
        "evaluation_valid_to": "" if grade == "none" else f"{2016 + years // 5 * 5 + 5}-12-31",
        "charter_has_party_building": "yes" if charter else "no",
        "charter_date": f"{start:%Y-%m}-18" if charter else "",
    }


def staff(seed: int, body: Body, as_of: date, register: Register) -> Values:
    """5.2."""
    random, size = stream(seed, "staff", body.code), sizes(seed, body, register)
    leaders = register.branches * random.randint(2, 4)
    found = {
        "council_members": str(size.council),
        **_count("standing_council_members", size.council // 4, size.has_standing),
        "supervisors": str(random.randint(1, 5)),
        "society_branch_leaders": str(leaders),
        "retired": str(random.randint(0, 9)),
        "union_established": random.choice(("yes", "yes", "no", "not_applicable")),
        "league_established": random.choice(("yes", "no", "not_applicable")),
        "women_org_established": random.choice(("yes", "no", "not_applicable")),
    }
    if register.secretariat:
        found |= _secretariat(random, size)
    return found


def _secretariat(random: Random, size: Sizes) -> Values:
    doctors = random.randint(0, size.staff // 4)
    masters = random.randint(0, (size.staff - doctors) // 2)
    college = random.randint(0, (size.staff - doctors - masters) // 2)
    young = random.randint(0, size.staff // 2)
    return {
        "secretariat_staff": str(size.staff),
        "full_time_staff": str(size.full_time),
        "part_time_staff": str(size.staff - size.full_time),
        "established_post_staff": str(size.established),
        "retired_rehired": str(size.rehired),
        "contract_staff": str(size.contract),
        "seconded_staff": "0",
        "women": str(random.randint(0, size.staff)),
        "aged_35_or_under": str(young),
        "aged_61_or_over": str(min(size.rehired, size.staff - young)),
        "education_doctor": str(doctors),
        "education_master": str(masters),
        "education_bachelor": str(size.staff - doctors - masters - college),
        "education_college": str(college),
        "education_other": "0",
    }


def members(seed: int, body: Body, as_of: date, register: Register) -> Values:
    """5.3: three sets, and the distinct total between the largest set and the sum of all."""
    random, size = stream(seed, "members", body.code), sizes(seed, body, register)
    council = size.council * random.randint(45, 75) // 100
    supervisors, branch_leaders = 1, register.branches
    secretariat = size.secretariat_pm if register.secretariat else 0
    here = register.members_here if register.holds_relations else 0
    others = max(0, here - secretariat)
    total = council + secretariat + branch_leaders // 2 + others
    probationary = random.randint(0, 1)
    rest = total - here
    supporting = 0 if body.support_type == "none" else rest * random.randint(10, 30) // 100
    found = {
        "council_party_members": str(council),
        **_count("standing_council_party_members", size.council // 4 // 2, size.has_standing),
        "supervisor_party_members": str(supervisors),
        "society_branch_leader_pm": str(branch_leaders),
        "other_relation_here": str(others),
        "total_distinct": str(total),
        "full_members": str(total - probationary),
        "probationary_members": str(probationary),
        "relation_here": str(here),
        "relation_at_supporting_unit": str(supporting),
        "relation_elsewhere": str(rest - supporting),
        **_count("floating_members", random.randint(0, 2), random.random() < 0.9),
        "active_party_members": str(max(here, total // 3)),
        "women_pm": str(total * random.randint(15, 35) // 100),
        "transferred_in": str(max(0, here - register.members_before)),
        "transferred_out": str(max(0, register.members_before - here)),
        "disposed": "0",
    }
    if register.secretariat:
        found |= _secretariat_members(size, here - others)
    if register.holds_relations:
        names = ("applicants", "activists", "development_targets")
        found |= {name: str(random.randint(0, 2)) for name in names}
        found |= {"developed_this_year": "0", "converted_this_year": "0"}
    return found


def _secretariat_members(size: Sizes, here: int) -> Values:
    full_time = min(size.full_time, size.secretariat_pm)
    established = min(size.established, full_time)
    return {
        "secretariat_party_members": str(size.secretariat_pm),
        "secretariat_full_members": str(size.secretariat_pm),
        "secretariat_relation_here": str(here),
        "full_time_pm": str(full_time),
        "established_post_pm": str(established),
        "rehired_pm": "0",
        "contract_pm": str(min(size.contract, full_time - established)),
        "seconded_pm": "0",
    }


def _count(name: str, value: int, applies: bool) -> Values:
    """A count, or the tick 不适用."""
    return {name: str(value)} if applies else {name: "", f"{name}_na": NOT_APPLICABLE}
