"""Checklists as data; batches, their frozen frame, spot checks, seats; findings."""

from supervision.models.batches import BatchState, BatchStep, InspectionBatch
from supervision.models.checks import CheckState, InspectorSeat, SpotCheck
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

__all__ = [
    "BatchState",
    "BatchStep",
    "CheckState",
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
    "SpotCheck",
]
