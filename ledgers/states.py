"""The procedure of a ledger (D-14, R-LED-08…10) and of a lock exception, as data."""

from __future__ import annotations

from accounts.permissions import Permission
from common.states import Transition
from ledgers.models import LedgerState, LockState

S = LedgerState
# 编报: who asked for a restatement, and who sent the version for signature (R-ROLE-02).
FILER = ("restated_by", "sent_by")

SEND = Transition(
    "send_for_signature", "送审签", (S.DRAFT, S.RETURNED), S.TO_SIGN, Permission.LEDGER_SEND
)
SIGN = Transition(
    "sign_and_file",
    "审签并报送",
    (S.TO_SIGN,),
    S.FILED,
    Permission.LEDGER_SIGN,
    distinct_from=FILER,
)
RETURN_TO_CLERK = Transition(
    "return_to_clerk",
    "退回修改",
    (S.TO_SIGN,),
    S.RETURNED,
    Permission.LEDGER_SIGN,
    distinct_from=FILER,
    needs=("reason",),
)
ACCEPT = Transition(
    "accept",
    "通过",
    (S.FILED,),
    S.ACCEPTED,
    Permission.LEDGER_REVIEW,
    distinct_from=(*FILER, "signed_by"),
)
RETURN_TO_SOCIETY = Transition(
    "return_to_society",
    "退回修改",
    (S.FILED,),
    S.RETURNED,
    Permission.LEDGER_REVIEW,
    distinct_from=(*FILER, "signed_by"),
    needs=("reason",),
)
DECIDE = Transition(
    "decide_restatement",
    "同意更正",
    (S.TO_DECIDE,),
    S.ACCEPTED,
    Permission.LEDGER_DECIDE,
    distinct_from=(*FILER, "signed_by", "reviewed_by"),
)
REFUSE = Transition(
    "refuse_restatement",
    "不同意更正",
    (S.TO_DECIDE,),
    S.RETURNED,
    Permission.LEDGER_DECIDE,
    distinct_from=(*FILER, "signed_by", "reviewed_by"),
    needs=("reason",),
)
# A restatement alone, and only where `windows.not_abandonable` finds nothing against it.
ABANDON = Transition(
    "abandon_restatement",
    "放弃更正",
    (S.DRAFT, S.RETURNED),
    S.ABANDONED,
    Permission.LEDGER_SEND,
)
TRANSITIONS = (SEND, SIGN, RETURN_TO_CLERK, ACCEPT, RETURN_TO_SOCIETY, DECIDE, REFUSE, ABANDON)

# Steps of the history that are no transitions of a form.
OPEN_DRAFT = "open_draft"
RESTATE = "restate"
VERB_LABELS = {t.verb: t.label for t in TRANSITIONS} | {OPEN_DRAFT: "开启草稿", RESTATE: "更正"}

LOCK_COUNTERSIGN = Transition(
    "countersign_lock",
    "审签补报申请",
    (LockState.REQUESTED,),
    LockState.COUNTERSIGNED,
    Permission.LOCK_COUNTERSIGN,
    distinct_from=("requested_by",),
)
LOCK_REVIEW = Transition(
    "review_lock",
    "审核补报申请",
    (LockState.COUNTERSIGNED,),
    LockState.REVIEWED,
    Permission.LOCK_REVIEW,
    distinct_from=("requested_by", "countersigned_by"),
)
LOCK_GRANT = Transition(
    "grant_lock",
    "批准补报",
    (LockState.REVIEWED,),
    LockState.GRANTED,
    Permission.LOCK_DECIDE,
    distinct_from=("requested_by", "countersigned_by", "reviewed_by"),
)
LOCK_REFUSE = Transition(
    "refuse_lock",
    "不批准补报",
    (LockState.REVIEWED,),
    LockState.REFUSED,
    Permission.LOCK_DECIDE,
    distinct_from=("requested_by", "countersigned_by", "reviewed_by"),
    needs=("reason",),
)
LOCK_TRANSITIONS = (LOCK_COUNTERSIGN, LOCK_REVIEW, LOCK_GRANT, LOCK_REFUSE)
