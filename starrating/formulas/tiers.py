"""Lines read from which organisation serves what: the tree itself, B1, and the veto V1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from branches.models import OrganisationService, Posting, PostingKind
from common.querysets import valid_on_q
from societies.models import SocietyUnit, Tier
from starrating.formulas.base import NoParams, ParamError, Result, Window, one

Societies = QuerySet[Any]


def one_if(condition: Q | Exists) -> Case:
    """1 or 0."""
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def served(window: Window, *tiers: Tier) -> Exists:
    """An organisation covers a unit of these tiers at the end of the window."""
    services = OrganisationService.objects.covering(window.last, tiers)
    return Exists(services.filter(society=OuterRef("pk")).order_by())


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


def tier_coverage(societies: Societies, window: Window, params: Weights) -> Result:
    """B1: (4·T1 + 3·T2 + 3·T3 rate) over the weights of the tiers that apply (EX-15, EX-17).

    Multiplied by the number of society branches, so that num and den stay whole numbers.
    """
    living = SocietyUnit.objects.valid_on(window.last).filter(society=OuterRef("pk"))
    office = Exists(living.filter(tier=Tier.SECRETARIAT).order_by())
    mine = Q(units__tier=Tier.SOCIETY_BRANCH) & valid_on_q(window.last, prefix="units__")
    services = OrganisationService.objects.covering(window.last, [Tier.SOCIETY_BRANCH])
    covered = Exists(services.filter(unit=OuterRef("units__pk")).order_by())
    first, second, third = (Value(weight) for weight in params.weights)
    upper: Combinable = first * one_if(served(window, Tier.COUNCIL))
    upper += second * one_if(served(window, Tier.SECRETARIAT))
    applies: Combinable = first + second * one_if(office)
    return societies.annotate(
        branches=Count("units", filter=mine),
        covered=Count("units", filter=mine & Q(covered)),
        upper=upper,
        applies=applies + third * one_if(Q(branches__gt=0)),
        times=Greatest(F("branches"), Value(1)),
    ).annotate(num=F("upper") * F("times") + third * F("covered"), den=F("applies") * F("times"))


def nothing_in_place(societies: Societies, window: Window, params: NoParams) -> Result:
    """V1: neither council nor secretariat is covered, and no instructor is posted."""
    posted = Posting.objects.valid_on(window.last).filter(
        society=OuterRef("pk"), kind=PostingKind.INSTRUCTOR
    )
    bare = ~Q(served(window, Tier.COUNCIL, Tier.SECRETARIAT)) & ~Q(Exists(posted.order_by()))
    return societies.annotate(num=one_if(bare), den=one())
