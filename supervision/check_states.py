"""The procedure of one spot check, as data (R-SUP-03, -04; roles.md §3)."""

from __future__ import annotations

from accounts.permissions import Permission as P
from common.states import Transition
from supervision.models.checks import CheckState as S

DECLARE = Transition(
    "declare", "声明无回避情形", (S.PLANNED, S.IN_PROGRESS), S.IN_PROGRESS, P.CHECK_ANSWER
)
RECUSE = Transition(
    "recuse", "提出回避", (S.PLANNED, S.IN_PROGRESS), "", P.CHECK_ANSWER, needs=("reason",)
)
ANSWER = Transition("answer", "填写检查结论", (S.IN_PROGRESS,), "", P.CHECK_ANSWER)
SIGN = Transition("sign", "签字", (S.IN_PROGRESS, S.TO_SIGN), S.TO_SIGN, P.CHECK_ANSWER)
REOPEN = Transition(
    "reopen", "退回修改", (S.TO_SIGN,), S.IN_PROGRESS, P.CHECK_ANSWER, needs=("reason",)
)
SIGN_SOCIETY = Transition("sign_society", "学会签字", (S.TO_SIGN,), S.CONFIRMED, P.CHECK_SIGN)
RECORD_UNSIGNED = Transition(
    "record_unsigned",
    "记录学会未签",
    (S.TO_SIGN,),
    S.CONFIRMED,
    P.CHECK_REVIEW,
    needs=("unsigned", "reason"),
)
RECORD_BARRED = Transition(
    "record_barred",
    "记录拒绝检查",
    (S.PLANNED, S.IN_PROGRESS),
    S.CONFIRMED,
    P.CHECK_REVIEW,
    needs=("reason",),
)
REPLY = Transition("reply", "反馈意见", (S.CONFIRMED,), S.REPLIED, P.CHECK_SIGN, needs=("reply",))
PASS_ON = Transition(
    "pass_on",
    "报送结果",
    (S.CONFIRMED, S.REPLIED),
    S.PASSED_ON,
    P.CHECK_REVIEW,
    needs=("opinion",),
)
CONCLUDE = Transition(
    "conclude",
    "作出结论并下发问题",
    (S.PASSED_ON,),
    S.CONCLUDED,
    P.CHECK_CONCLUDE,
    distinct_from=("passed_by", "replied_by"),
    needs=("conclusion",),
)
TRANSITIONS = (
    *(DECLARE, RECUSE, SIGN, REOPEN, SIGN_SOCIETY),
    *(RECORD_UNSIGNED, RECORD_BARRED, REPLY, PASS_ON, CONCLUDE),
)
VERB_LABELS = {t.verb: t.label for t in TRANSITIONS}
# Who ever took a step of one group takes none of another on the same check.
PARTS = (
    frozenset((DECLARE.verb, RECUSE.verb, SIGN.verb, REOPEN.verb)),
    frozenset((SIGN_SOCIETY.verb, REPLY.verb)),
    frozenset((RECORD_UNSIGNED.verb, RECORD_BARRED.verb, PASS_ON.verb)),
    frozenset((CONCLUDE.verb,)),
)


def others(verb: str) -> list[str]:
    """The steps whose users may not take this one."""
    return sorted(v for part in PARTS if verb not in part for v in part)
