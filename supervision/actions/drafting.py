"""A batch until it is approved: drafted by its lead, reviewed, approved with its frame frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.models import Federation
from supervision import states
from supervision.actions.common import check, lock_batch, move
from supervision.draw import sha256
from supervision.frame import candidates, text_of
from supervision.models import BatchState, ChecklistEdition, FramePart, FrameRow, InspectionBatch
from supervision.numbers import next_numbers

EDITABLE = (
    *("name", "on_site_from", "on_site_to", "disciplines", "sample_size", "sample_percent"),
    *("exclude_recent", "include_open"),
)
_PLACES = {
    "inspection_batch_days_in_order": "on_site_to",
    "inspection_batch_size_or_percent": "sample_size",
}


@transaction.atomic
def draft_batch(
    *, federation: Federation, values: Mapping[str, Any], by: Actor, now: datetime
) -> InspectionBatch:
    """新建批次 by the lead; its number is the next of the year.

    values: EDITABLE columns. Raises NotAllowed; ActionRefused by field; LookupError for a column
    that is not editable.
    """
    by.require(Permission.BATCH_DRAFT, federation)
    code = next_numbers(InspectionBatch.objects.all(), federation.pk, f"DC-{day_of(now).year}-B")[0]
    batch = InspectionBatch(
        federation=federation, code=code, lead=by.user, drafted_by=by.user, drafted_at=now
    )
    _take_over(batch, values, day_of(now))
    return move(batch, BatchState.DRAFT, states.DRAFT, by, now)


@transaction.atomic
def edit_batch(
    *,
    batch: InspectionBatch,
    row_version: int | None,
    values: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> InspectionBatch:
    """Change a draft. Raises NotAllowed, Conflict, ActionRefused, LookupError as `draft_batch`."""
    batch = lock_batch(batch, row_version)
    check(states.EDIT, batch, by)
    _take_over(batch, values, day_of(now))
    return move(batch, "", states.EDIT.verb, by, now)


def _take_over(batch: InspectionBatch, values: Mapping[str, Any], today: date) -> None:
    """Set and check what the form holds; the sample must fit the frame as of today."""
    if unknown := set(values) - set(EDITABLE):
        raise LookupError(sorted(unknown))
    for name, value in values.items():
        setattr(batch, name, value)
    edition = (
        ChecklistEdition.objects.valid_on(batch.on_site_from)
        .filter(federation=batch.federation_id)
        .first()
    )
    if edition is None:
        raise ActionRefused({"on_site_from": [f"{batch.on_site_from} 没有适用的检查清单"]})
    if batch.on_site_from < today:
        raise ActionRefused({"on_site_from": [f"现场检查起日早于今天（{today}），请改为今天以后"]})
    batch.edition = edition
    with refusals(InspectionBatch, fields=_PLACES):
        batch.full_clean()
    _refuse_too_large(batch, sum(c.part == FramePart.RANDOM for c in candidates(batch, today)))


def _refuse_too_large(batch: InspectionBatch, frame: int) -> int:
    """The sample of a frame; raises ActionRefused at its field if it does not fit."""
    sample = batch.sample_of(frame)
    field = "sample_percent" if batch.sample_size is None else "sample_size"
    if not frame:
        raise ActionRefused({field: ["抽样框内没有学会，请放宽学科范围或不排除近期已抽查的学会"]})
    if sample > frame:
        raise ActionRefused({field: [f"抽样框内只有 {frame} 家，不够抽取 {sample} 家"]})
    return sample


@transaction.atomic
def send_batch(
    *, batch: InspectionBatch, row_version: int | None, by: Actor, now: datetime
) -> InspectionBatch:
    """送审核. Raises NotAllowed, Conflict, ActionRefused."""
    batch = lock_batch(batch, row_version)
    check(states.SEND, batch, by)
    batch.sent_by, batch.sent_at, batch.return_reason = by.user, now, ""
    return move(batch, states.SEND.target, states.SEND.verb, by, now)


@transaction.atomic
def review_batch(
    *, batch: InspectionBatch, row_version: int | None, by: Actor, now: datetime
) -> InspectionBatch:
    """审核通过，报批. Raises NotAllowed, Conflict, ActionRefused."""
    batch = lock_batch(batch, row_version)
    check(states.REVIEW, batch, by)
    batch.reviewed_by, batch.reviewed_at = by.user, now
    return move(batch, states.REVIEW.target, states.REVIEW.verb, by, now)


@transaction.atomic
def hand_back_batch(
    *, batch: InspectionBatch, row_version: int | None, reason: str, by: Actor, now: datetime
) -> InspectionBatch:
    """退回组长, by the reviewer or by the leader. Raises NotAllowed, Conflict, ActionRefused."""
    batch = lock_batch(batch, row_version)
    deciding = batch.state == BatchState.TO_DECIDE
    transition = states.DECLINE if deciding else states.HAND_BACK
    check(transition, batch, by, reason=reason)
    batch.sent_by = batch.sent_at = batch.reviewed_by = batch.reviewed_at = None
    batch.return_reason = reason
    return move(batch, transition.target, transition.verb, by, now, reason)


@transaction.atomic
def approve_batch(
    *,
    batch: InspectionBatch,
    row_version: int | None,
    by: Actor,
    now: datetime,
    must_include: Mapping[int, str] | None = None,
) -> InspectionBatch:
    """批准并冻结抽样框: who may be drawn is written down as of today and digested (D-5).

    must_include: society → reason, handed in from above. Raises NotAllowed, Conflict,
    ActionRefused; also where the sample no longer fits the frame.
    """
    batch = lock_batch(batch, row_version)
    check(states.APPROVE, batch, by)
    found = candidates(batch, day_of(now), must_include)
    try:
        sample = _refuse_too_large(batch, sum(c.part == FramePart.RANDOM for c in found))
    except ActionRefused as refused:
        raise ActionRefused(f"{refused}，请退回组长调整") from refused
    FrameRow.objects.bulk_create(
        FrameRow(
            batch=batch,
            society_id=each.society_id,
            name=each.name,
            discipline=each.discipline,
            part=each.part,
            reason=each.reason,
        )
        for each in found
    )
    batch.sample = sample
    batch.frame_digest = sha256(text_of(batch, sample))
    batch.decided_by, batch.decided_at = by.user, now
    text = f"抽样框摘要 {batch.frame_digest}"
    return move(batch, states.APPROVE.target, states.APPROVE.verb, by, now, text)
