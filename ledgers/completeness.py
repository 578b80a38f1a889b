"""Completeness (R-LED-01): filled required fields of required fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledgers.catalogue import SINGLE, Field, Kind, fields_of
from ledgers.conditions import is_filled, is_required
from ledgers.snapshot import Snapshot, Values


@dataclass(frozen=True)
class Completeness:
    """Counts of one table. asked: required fields that came without a prefilled value (D-1)."""

    filled: int = 0
    required: int = 0
    asked: int = 0

    def __add__(self, other: Completeness) -> Completeness:
        return Completeness(
            self.filled + other.filled, self.required + other.required, self.asked + other.asked
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.filled == self.required


# A table of rows that misses a whole row.
_ONE_MISSING = Completeness(0, 1, 1)


def required_fields(snapshot: Snapshot, section: str, values: Values) -> Iterator[Field]:
    """The fields of a row that count now."""
    return (
        f
        for f in fields_of(section, snapshot.rules)
        if f.kind != Kind.FLAG and is_required(f, snapshot, values)
    )


def _of_row(snapshot: Snapshot, section: str, values: Values) -> Completeness:
    total = Completeness()
    for field in required_fields(snapshot, section, values):
        fresh = field.name not in values.prefilled
        total += Completeness(int(is_filled(field, values)), 1, int(fresh))
    return total


def _of_leaders(snapshot: Snapshot) -> Completeness:
    rows = [_of_row(snapshot, "leaders", row) for row in snapshot.leaders]
    return sum(rows, Completeness()) if rows else _ONE_MISSING


def _of_reasons(snapshot: Snapshot) -> Completeness:
    total = Completeness()
    for row in snapshot.reasons:
        if row.tier == 3:
            continue
        total += _of_row(snapshot, "not_established", row.values)
        for measure in row.measures:
            total += _of_row(snapshot, "measures", measure)
        if not row.measures:
            total += _ONE_MISSING
    missing = {u.unit_id for u in snapshot.owed_units()} - {r.unit_id for r in snapshot.reasons}
    return sum((_ONE_MISSING for _ in missing), total)


def completeness(snapshot: Snapshot) -> dict[str, Completeness]:
    """Per table, in order."""
    found = {section: _of_row(snapshot, section, snapshot.sections[section]) for section in SINGLE}
    return found | {"leaders": _of_leaders(snapshot), "not_established": _of_reasons(snapshot)}
