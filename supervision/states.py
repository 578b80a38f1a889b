"""The procedure of a batch, as data (R-SUP-01; roles.md §3: lead ≠ reviewer ≠ leader).

A spot check's own steps and a finding's have their tables beside their actions.
"""

from __future__ import annotations

from accounts.permissions import Permission as P
from common.states import Transition
from supervision.models import BatchState as S

EDIT = Transition("edit", "修改", (S.DRAFT,), S.DRAFT, P.BATCH_DRAFT)
SEND = Transition("send", "送审核", (S.DRAFT,), S.TO_REVIEW, P.BATCH_DRAFT)
REVIEW = Transition(
    "review", "审核通过，报批", (S.TO_REVIEW,), S.TO_DECIDE, P.BATCH_REVIEW, distinct_from=("lead",)
)
HAND_BACK = Transition(
    "hand_back",
    "退回组长",
    (S.TO_REVIEW,),
    S.DRAFT,
    P.BATCH_REVIEW,
    distinct_from=("lead",),
    needs=("reason",),
)
_NOT_LEADER = ("lead", "reviewed_by")
DECLINE = Transition(
    "decline",
    "不予批准，退回组长",
    (S.TO_DECIDE,),
    S.DRAFT,
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
    needs=("reason",),
)
APPROVE = Transition(
    "approve",
    "批准并冻结抽样框",
    (S.TO_DECIDE,),
    S.FROZEN,
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
)
COMMIT = Transition(
    "commit",
    "生成种子并公布摘要",
    (S.FROZEN,),
    S.COMMITTED,
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
)
RECOMMIT = Transition(
    "recommit",
    "重新生成种子并公布摘要",
    (S.COMMITTED,),
    S.COMMITTED,
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
    needs=("reason",),
)
DRAW = Transition(
    "draw",
    "公开种子并抽取",
    (S.COMMITTED,),
    S.SAMPLED,
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
    needs=("seed",),
)
RESCHEDULE = Transition(
    "reschedule",
    "改期",
    (S.FROZEN, S.COMMITTED, S.SAMPLED),
    "",
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
    needs=("reason",),
)
CHANGE_LEAD = Transition(
    "change_lead",
    "更换组长",
    tuple(state for state in S if state != S.CLOSED),
    "",
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
    needs=("reason",),
)
PAIR = Transition("pair", "督导组配对", (S.SAMPLED,), S.SAMPLED, P.BATCH_DRAFT)
NOTIFY = Transition(
    "notify",
    "通知被抽学会",
    (S.SAMPLED,),
    S.NOTIFIED,
    P.BATCH_DECIDE,
    distinct_from=_NOT_LEADER,
)
_RUNNING = (S.NOTIFIED, S.ON_SITE, S.FINDINGS_ISSUED, S.RECTIFYING)
REPLACE = Transition("replace", "调换督导组成员", _RUNNING, "", P.BATCH_DRAFT, needs=("reason",))
CLOSE = Transition(
    "close", "结束批次", _RUNNING, S.CLOSED, P.BATCH_DECIDE, distinct_from=_NOT_LEADER
)
TRANSITIONS = (
    *(EDIT, SEND, REVIEW, HAND_BACK, DECLINE, APPROVE, COMMIT, RECOMMIT),
    *(DRAW, RESCHEDULE, CHANGE_LEAD, PAIR, NOTIFY, REPLACE, CLOSE),
)
DRAFT = "draft"
# Steps that the checks and the findings of a batch take for it.
START = "start"
FINDINGS, RECTIFY = "findings", "rectify"
VERB_LABELS = {t.verb: t.label for t in TRANSITIONS} | {
    DRAFT: "新建",
    START: "开始现场检查",
    FINDINGS: "下发问题",
    RECTIFY: "开始整改",
}
# Who ever took a step of one group takes none of another on the same batch, however long ago.
LEAD_PART = frozenset((DRAFT, EDIT.verb, SEND.verb, PAIR.verb, REPLACE.verb))
PARTS = (
    LEAD_PART,
    frozenset((REVIEW.verb, HAND_BACK.verb)),
    frozenset(
        t.verb
        for t in (
            *(DECLINE, APPROVE, COMMIT, RECOMMIT, DRAW, RESCHEDULE, CHANGE_LEAD, NOTIFY, CLOSE),
        )
    ),
)
