"""Making the draft of a period, and keeping it fresh."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused
from ledgers import states
from ledgers.actions.common import write_step
from ledgers.actions.editing import recount
from ledgers.actions.syncing import sync_rows
from ledgers.catalogue import FIELDS, SINGLE
from ledgers.conditions import is_filled
from ledgers.loading import SECTION_MODELS, column_values, single_values, values_of
from ledgers.models import (
    Ledger,
    LedgerLeader,
    LedgerPeriod,
    LedgerSection,
    LedgerState,
    Section,
)
from ledgers.prefill import (
    Source,
    last_source,
    prefilled,
    register_source,
    register_values,
)
from ledgers.snapshot import Values
from societies.access import Actor
from societies.models import Society

# Columns that belong to a row, not to what it says.
_OWN = {"id", "ledger_id", "not_established_id", "raw_input", "prefilled", "sealed"}


def ensure_draft(*, society: Society, period: LedgerPeriod, by: Actor, now: datetime) -> Ledger:
    """The newest version of the society's ledger for a period; version 1 is made if there is none.

    It starts from the last accepted version and the register (R-LED-06). Safe to call twice at
    once. Raises NotAllowed without the right to edit, ActionRefused if the period is another
    federation's or bodies of this kind owe no ledger (R-LED-05).
    """
    by.require(Permission.LEDGER_EDIT, society)
    if period.federation_id != society.federation_id:
        raise ActionRefused("期次与学会不属于同一科协")
    existing = newest_version(society, period)
    if existing:
        return existing
    if not period.edition.rules.expects(society):
        raise ActionRefused(f"{society.get_body_kind_display()}无须报送“五个清”台账")
    try:
        with transaction.atomic():
            return _first_version(society, period, by, now)
    except IntegrityError:
        # Somebody else opened it in the same moment.
        found = newest_version(society, period)
        if found is None:
            raise
        return found


def newest_version(society: Society, period: LedgerPeriod) -> Ledger | None:
    """The version that speaks or is under way; none given up."""
    rows = Ledger.objects.standing().filter(society=society, period=period)
    return rows.order_by("-version").first()


def _next_number(period: LedgerPeriod) -> str:
    """TZ-2026H2-0128, without gaps as long as no transaction fails."""
    LedgerPeriod.objects.filter(pk=period.pk).update(last_serial=F("last_serial") + 1)
    serial = LedgerPeriod.objects.values_list("last_serial", flat=True).get(pk=period.pk)
    return f"TZ-{period.key}-{serial:04}"


def _first_version(society: Society, period: LedgerPeriod, by: Actor, now: datetime) -> Ledger:
    ledger = Ledger.objects.create(society=society, period=period, number=_next_number(period))
    today = day_of(now)
    before = Ledger.objects.previous_of(ledger)
    last_from = last_source(before) if before else None
    last = single_values(before) if before else {}
    register = register_values(society, period.as_of)
    LedgerSection.objects.bulk_create(LedgerSection(ledger=ledger, code=code) for code in Section)
    for section in SINGLE:
        columns, notes = prefilled(
            section,
            last=last.get(section),
            last_from=last_from,
            register=register.get(section, {}),
            register_from=register_source(today),
        )
        SECTION_MODELS[section]._default_manager.create(ledger=ledger, prefilled=notes, **columns)
    if before and last_from:
        copy_leaders(before, ledger, last_from)
    sync_rows(ledger, before)
    write_step(ledger, states.OPEN_DRAFT, "", by, now)
    recount(ledger, today)
    return ledger


def copy_leaders(before: Ledger, ledger: Ledger, source: Source) -> None:
    """The list of leaders comes with the last version; each row is changed or left."""
    LedgerLeader.objects.bulk_create(
        LedgerLeader(ledger=ledger, prefilled=all_notes("leaders", source), **content_of(row))
        for row in LedgerLeader.living.filter(ledger=before)
    )


def all_notes(section: str, source: Source) -> dict[str, Any]:
    """Every field of a table as prefilled from one source."""
    return {field.name: source.note() for field in FIELDS[section]}


def content_of(row: Any) -> dict[str, Any]:
    """What a row says, without what makes it that row."""
    return {name: value for name, value in column_values(row).items() if name not in _OWN}


def refresh_drafts(accepted: Ledger, now: datetime) -> None:
    """Later drafts opened early take over what was accepted since (R-LED-06).

    Only values nobody typed or changed; the list of leaders only while it is as it came.
    """
    drafts = Ledger.objects.select_for_update(of=("self",)).filter(
        society_id=accepted.society_id,
        state=LedgerState.DRAFT,
        version=1,
        period__as_of__gt=accepted.period.as_of,
    )
    for draft in drafts.select_related("period__edition", "society"):
        before = Ledger.objects.previous_of(draft)
        if before is None or before.pk != accepted.pk:
            continue
        source, last = last_source(before), single_values(before)
        for section in SINGLE:
            _refresh(draft, section, last[section], source, day_of(now))
        rows = LedgerLeader.objects.filter(ledger=draft)
        if not any(_typed(row) for row in rows):
            rows.delete()
            copy_leaders(before, draft, source)
        sync_rows(draft, before)
        LedgerSection.objects.filter(ledger=draft).update(row_version=F("row_version") + 1)
        recount(draft, day_of(now))


def _refresh(draft: Ledger, section: str, last: Values, source: Source, today: date) -> None:
    row = SECTION_MODELS[section]._default_manager.get(ledger=draft)
    values = values_of(section, row)
    register = register_values(draft.society, draft.period.as_of).get(section, {})
    columns, notes = prefilled(
        section,
        last=last,
        last_from=source,
        register=register,
        register_from=register_source(today),
    )
    for field in FIELDS[section]:
        note = row.prefilled.get(field.name)
        untouched = not is_filled(field, values) if note is None else not note["changed"]
        if field.name in notes and untouched and field.name not in row.raw_input:
            row.prefilled[field.name] = notes[field.name]
            for name in (field.name, f"{field.name}_state"):
                if name in columns:
                    setattr(row, name, columns[name])
    row.save()


def _typed(row: LedgerLeader) -> bool:
    """Whether somebody wrote into the row, added it or took it out."""
    fresh = not row.prefilled or row.removed_at is not None
    return fresh or any(note["changed"] for note in row.prefilled.values())
