"""Saving typed values: whole tables, single fields by autosave, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from common.clock import day_of
from ledgers.actions.common import StaleSection, lock_ledger, locked_section, require_editable
from ledgers.actions.syncing import sync_rows
from ledgers.catalogue import Field, fields_of
from ledgers.checks import Finding, run_checks
from ledgers.completeness import Completeness, completeness
from ledgers.loading import SECTION_MODELS, column_values, load_snapshot
from ledgers.models import Ledger, LedgerSection
from ledgers.models.ledger import SectionPart
from ledgers.parsing import Parsed, as_typed, parse
from ledgers.snapshot import Snapshot
from societies.access import Actor


@dataclass(frozen=True)
class SaveResult:
    """What a save answers.

    row_version: to be sent with the next save. refused: field → message of this save's input.
    findings: of the saved table; completeness: of all five. snapshot: everything as now stored.
    row_id: the row concerned, for tables of rows.
    """

    row_version: int
    findings: list[Finding]
    completeness: dict[str, Completeness]
    snapshot: Snapshot
    refused: Mapping[str, str] = field(default_factory=dict)
    row_id: int = 0


def open_section(
    ledger: Ledger, code: str, row_version: int | None, by: Actor
) -> tuple[Ledger, LedgerSection]:
    """Lock the version for editing one table.

    Raises NotAllowed, ActionRefused (state), StaleSection. row_version None: no page was read.
    """
    ledger = lock_ledger(ledger.pk)
    require_editable(by, ledger)
    section = locked_section(ledger, code)
    if row_version is not None and section.row_version != row_version:
        raise StaleSection(section.row_version, {}, {})
    return ledger, section


def finish(
    ledger: Ledger,
    section: LedgerSection,
    by: Actor,
    today: date,
    now: datetime,
    **more: Any,
) -> SaveResult:
    """Count up the lock number, count completeness anew, run the checks."""
    section.row_version += 1
    section.saved_at, section.saved_by = now, by.user
    section.save(update_fields=["row_version", "saved_at", "saved_by"])
    snapshot, counts = recount(ledger, today)
    found = [f for f in run_checks(snapshot) if f.section == section.code]
    return SaveResult(section.row_version, found, counts, snapshot, **more)


def recount(ledger: Ledger, today: date) -> tuple[Snapshot, dict[str, Completeness]]:
    """Store the completeness of all five tables (conditions reach across tables)."""
    snapshot = load_snapshot(ledger, today)
    counts = completeness(snapshot)
    changed = []
    for row in LedgerSection.objects.filter(ledger=ledger):
        count = counts[row.code]
        if (row.filled, row.required, row.asked) != (count.filled, count.required, count.asked):
            row.filled, row.required, row.asked = count.filled, count.required, count.asked
            changed.append(row)
    LedgerSection.objects.bulk_update(changed, ["filled", "required", "asked"])
    return snapshot, counts


def store(row: SectionPart, fields: tuple[Field, ...], values: Mapping[str, str]) -> Parsed:
    """Write the typed values named in `values` to a row; refused ones are kept as text."""
    before = column_values(row)
    parsed = parse(fields, values)
    for name, value in parsed.columns.items():
        setattr(row, name, value)
    row.raw_input = {k: v for k, v in row.raw_input.items() if k not in parsed.touched}
    row.raw_input |= parsed.refused
    for spec in fields:
        if spec.name in parsed.touched and spec.name in row.prefilled:
            changed = as_typed(spec, before) != as_typed(spec, column_values(row))
            row.prefilled[spec.name]["changed"] |= changed
    row.save()
    return parsed


def messages(parsed: Parsed) -> dict[str, str]:
    """field → message of the refused ones."""
    return {name: refused["message"] for name, refused in parsed.refused.items()}


def texts(row: SectionPart, fields: tuple[Field, ...]) -> dict[str, str]:
    """field → text as a form shows it; refused input as it was typed."""
    stored = column_values(row)
    return {
        f.name: row.raw_input[f.name]["text"] if f.name in row.raw_input else as_typed(f, stored)
        for f in fields
    }


@transaction.atomic
def save_section(
    *,
    ledger: Ledger,
    section: str,
    values: Mapping[str, str],
    row_version: int,
    by: Actor,
    now: datetime,
) -> SaveResult:
    """Save fields of 5.1, 5.2 or 5.3 as typed.

    values: field name → text, for counts also `<name>_na` for 不适用; fields not named stay as they
    are, so autosave sends the one that changed. Wrong numbers are stored, unreadable input is kept
    as text: nothing typed is lost. Raises NotAllowed, ActionRefused if the version cannot be edited
    now, StaleSection with both values if somebody else saved first.
    """
    rows = SECTION_MODELS[section]._default_manager.filter(ledger_id=ledger.pk)
    fields = fields_of(section, ledger.period.edition.rules)
    try:
        ledger, state = open_section(ledger, section, row_version, by)
    except StaleSection as stale:
        yours = {name: text for name, text in values.items() if not name.endswith("_na")}
        theirs = {k: v for k, v in texts(rows.get(), fields).items() if k in yours}
        raise StaleSection(stale.row_version, theirs, yours) from None
    # Read under the lock: somebody else may have saved while this one waited for it.
    parsed = store(rows.get(), fields, values)
    if "secretariat_exists" in parsed.touched:
        # Whether tier 2 applies decides whether 5.5 asks about it.
        sync_rows(ledger, Ledger.objects.previous_of(ledger))
    return finish(ledger, state, by, day_of(now), now, refused=messages(parsed))


@transaction.atomic
def save_note(
    *, ledger: Ledger, section: str, note: str, row_version: int, by: Actor, now: datetime
) -> SaveResult:
    """Save the free 变动说明 of a table."""
    ledger, state = open_section(ledger, section, row_version, by)
    state.note = note.strip()[:500]
    state.save(update_fields=["note"])
    return finish(ledger, state, by, day_of(now), now)
