"""回避声明, the start of a check, and its answers as the phone sends them (R-SUP-03, -04)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from common.clock import day_of
from common.errors import ActionRefused, Conflict
from common.refusals import refusals
from societies.access import Actor
from supervision import check_states, states
from supervision.actions import common as batches
from supervision.actions.check_common import (
    check_allowed,
    lock_check,
    move,
    refuse_early,
    seat_of,
)
from supervision.models import (
    Answer,
    AnswerSend,
    AnswerValue,
    BatchState,
    ChecklistItem,
    CheckState,
    FindingSeverity,
    InspectorSeat,
    SpotCheck,
)
from supervision.prefill import prefill

OTHER_TEXT = "这次发送与先前收到的内容不同，未保存，请核对后重新填写"
CHANGED = "另一名成员或另一个页面刚改过这一项，您的内容未保存，请核对后再定"


@dataclass(frozen=True)
class Send:
    """How a send is told from another. client: the opened page; seq: its running number, from 1.

    seen: the row_version on which the page's content stands.
    """

    client: UUID
    seq: int
    seen: int


@dataclass(frozen=True)
class Saved:
    """What a send came to: the answer as it stands now; applied: whether this send changed it."""

    answer: Answer
    applied: bool


@transaction.atomic
def declare_no_recusal(*, check: SpotCheck, by: Actor, now: datetime) -> InspectorSeat:
    """声明无回避情形: opens answering to this inspector; the first one starts the check.

    Raises NotAllowed (also if the portal knows a reason to stay out); ActionRefused before the
    first day on site.
    """
    batch = batches.lock_batch(check.batch)
    row = lock_check(check)
    check_allowed(check_states.DECLARE, row, by, day_of(now))
    refuse_early(row, day_of(now))
    seat = seat_of(row, by, declared=False)
    if seat.recusal:
        raise ActionRefused("您已提出回避，请等待组长调换")
    if seat.declared_at is not None:
        return seat
    if row.state == CheckState.PLANNED:
        _start(row, now)
        if batch.state == BatchState.NOTIFIED:
            batches.move(batch, BatchState.ON_SITE, states.START, by, now, row.code)
    seat.declared_at = now
    seat.save()
    move(row, check_states.DECLARE.target, check_states.DECLARE.verb, by, now)
    return seat


def _start(check: SpotCheck, now: datetime) -> None:
    """An empty answer for each item, with what the portal knows on that day."""
    items = list(ChecklistItem.objects.filter(edition=check.batch.edition))
    known = prefill(check.society, items, day_of(now))
    rows = []
    for item in items:
        row = Answer(spot_check=check, item=item)
        if fact := known.get(item.code):
            row.prefill_text, row.prefill_source, row.prefill_on = fact
        rows.append(row)
    Answer.objects.bulk_create(rows)


@transaction.atomic
def report_recusal(*, check: SpotCheck, reason: str, by: Actor, now: datetime) -> InspectorSeat:
    """提出回避 before or while checking: the inspector answers no more, the lead replaces him.

    Also before the first day on site: the earlier, the more time to find another.

    Raises NotAllowed; ActionRefused at `reason` or if he signed already.
    """
    row = lock_check(check)
    check_allowed(check_states.RECUSE, row, by, day_of(now), reason=reason.strip())
    seat = seat_of(row, by, declared=False)
    if seat.recusal:
        raise ActionRefused("您已提出回避，请等待组长调换")
    seat.declared_at, seat.recusal = None, reason.strip()
    with refusals(InspectorSeat, fields={"recusal": "reason"}):
        seat.clean_fields(exclude=["spot_check", "user", "appointment", "ended_by"])
        seat.save()
    # The reason is for the lead; steps are read by the society as well.
    move(row, "", check_states.RECUSE.verb, by, now)
    return seat


@transaction.atomic
def save_answer(
    *,
    answer: Answer,
    send: Send,
    value: str,
    note: str,
    severity: str,
    by: Actor,
    now: datetime,
) -> Saved:
    """Keep one item. A doubled or late send changes nothing and is told what stands.

    A page that sends on after its own last applied send needs to have seen nothing else; after
    somebody else's it must name the version it saw. An answer may be kept half-finished
    (`Answer.lacks`); signing refuses it. Raises NotAllowed, Conflict; ActionRefused by field, or
    before the first day on site.
    """
    check = lock_check(answer.spot_check)
    row = Answer.objects.select_for_update().get(pk=answer.pk)
    row.spot_check = check
    words = (value, note.strip(), _severity(value, severity))
    digest = hashlib.sha256("\x1f".join(words).encode()).hexdigest()
    sends = AnswerSend.objects.filter(answer=row, client=send.client)
    twin = sends.filter(seq=send.seq).first()
    if twin and _is_kept(twin, digest, check, by):
        return Saved(row, applied=False)
    check_allowed(check_states.ANSWER, check, by, day_of(now))
    refuse_early(check, day_of(now))
    seat_of(check, by)
    if twin:
        raise Conflict(OTHER_TEXT)
    last = sends.filter(applied=True).aggregate(last=Max("seq"))["last"] or 0
    late = send.seq < last
    if not late:
        if row.client != send.client and row.row_version != send.seen:
            raise Conflict(CHANGED)
        _write(row, words, send, by, now)
    AnswerSend.objects.create(
        answer=row,
        client=send.client,
        seq=send.seq,
        digest=digest,
        applied=not late,
        sent_by=by.user,
        sent_at=now,
    )
    return Saved(row, applied=not late)


def _is_kept(twin: AnswerSend, digest: str, check: SpotCheck, by: Actor) -> bool:
    """Whether a send repeats one that its sender was not told of: kept is kept, also by now."""
    mine = twin.digest == digest and twin.sent_by_id == by.user.pk
    return mine and SpotCheck.objects.visible_to(by).filter(pk=check.pk).exists()


def _severity(value: str, severity: str) -> str:
    """不符合 always becomes a finding, at least 一般; 基本符合 only if marked so (R-SUP-06)."""
    if value == AnswerValue.NOT:
        return severity or FindingSeverity.GENERAL
    return severity if value == AnswerValue.MOSTLY else ""


def _write(row: Answer, words: tuple[str, str, str], send: Send, by: Actor, now: datetime) -> None:
    row.value, row.note, row.severity = words
    row.client, row.seq = send.client, send.seq
    row.answered_by, row.answered_at = by.user, now
    row.row_version += 1
    with refusals(Answer):
        row.clean_fields(exclude=["spot_check", "item", "answered_by"])
        row.save()
