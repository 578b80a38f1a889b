"""The arithmetic of a score, steps 2 to 10 of the pipeline (rules §7.2), over plain values.

Shares and points are Fractions, so that nothing is rounded before the one rounding at the end
(R-STAR-02): thirds and fourteenths have no exact Decimal. What is published is Decimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
FULL = 100


@dataclass(frozen=True)
class Line:
    """One criterion of the tree; share None: not applicable, leaves both sides (R-STAR-01)."""

    code: str
    category: str
    maximum: Fraction
    share: Fraction | None

    @property
    def points(self) -> Fraction:
        """Points reached, unrounded."""
        return self.maximum * (self.share or 0)


@dataclass(frozen=True)
class Scale:
    """What an edition fixes about stars (R-STAR-03, -04, -09).

    thresholds: stars → least rounded score; below all of them one star. floors: stars → share that
    every category with applicable points must reach. required: stars → lines of which a concluded
    item is needed, where the line is applicable. quotas: stars → share of the rated that may hold
    so many or more.
    """

    thresholds: Mapping[int, Decimal]
    min_applicable: Fraction
    bonus_cap: Decimal
    rise_limit: int = 1
    floors: Mapping[int, Fraction] = field(default_factory=dict)
    required: Mapping[int, Sequence[str]] = field(default_factory=dict)
    quotas: Mapping[int, Fraction] = field(default_factory=dict)


def share_of(numerator: Fraction | int, denominator: Fraction | int) -> Fraction | None:
    """clip(numerator / denominator) to 0…1; None where nothing is owed."""
    if not denominator:
        return None
    return min(Fraction(1), max(Fraction(0), Fraction(numerator) / Fraction(denominator)))


def applicable(lines: Iterable[Line]) -> Fraction:
    """The points that the applicable lines can give."""
    return sum((line.maximum for line in lines if line.share is not None), Fraction(0))


def base(lines: Iterable[Line]) -> Fraction | None:
    """Step 4: 100 · Σ points / Σ maximum of the applicable lines; None without any."""
    counted = [line for line in lines if line.share is not None]
    most = applicable(counted)
    if not most:
        return None
    return FULL * sum((line.points for line in counted), Fraction(0)) / most


def is_rated(lines: Iterable[Line], scale: Scale) -> bool:
    """Whether enough of the tree is applicable; else 不予评定."""
    return applicable(lines) >= scale.min_applicable


def score(base: Fraction, bonus: Decimal, deductions: Decimal, cap: Decimal) -> Decimal:
    """Steps 5 and 6: bonus up to the cap, deductions, clamped to 0…100, rounded once, half up."""
    exact = base + Fraction(min(bonus, cap)) - Fraction(deductions)
    return rounded(min(Fraction(FULL), max(Fraction(0), exact)))


def rounded(exact: Fraction) -> Decimal:
    """Two decimals, half up, from the exact value (EX-20)."""
    cents = (exact * FULL * 2 + 1) // 2
    return (Decimal(int(cents)) * CENT).quantize(CENT, ROUND_HALF_UP)


def stars_of(published: Decimal, scale: Scale) -> int:
    """Step 8: stars by threshold, judged on the rounded score (R-STAR-02)."""
    return max((s for s, least in scale.thresholds.items() if published >= least), default=1)


def category_share(lines: Iterable[Line], category: str) -> Fraction | None:
    """A category's share of its applicable points; None without any."""
    mine = [line for line in lines if line.category == category and line.share is not None]
    most = applicable(mine)
    return sum((line.points for line in mine), Fraction(0)) / most if most else None


def unmet(lines: Sequence[Line], concluded: Iterable[str], stars: int, scale: Scale) -> list[str]:
    """Categories below the floor of so many stars, and lines that lack a concluded item.

    Only what is applicable counts (R-STAR-03).
    """
    found = []
    if (floor := scale.floors.get(stars)) is not None:
        for category in sorted({line.category for line in lines}):
            reached = category_share(lines, category)
            if reached is not None and reached < floor:
                found.append(category)
    living = {line.code for line in lines if line.share is not None}
    have = set(concluded)
    found += [c for c in scale.required.get(stars, ()) if c in living and c not in have]
    return found


@dataclass(frozen=True)
class Standing:
    """What decides a society's stars before the quota.

    concluded: lines with a concluded item. before: the last official stars; None at a first rating.
    """

    lines: Sequence[Line]
    bonus: Decimal = Decimal(0)
    deductions: Decimal = Decimal(0)
    concluded: frozenset[str] = frozenset()
    before: int | None = None
    vetoed: bool = False


@dataclass(frozen=True)
class Entitlement:
    """Steps 2 to 10 of one society. stars: None if not rated, 0 if vetoed.

    held_back: why it stands below its threshold: categories and lines, or "rise".
    """

    score: Decimal | None
    stars: int | None
    held_back: tuple[str, ...] = ()


def entitle(standing: Standing, scale: Scale) -> Entitlement:
    """Score and stars of one society before the quota, in the order of the pipeline."""
    exact = base(standing.lines)
    if exact is None or not is_rated(standing.lines, scale):
        return Entitlement(None, None)
    published = score(exact, standing.bonus, standing.deductions, scale.bonus_cap)
    if standing.vetoed:
        return Entitlement(published, 0)
    stars, reasons = stars_of(published, scale), []
    while stars > 1 and (lacking := unmet(standing.lines, standing.concluded, stars, scale)):
        reasons += lacking
        stars -= 1
    if standing.before is not None and stars > standing.before + scale.rise_limit:
        reasons.append("rise")
        stars = standing.before + scale.rise_limit
    return Entitlement(published, stars, tuple(reasons))
