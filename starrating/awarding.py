"""From the lines of a round to stars: the pure pipeline over stored rows (rules §7.2, steps 2-11).

What a person put in a line's place counts instead of the computed value. Exact shares are stored
to thirty decimals; `limit_denominator` gives the thirds and fourteenths back, so that the one
rounding at the end sees the exact score (R-STAR-02).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import DecimalField, Value
from django.db.models.functions import Cast

from starrating.models import (
    LineState,
    Outcome,
    RatingEdition,
    RatingEntry,
    RatingLine,
    StarFloor,
    StarQuota,
    StarThreshold,
)
from starrating.quota import Candidate, Place, allocate
from starrating.scoring import Entitlement, Line, Scale, Standing, entitle

# What decides between equal scores: the shares of these categories (R-STAR-04).
ORDER = ("A", "C", "E")
_SMALLEST = 10**9
COUNTING = (LineState.VALUE, LineState.MISSING)


def scale_of(edition: RatingEdition) -> Scale:
    """What the edition fixes about stars; one query."""
    thresholds: dict[int, Decimal] = {}
    floors: dict[int, Fraction] = {}
    required: dict[int, tuple[str, ...]] = {}
    quotas: dict[int, Fraction] = {}
    for part, stars, number, divisor, line in sorted(_parts(edition), key=lambda row: row[-1]):
        if number is None:
            required[stars] = (*required.get(stars, ()), line)
        elif part == "threshold":
            thresholds[stars] = number
        elif part == "quota":
            quotas[stars] = Fraction(number) / divisor
        else:
            floors[stars] = Fraction(number)
    return Scale(
        thresholds=thresholds,
        min_applicable=Fraction(edition.min_applicable),
        bonus_cap=edition.bonus_cap,
        rise_limit=edition.rise_limit,
        floors=floors,
        required=required,
        quotas=quotas,
    )


def _parts(edition: RatingEdition) -> Iterable[tuple[str, int, Decimal | None, int, str]]:
    """Which part, stars, its number, what divides it, its line: of all three parts."""
    one, none = Value(1), Value("")
    whole = Cast("numerator", DecimalField(max_digits=5, decimal_places=0))
    rows: list[Any] = [
        model.objects.filter(edition=edition).order_by().values_list(Value(part), *columns)
        for model, part, columns in (
            (StarThreshold, "threshold", ("stars", "score", one, none)),
            (StarFloor, "floor", ("stars", "share", one, "line")),
            (StarQuota, "quota", ("stars", whole, "denominator", none)),
        )
    ]
    found: Iterable[tuple[str, int, Decimal | None, int, str]] = rows[0].union(*rows[1:], all=True)
    return found


def points_of(row: RatingLine, *, examined: bool = True) -> Decimal | None:
    """What a person put in the line's place: the 复核 before the 初评; None: nothing."""
    if examined and row.re_examined is not None:
        return row.re_examined
    return row.assessed


def line_of(row: RatingLine, *, adjusted: bool = True) -> Line:
    """The line as the pipeline knows it. adjusted: with what people put in its place."""
    put = points_of(row) if adjusted else None
    share: Fraction | None = None
    if put is not None:
        share = Fraction(put) / Fraction(row.maximum)
    elif row.state in COUNTING:
        share = Fraction(row.share).limit_denominator(_SMALLEST)
    return Line(row.code, row.category, Fraction(row.maximum), share)


def entitlement(entry: RatingEntry, rows: Iterable[RatingLine], scale: Scale) -> Entitlement:
    """Score and stars of an entry before places are given, whoever else is in the round."""
    rows = list(rows)
    standing = Standing(
        lines=[line_of(row) for row in rows],
        bonus=entry.bonus,
        deductions=entry.deductions,
        concluded=frozenset(row.code for row in rows if row.concluded),
        before=entry.before,
    )
    return entitle(standing, scale)


def category_order(lines: Sequence[Line]) -> tuple[Fraction, ...]:
    """A, C, E as shares of the tree's points: what is not applicable gives none (R-STAR-04)."""
    found = []
    for category in ORDER:
        mine = [line for line in lines if line.category == category]
        most = sum((line.maximum for line in mine), Fraction(0))
        found.append(sum((line.points for line in mine), Fraction(0)) / most if most else most)
    return tuple(found)


