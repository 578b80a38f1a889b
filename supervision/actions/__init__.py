"""Every write of supervision."""

from supervision.actions.answering import (
    Saved,
    Send,
    declare_no_recusal,
    report_recusal,
    save_answer,
)
from supervision.actions.closing import close_batch, notify_societies
from supervision.actions.concluding import (
    Ruling,
    conclude_check,
    flagged,
    pass_on_check,
    reply_to_check,
)
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
from supervision.actions.evidence import add_evidence, remove_evidence
from supervision.actions.extending import ask_extension, decide_extension, review_extension
from supervision.actions.issuing import FindingDraft, issue_findings, register_finding
from supervision.actions.leading import change_lead
from supervision.actions.pairing import propose_pairs, set_pairs
from supervision.actions.photos import add_photo, remove_photo
from supervision.actions.rectifying import (
    accept_finding,
    hand_back_evidence,
    hand_back_plan,
    send_evidence,
    send_measure,
    send_plan,
    sign_evidence,
    sign_measure,
    sign_plan,
)
from supervision.actions.refusing import record_barred
from supervision.actions.reminding import remind_societies
from supervision.actions.seats import replace_inspector
from supervision.actions.signing import (
    record_unsigned,
    reopen_check,
    sign_check,
    sign_for_society,
)
from supervision.actions.verifying import (
    agree_date,
    close_finding,
    decline_plan,
    send_back_finding,
    verify_again,
    verify_finding,
)

__all__ = [
    "EDITABLE",
    "FindingDraft",
    "Ruling",
    "Saved",
    "Send",
    "accept_finding",
    "add_evidence",
    "add_photo",
    "agree_date",
    "approve_batch",
    "ask_extension",
    "change_lead",
    "close_batch",
    "close_finding",
    "commit_seed",
    "conclude_check",
    "decide_extension",
    "declare_no_recusal",
    "decline_plan",
    "draft_batch",
    "draw_batch",
    "edit_batch",
    "flagged",
    "hand_back_batch",
    "hand_back_evidence",
    "hand_back_plan",
    "issue_findings",
    "notify_societies",
    "pass_on_check",
    "propose_pairs",
    "recommit_seed",
    "record_barred",
    "record_unsigned",
    "register_finding",
    "remind_societies",
    "remove_evidence",
    "remove_photo",
    "reopen_check",
    "replace_inspector",
    "reply_to_check",
    "report_recusal",
    "reschedule_batch",
    "review_batch",
    "review_extension",
    "save_answer",
    "send_back_finding",
    "send_batch",
    "send_evidence",
    "send_measure",
    "send_plan",
    "set_pairs",
    "sign_check",
    "sign_evidence",
    "sign_for_society",
    "sign_measure",
    "sign_plan",
    "verify_again",
    "verify_finding",
]
