"""5.5 rows appear by themselves (U-01), filled from the last version where it had the unit."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from ledgers.catalogue import FIELDS
from ledgers.loading import reason_rows, register_facts
from ledgers.models import (
    Ledger,
    LedgerMeasure,
    LedgerNotEstablished,
    LedgerSection,
    LedgerStaff,
    Section,
)
from ledgers.prefill import Source, copied, last_source
from ledgers.snapshot import ReasonRow, UnitFact


def uncovered(ledger: Ledger) -> list[UnitFact]:
    """Units without organisation on the as-of date; a secretariat stated not to exist is 不适用."""
    exists = LedgerStaff.objects.values_list("secretariat_exists", flat=True).get(ledger=ledger)
    facts = register_facts(ledger.society_id, ledger.period.as_of)
    return [u for u in facts.units if not u.covered_by and not (u.tier == 2 and exists == "no")]


def sync_rows(ledger: Ledger, before: Ledger | None) -> bool:
    """Add rows of uncovered units, take out rows nobody wrote into; whether anything changed.

    A T1 or T2 row with content stays, so that nothing typed is lost: U-01 says that it must go.
    """
    wanted = {unit.unit_id: unit for unit in uncovered(ledger)}
    present = {row.unit_id: row for row in reason_rows(ledger)}
    over = [row for unit, row in present.items() if unit not in wanted]
    stale = [row.values.row for row in over if row.tier == 3 or _blank(row)]
    fresh = [unit for unit_id, unit in wanted.items() if unit_id not in present]
    if not stale and not fresh:
        return False
    LedgerNotEstablished.objects.filter(pk__in=stale).delete()
    _add_rows(ledger, fresh, before)
    sections = LedgerSection.objects.filter(ledger=ledger, code=Section.NOT_ESTABLISHED)
    sections.update(row_version=F("row_version") + 1)
    return True


def _add_rows(ledger: Ledger, units: list[UnitFact], before: Ledger | None) -> None:
    last = {row.unit_id: row for row in reason_rows(before)} if before and units else {}
    source = last_source(before) if before else None
    for unit in units:
        _add(ledger, unit, last.get(unit.unit_id), source)


def _blank(row: ReasonRow) -> bool:
    typed = ("primary_reason", "reason_text", "responsible_post", "planned_establish_on")
    changed = any(note.get("changed") for note in row.values.prefilled.values())
    return (
        not row.measures
        and not changed
        and not any(row.values.get(name) and name not in row.values.prefilled for name in typed)
    )


def _add(ledger: Ledger, unit: UnitFact, last: ReasonRow | None, source: Source | None) -> None:
    columns: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    if last and source:
        for field in FIELDS["not_established"]:
            columns |= copied(field, last.values)
            notes[field.name] = source.note()
    row = LedgerNotEstablished.objects.create(
        ledger=ledger, unit_id=unit.unit_id, tier=unit.tier, prefilled=notes, **columns
    )
    if last and source:
        for position, measure in enumerate(last.measures):
            values: dict[str, Any] = {}
            for field in FIELDS["measures"]:
                values |= copied(field, measure)
            note = {field.name: source.note() for field in FIELDS["measures"]}
            LedgerMeasure.objects.create(
                not_established=row, position=position, prefilled=note, **values
            )
