"""The field catalogue of the five clears: explicit tuples, one file per table."""

from __future__ import annotations

from dataclasses import replace

from ledgers.catalogue import leaders, members, not_established, operations, staff
from ledgers.catalogue.base import (
    ALWAYS,
    OPTIONAL,
    Field,
    Kind,
    Prefill,
    find,
)
from ledgers.rules import LedgerRules

# Tables with one row of values per version, and tables of rows.
SINGLE = ("operations", "staff", "members")
ROWS = ("leaders", "not_established")

FIELDS: dict[str, tuple[Field, ...]] = {
    "operations": operations.FIELDS,
    "staff": staff.FIELDS,
    "members": members.FIELDS,
    "leaders": leaders.FIELDS,
    "not_established": not_established.FIELDS,
    "measures": not_established.MEASURE_FIELDS,
}

SECTION_LABELS = {
    "operations": "业务运行情况清",
    "staff": "职工队伍情况清",
    "members": "党员队伍情况清",
    "leaders": "负责人情况清",
    "not_established": "未建党组织原因清",
}


def fields_of(section: str, rules: LedgerRules) -> tuple[Field, ...]:
    """The fields of a table as an edition shows them.

    Hidden ones left out, optional ones marked, reason and measure codes filled in.
    """
    shown = (f for f in FIELDS[section] if f"{section}.{f.name}" not in rules.hidden)
    return tuple(_under(section, f, rules) for f in shown)


def _under(section: str, field: Field, rules: LedgerRules) -> Field:
    if f"{section}.{field.name}" in rules.optional:
        field = replace(field, required=OPTIONAL)
    if section == "not_established" and field.kind in (Kind.CODE, Kind.CODES):
        return replace(field, choices=tuple((r.code, f"{r.code} {r.label}") for r in rules.reasons))
    if section == "measures" and field.kind == Kind.CODE:
        return replace(
            field, choices=tuple((m.code, f"{m.code} {m.label}") for m in rules.measures)
        )
    return field


def field(section: str, name: str) -> Field:
    """The field as shipped; raises LookupError."""
    return find(FIELDS[section], name)


def label(section: str, name: str) -> str:
    """The field's label, for messages."""
    return field(section, name).label


__all__ = [
    "ALWAYS",
    "FIELDS",
    "OPTIONAL",
    "ROWS",
    "SECTION_LABELS",
    "SINGLE",
    "Field",
    "Kind",
    "Prefill",
    "field",
    "fields_of",
    "label",
]
