"""Tables of the ledger."""

from ledgers.models.editions import LedgerEdition
from ledgers.models.leaders import LedgerLeader
from ledgers.models.ledger import (
    EDITABLE_STATES,
    ENDED_STATES,
    Ledger,
    LedgerSection,
    LedgerState,
    ReturnStage,
    Section,
)
from ledgers.models.locks import LOCK_STEPS, LockException, LockState
from ledgers.models.not_established import (
    GuidanceMeasure,
    LedgerMeasure,
    LedgerNotEstablished,
    MeasureFollowUp,
)
from ledgers.models.periods import ExpectedFiling, FilingWindow, LedgerPeriod
from ledgers.models.sections import LedgerMembers, LedgerOperations, LedgerStaff
from ledgers.models.steps import (
    LedgerChangeNote,
    LedgerConfirmation,
    LedgerReturnRemark,
    LedgerStep,
    ReviewDraft,
)

__all__ = [
    "EDITABLE_STATES",
    "ENDED_STATES",
    "LOCK_STEPS",
    "ExpectedFiling",
    "FilingWindow",
    "GuidanceMeasure",
    "Ledger",
    "LedgerChangeNote",
    "LedgerConfirmation",
    "LedgerEdition",
    "LedgerLeader",
    "LedgerMeasure",
    "LedgerMembers",
    "LedgerNotEstablished",
    "LedgerOperations",
    "LedgerPeriod",
    "LedgerReturnRemark",
    "LedgerSection",
    "LedgerStaff",
    "LedgerState",
    "LedgerStep",
    "LockException",
    "LockState",
    "MeasureFollowUp",
    "ReturnStage",
    "ReviewDraft",
    "Section",
]
