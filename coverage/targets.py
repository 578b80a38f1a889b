"""Targets judged on integers (trap 6), each on the published figure of its own due day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from coverage.models import CoverageTarget, FigureState


class Counted(Protocol):
    """A figure of an indicator: a row of the database or what a page made of it."""

    @property
    def state(self) -> str:
        """One of FigureState."""

    @property
    def covered(self) -> int:
        """Covered units."""

    @property
    def total(self) -> int:
        """All units."""


def is_met(covered: int, total: int, numerator: int, denominator: int) -> bool:
    """Whether covered/total reaches numerator/denominator, unrounded."""
    return covered * denominator >= numerator * total


def gap(covered: int, total: int, numerator: int, denominator: int) -> int:
    """How many more units reach the target; never below 0."""
    return max(0, -(-numerator * total // denominator) - covered)


@dataclass(frozen=True)
class Judgement:
    """A target and the figure it is held against; met and gap are None while there is no value."""

    target: CoverageTarget
    figure: Counted | None

    @property
    def has_value(self) -> bool:
        """Whether the day is frozen and something counts."""
        return self.figure is not None and self.figure.state == FigureState.VALUE

    @property
    def met(self) -> bool | None:
        """Reached?"""
        if self.figure is None or not self.has_value:
            return None
        target = self.target
        return is_met(self.figure.covered, self.figure.total, target.numerator, target.denominator)

    @property
    def gap(self) -> int | None:
        """Units that lack."""
        if self.figure is None or not self.has_value:
            return None
        target = self.target
        return gap(self.figure.covered, self.figure.total, target.numerator, target.denominator)
