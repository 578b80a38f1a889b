"""The procedure of a record (R-LIFE-05, roles.md §3) as data."""

from __future__ import annotations

from accounts.permissions import Permission
from branches.models import LifeState
from common.states import Transition

S = LifeState

CORRECT = Transition(
    "correct_record",
    "更正",
    (S.FILED, S.RETURNED),
    S.FILED,
    Permission.LIFE_FILE,
    distinct_from=("returned_by",),
)
WITHDRAW = Transition(
    "withdraw_record",
    "撤回",
    (S.FILED, S.RETURNED),
    S.WITHDRAWN,
    Permission.LIFE_FILE,
    needs=("reason",),
)
RETURN = Transition(
    "return_record",
    "退回",
    (S.FILED,),
    S.RETURNED,
    Permission.LIFE_RETURN,
    distinct_from=("filed_by",),
    needs=("reason",),
)
TRANSITIONS = (CORRECT, WITHDRAW, RETURN)
