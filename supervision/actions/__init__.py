"""Every write of supervision."""

from supervision.actions.closing import close_batch, notify_societies
from supervision.actions.drafting import (
    EDITABLE,
    approve_batch,
    draft_batch,
    edit_batch,
    hand_back_batch,
    review_batch,
    send_batch,
)
from supervision.actions.drawing import commit_seed, draw_batch, recommit_seed, reschedule_batch
from supervision.actions.pairing import propose_pairs, set_pairs
from supervision.actions.seats import replace_inspector

__all__ = [
    "EDITABLE",
    "approve_batch",
    "close_batch",
    "commit_seed",
    "draft_batch",
    "draw_batch",
    "edit_batch",
    "hand_back_batch",
    "notify_societies",
    "propose_pairs",
    "recommit_seed",
    "replace_inspector",
    "reschedule_batch",
    "review_batch",
    "send_batch",
    "set_pairs",
]
