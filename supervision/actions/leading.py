"""更换组长: nothing of a batch hangs on one person who may fall ill or leave (D-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from supervision import states
from supervision.actions.common import check, lock_batch, move
from supervision.models import InspectionBatch
from supervision.pairing import leads


@transaction.atomic
def change_lead(
    *,
    batch: InspectionBatch,
    row_version: int | None,
    user: User,
    reason: str,
    by: Actor,
    now: datetime,
) -> InspectionBatch:
    """The leader gives an open batch to another lead; the former one sees it no more.

    Raises NotAllowed, Conflict; ActionRefused at `user`, `reason`.
    """
    batch = lock_batch(batch, row_version)
    reason = reason.strip()
    check(states.CHANGE_LEAD, batch, by, reason=reason)
    if user.pk == batch.lead_id:
        raise ActionRefused({"user": ["与原组长相同，请另选一人"]})
    if not leads(batch, day_of(now)).filter(pk=user.pk).exists():
        raise ActionRefused({"user": ["须是现任督导组组长，且未办理过该批次的其他环节"]})
    words = f"{batch.lead} → {user}；{reason}"
    batch.lead = user
    return move(batch, "", states.CHANGE_LEAD.verb, by, now, words)
