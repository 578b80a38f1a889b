"""Writes of the rating round. Each is one transaction and one button."""

from starrating.actions.assessment import (
    Put,
    give_back,
    re_examine,
    save_assessment,
    submit_assessment,
)
from starrating.actions.deliberation import agree, choose, refer_back
from starrating.actions.filing import (
    Said,
    hand_back,
    send_application,
    send_self_assessment,
    sign_application,
    sign_self_assessment,
)
from starrating.actions.opening import open_round
from starrating.actions.publicity import finalise, object_to, post
from starrating.actions.rounds import assign, compute_round
from starrating.actions.vetoes import (
    close_veto,
    confirm_veto,
    propose_lift,
    propose_veto,
    second_lift,
    second_veto,
    state_view,
)

__all__ = [
    "Put",
    "Said",
    "agree",
    "assign",
    "choose",
    "close_veto",
    "compute_round",
    "confirm_veto",
    "finalise",
    "give_back",
    "hand_back",
    "object_to",
    "open_round",
    "post",
    "propose_lift",
    "propose_veto",
    "re_examine",
    "refer_back",
    "save_assessment",
    "second_lift",
    "second_veto",
    "send_application",
    "send_self_assessment",
    "sign_application",
    "sign_self_assessment",
    "state_view",
    "submit_assessment",
]
