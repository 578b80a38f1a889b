"""Checklists as data; batches, their frozen frame, spot checks, seats; findings."""

from supervision.models.answers import Answer, AnswerPhoto, AnswerSend, AnswerValue
from supervision.models.batches import BatchState, BatchStep, InspectionBatch
from supervision.models.checks import CheckState, InspectorSeat, SpotCheck, Unsigned
from supervision.models.editions import (
    ChecklistEdition,
    ChecklistItem,
    FindingSeverity,
    Prefill,
    SeverityRule,
)
from supervision.models.findings import Finding, FindingSource, FindingState, FindingStep
from supervision.models.frames import FramePart, FrameRow
from supervision.models.rectification import EvidenceKind, FindingEvidence, FindingExtension
from supervision.models.rulings import AnswerRuling
from supervision.models.signatures import CheckSignature, CheckStep, SignatureKind

__all__ = [
    "Answer",
    "AnswerPhoto",
    "AnswerRuling",
    "AnswerSend",
    "AnswerValue",
    "BatchState",
    "BatchStep",
    "CheckSignature",
    "CheckState",
    "CheckStep",
    "ChecklistEdition",
    "ChecklistItem",
    "EvidenceKind",
    "Finding",
    "FindingEvidence",
    "FindingExtension",
    "FindingSeverity",
    "FindingSource",
    "FindingState",
    "FindingStep",
    "FramePart",
    "FrameRow",
    "InspectionBatch",
    "InspectorSeat",
    "Prefill",
    "SeverityRule",
    "SignatureKind",
    "SpotCheck",
    "Unsigned",
]
