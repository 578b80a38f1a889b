"""Lines read from the five-clears ledger: B4, E1, E2, E3 (R-LED-02, -07, -08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from common.computing import Select, Shared
from coverage.reads import counted, owing
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
from ledgers.querysets.ledgers import end_of
from societies.models import DataQualityIssue, Severity
from starrating.formulas.base import NoParams, Window, only
from supervision.models import Finding, FindingSource

Societies = QuerySet[Any]
_OWNER = {"owner": "bigint"}

_CHARTER = """
SELECT c.owner, CASE s.said WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END, 1
FROM counted c LEFT JOIN charter_said s ON s.owner = c.owner"""
_FIVE_CLEARS = """
SELECT c.owner, COALESCE(k.tables, (o.owner IS NULL AND g.owner IS NOT NULL)::int),
       CASE WHEN o.owner IS NOT NULL OR k.tables > 0 THEN 5 ELSE 0 END
FROM counted c LEFT JOIN owing_society o ON o.owner = c.owner
LEFT JOIN coming_ledger g ON g.owner = c.owner
LEFT JOIN (
    SELECT k.owner, CASE WHEN bool_or(e.section = '') THEN 0
                         ELSE 5 - count(DISTINCT e.section) END AS tables
    FROM standing_ledger k LEFT JOIN table_error e ON e.owner = k.owner GROUP BY k.owner
) k ON k.owner = c.owner"""
_ON_TIME = """
SELECT d.owner, count(*) FILTER (WHERE f.in_time), count(*)
FROM due_filing d LEFT JOIN first_filing f ON f.owner = d.owner AND f.period = d.period
GROUP BY d.owner
UNION ALL
SELECT owner, 1, 0 FROM coming_filing g
WHERE NOT EXISTS (SELECT FROM due_filing d WHERE d.owner = g.owner)"""
_TRUE_FIGURES = """
SELECT c.owner,
       CASE WHEN s.owner IS NOT NULL OR d.filed OR (d.owner IS NULL AND i.owner IS NOT NULL)
            THEN GREATEST(%s - %s * (COALESCE(w.returns, 0) + COALESCE(i.found, 0)), 0)
            WHEN d.owner IS NULL AND g.owner IS NOT NULL THEN 1 END,
       CASE WHEN COALESCE(s.owner, d.owner, i.owner) IS NOT NULL THEN %s ELSE 0 END
FROM counted c LEFT JOIN filed_society s ON s.owner = c.owner
LEFT JOIN coming_filing g ON g.owner = c.owner
LEFT JOIN wrong_return w ON w.owner = c.owner
LEFT JOIN inspected_mismatch i ON i.owner = c.owner
LEFT JOIN (
    SELECT d.owner, bool_or(f.owner IS NOT NULL) AS filed
    FROM due_filing d LEFT JOIN first_filing f ON f.owner = d.owner AND f.period = d.period
    GROUP BY d.owner
) d ON d.owner = c.owner"""


def charter(societies: Societies, window: Window, params: NoParams) -> Select:
    """B4: what the last accepted 5.1 says of 党建入章; none accepted, or no answer: 未报.

    A closing score prefers the ledger of 31 December where it counts, as E1 does; no later one.
    """
    known = end_of(window.known_on)

    def build() -> QuerySet[Any]:
        steps = LedgerStep.objects.filter(
            ledger=OuterRef("pk"), to_state=LedgerState.ACCEPTED, at__lt=known
        )
        counts = Q(Exists(steps.order_by()))
        if window.freeze_on:
            standing = Ledger.objects.counting(window.known_on, _of_the_year_end(window))
            counts |= Q(pk__in=standing.order_by().values("pk"))
        said = Ledger.objects.filter(counts, society__in=societies)
        if window.freeze_on:
            said = said.filter(period__as_of__lte=window.last)
        last = said.order_by("society_id", "-period__as_of", "-version").distinct("society_id")
        return last.values_list("society_id", "operations__charter_has_party_building")

    said = Shared("charter_said", {**_OWNER, "said": "varchar"}, build)
    return Select(_CHARTER, uses=(counted(societies), said))


def five_clears(societies: Societies, window: Window, params: NoParams) -> Select:
    """E1: clear tables of five, on the last day (R-LED-02).

    Owed is the ledger of the latest period whose due day has passed; whoever owed none and has none
    standing is not asked. An issue that names no table keeps every one from being clear. A closing
    score asks for the ledger of 31 December and no other, at the freeze date (R-STAR-08).
    """
    on = window.known_on
    asked = _of_the_year_end(window) if window.freeze_on else None

    def standing() -> QuerySet[Any]:
        rows = Ledger.objects.counting(on, asked).filter(society__in=societies)
        return rows.order_by().values_list("society_id").distinct()

    def errors() -> QuerySet[Any]:
        rows = DataQualityIssue.objects.open_on(on).filter(
            severity=Severity.ERROR, section__in=["", *Section.values], society__in=societies
        )
        return rows.order_by().values_list("society_id", "section")

    uses = (
        counted(societies),
        owing(societies, on, asked),
        _coming("coming_ledger", societies, window, as_of__lte=window.year_end),
        Shared("standing_ledger", _OWNER, standing),
        Shared("table_error", {**_OWNER, "section": "varchar"}, errors),
    )
    return Select(_FIVE_CLEARS, uses=uses)


def _of_the_year_end(window: Window) -> QuerySet[LedgerPeriod]:
    """The period whose figures are those of 31 December."""
    return LedgerPeriod.objects.filter(as_of=window.last)


def _coming(name: str, societies: Societies, window: Window, **periods: date) -> Shared:
    """Societies that will owe a ledger of these periods, not due yet.

    Of a period that has opened whoever is expected, of one to come everybody (R-LED-05). At the
    year's end nothing is to come.
    """

    def build() -> QuerySet[Any]:
        if window.last == window.year_end:
            return societies.none().values_list("pk")
        ahead = LedgerPeriod.objects.filter(
            federation=OuterRef("federation"), as_of__gt=window.last, **periods
        )
        owed = ExpectedFiling.objects.filter(
            Q(exemption_decided_at__isnull=True) | Q(exemption_decided_at__gte=window.ends_at),
            society=OuterRef("pk"),
            period__as_of__lte=window.last,
            period__due_on__gte=window.last,
            period__due_on__lt=window.year_end,
        )
        waiting = Exists(ahead.order_by()) | Exists(owed.order_by())
        return societies.filter(waiting).order_by().values_list("pk")

    return Shared(name, _OWNER, build)


def _coming_filing(societies: Societies, window: Window) -> Shared:
    """Those whose ledger comes due within the year."""
    return _coming("coming_filing", societies, window, due_on__lt=window.year_end)


def _due(societies: Societies, window: Window) -> Shared:
    """Ledgers that came due in the window, not exempted by its end."""

    def build() -> QuerySet[Any]:
        rows = ExpectedFiling.objects.filter(
            Q(exemption_decided_at__isnull=True) | Q(exemption_decided_at__gte=window.ends_at),
            society__in=societies,
            period__due_on__gte=window.first,
            period__due_on__lt=window.last,
        )
        return rows.order_by().values_list("society_id", "period_id")

    return Shared("due_filing", {**_OWNER, "period": "bigint"}, build)


def _first(societies: Societies, window: Window) -> Shared:
    """First versions filed by the window's end, of periods that came due in it."""

    def build() -> QuerySet[Any]:
        rows = Ledger.objects.filter(
            version=1,
            first_filed_at__lt=window.ends_at,
            society__in=societies,
            period__due_on__gte=window.first,
            period__due_on__lt=window.last,
        )
        judged = rows.order_by().judged_on(window.last)
        return judged.values_list("society_id", "period_id", "counts_in_time")

    return Shared("first_filing", {**_OWNER, "period": "bigint", "in_time": "boolean"}, build)