@dataclass(frozen=True)
class Result:
    """What the round gives an entry.

    tied: equal to another across a cut, and the committee may still choose it. chosen: the
    committee's choice of it among its present equals stands. equals: the ids of all entries of its
    rank, itself too; since: when the last of these was scored.
    """

    outcome: Outcome
    entitled: int | None = None
    stars: int | None = None
    tied: bool = False
    chosen: bool = False
    equals: tuple[int, ...] = ()
    since: datetime | None = None

    @property
    def by_quota(self) -> bool:
        """Whether places were lacking."""
        return self.stars is not None and self.entitled is not None and self.stars < self.entitled


def results(
    entries: Collection[RatingEntry],
    rows: Mapping[int, Sequence[RatingLine]],
    vetoed: Collection[int],
    scale: Scale,
    settled: Mapping[int, datetime],
) -> dict[int, Result]:
    """The result of every entry, places given among all rated ones (step 11).

    rows: lines by entry. vetoed: societies with an acting veto. settled: when the score of an
    entry was settled last. Nothing is written.
    """
    found: dict[int, Result] = {}
    candidates = []
    for entry in entries:
        outcome = _outcome(entry, vetoed)
        found[entry.pk] = Result(outcome, stars=0 if outcome == Outcome.VETOED else None)
        if outcome == Outcome.RATED:
            candidates.append(_candidate(entry, rows[entry.pk]))
    ranks, newest = _ranks(candidates, settled)
    decided = _decided(entries, ranks, newest)
    given = allocate(candidates, scale.quotas, decided)
    for candidate in candidates:
        place = given[candidate.key]
        found[candidate.key] = Result(
            Outcome.RATED,
            place.entitled,
            place.stars,
            tied=place.by_quota and _would_hold(candidate, candidates, scale, decided, place),
            chosen=candidate.key in decided,
            equals=tuple(key for key, rank in ranks.items() if rank == candidate.rank),
            since=newest.get(candidate.rank),
        )
    return found


def _ranks(
    candidates: Collection[Candidate], settled: Mapping[int, datetime]
) -> tuple[dict[int, Any], dict[Any, datetime]]:
    """Rank of every entry; of every rank when the last of it was scored."""
    newest: dict[Any, datetime] = {}
    for one in candidates:
        if at := settled.get(one.key):
            newest[one.rank] = max(at, newest.get(one.rank, at))
    return {one.key: one.rank for one in candidates}, newest


def _decided(
    entries: Collection[RatingEntry], ranks: Mapping[int, Any], newest: Mapping[Any, datetime]
) -> set[int]:
    """Entries whose choice among equals stands: none of the equals was scored after it.

    Who became equal later was not before the members when they chose (R-STAR-04).
    """
    return {
        entry.pk
        for entry in entries
        if entry.tie_decided_at is not None
        and entry.pk in ranks
        and newest.get(ranks[entry.pk], entry.tie_decided_at) <= entry.tie_decided_at
    }


def _outcome(entry: RatingEntry, vetoed: Collection[int]) -> Outcome:
    if entry.society_id in vetoed:
        return Outcome.VETOED
    if entry.self_signed_by_id is None:
        return Outcome.ABSENT
    if entry.entitled is not None:
        return Outcome.RATED
    # Nobody assessed it: it was given back, and the society did not answer in time (R-STAR-03).
    return Outcome.UNRATED if entry.assessed_by_id is not None else Outcome.ABSENT


def _candidate(entry: RatingEntry, rows: Sequence[RatingLine]) -> Candidate:
    order = category_order([line_of(row) for row in rows])
    return Candidate(entry.pk, entry.awarded_score or Decimal(0), entry.entitled or 1, order)


def _would_hold(
    one: Candidate,
    others: Collection[Candidate],
    scale: Scale,
    decided: set[Any],
    place: Place,
) -> bool:
    """Whether it is equal to another across a cut, so that choosing it would give it more."""
    if not any(other.key != one.key and other.rank == one.rank for other in others):
        return False
    chosen = allocate(others, scale.quotas, decided | {one.key})
    return chosen[one.key].stars > place.stars
