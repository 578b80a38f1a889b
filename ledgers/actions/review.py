"""The committee's side: 通过 or 退回修改; the leader's word on restatements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from ledgers import states
from ledgers.actions.common import check, lock_ledger, move
from ledgers.actions.drafts import refresh_drafts
from ledgers.actions.measures import keep_measures
from ledgers.actions.procedure import give_back
from ledgers.actions.quality import compare_staff
from ledgers.actions.secretariat import close_if_gone
from ledgers.catalogue import FIELDS
from ledgers.checks.general import section_of
from ledgers.loading import reason_rows, register_facts
from ledgers.models import (
    Ledger,
    LedgerReturnRemark,
    LedgerState,
    LedgerStep,
    ReturnStage,
    ReviewDraft,
)
from societies.access import Actor
from societies.actions import mark_dirty
from societies.models import Tier


@dataclass(frozen=True)
class Remark:
    """The reviewer's word at one field. table: as in the catalogue; row: pk in tables of rows."""

    table: str
    field: str
    text: str
    row: int = 0


@transaction.atomic
def accept(*, ledger: Ledger, by: Actor, now: datetime) -> Ledger:
    """通过. A first filing is accepted; a restatement goes on to the leader (R-LED-10).

    Effects (R-LED-11): a secretariat stated not to exist is closed, guidance measures of 5.5 are
    opened and closed, a secretariat without staff is noted as a data-quality issue, figures of
    today follow. Nothing else of coverage changes. Raises NotAllowed for sender or signer,
    ActionRefused for X-12 or if somebody else acted first.
    """
    ledger = lock_ledger(ledger.pk)
    check(states.ACCEPT, ledger, by)
    refuse_covered(ledger)
    ledger.reviewed_by, ledger.reviewed_at = by.user, now
    _forget_drafts(ledger)
    if ledger.is_restatement:
        move(ledger, LedgerState.TO_DECIDE, states.ACCEPT.verb, by, now)
        return ledger
    return _take(ledger, states.ACCEPT.verb, by, now)


def refuse_covered(ledger: Ledger) -> None:
    """X-12: an organisation entered since covers a listed tier; the society takes the row out."""
    facts = register_facts(ledger.society_id, ledger.period.as_of)
    covered = {u.unit_id: u for u in facts.units if u.covered_by}
    for row in reason_rows(ledger):
        unit = covered.get(row.unit_id)
        if row.tier in (1, 2) and unit and unit.covered_since:
            raise ActionRefused(
                f"{Tier(row.tier).label}已于 {unit.covered_since.isoformat()} 建立党组织，"
                "请退回学会删除该行后再通过"
            )


def _forget_drafts(ledger: Ledger) -> None:
    """The review has ended: what reviewers typed and did not give is of no use any more."""
    ReviewDraft.objects.filter(ledger=ledger).delete()


def _take(ledger: Ledger, verb: str, by: Actor, now: datetime) -> Ledger:
    closed_from = close_if_gone(ledger, by, now)
    # The step comes last: from here on the database refuses every change of the version.
    move(ledger, LedgerState.ACCEPTED, verb, by, now)
    keep_measures(ledger)
    compare_staff(ledger, now)
    refresh_drafts(ledger, now)
    _recompute(ledger, closed_from, now)
    return ledger


def _recompute(ledger: Ledger, closed_from: date | None, now: datetime) -> None:
    """Acceptance itself never reaches back; closing a secretariat does, like any backdated fact."""
    today = day_of(now)
    mark_dirty([ledger.society_id], since=min(closed_from or today, today), today=today)


MOST_REMARKS, LONGEST = 60, 2000


