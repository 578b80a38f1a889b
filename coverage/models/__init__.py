"""Editions and targets; live, frozen and published coverage figures; the runs that wrote them.

A figure is a pure function of facts as known now, edition and as-of date, and is never edited
(architecture, decision 4). `coverage.night` and `coverage.live` are the only writers.
"""

from coverage.models.editions import CoverageEdition, CoverageTarget, Indicator
from coverage.models.nights import (
    CoverageRevision,
    CoverageSnapshot,
    NightRun,
    NightState,
    NightStep,
    RevisionPublication,
    SocietyCoverageCorrection,
)
from coverage.models.societies import (
    FigureState,
    LiveClosing,
    LiveCoverage,
    LiveDay,
    SocietyCoverage,
)

__all__ = [
    "CoverageEdition",
    "CoverageRevision",
    "CoverageSnapshot",
    "CoverageTarget",
    "FigureState",
    "Indicator",
    "LiveClosing",
    "LiveCoverage",
    "LiveDay",
    "NightRun",
    "NightState",
    "NightStep",
    "RevisionPublication",
    "SocietyCoverage",
    "SocietyCoverageCorrection",
]
