"""The procedure of a finding, as data (R-SUP-06; roles.md §3).

Who acted in one part of a finding's way acts in no other, however long ago; the extension has
parts of its own. 一般 and 较重 are closed by a reviewer, 严重 by the leader.
"""

from __future__ import annotations

from collections.abc import Collection

from accounts.permissions import Permission as P
from common.states import Transition
from supervision import finding_eyes, finding_querysets
from supervision.models import Finding
from supervision.models import FindingState as S

ISSUE = Transition("issue", "下发问题", (), S.ISSUED, P.FINDING_ISSUE)
ACCEPT = Transition("accept", "确认收到", (S.ISSUED,), S.ACCEPTED, P.FINDING_SIGN)
SEND_PLAN = Transition(
    "send_plan",
    "填报方案，送审签",
    (S.ACCEPTED,),
    S.PLAN_TO_SIGN,
    P.FINDING_FILE,
    needs=("responsible_post", "plan", "planned_on"),
)
SIGN_PLAN = Transition(
    "sign_plan",
    "审签并报送方案",
    (S.PLAN_TO_SIGN,),
    S.RECTIFYING,
    P.FINDING_SIGN,
    distinct_from=("plan_sent_by",),
)
HAND_BACK_PLAN = Transition(
    "hand_back_plan",
    "退回填报人",
    (S.PLAN_TO_SIGN,),
    S.ACCEPTED,
    P.FINDING_SIGN,
    distinct_from=("plan_sent_by",),
    needs=("reason",),
)
_LEADER = ("author", "issued_by", "plan_sent_by", "plan_signed_by")
AGREE_DATE = Transition(
    "agree_date",
    "确定完成日期",
    (S.PLAN_FILED,),
    S.RECTIFYING,
    P.FINDING_AGREE_DATE,
    distinct_from=_LEADER,
    needs=("finish_due",),
)
DECLINE_PLAN = Transition(
    "decline_plan",
    "退回方案",
    (S.PLAN_FILED,),
    S.ACCEPTED,
    P.FINDING_AGREE_DATE,
    distinct_from=_LEADER,
    needs=("reason",),
)
_BEFORE_EVIDENCE = (S.ACCEPTED, S.PLAN_TO_SIGN, S.PLAN_FILED, S.RECTIFYING, S.SENT_BACK)
SEND_MEASURE = Transition(
    "send_measure",
    "填报立即措施，送审签",
    _BEFORE_EVIDENCE,
    "",
    P.FINDING_FILE,
    needs=("measure",),
)
SIGN_MEASURE = Transition(
    "sign_measure",
    "审签立即措施",
    _BEFORE_EVIDENCE,
    "",
    P.FINDING_SIGN,
    distinct_from=("measured_by",),
)
_UNDER_WAY = (S.RECTIFYING, S.SENT_BACK)
ADD_EVIDENCE = Transition("add_evidence", "添加整改依据", _UNDER_WAY, "", P.FINDING_FILE)
REMOVE_EVIDENCE = Transition("remove_evidence", "撤下整改依据", _UNDER_WAY, "", P.FINDING_FILE)
SEND_EVIDENCE = Transition(
    "send_evidence",
    "填报整改情况，送审签",
    _UNDER_WAY,
    S.EVIDENCE_TO_SIGN,
    P.FINDING_FILE,
    needs=("result",),
)
SIGN_EVIDENCE = Transition(
    "sign_evidence",
    "审签并报送整改情况",
    (S.EVIDENCE_TO_SIGN,),
    S.SUBMITTED,
    P.FINDING_SIGN,
    distinct_from=("sent_by",),
)
HAND_BACK_EVIDENCE = Transition(
    "hand_back_evidence",
    "退回填报人",
    (S.EVIDENCE_TO_SIGN,),
    S.RECTIFYING,
    P.FINDING_SIGN,
    distinct_from=("sent_by",),
    needs=("reason",),
)
_VERIFIER = ("author", "issued_by", "sent_by", "signed_by")
VERIFY = Transition(
    "verify",
    "复查通过，报销号",
    (S.SUBMITTED,),
    S.VERIFIED,
    P.FINDING_VERIFY,
    distinct_from=_VERIFIER,
    needs=("opinion",),
)
SEND_BACK = Transition(
    "send_back",
    "退回：依据不足，继续整改",
    (S.SUBMITTED,),
    S.SENT_BACK,
    P.FINDING_VERIFY,
    distinct_from=_VERIFIER,
    needs=("opinion",),
)
_CLOSER = (*_VERIFIER, "verified_by")
CLOSE = Transition("close", "销号", (S.VERIFIED,), S.CLOSED, P.FINDING_CLOSE, distinct_from=_CLOSER)
CLOSE_GRAVE = Transition(
    "close", "销号", (S.VERIFIED,), S.CLOSED, P.FINDING_CLOSE_SERIOUS, distinct_from=_CLOSER
)
VERIFY_AGAIN = Transition(
    "verify_again",
    "退回重新复查",
    (S.VERIFIED,),
    S.SUBMITTED,
    P.FINDING_CLOSE,
    distinct_from=_CLOSER,
    needs=("reason",),
)
VERIFY_AGAIN_GRAVE = Transition(
    "verify_again",
    "退回重新复查",
    (S.VERIFIED,),
    S.SUBMITTED,
    P.FINDING_CLOSE_SERIOUS,
    distinct_from=_CLOSER,
    needs=("reason",),
)
# Whoever submits after asking still gets an answer: it decides whether the submission was late.
_EXTENDABLE = (S.RECTIFYING, S.SENT_BACK, S.EVIDENCE_TO_SIGN, S.SUBMITTED, S.VERIFIED)
ASK_EXTENSION = Transition(
    "ask_extension", "申请延期", _UNDER_WAY, "", P.FINDING_EXTEND, needs=("due_asked", "reason")
)
REVIEW_EXTENSION = Transition(
    "review_extension",
    "审核延期申请，报批",
    _EXTENDABLE,
    "",
    P.FINDING_EXTEND_REVIEW,
    needs=("opinion",),
)
DECIDE_EXTENSION = Transition(
    "decide_extension", "决定延期", _EXTENDABLE, "", P.FINDING_EXTEND_DECIDE, needs=("answer",)
)
TRANSITIONS = (
    *(ACCEPT, SEND_PLAN, SIGN_PLAN, HAND_BACK_PLAN, AGREE_DATE, DECLINE_PLAN, SEND_MEASURE),
    *(SIGN_MEASURE, ADD_EVIDENCE, REMOVE_EVIDENCE, SEND_EVIDENCE, SIGN_EVIDENCE),
    *(HAND_BACK_EVIDENCE, VERIFY, SEND_BACK, CLOSE, VERIFY_AGAIN),
    *(ASK_EXTENSION, REVIEW_EXTENSION, DECIDE_EXTENSION),
)
# Not a step of the way: it changes nothing and keeps nobody from another part.
REMIND = Transition(
    finding_querysets.REMIND,
    "提醒",
    tuple(S(state) for state in finding_querysets.WITH_SOCIETY),
    "",
    P.FINDING_ISSUE,
    needs=("text",),
)
VERB_LABELS = {t.verb: t.label for t in (ISSUE, *TRANSITIONS, REMIND)}
LEADERS = {CLOSE.verb: CLOSE_GRAVE, VERIFY_AGAIN.verb: VERIFY_AGAIN_GRAVE}

