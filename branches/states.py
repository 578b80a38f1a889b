"""The procedure of a filing about terms and posts, as data (roles.md §3: UB/UC, US, CR, CL)."""

from __future__ import annotations

from accounts.permissions import Permission
from branches.models import FilingKind
from branches.models import PostFilingState as S
from common.states import Transition

SEND = Transition("send_filing", "送审签", (S.DRAFT, S.RETURNED), S.TO_SIGN, Permission.POST_FILE)
WITHDRAW = Transition(
    "withdraw_filing", "撤回", (S.DRAFT, S.RETURNED), S.WITHDRAWN, Permission.POST_FILE
)
SIGN = Transition(
    "sign_filing",
    "审签并报送",
    (S.TO_SIGN,),
    S.FILED,
    Permission.POST_SIGN,
    distinct_from=("sent_by",),
)
HAND_BACK = Transition(
    "hand_back_filing",
    "退回修改",
    (S.TO_SIGN,),
    S.RETURNED,
    Permission.POST_SIGN,
    distinct_from=("sent_by",),
    needs=("reason",),
)
ACCEPT = Transition(
    "accept_filing",
    "通过",
    (S.FILED,),
    S.ACCEPTED,
    Permission.POST_REVIEW,
    distinct_from=("sent_by", "signed_by"),
)
FORWARD = Transition(
    "forward_filing",
    "审核通过，报负责人决定",
    (S.FILED,),
    S.TO_DECIDE,
    Permission.POST_REVIEW,
    distinct_from=("sent_by", "signed_by"),
)
RETURN = Transition(
    "return_filing",
    "退回修改",
    (S.FILED,),
    S.RETURNED,
    Permission.POST_REVIEW,
    distinct_from=("sent_by", "signed_by"),
    needs=("reason",),
)
AGREE = Transition(
    "agree_extension",
    "同意延期",
    (S.TO_DECIDE,),
    S.ACCEPTED,
    Permission.POST_DECIDE,
    distinct_from=("sent_by", "signed_by", "reviewed_by"),
    needs=("number",),
)
DISAGREE = Transition(
    "disagree_extension",
    "不同意延期",
    (S.TO_DECIDE,),
    S.RETURNED,
    Permission.POST_DECIDE,
    distinct_from=("sent_by", "signed_by", "reviewed_by"),
    needs=("reason",),
)
_ALL = (SEND, WITHDRAW, SIGN, HAND_BACK, RETURN)


def transitions(kind: str) -> tuple[Transition, ...]:
    """The steps of a kind: only an extension goes on to the leader (roles.md §3)."""
    if kind == FilingKind.EXTENSION:
        return (*_ALL, FORWARD, AGREE, DISAGREE)
    return (*_ALL, ACCEPT)
