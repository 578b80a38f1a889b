"""Step 11 of the pipeline: places for stars among all rated societies of a round (R-STAR-04)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Candidate:
    """A rated society. stars: after steps 2 to 10. order: shares of A, C, E of the tree's points,
    which decide between equal scores; an arbitrary key never does.
    """

    key: Any
    score: Decimal
    stars: int
    order: tuple[Fraction, ...] = ()

    @property
    def rank(self) -> tuple[Any, ...]:
        """What places are given by."""
        return (self.score, *self.order)


@dataclass(frozen=True)
class Place:
    """The stars after the quota. entitled: those the score gives; more than stars: 因名额."""

    stars: int
    entitled: int

    @property
    def by_quota(self) -> bool:
        """Whether places were lacking."""
        return self.stars < self.entitled


def places(share: Fraction, rated: int) -> int:
    """How many may hold so many stars or more: floor(share · N), but 1 where that gives none."""
    return max(1, int(share * rated)) if rated else 0


def allocate(
    candidates: Collection[Candidate],
    quotas: Mapping[int, Fraction],
    decided: Collection[Any] = (),
) -> dict[Any, Place]:
    """Stars of each candidate, cascading downwards from the top.

    N is the number of candidates: vetoed, unrated and absent societies are none of them. Who is
    equal to another across the cut falls below it, unless `decided` names it: the deliberating
    committee's choice among equals, with its reason. The quota is never exceeded.
    """
    stars = {c.key: c.stars for c in candidates}
    entitled = dict(stars)
    for level in sorted(quotas, reverse=True):
        used = sum(1 for held in stars.values() if held > level)
        room = max(0, places(quotas[level], len(candidates)) - used)
        here = [c for c in candidates if stars[c.key] == level]
        kept = _within(here, room, frozenset(decided))
        for candidate in here:
            if candidate.key not in kept:
                stars[candidate.key] = level - 1
    return {key: Place(stars[key], entitled[key]) for key in stars}


def _within(here: Collection[Candidate], room: int, decided: frozenset[Any]) -> set[Any]:
    """Who keeps a place: the best; of those equal across the cut only the decided."""
    if len(here) <= room:
        return {c.key for c in here}
    ranked = sorted((c.rank for c in here), reverse=True)
    if room == 0:
        return set()
    cut = ranked[room - 1]
    above = {c.key for c in here if c.rank > cut}
    at = {c.key for c in here if c.rank == cut}
    if len(above) + len(at) <= room:
        return above | at
    chosen = at & decided
    return above | (chosen if len(above) + len(chosen) <= room else set())
