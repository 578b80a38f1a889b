"""A society's units, organisations, links, terms, posts and groups."""

from __future__ import annotations

from datetime import date, timedelta

from tools.bench.people import MEMBERS
from tools.bench.society import UNITS, Society, Tables

CLASSES = ("science", "engineering", "agriculture", "medicine", "cross")
KINDS = ("council", "secretariat", *["division"] * (UNITS - 2))
TERM_YEARS = {"functional_committee": 5}


def write_organisations(society: Society, tables: Tables) -> None:
    """Everything of a society that is not a person or a paper."""
    code = f"B-{society.number:05}"
    tables.add(
        "societies.Society",
        *(society.pk, society.frame.federation.pk, code, f"示例第{society.number}学会"),
        *(CLASSES[society.number % 5], "society", "member", "university", code, "slx"),
    )
    for place, kind in enumerate(KINDS):
        unit = society.unit(place)
        tables.add("societies.SocietyUnit", unit, society.pk, kind, f"机构{place}")
    if society.has_committee:
        _organisation(society, tables, 0, "functional_committee")
    if society.office_type:
        _organisation(society, tables, 1, society.office_type)
    for place in society.working_groups:
        _organisation(society, tables, place, "working_group")
    if society.also_served:
        since = date(2022, 1, 1)
        tables.add(
            "branches.OrganisationService",
            *(society.unit(1), society.unit(1) + UNITS, society.also_served),
            *("joint_branch", 2, since, None),
        )
    _posting(society, tables)


def _organisation(society: Society, tables: Tables, place: int, kind: str) -> None:
    pk, tier = society.unit(place), min(place + 1, 3)
    since = date(2015, 1, 1) + timedelta(days=society.random.randrange(2500))
    tables.add(
        "branches.PartyOrganisation",
        *(pk, society.pk, f"党组织{place}", kind, f"{place}号", since, since),
    )
    link = pk, pk, society.pk, kind, tier
    if society.chance(30):
        turn = since + timedelta(days=300)
        tables.add("branches.OrganisationService", *link, since, turn)
        tables.add("branches.OrganisationService", *link, turn, None)
    else:
        tables.add("branches.OrganisationService", *link, since, None)
    if society.chance(2):
        ends = date(2024, 3, 1)
        tables.add(
            "branches.OrganisationSuspension", pk, society.pk, date(2024, 1, 1), ends, "停1号"
        )
    if tier < 3:
        _terms(society, tables, pk, kind)


def _terms(society: Society, tables: Tables, pk: int, kind: str) -> None:
    years = TERM_YEARS.get(kind, 3)
    seats = 5 if kind == "functional_committee" else society.seats
    elected = date(2025, 1, 10) + timedelta(days=society.random.randrange(500))
    if society.chance(8):
        elected -= timedelta(days=years * 366)  # not elected anew: overdue
    former = elected - timedelta(days=years * 365)
    for number, day in enumerate((former, elected), 1):
        tables.add("branches.Term", pk, society.pk, number, day, years, seats, 10, 9)
    kinds = ("secretary", "deputy_secretary", "discipline_officer", "organisation_officer")
    for seat in range(seats):
        role = kinds[seat] if seat < len(kinds) else "committee_member"
        name = f"委员{seat}"
        ends = date(2027, 3, 1) if society.chance(5) else None
        tables.add("branches.Post", pk, society.pk, role, f"前{name}", former, elected, None)
        # One of the members, whose relation mostly lies here.
        member = society.number * MEMBERS + seat * 5 + 1 if society.registers_at else None
        tables.add("branches.Post", pk, society.pk, role, name, elected, ends, member)
    if kind != "functional_committee":
        for number, group in enumerate(society.groups, 1):
            tables.add(
                "branches.PartyGroup", group, pk, society.pk, f"第{number}组", "组长", former
            )


def _posting(society: Society, tables: Tables) -> None:
    if society.has_committee and society.office_type and society.number % 10:
        return
    since = date(2026, 3, 1)
    tables.add(
        "branches.Posting",
        *(society.pk, society.pk, "GM03", "指导员", "示例单位", "派1号", since),
    )
    for month in (2, 5):
        day = date(2027, month, 1 + society.number % 28)
        tables.add(
            "branches.VisitReport",
            *(society.pk, society.pk, day, "指导组织生活", f"{day} 18:00+08", society.filer),
        )