_CLERK = frozenset(
    t.verb for t in (SEND_PLAN, SEND_MEASURE, ADD_EVIDENCE, REMOVE_EVIDENCE, SEND_EVIDENCE)
)
_SECRETARY = frozenset(
    t.verb
    for t in (
        *(ACCEPT, SIGN_PLAN, HAND_BACK_PLAN, SIGN_MEASURE, SIGN_EVIDENCE),
        *(HAND_BACK_EVIDENCE, ASK_EXTENSION),
    )
)
_AUTHOR = frozenset((ISSUE.verb,))
_VERIFIERS = frozenset((VERIFY.verb, SEND_BACK.verb))
_CLOSERS = frozenset((CLOSE.verb, VERIFY_AGAIN.verb, AGREE_DATE.verb, DECLINE_PLAN.verb))
_REVIEWERS = frozenset((REVIEW_EXTENSION.verb,))
_DECIDERS = frozenset((DECIDE_EXTENSION.verb,))
# Rectification, and the extension: in each, one user acts in one part only (roles.md §2.1).
CHAINS = (
    (_CLERK, _SECRETARY, _AUTHOR, _VERIFIERS, _CLOSERS),
    (_CLERK | _SECRETARY, _REVIEWERS, _DECIDERS),
)


def others(verb: str) -> frozenset[str]:
    """The steps whose users may not take this one, on the same finding."""
    found: frozenset[str] = frozenset()
    for chain in CHAINS:
        if any(verb in part for part in chain):
            found |= frozenset().union(*(part for part in chain if verb not in part))
    return found


def as_taken(transition: Transition, finding: Finding, rights: Collection[str]) -> Transition:
    """The step as it is for a finding and whoever holds these rights: 严重 the leader closes.

    The leader also closes what no inspector may verify, as what was registered outside a batch: a
    committee of two reviewers, one who issued it and one who verified it, has nobody else
    (roles.md §1).
    """
    leaders = LEADERS.get(transition.verb, transition)
    if leaders is transition or finding.is_grave:
        return leaders
    if transition.permission in rights or leaders.permission not in rights:
        return transition
    return leaders if finding_eyes.without_inspector(finding) else transition