@transaction.atomic
def keep_review_draft(
    *,
    ledger: Ledger,
    reason: str,
    remarks: Iterable[tuple[str, str]],
    by: Actor,
    now: datetime,
) -> ReviewDraft:
    """Keep what a reviewer has typed so far of a return, right or wrong; the society sees nothing.

    remarks: field and words of each line, as typed. Raises NotAllowed, ActionRefused once the
    version no longer waits for review.
    """
    ledger = lock_ledger(ledger.pk)
    check(states.RETURN_TO_SOCIETY, ledger, by, reason=True)
    lines = [[field[:100], text[:LONGEST]] for field, text in remarks if field or text.strip()]
    draft, _ = ReviewDraft.objects.update_or_create(
        ledger=ledger,
        saved_by=by.user,
        defaults={
            "society_id": ledger.society_id,
            "values": {"reason": reason[:LONGEST], "remarks": lines[:MOST_REMARKS]},
            "saved_at": now,
        },
    )
    return draft


@transaction.atomic
def return_to_society(
    *,
    ledger: Ledger,
    reason: str,
    remarks: Collection[Remark] = (),
    by: Actor,
    now: datetime,
) -> Ledger:
    """退回修改, with a reason and words at the fields (R-LED-08).

    Raises NotAllowed, ActionRefused for an unknown field or a blank reason.
    """
    ledger = lock_ledger(ledger.pk)
    reason = reason.strip()
    check(states.RETURN_TO_SOCIETY, ledger, by, reason=reason)
    kept = [remark for remark in remarks if remark.text.strip()]
    for remark in kept:
        if remark.field not in {f.name for f in FIELDS.get(remark.table, ())}:
            raise ActionRefused({remark.field: ["没有这一项"]})
        if len(remark.text.strip()) > 300:
            raise ActionRefused({remark.field: ["意见最多 300 个字"]})
    give_back(ledger, states.RETURN_TO_SOCIETY.verb, ReturnStage.COMMITTEE, reason, by, now)
    _forget_drafts(ledger)
    step = LedgerStep.objects.filter(ledger=ledger).latest("pk")
    LedgerReturnRemark.objects.bulk_create(
        LedgerReturnRemark(
            ledger=ledger,
            step=step,
            society_id=ledger.society_id,
            section=section_of(remark.table),
            field=remark.field,
            row=remark.row,
            text=remark.text.strip(),
            by=by.user,
            at=now,
        )
        for remark in kept
    )
    return ledger


@transaction.atomic
def decide_restatement(
    *, ledger: Ledger, agreed: bool, reason: str = "", by: Actor, now: datetime
) -> Ledger:
    """The leader agrees to a restatement, or returns it with a reason (R-LED-10)."""
    ledger = lock_ledger(ledger.pk)
    reason = reason.strip()
    if not agreed:
        check(states.REFUSE, ledger, by, reason=reason)
        return give_back(ledger, states.REFUSE.verb, ReturnStage.COMMITTEE, reason, by, now)
    check(states.DECIDE, ledger, by)
    refuse_covered(ledger)
    ledger.decided_by, ledger.decided_at = by.user, now
    return _take(ledger, states.DECIDE.verb, by, now)


@dataclass(frozen=True)
class BulkResult:
    """accepted: versions; left: version → why not."""

    accepted: list[Ledger]
    left: dict[int, str]


def accept_many(*, ledgers: Collection[Ledger], by: Actor, now: datetime) -> BulkResult:
    """Accept what may be accepted together (R-LED-13), each in its own transaction.

    Left out: versions with changes, register differences or open findings, and refusals.
    """
    fit = set(
        Ledger.objects.bulk_acceptable()
        .filter(pk__in=[ledger.pk for ledger in ledgers])
        .values_list("pk", flat=True)
    )
    result = BulkResult([], {})
    for ledger in ledgers:
        if ledger.pk not in fit:
            result.left[ledger.pk] = "有变化、与名录不一致或有未销号问题，请逐份审核"
            continue
        try:
            result.accepted.append(accept(ledger=ledger, by=by, now=now))
        except ActionRefused as refused:
            result.left[ledger.pk] = str(refused)
    return result