def filed_on_time(societies: Societies, window: Window, params: NoParams) -> Select:
    """E2: of the ledgers that came due in the window, those filed on time (R-LED-07, -08)."""
    uses = _due(societies, window), _first(societies, window), _coming_filing(societies, window)
    return Select(_ON_TIME, uses=uses)


@dataclass(frozen=True)
class Mismatches:
    """per_mismatch: what each takes off. sections: tables of figures a return may concern.

    items: of the checklist that compare what was filed with what is there; none: not asked.
    """

    per_mismatch: tuple[int, int]
    sections: tuple[str, ...]
    items: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        only("sections", self.sections, Section.values)


def true_figures(societies: Societies, window: Window, params: Mismatches) -> Select:
    """E3: 1 − 1/4 for each return by the committee with a word at a figure, within the window, and
    for each finding that a spot check issued of these items in it.

    Only figures count: a return for a missing reason or a leader's name says nothing untrue. A
    society that owed a ledger in the window and filed none said nothing: 未报. Neither owed nor
    filed, and no mismatch found of what it filed before: 不适用, or 尚未到期.
    """
    part, whole = params.per_mismatch
    uses = (
        counted(societies),
        _filed(societies, window),
        _wrong_returns(societies, window, params.sections),
        _inspected(societies, window, params.items),
        _due(societies, window),
        _first(societies, window),
        _coming_filing(societies, window),
    )
    return Select(_TRUE_FIGURES, (whole, part, whole), uses=uses)


def _steps(societies: Societies, window: Window) -> QuerySet[Any]:
    steps = LedgerStep.objects.filter(at__gte=window.starts_at, at__lt=window.ends_at)
    return steps.filter(society__in=societies).order_by()


def _filed(societies: Societies, window: Window) -> Shared:
    """Societies that filed any ledger in the window."""

    def build() -> QuerySet[Any]:
        rows = _steps(societies, window).filter(to_state=LedgerState.FILED)
        return rows.values_list("society_id").distinct()

    return Shared("filed_society", _OWNER, build)


def _wrong_returns(societies: Societies, window: Window, sections: tuple[str, ...]) -> Shared:
    """Returns by the committee with a word at a figure, by society."""

    def build() -> QuerySet[Any]:
        remarks = LedgerReturnRemark.objects.filter(step=OuterRef("pk"), section__in=sections)
        rows = _steps(societies, window).filter(
            Exists(remarks.order_by()), stage=ReturnStage.COMMITTEE
        )
        return rows.values("society_id").annotate(n=Count("pk")).values_list("society_id", "n")

    return Shared("wrong_return", {**_OWNER, "returns": "bigint"}, build)


def _inspected(societies: Societies, window: Window, items: tuple[str, ...]) -> Shared:
    """Findings issued in the window by spot checks from these items, by society."""

    def build() -> QuerySet[Any]:
        rows = Finding.objects.filter(
            source=FindingSource.BATCH,
            item_code__in=items,
            issued_on__range=(window.first, window.last),
            society__in=societies,
        ).order_by()
        return rows.values("society_id").annotate(n=Count("pk")).values_list("society_id", "n")

    return Shared("inspected_mismatch", {**_OWNER, "found": "bigint"}, build)
