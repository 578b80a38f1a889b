"""What a fresh draft holds before anybody types (R-LED-06). No second fact: source and date stay
beside each value, and a value is changed or left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from common.clock import day_of
from ledgers.catalogue import FIELDS, Field, Prefill
from ledgers.conditions import is_filled
from ledgers.models import Ledger
from ledgers.snapshot import Values
from societies.models import Society, SocietyUnit


@dataclass(frozen=True)
class Source:
    """Where values come from. kind: `last` or `register`; label and day are shown beside them."""

    kind: str
    label: str
    on: date

    def note(self) -> dict[str, Any]:
        """As kept in `prefilled`."""
        return {
            "source": self.kind,
            "label": self.label,
            "on": self.on.isoformat(),
            "changed": False,
        }


def last_source(before: Ledger) -> Source:
    """取自 2026 年上半年, accepted on …"""
    moment = before.decided_at or before.reviewed_at
    return Source("last", before.period.label, day_of(moment) if moment else before.period.as_of)


def register_source(today: date) -> Source:
    """取自名录."""
    return Source("register", "名录", today)


def register_values(society: Society, as_of: date) -> dict[str, dict[str, Any]]:
    """Per table, what the register knows about the fields it prefills; blanks are left out."""
    units = SocietyUnit.objects.filter(society=society).valid_on(as_of)
    operations: dict[str, Any] = {
        "society_branch_count": units.filter(tier=3).count(),
        "support_type": society.support_type,
        "supporting_unit": society.supporting_unit,
        "business_supervisor": society.business_supervisor,
        "uscc": society.uscc,
        "office_address": society.office_address,
        "website": society.website,
        # Who has a credit code is registered; the register holds no opposite fact.
        "legal_person_registered": "yes" if society.uscc else "",
    }
    exists = units.filter(tier=2).exists()
    return {
        "operations": {name: value for name, value in operations.items() if value != ""},
        "staff": {"secretariat_exists": "yes" if exists else "no"},
    }


def prefilled(
    section: str,
    *,
    last: Values | None,
    last_from: Source | None,
    register: Mapping[str, Any],
    register_from: Source,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns and `prefilled` notes of a fresh row; the register goes before the last version."""
    columns: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    for field in FIELDS[section]:
        if field.prefill == Prefill.REGISTER and field.name in register:
            columns |= _from_register(field, register[field.name])
            notes[field.name] = register_from.note()
        elif field.prefill != Prefill.NONE and last is not None and last_from is not None:
            if is_filled(field, last):
                columns |= copied(field, last)
                notes[field.name] = last_from.note()
    return columns, notes


def copied(field: Field, values: Values) -> dict[str, Any]:
    """The columns of one field."""
    names = [f"{field.name}_id" if field.kind == "posting" else field.name]
    if field.is_count:
        names.append(f"{field.name}_state")
    return {name: values.get(name) for name in names}


def _from_register(field: Field, value: Any) -> dict[str, Any]:
    if field.is_count:
        return {field.name: value, f"{field.name}_state": "reported"}
    return {field.name: value}
