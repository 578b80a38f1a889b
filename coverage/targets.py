"""Targets judged on integers (trap 6), each on the published revision of its own due day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coverage.models import CoverageEdition, CoverageSnapshot, CoverageTarget, FigureState


def is_met(covered: int, total: int, numerator: int, denominator: int) -> bool:
    """Whether covered/total reaches numerator/denominator, unrounded."""
    return covered * denominator >= numerator * total


def gap(covered: int, total: int, numerator: int, denominator: int) -> int:
    """How many more units reach the target; never below 0."""
    return max(0, -(-numerator * total // denominator) - covered)


@dataclass(frozen=True)
class Judgement:
    """A target and the figure of its due day; met and gap are None while there is no value."""

    target: CoverageTarget
    figure: CoverageSnapshot | None

    @property
    def has_value(self) -> bool:
        """Whether the due day is frozen and something counts."""
        return self.figure is not None and self.figure.state == FigureState.VALUE

    @property
    def met(self) -> bool | None:
        """Reached on the due day?"""
        if self.figure is None or not self.has_value:
            return None
        target = self.target
        return is_met(self.figure.covered, self.figure.total, target.numerator, target.denominator)

    @property
    def gap(self) -> int | None:
        """Units that lacked on the due day."""
        if self.figure is None or not self.has_value:
            return None
        target = self.target
        return gap(self.figure.covered, self.figure.total, target.numerator, target.denominator)


def judge(edition: CoverageEdition) -> list[Judgement]:
    """The edition's dated targets, earliest first, with the published figures of their days.

    Two queries. Aims without a day (due_on empty) are read from `edition.targets`.
    """
    targets = list(edition.targets.filter(due_on__isnull=False).order_by("due_on", "indicator"))
    return _pair(targets, edition.federation_id)


def _pair(targets: Iterable[CoverageTarget], federation_id: int) -> list[Judgement]:
    days = {target.due_on for target in targets if target.due_on}
    figures = CoverageSnapshot.objects.filter(federation=federation_id).trend(days)
    found = {(figure.indicator, figure.on): figure for figure in figures}
    return [Judgement(t, found.get((t.indicator, t.due_on))) for t in targets]
