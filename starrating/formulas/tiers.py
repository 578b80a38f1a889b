"""Lines read from which organisation serves what: the tree itself, B1, and the veto V1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from branches.models import Posting, PostingKind
from common.computing import Select, Shared
from coverage.reads import counted, services, tiers
from starrating.formulas.base import NoParams, ParamError, Window

Societies = QuerySet[Any]

_THROUGHOUT = """(
    s.first <= %s AND s.established <= %s
    AND (s.after IS NULL OR s.after > %s) AND (s.dissolved IS NULL OR s.dissolved > %s))"""
_TREE = """
SELECT c.owner, EXISTS (SELECT FROM service s WHERE s.owner = c.owner
                        AND s.type = ANY (%s) AND ({throughout}))::int, 1
FROM counted c"""
_COVERAGE = """
SELECT owner,
       (%s * council::int + %s * office::int) * GREATEST(branches, 1) + %s * covered_branches,
       (%s + %s * has_office::int + %s * (branches > 0)::int) * GREATEST(branches, 1)
FROM tiers"""
_NOTHING = """
SELECT t.owner, (NOT (t.council OR t.office) AND i.owner IS NULL)::int, 1
FROM tiers t LEFT JOIN instructed i ON i.owner = t.owner"""


def tree(societies: Societies, window: Window, types: tuple[str, ...]) -> Select:
    """num 1: 多层, an organisation of these types stood during a whole quarter of the year.

    The organisation existed and served the society from the first to the last day of a quarter;
    before the first quarter is over, of the days there are. A suspension changes no tree.
    """
    throughout = " OR ".join([_THROUGHOUT] * len(window.quarters))
    days = [day for first, last in window.quarters for day in (first, first, last, last)]
    reads = counted(societies), services(societies, window.last)
    return Select(_TREE.format(throughout=throughout), (list(types), *days), uses=reads)


@dataclass(frozen=True)
class Weights:
    """Of the three tiers."""

    weights: tuple[int, int, int]

    def __post_init__(self) -> None:
        if sum(self.weights) <= 0:
            raise ParamError("weights", "三个层级的权重之和须大于 0")


def tier_coverage(societies: Societies, window: Window, params: Weights) -> Select:
    """B1: (4·T1 + 3·T2 + 3·T3 rate) over the weights of the tiers that apply (EX-15, EX-17).

    Multiplied by the number of society branches, so that num and den stay whole numbers.
    """
    first, second, third = params.weights
    args = first, second, third, first, second, third
    return Select(_COVERAGE, args, uses=(tiers(societies, window.last),))


def nothing_in_place(societies: Societies, window: Window, params: NoParams) -> Select:
    """V1: neither council nor secretariat is covered, and no instructor is posted."""
    return Select(_NOTHING, uses=(tiers(societies, window.last), _instructors(societies, window)))


def _instructors(societies: Societies, window: Window) -> Shared:
    """Societies with a posted instructor."""

    def build() -> QuerySet[Any]:
        postings = Posting.objects.valid_on(window.last).filter(
            society__in=societies, kind=PostingKind.INSTRUCTOR
        )
        return postings.order_by().values_list("society_id").distinct()

    return Shared("instructed", {"owner": "bigint"}, build)
