"""The verbs of the ledger: keyword-only, one transaction each, refusing with messages per field."""

from ledgers.actions.common import StaleSection
from ledgers.actions.drafts import ensure_draft
from ledgers.actions.editing import SaveResult, save_note, save_section
from ledgers.actions.locks import (
    countersign_lock,
    grant_lock,
    refuse_lock,
    request_lock_exception,
    review_lock,
)
from ledgers.actions.measures import follow_up
from ledgers.actions.periods import ensure_period, open_due_periods, open_period
from ledgers.actions.procedure import return_to_clerk, send_for_signature, sign_and_file
from ledgers.actions.proposals import (
    close_period,
    decide_exemption,
    propose_closing,
    propose_exemption,
    refuse_closing,
    refuse_exemption,
    withdraw_closing,
    withdraw_exemption,
)
from ledgers.actions.reasons import set_branch_reasons, sync_not_established
from ledgers.actions.restating import abandon_restatement, restate
from ledgers.actions.review import (
    BulkResult,
    Remark,
    accept,
    accept_many,
    decide_restatement,
    keep_review_draft,
    return_to_society,
)
from ledgers.actions.rows import add_row, move_row, remove_row, restore_row, save_row
from ledgers.actions.words import confirm, explain_change, unanswered, withdraw_confirmation

__all__ = [
    "BulkResult",
    "Remark",
    "SaveResult",
    "StaleSection",
    "abandon_restatement",
    "accept",
    "accept_many",
    "add_row",
    "close_period",
    "confirm",
    "countersign_lock",
    "decide_exemption",
    "decide_restatement",
    "ensure_draft",
    "ensure_period",
    "explain_change",
    "follow_up",
    "grant_lock",
    "keep_review_draft",
    "move_row",
    "open_due_periods",
    "open_period",
    "propose_closing",
    "propose_exemption",
    "refuse_closing",
    "refuse_exemption",
    "refuse_lock",
    "remove_row",
    "request_lock_exception",
    "restate",
    "restore_row",
    "return_to_clerk",
    "return_to_society",
    "review_lock",
    "save_note",
    "save_row",
    "save_section",
    "send_for_signature",
    "set_branch_reasons",
    "sign_and_file",
    "sync_not_established",
    "unanswered",
    "withdraw_closing",
    "withdraw_confirmation",
    "withdraw_exemption",
]
