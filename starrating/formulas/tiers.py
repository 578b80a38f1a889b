"""Lines read from which organisation serves what: the tree itself, B1, and the veto V1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When

from branches.models import OrganisationService, Posting, PostingKind
from common.computing import Select, Shared
from coverage.reads import tiers
from starrating.formulas.base import NoParams, ParamError, Result, Window, one

Societies = QuerySet[Any]

_COVERAGE = """
SELECT owner,
       (%s * council::int + %s * office::int) * GREATEST(branches, 1) + %s * covered_branches,
       (%s + %s * has_office::int + %s * (branches > 0)::int) * GREATEST(branches, 1)
FROM tiers"""
_NOTHING = """
SELECT t.owner, (NOT (t.council OR t.office) AND i.owner IS NULL)::int, 1
FROM tiers t LEFT JOIN instructed i ON i.owner = t.owner"""


def one_if(condition: Q | Exists) -> Case:
    """1 or 0."""
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def tree(societies: Societies, window: Window, types: tuple[str, ...]) -> Result:
    """num 1: 多层, an organisation of these types stood during a whole quarter of the year.

    The organisation existed and served the society from the first to the last day of a quarter;
    before the first quarter is over, of the days there are. A suspension changes no tree.
    """
    throughout = Q()
    for first, last in window.quarters:
        throughout |= (
            Q(valid_from__lte=first, organisation__established_on__lte=first)
            & (Q(valid_to__isnull=True) | Q(valid_to__gt=last))
            & (Q(organisation__dissolved_on__isnull=True) | Q(organisation__dissolved_on__gt=last))
        )
    services = OrganisationService.objects.filter(
        throughout, society=OuterRef("pk"), organisation_type__in=types
    )
    return societies.annotate(num=one_if(Exists(services.order_by())), den=one())


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
