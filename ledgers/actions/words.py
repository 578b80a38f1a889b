"""Ticks at warnings and words on changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from ledgers.actions.common import lock_ledger, require_editable
from ledgers.catalogue import FIELDS
from ledgers.checks import Finding, run_checks
from ledgers.loading import load_snapshot
from ledgers.models import Ledger, LedgerChangeNote, LedgerConfirmation
from societies.access import Actor

# Large changes (R-LED-03), and a difference from the register of members (rules 5.3).
NEEDS_WORDS = frozenset({"V-02", "M-13"})


def unanswered(ledger: Ledger, findings: Iterable[Finding]) -> list[Finding]:
    """Warnings without the tick, or the written word, that they ask for.

    A tick counts for the message it was given at: after a figure changed it is asked again.
    """
    ticks = set(ledger.confirmations.values_list("code", "target", "message"))
    notes = set(ledger.change_notes.filter(row=0).values_list("section", "field"))
    left = []
    for finding in findings:
        if finding.is_error:
            continue
        if finding.code in NEEDS_WORDS:
            answered = (finding.section, finding.fields[0]) in notes
        else:
            answered = (finding.code, finding.target, finding.message) in ticks
        if not answered:
            left.append(finding)
    return left


@transaction.atomic
def confirm(
    *, ledger: Ledger, code: str, target: str, note: str = "", by: Actor, now: datetime
) -> LedgerConfirmation:
    """Tick a warning (请确认) as it stands now, with an optional word.

    Raises ActionRefused if the check does not strike there any more, or asks for written words.
    """
    ledger = lock_ledger(ledger.pk)
    require_editable(by, ledger)
    found = run_checks(load_snapshot(ledger, day_of(now)))
    finding = next((f for f in found if (f.code, f.target) == (code, target)), None)
    if finding is None:
        raise ActionRefused("该提示已不存在，无需确认，请刷新后查看")
    if finding.is_error:
        raise ActionRefused({code: ["此项须改正，不能确认通过"]})
    if code in NEEDS_WORDS:
        raise ActionRefused({code: ["此项不能只勾选确认，请写明原因"]})
    row, _ = LedgerConfirmation.objects.update_or_create(
        ledger=ledger,
        code=code,
        target=target,
        defaults={
            "society_id": ledger.society_id,
            "message": finding.message,
            "note": note.strip()[:300],
            "by": by.user,
            "at": now,
        },
    )
    return row


@transaction.atomic
def withdraw_confirmation(
    *, ledger: Ledger, code: str, target: str, by: Actor, now: datetime
) -> None:
    """Take a tick back."""
    ledger = lock_ledger(ledger.pk)
    require_editable(by, ledger)
    ledger.confirmations.filter(code=code, target=target).delete()


@transaction.atomic
def explain_change(
    *,
    ledger: Ledger,
    section: str,
    field: str,
    text: str,
    row: int = 0,
    by: Actor,
    now: datetime,
) -> LedgerChangeNote | None:
    """Write the society's word on a changed field; blank takes it away (R-LED-03).

    Raises ActionRefused for an unknown field.
    """
    ledger = lock_ledger(ledger.pk)
    require_editable(by, ledger)
    if section not in FIELDS or field not in {f.name for f in FIELDS[section]}:
        raise ActionRefused({field: ["没有这一项"]})
    place: dict[str, Any] = {"ledger": ledger, "section": section, "field": field, "row": row}
    if not text.strip():
        LedgerChangeNote.objects.filter(**place).delete()
        return None
    if len(text.strip()) > 300:
        raise ActionRefused({field: ["说明最多 300 个字"]})
    note, _ = LedgerChangeNote.objects.update_or_create(
        **place,
        defaults={
            "society_id": ledger.society_id,
            "text": text.strip(),
            "by": by.user,
            "at": now,
        },
    )
    return note
