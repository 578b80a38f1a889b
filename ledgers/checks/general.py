"""V-00, V-01, V-02: every field, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from ledgers.catalogue import SINGLE, Field, fields_of
from ledgers.checks.base import E, Finding, W
from ledgers.completeness import required_fields
from ledgers.conditions import is_filled
from ledgers.snapshot import Snapshot, Values

# Fields whose own check says more clearly what is missing.
SPOKEN_FOR = {
    ("operations", "supporting_unit"),  # O-20
    ("leaders", "vacant_reason"),  # L-03
    ("leaders", "relation_org"),  # L-05
    ("not_established", "reason_text"),  # U-03
    ("measures", "posting"),  # U-08
}


def section_of(table: str) -> str:
    """Measures are part of 5.5."""
    return "not_established" if table == "measures" else table


def rows(snapshot: Snapshot) -> Iterator[tuple[str, Values]]:
    """Every row that can owe something; those of tier 3 never do."""
    for section in SINGLE:
        yield section, snapshot.sections[section]
    for leader in snapshot.leaders:
        yield "leaders", leader
    for reason in (r for r in snapshot.reasons if r.tier != 3):
        yield "not_established", reason.values
        for measure in reason.measures:
            yield "measures", measure


def missing(field: Field) -> str:
    """V-00, by what can be done about it."""
    if field.is_count:
        return f"{field.label}尚未填写。没有请填 0，不适用请选“不适用”"
    return f"{field.label}尚未{'选择' if field.answers else '填写'}"


def general_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """V-00 (not filled), V-01 (cannot be read), V-02 (R-LED-03)."""
    for table, values in rows(snapshot):
        yield from _unreadable(snapshot, table, values)
        for field in required_fields(snapshot, table, values):
            unspoken = (table, field.name) not in SPOKEN_FOR
            if unspoken and field.name not in values.raw and not is_filled(field, values):
                yield Finding(
                    "V-00", E, section_of(table), (field.name,), missing(field), values.row
                )
    yield from changes_to_explain(snapshot)


def _unreadable(snapshot: Snapshot, table: str, values: Values) -> Iterator[Finding]:
    for field in fields_of(table, snapshot.rules):
        refused = values.raw.get(field.name)
        if refused:
            place = section_of(table)
            yield Finding("V-01", E, place, (field.name,), refused["message"], values.row)


def changes_to_explain(snapshot: Snapshot) -> Iterator[Finding]:
    """V-02: a change beyond both limits of the edition asks for a written explanation."""
    if snapshot.previous is None:
        return
    for section in SINGLE:
        now, before = snapshot.sections[section], snapshot.previous.sections[section]
        for field in fields_of(section, snapshot.rules):
            if field.is_count and is_large(snapshot, before.n(field.name), now.n(field.name)):
                message = (
                    f"{field.label}由 {before.n(field.name)} 变为 {now.n(field.name)}，"
                    "变化较大，请核对并说明原因"
                )
                yield Finding("V-02", W, section, (field.name,), message)


def is_large(snapshot: Snapshot, before: int | None, now: int | None) -> bool:
    """R-LED-03: beyond ±50 % and beyond ±10 units."""
    if before is None or now is None:
        return False
    change, rules = abs(now - before), snapshot.rules
    return change > rules.change_units and change * 100 > before * rules.change_percent
