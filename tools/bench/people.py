"""A society's members, their relations and participations."""

from __future__ import annotations

from datetime import date

from tools.bench.society import Society, Tables

MEMBERS = 40
SINCE = date(2020, 1, 1)
MOVED = date(2026, 4, 1)


def write_people(society: Society, tables: Tables) -> None:
    """Forty members; three of four belong here, the others take part."""
    keeper = society.registers_at
    if keeper is None:
        return
    for n in range(MEMBERS):
        pk = society.number * MEMBERS + n + 1
        counted = None if society.chance(3) else SINCE
        tables.add(
            "branches.PartyMember",
            *(pk, society.pk, keeper, f"党员{n}", date(1970 + n % 30, 1 + n % 12, 1)),
            *(date(2001 + n % 15, 7, 1), date(2002 + n % 15, 7, 1), f"dangyuan{n:02}", "dy"),
            *("confirmed" if counted else "filed", society.filer, "2020-01-01 09:00+08"),
            *((society.confirmer, "2020-01-01 10:00+08", SINCE) if counted else (None,) * 3),
        )
        _place(society, tables, pk, keeper, n)


def _place(society: Society, tables: Tables, pk: int, keeper: int, n: int) -> None:
    if n % 4 == 3 or not society.office_type:
        tables.add("branches.Affiliation", pk, society.pk, None, "supporting_unit", SINCE, None)
        tables.add("branches.Participation", pk, society.pk, keeper, SINCE)
    elif society.chance(4):
        tables.add("branches.Affiliation", pk, society.pk, None, "other", SINCE, MOVED)
        tables.add("branches.Affiliation", pk, society.pk, keeper, "here", MOVED, None)
    else:
        tables.add("branches.Affiliation", pk, society.pk, keeper, "here", SINCE, None)
