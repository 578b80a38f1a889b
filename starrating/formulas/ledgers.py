"""Lines read from the five-clears ledger: B4, E1, E2, E3 (R-LED-02, -07, -08)."""

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
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from ledgers.models import (
    ExpectedFiling,
    Ledger,
    LedgerPeriod,
    LedgerReturnRemark,
    LedgerState,
    LedgerStep,
    ReturnStage,
    Section,
)
from ledgers.querysets.ledgers import clear_tables
from starrating.formulas.base import NoParams, Result, Window, one, only

Societies = QuerySet[Any]
TABLES = 5


def charter(societies: Societies, window: Window, params: NoParams) -> Result:
    """B4: what the last accepted 5.1 says of 党建入章; none accepted, or no answer: 未报."""
    steps = LedgerStep.objects.filter(
        ledger=OuterRef("pk"), to_state=LedgerState.ACCEPTED, at__lt=window.ends_at
    )
    accepted = Ledger.objects.filter(Exists(steps.order_by()), society=OuterRef("pk"))
    said = accepted.order_by("-period__as_of", "-version")
    return societies.annotate(
        said=Subquery(said.values("operations__charter_has_party_building")[:1])
    ).annotate(
        num=Case(When(said="yes", then=1), When(said="no", then=0), output_field=IntegerField()),
        den=one(),
    )


def _owed(window: Window) -> Any:
    """Ledgers that the society of the outer query owed, not exempted by the window's end."""
    return ExpectedFiling.objects.filter(
        Q(exemption_decided_at__isnull=True) | Q(exemption_decided_at__gte=window.ends_at),
        society=OuterRef("pk"),
    ).order_by()


def five_clears(societies: Societies, window: Window, params: NoParams) -> Result:
    """E1: clear tables of five, on the last day (R-LED-02).

    Owed is the ledger of the latest period whose due day has passed; whoever owed none and has none
    standing is not asked.
    """
    periods = LedgerPeriod.objects.required_on(window.last).filter(due_on__lt=window.last)
    owed = Exists(_owed(window).filter(period__in=periods))
    asked = Q(owed) | Q(clear_count__gt=0)
    return clear_tables(societies, window.last).annotate(
        num=F("clear_count"),
        den=Case(When(asked, then=TABLES), default=0, output_field=IntegerField()),
    )


def _filed(window: Window) -> Any:
    """First versions that the society of the outer query had filed by the window's end."""
    return Ledger.objects.filter(version=1, first_filed_at__lt=window.ends_at).order_by()


def filed_on_time(societies: Societies, window: Window, params: NoParams) -> Result:
    """E2: of the ledgers that came due in the window, those filed on time (R-LED-07, -08)."""
    due = _owed(window).filter(period__due_on__gte=window.first, period__due_on__lt=window.last)
    on_time = _filed(window).filter(
        society=OuterRef("society"),
        period=OuterRef("period"),
        counted_filed_at__date__lte=F("period__due_on"),
    )
    counts = due.annotate(in_time=Exists(on_time)).values("society")
    total = counts.annotate(n=Count("pk"))
    good = counts.annotate(n=Count("pk", filter=Q(in_time=True)))
    return societies.annotate(
        num=Coalesce(Subquery(good.values("n")), 0), den=Coalesce(Subquery(total.values("n")), 0)
    )


@dataclass(frozen=True)
class Mismatches:
    """per_mismatch: what each takes off. sections: tables of figures a return may concern."""

    per_mismatch: tuple[int, int]
    sections: tuple[str, ...]

    def __post_init__(self) -> None:
        only("sections", self.sections, Section.values)


def true_figures(societies: Societies, window: Window, params: Mismatches) -> Result:
    """E3: 1 − 1/4 for each return by the committee with a word at a figure, within the window.

    Only figures count: a return for a missing reason or a leader's name says nothing untrue. A
    society that owed a ledger in the window and filed none said nothing: 未报. Neither owed nor
    filed: 不适用. Mismatches found by inspection join with supervision.
    """
    part, whole = params.per_mismatch
    remarks = LedgerReturnRemark.objects.filter(step=OuterRef("pk"), section__in=params.sections)
    returns = LedgerStep.objects.filter(
        Exists(remarks.order_by()),
        society=OuterRef("pk"),
        stage=ReturnStage.COMMITTEE,
        at__gte=window.starts_at,
        at__lt=window.ends_at,
    )
    wrong = returns.order_by().values("society").annotate(n=Count("pk")).values("n")
    due = _owed(window).filter(period__due_on__gte=window.first, period__due_on__lt=window.last)
    filed = LedgerStep.objects.filter(
        society=OuterRef("pk"),
        to_state=LedgerState.FILED,
        at__gte=window.starts_at,
        at__lt=window.ends_at,
    )
    of_these = _filed(window).filter(society=OuterRef("society"), period=OuterRef("period"))
    return societies.annotate(
        wrong=Coalesce(Subquery(wrong), 0),
        has_filed=Exists(filed.order_by()),
        was_due=Exists(due),
        due_is_filed=Exists(due.filter(Exists(of_these))),
    ).annotate(
        num=Case(
            When(
                Q(has_filed=True) | Q(due_is_filed=True),
                then=Greatest(Value(whole) - Value(part) * F("wrong"), Value(0)),
            ),
            output_field=IntegerField(),
        ),
        den=Case(
            When(Q(has_filed=True) | Q(was_due=True), then=whole),
            default=0,
            output_field=IntegerField(),
        ),
    )
