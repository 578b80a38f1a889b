"""How the computed scores are spread over the steps of the standard in force.

The steps are named by points: a computed score is an estimate, never a star (R-STAR-08).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Subquery

from starrating.models import StarThreshold, TotalState

UNRATED = "unrated"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Band:
    """A step. least, below: points, least <= score < below; both None for 不予评定."""

    key: str
    label: str
    least: Decimal | None = None
    below: Decimal | None = None

    @property
    def condition(self) -> Q:
        """The totals that stand in it."""
        if self.least is None:
            return Q(state=TotalState.UNRATED)
        found = Q(state=TotalState.VALUE, score__gte=self.least)
        return found & Q(score__lt=self.below) if self.below is not None else found


@dataclass(frozen=True)
class Share:
    """A step with its societies. percent: of all societies shown, 0 to 100."""

    band: Band
    count: int
    percent: float


@dataclass(frozen=True)
class Spread:
    """The steps of the frozen day `on`; None where nobody has a score."""

    on: date | None
    shares: list[Share]


def bands(thresholds: Sequence[Decimal]) -> list[Band]:
    """The steps between the thresholds, best first, then 不予评定."""
    found: list[Band] = []
    below: Decimal | None = None
    for least in sorted({*thresholds, Decimal(0)}, reverse=True):
        found.append(Band(_plain(least), _words(least, below), least, below))
        below = least
    return [*found, Band(UNRATED, "不予评定")]


def bands_of(totals: QuerySet[Any]) -> list[Band]:
    """The steps of the standard that the totals were computed by; one query."""
    editions = totals.order_by().values("edition_id")
    rows = StarThreshold.objects.filter(edition__in=editions).order_by("score")
    return bands(list(rows.values_list("score", flat=True)))


def spread(totals: QuerySet[Any], steps: Sequence[Band], runs: QuerySet[Any]) -> Spread:
    """The steps with their numbers of societies, and the newest day of the runs; one query."""
    columns = {f"n{place}": Count("pk", filter=band.condition) for place, band in enumerate(steps)}
    newest = Subquery(runs.order_by("-on").values("on")[:1])
    found = totals.annotate(newest=newest).aggregate(day=Max("newest"), **columns)
    day = found.pop("day")
    whole = sum(found.values())
    shares = [
        Share(band, count, 100 * count / whole if whole else 0.0)
        for band, count in zip(steps, found.values(), strict=True)
    ]
    return Spread(day, shares)


def _words(least: Decimal, below: Decimal | None) -> str:
    if below is None:
        return f"{_plain(least)} 分及以上"
    if not least:
        return f"不足 {_plain(below)} 分"
    return f"{_plain(least)}—{below - _CENT} 分"


def _plain(number: Decimal) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
