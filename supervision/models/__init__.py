"""Checklists as data; batches, their frozen frame, spot checks and seats of inspectors."""

from supervision.models.batches import BatchState, BatchStep, InspectionBatch
from supervision.models.checks import CheckState, InspectorSeat, SpotCheck
from supervision.models.editions import (
    ChecklistEdition,
    ChecklistItem,
    FindingSeverity,
    Prefill,
    SeverityRule,
)
from supervision.models.frames import FramePart, FrameRow

__all__ = [
    "BatchState",
    "BatchStep",
    "CheckState",
    "ChecklistEdition",
    "ChecklistItem",
    "FindingSeverity",
    "FramePart",
    "FrameRow",
    "InspectionBatch",
    "InspectorSeat",
    "Prefill",
    "SeverityRule",
    "SpotCheck",
]
