"""The procedure of a member record: filed → confirmed | returned; a change files it again."""

from __future__ import annotations

from accounts.permissions import Permission as P
from branches.models.members import MemberState as S
from common.states import Transition

ANY = (S.FILED, S.CONFIRMED, S.RETURNED)

MEMBER_STEPS = (
    Transition("change", "更正", ANY, S.FILED, P.MEMBER_FILE),
    Transition("relate", "变更组织关系", ANY, S.FILED, P.MEMBER_FILE),
    Transition("leave", "登记离开", ANY, S.FILED, P.MEMBER_FILE),
    Transition("confirm", "确认", (S.FILED,), S.CONFIRMED, P.MEMBER_CONFIRM, ("filed_by",)),
    Transition(
        "return", "退回", (S.FILED,), S.RETURNED, P.MEMBER_CONFIRM, ("filed_by",), ("reason",)
    ),
)
