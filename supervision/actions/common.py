"""What every step of a batch does first and last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.permissions import Permission, Role
from common.errors import Conflict, NotAllowed
from common.states import Transition, check_step
from societies.access import Actor
from supervision.models import BatchState, BatchStep, InspectionBatch
from supervision.states import PARTS

STALE = "这个批次刚被他人办理，您的内容未保存，请核对后重新提交"


def lock_batch(batch: InspectionBatch, row_version: int | None = None) -> InspectionBatch:
    """The batch, locked until the transaction ends; every step works on what this returns.

    Who issues a finding or concludes a check of a batch locks it first as well: closing looks at
    them. Raises Conflict if somebody else acted since the page was made (R8).
    """
    row = (
        InspectionBatch.objects.select_for_update(of=("self",))
        .select_related("edition", "federation", "lead")
        .get(pk=batch.pk)
    )
    if row_version is not None and row.row_version != row_version:
        raise Conflict(STALE)
    return row


def check(transition: Transition, batch: InspectionBatch, by: Actor, **inputs: Any) -> None:
    """`check_step` for a locked batch; a lead's must be led by the user (roles.md §1).

    Raises NotAllowed also for who ever acted in another part of this batch (R-ROLE-02).
    """
    may = by.may(Permission(transition.permission), batch)
    if by.role == Role.INSPECTION_LEAD:
        may = may and batch.lead_id == by.user.pk
    check_step(transition, state=batch.state, row=batch, may=may, user_id=by.user.pk, **inputs)
    others = [verb for part in PARTS if transition.verb not in part for verb in part]
    if BatchStep.objects.filter(batch=batch, by=by.user, verb__in=others).exists():
        raise NotAllowed("已办理过该批次的其他环节，须由另一人办理")


def move(
    batch: InspectionBatch, target: str, verb: str, by: Actor, now: datetime, text: str = ""
) -> InspectionBatch:
    """Save the batch in its new state, or the present one if empty, and write the step."""
    source = batch.state
    batch.state = BatchState(target or source)
    batch.row_version += 1
    batch.save()
    BatchStep.objects.create(
        batch=batch,
        verb=verb,
        from_state=source,
        to_state=batch.state,
        text=text[:500],
        by=by.user,
        appointment=by.appointment,
        at=now,
    )
    return batch
