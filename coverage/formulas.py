"""Indicators as set functions: societies in, `num` and `den` of each society out (rules §6).

One formula is one function; `FORMULAS` is the whole list. A changed meaning gets a new indicator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from branches.models import LifeRecord, OrganisationService, Posting, VisitReport
from common.querysets import valid_on_q
from coverage.models import Indicator
from ledgers.models import ExpectedFiling, Ledger, LedgerPeriod
from ledgers.querysets.ledgers import end_of
from societies.models import Society, SocietyUnit, Tier

Societies = QuerySet[Society]


@dataclass(frozen=True)
class Params:
    """What an edition lets a formula vary.

    work_evidence_days: within how many days a posting must be backed by a work record; 0 asks none.
    """

    work_measures: tuple[str, ...] = ()
    work_evidence_days: int = 0


Formula = Callable[[Societies, date, Params], Societies]
NO_IDS = Value([], output_field=ArrayField(BigIntegerField()))


def _one_if(condition: Q | Exists) -> Case:
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def _served(on: date, *tiers: Tier) -> Exists:
    services = OrganisationService.objects.covering(on, tiers)
    return Exists(services.filter(society=OuterRef("pk")).order_by())


def org(societies: Societies, on: date, params: Params) -> Societies:
    """ORG: an organisation covers the council or the secretariat."""
    covered = _served(on, Tier.COUNCIL, Tier.SECRETARIAT)
    return societies.annotate(num=_one_if(covered), den=Value(1))


def org_t1(societies: Societies, on: date, params: Params) -> Societies:
    """ORG_T1: the council is covered; every society of the universe has one council."""
    return societies.annotate(num=_one_if(_served(on, Tier.COUNCIL)), den=Value(1))


def org_t2(societies: Societies, on: date, params: Params) -> Societies:
    """ORG_T2: the secretariat is covered; not applicable without a living one (R-FED-03)."""
    living = SocietyUnit.objects.valid_on(on).filter(society=OuterRef("pk"), tier=Tier.SECRETARIAT)
    return societies.annotate(
        num=_one_if(_served(on, Tier.SECRETARIAT)), den=_one_if(Exists(living.order_by()))
    )


def org_t3(societies: Societies, on: date, params: Params) -> Societies:
    """ORG_T3: how many of the society's branches are covered; `gap` holds the uncovered ones."""
    living = Q(units__tier=Tier.SOCIETY_BRANCH) & valid_on_q(on, prefix="units__")
    services = OrganisationService.objects.covering(on, [Tier.SOCIETY_BRANCH])
    covered = Exists(services.filter(unit=OuterRef("units__pk")).order_by())
    return societies.annotate(
        den=Count("units", filter=living),
        num=Count("units", filter=living & Q(covered)),
        gap=ArrayAgg("units", filter=living & ~Q(covered), order_by="units", default=NO_IDS),
    )


def work(societies: Societies, on: date, params: Params) -> Societies:
    """WORK: covered by organisation, or a posting that gives work coverage in the edition.

    From the day an edition asks for evidence, the posting counts only with a work record of the
    society in the last days: organisation life, 传达学习, or the instructor's visit (rules §6.5).
    """
    postings = Posting.objects.valid_on(on).filter(
        society=OuterRef("pk"), kind__in=params.work_measures
    )
    posted = Q(Exists(postings.order_by()))
    if params.work_evidence_days:
        days, society = params.work_evidence_days, OuterRef("pk")
        posted &= Q(Exists(LifeRecord.objects.evidence_for(society, on, days))) | Q(
            Exists(VisitReport.objects.evidence_for(society, on, days))
        )
    served = _served(on, Tier.COUNCIL, Tier.SECRETARIAT)
    return societies.annotate(num=_one_if(Q(served) | posted), den=Value(1))


def five_clears(societies: Societies, on: date, params: Params) -> Societies:
    """FIVE_CLEARS: the society is 五清 (R-LED-02).

    Counts societies that owed the latest ledger whose due day has passed, and those clear without
    owing one; not applicable to others, and to all before the first due day.
    """
    due = LedgerPeriod.objects.required_on(on).filter(
        federation=OuterRef("federation"), due_on__lt=on
    )
    owed = ExpectedFiling.objects.filter(
        Q(exemption_decided_at__isnull=True) | Q(exemption_decided_at__gte=end_of(on)),
        society=OuterRef("pk"),
        period__in=LedgerPeriod.objects.required_on(on).filter(due_on__lt=on),
    )
    clear = Ledger.objects.clearing(on).filter(society=OuterRef("pk"))
    counted = Q(Exists(due.order_by())) & Q(Exists(clear.order_by()))
    return societies.annotate(
        num=_one_if(counted), den=_one_if(Q(Exists(owed.order_by())) | counted)
    )


FORMULAS: tuple[tuple[Indicator, Formula], ...] = (
    (Indicator.ORG, org),
    (Indicator.ORG_T1, org_t1),
    (Indicator.ORG_T2, org_t2),
    (Indicator.ORG_T3, org_t3),
    (Indicator.WORK, work),
    (Indicator.FIVE_CLEARS, five_clears),
)


def figures_of(societies: Societies, on: date, params: Params) -> dict[str, Societies]:
    """Every indicator's queryset over these societies, as `common.computing.compute` takes them."""
    return {name.value: formula(societies, on, params) for name, formula in FORMULAS}
