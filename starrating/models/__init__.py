"""Rating editions as data, and the scores computed by them; official stars are decisions."""

from starrating.models.awards import StarAward
from starrating.models.editions import (
    AdjustmentKind,
    Criterion,
    EditionPart,
    RatingCategory,
    RatingEdition,
    ScoreAdjustment,
    StarFloor,
    StarQuota,
    StarThreshold,
    Tree,
    VetoKind,
    VetoRule,
)
from starrating.models.entries import EntryState, Outcome, RatingEntry
from starrating.models.lines import RatingLine, SelfWord
from starrating.models.round_steps import DeliberationVote, RatingObjection, RatingStep, TieVote
from starrating.models.rounds import AssessorSeat, RatingRound
from starrating.models.scores import (
    ClosingLine,
    ClosingTotal,
    FrozenLine,
    FrozenTotal,
    LineScore,
    LineState,
    LiveLine,
    LiveTotal,
    TotalScore,
    TotalState,
)
from starrating.models.vetoes import Veto, VetoState

__all__ = [
    "AdjustmentKind",
    "AssessorSeat",
    "ClosingLine",
    "ClosingTotal",
    "Criterion",
    "DeliberationVote",
    "EditionPart",
    "EntryState",
    "FrozenLine",
    "FrozenTotal",
    "LineScore",
    "LineState",
    "LiveLine",
    "LiveTotal",
    "Outcome",
    "RatingCategory",
    "RatingEdition",
    "RatingEntry",
    "RatingLine",
    "RatingObjection",
    "RatingRound",
    "RatingStep",
    "ScoreAdjustment",
    "SelfWord",
    "StarAward",
    "StarFloor",
    "StarQuota",
    "StarThreshold",
    "TieVote",
    "TotalScore",
    "TotalState",
    "Tree",
    "Veto",
    "VetoKind",
    "VetoRule",
    "VetoState",
]
