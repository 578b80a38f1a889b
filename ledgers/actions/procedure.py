"""The society's side of the chain: 送审签 → 审签并报送, and the secretary's return."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from common.clock import day_of
from common.errors import NON_FIELD, ActionRefused, NotAllowed
from ledgers import states
from ledgers.actions.common import check, lock_ledger, move, require_editable
from ledgers.actions.editing import recount
from ledgers.actions.sealing import seal
from ledgers.actions.syncing import sync_rows
from ledgers.actions.words import unanswered
from ledgers.changes import changes, longest_unchanged
from ledgers.checks import run_checks
from ledgers.models import (
    Ledger,
    LedgerConfirmation,
    LedgerLeader,
    LedgerMeasure,
    LedgerState,
    ReturnStage,
)
from ledgers.windows import counted_moment, is_on_time, locked_out, mend_until, too_early
from societies.access import Actor
from societies.actions import mark_dirty

X10 = "审签人不能是送审签人本人，请由党组织书记或副书记审签"


@transaction.atomic
def send_for_signature(*, ledger: Ledger, by: Actor, now: datetime) -> Ledger:
    """送审签 by the clerk: everything filled, no error, every warning answered (R-LED-01).

    Raises NotAllowed, or ActionRefused with the findings by their code, for each table with what is
    missing, or because of the day (X-09, closing).
    """
    ledger = lock_ledger(ledger.pk)
    check(states.SEND, ledger, by)
    require_editable(by, ledger)
    refusal = too_early(ledger, now) or locked_out(ledger, now)
    if refusal:
        raise ActionRefused(refusal)
    sync_rows(ledger, Ledger.objects.previous_of(ledger))
    _refuse_unfinished(ledger, now)
    LedgerLeader.objects.filter(ledger=ledger, removed_at__isnull=False).delete()
    LedgerMeasure.objects.filter(not_established__ledger=ledger, removed_at__isnull=False).delete()
    ledger.sent_by, ledger.sent_at = by.user, now
    ledger.signed_by = ledger.signed_at = None
    ledger.reviewed_by = ledger.reviewed_at = None
    ledger.decided_by = ledger.decided_at = None
    move(ledger, LedgerState.TO_SIGN, states.SEND.verb, by, now)
    return ledger


def _refuse_unfinished(ledger: Ledger, now: datetime) -> None:
    """Raise ActionRefused with everything that blocks 送审签; else store the queue's counts."""
    snapshot, counts = recount(ledger, day_of(now))
    findings = run_checks(snapshot)
    blocking = [f for f in findings if f.is_error] + unanswered(ledger, findings)
    errors: dict[str, list[str]] = {}
    for finding in blocking:
        errors.setdefault(finding.target, []).append(finding.line)
    left = sum(c.required - c.filled for c in counts.values())
    if left and not errors:
        errors[NON_FIELD] = [f"还有 {left} 项未填，填完后才能送审签"]
    if errors:
        raise ActionRefused(errors)
    ledger.changes_count = len(changes(ledger))
    ledger.register_differences = sum(f.register for f in findings)


@transaction.atomic
def sign_and_file(
    *, ledger: Ledger, ticks: Collection[str] = (), by: Actor, now: datetime
) -> Ledger:
    """审签并报送 by secretary or deputy: this moment is compared with the due day.

    ticks: targets of the figures unchanged for longest that the secretary ticked (X-08). Raises
    NotAllowed for the sender (X-10), ActionRefused if a tick is missing, the day is outside the
    window, or somebody else acted first.
    """
    ledger = lock_ledger(ledger.pk)
    if ledger.sent_by_id == by.user.pk:
        raise NotAllowed(X10)
    check(states.SIGN, ledger, by)
    refusal = too_early(ledger, now) or locked_out(ledger, now)
    if refusal:
        raise ActionRefused(refusal)
    _keep_ticks(ledger, ticks, by, now)
    ledger.signed_by, ledger.signed_at = by.user, now
    ledger.counted_filed_at = counted_moment(ledger, now)
    ledger.first_filed_at = ledger.first_filed_at or now
    seal(ledger)
    move(ledger, LedgerState.FILED, states.SIGN.verb, by, now, on_time=is_on_time(ledger))
    _touch(ledger, now)
    return ledger


def _keep_ticks(ledger: Ledger, ticks: Collection[str], by: Actor, now: datetime) -> None:
    asked = longest_unchanged(ledger)
    left = [row for row in asked if row.target not in ticks]
    if left:
        raise ActionRefused(
            {row.target: [f"{row.label}多期未变化，请核对后勾选“已核对，无变化”"] for row in left}
        )
    ledger.confirmations.filter(code="X-08").delete()
    LedgerConfirmation.objects.bulk_create(
        LedgerConfirmation(
            ledger=ledger,
            society_id=ledger.society_id,
            code="X-08",
            target=row.target,
            message=f"{row.label} {row.value} {row.unit}，自{row.since}未变化：已核对，无变化",
            by=by.user,
            at=now,
        )
        for row in asked
    )


@transaction.atomic
def return_to_clerk(*, ledger: Ledger, reason: str, by: Actor, now: datetime) -> Ledger:
    """The secretary's return, with a reason the clerk sees."""
    ledger = lock_ledger(ledger.pk)
    reason = reason.strip()
    check(states.RETURN_TO_CLERK, ledger, by, reason=reason)
    return give_back(ledger, states.RETURN_TO_CLERK.verb, ReturnStage.SOCIETY, reason, by, now)


def give_back(
    ledger: Ledger, verb: str, stage: ReturnStage, reason: str, by: Actor, now: datetime
) -> Ledger:
    """Put a locked version into 已退回; raises ActionRefused if the reason is too long."""
    if len(reason) > 500:
        raise ActionRefused({"reason": ["原因最多 500 个字"]})
    ledger.returned_by, ledger.returned_at = by.user, now
    ledger.returned_by_stage, ledger.return_reason = stage, reason
    seal(ledger, sealed=False)
    days = {"mend_until": mend_until(ledger, now)} if stage == ReturnStage.COMMITTEE else {}
    move(ledger, LedgerState.RETURNED, verb, by, now, stage=stage, reason=reason, **days)
    _touch(ledger, now)
    return ledger


def _touch(ledger: Ledger, now: datetime) -> None:
    """Clear tables may change today; a ledger never changes a past figure."""
    mark_dirty([ledger.society_id], since=day_of(now), today=day_of(now))
