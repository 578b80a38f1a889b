"""Restatements (更正): another version beside an accepted one, opened or given up (R-LED-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused
from ledgers import states
from ledgers.actions.common import check, lock_ledger, move, write_step
from ledgers.actions.drafts import all_notes, content_of, copy_leaders, newest_version
from ledgers.actions.editing import recount
from ledgers.loading import SECTION_MODELS, reason_rows
from ledgers.models import (
    Ledger,
    LedgerMeasure,
    LedgerNotEstablished,
    LedgerSection,
    LedgerState,
    Section,
)
from ledgers.prefill import Source
from ledgers.windows import not_abandonable
from societies.access import Actor


@transaction.atomic
def restate(*, ledger: Ledger, reason: str, by: Actor, now: datetime) -> Ledger:
    """Open a restatement (更正) of an accepted version: a copy with the next version number.

    The clerk files it, the committee's leader decides it in the end (roles.md §3, R-LED-10). Raises
    NotAllowed for others, ActionRefused if the version is not the newest accepted one or no reason
    is given.
    """
    ledger = lock_ledger(ledger.pk)
    by.require(Permission.LEDGER_SEND, ledger)
    if not reason.strip():
        raise ActionRefused({"reason": ["请写明更正原因"]})
    newest = newest_version(ledger.society, ledger.period)
    if newest is None or newest.pk != ledger.pk or ledger.state != LedgerState.ACCEPTED:
        raise ActionRefused("只能更正本期最新的已通过版本")
    copy = Ledger.objects.create(
        society=ledger.society,
        period=ledger.period,
        number=ledger.number,
        version=_next_version(ledger),
        restatement_reason=reason.strip(),
        restated_by=by.user,
    )
    LedgerSection.objects.bulk_create(LedgerSection(ledger=copy, code=code) for code in Section)
    _copy_everything(ledger, copy, Source("last", "原版本", day_of(now)))
    write_step(copy, states.RESTATE, "", by, now, reason=copy.restatement_reason)
    recount(copy, day_of(now))
    return copy


def _next_version(ledger: Ledger) -> int:
    """Counted on from every version, given up ones too: no number stands for two papers.

    The lock of the accepted version keeps two askers apart, `ledger_version_once` whoever else.
    """
    rows = Ledger.objects.filter(society_id=ledger.society_id, period_id=ledger.period_id)
    return int(rows.aggregate(last=Max("version"))["last"]) + 1


@transaction.atomic
def abandon_restatement(*, ledger: Ledger, reason: str = "", by: Actor, now: datetime) -> Ledger:
    """Give up a restatement opened by mistake; the accepted version stays the one in force.

    By a clerk of the society, since who asked may have left. No figure changes: a restatement under
    way never counts. reason: why, if anything is to be said. Raises NotAllowed, ActionRefused for a
    version that is not the society's to give up (`windows.not_abandonable`).
    """
    ledger = lock_ledger(ledger.pk)
    by.require(Permission.LEDGER_SEND, ledger)
    refusal = not_abandonable(ledger)
    if refusal:
        raise ActionRefused(refusal)
    check(states.ABANDON, ledger, by)
    reason = reason.strip()
    if len(reason) > 300:
        raise ActionRefused({"reason": ["原因最多 300 个字"]})
    move(ledger, LedgerState.ABANDONED, states.ABANDON.verb, by, now, reason=reason)
    return ledger


def _copy_everything(source: Ledger, target: Ledger, note: Source) -> None:
    for section, model in SECTION_MODELS.items():
        row = model._default_manager.get(ledger=source)
        notes = all_notes(section, note)
        model._default_manager.create(ledger=target, prefilled=notes, **content_of(row))
    copy_leaders(source, target, note)
    for reason in reason_rows(source):
        old = LedgerNotEstablished.objects.get(pk=reason.values.row)
        copy = LedgerNotEstablished.objects.create(
            ledger=target, prefilled=all_notes("not_established", note), **content_of(old)
        )
        LedgerMeasure.objects.bulk_create(
            LedgerMeasure(
                not_established=copy, prefilled=all_notes("measures", note), **content_of(measure)
            )
            for measure in LedgerMeasure.living.filter(not_established=old)
        )
