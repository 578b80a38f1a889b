"""5.5 rows appear by themselves (U-01), filled from the last version where it had the unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from ledgers.actions.common import lock_ledger, require_editable
from ledgers.actions.editing import SaveResult, finish, open_section
from ledgers.catalogue import FIELDS
from ledgers.loading import reason_rows, register_facts
from ledgers.models import Ledger, LedgerMeasure, LedgerNotEstablished, LedgerStaff, Section
from ledgers.prefill import Source, copied, last_source
from ledgers.snapshot import ReasonRow, UnitFact
from societies.access import Actor


def uncovered(ledger: Ledger) -> list[UnitFact]:
    """Units without organisation on the as-of date; a secretariat stated not to exist is 不适用."""
    exists = LedgerStaff.objects.values_list("secretariat_exists", flat=True).get(ledger=ledger)
    facts = register_facts(ledger.society_id, ledger.period.as_of)
    return [u for u in facts.units if not u.covered_by and not (u.tier == 2 and exists == "no")]


def sync_rows(ledger: Ledger, before: Ledger | None) -> bool:
    """Add rows of uncovered units, take out rows nobody wrote into; whether anything changed.

    A row with content stays: the check U-01 says that it must go, so nothing typed is lost.
    """
    wanted = {unit.unit_id: unit for unit in uncovered(ledger)}
    present = {row.unit_id: row for row in reason_rows(ledger)}
    stale = [row.values.row for unit, row in present.items() if unit not in wanted and _blank(row)]
    LedgerNotEstablished.objects.filter(pk__in=stale).delete()
    last = {row.unit_id: row for row in reason_rows(before)} if before else {}
    source = last_source(before) if before else None
    fresh = [unit for unit_id, unit in wanted.items() if unit_id not in present]
    for unit in fresh:
        _add(ledger, unit, last.get(unit.unit_id), source)
    return bool(stale or fresh)


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


@transaction.atomic
def sync_not_established(*, ledger: Ledger, by: Actor, now: datetime) -> SaveResult | None:
    """Bring the rows of 5.5 up to the register; None if nothing was to do.

    Raises NotAllowed or ActionRefused if the version may not be edited by this actor.
    """
    ledger = lock_ledger(ledger.pk)
    require_editable(by, ledger)
    if not sync_rows(ledger, Ledger.objects.previous_of(ledger)):
        return None
    section = ledger.sections.get(code=Section.NOT_ESTABLISHED)
    return finish(ledger, section, by, day_of(now), now)


@transaction.atomic
def set_branch_reasons(
    *, ledger: Ledger, row_ids: list[int], reason: str, row_version: int, by: Actor, now: datetime
) -> SaveResult:
    """One reason for many society branches at once (T3); it never blocks 送审签.

    Raises ActionRefused for an unknown reason or a row of another tier, StaleSection.
    """
    ledger, section = open_section(ledger, Section.NOT_ESTABLISHED, row_version, by)
    if reason and ledger.period.edition.rules.reason(reason) is None:
        raise ActionRefused({"reason": ["请从列表中选择原因"]})
    rows = LedgerNotEstablished.objects.filter(ledger=ledger, tier=3, pk__in=row_ids)
    if not row_ids or rows.count() != len(set(row_ids)):
        raise ActionRefused({"row_ids": ["请勾选要设置原因的分支机构"]})
    rows.update(primary_reason=reason)
    return finish(ledger, section, by, day_of(now), now)
