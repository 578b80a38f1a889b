"""Filing figures of periods: how many owed, filed, wait, were returned (D-5, R-LED-07)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, F, Min, OuterRef, Q

from common.clock import start_of
from common.workdays import add_workdays

if TYPE_CHECKING:
    from ledgers.models import LedgerPeriod
    from societies.access import Actor


@dataclass(frozen=True)
class FilingFigures:
    """Of one period, by id among the expected: on_time ≤ actual ≤ expected always (D-5).

    accepted_after_return: of the accepted, those the committee had returned before.
    returned_overdue: of the returned, those past the days for mending.
    """

    expected: int = 0
    exempt: int = 0
    actual: int = 0
    on_time: int = 0
    grace: int = 0
    late: int = 0
    awaiting: int = 0
    earliest_waiting: datetime | None = None
    accepted: int = 0
    accepted_after_return: int = 0
    returned: int = 0
    returned_overdue: int = 0

    @property
    def not_filed(self) -> int:
        """Expected and never filed."""
        return self.expected - self.actual

    @property
    def filed_share(self) -> float | None:
        """Percent of the expected that filed; nothing for an empty set."""
        return self.actual * 100 / self.expected if self.expected else None

    @property
    def on_time_share(self) -> float | None:
        """Percent of the expected that filed on time."""
        return self.on_time * 100 / self.expected if self.expected else None


def filing_figures(
    actor: Actor, periods: Collection[LedgerPeriod], on: date | None = None
) -> dict[int, FilingFigures]:
    """Figures of periods among the societies this actor sees, by period, in two queries.

    on: decides which returns are overdue, by each period's own edition; without it none is counted.
    """
    keys = [period.pk for period in periods]
    rows = apps.get_model("ledgers.ExpectedFiling").objects.visible_to(actor)
    owed = (
        rows.filter(period__in=keys)
        .order_by()
        .values("period_id")
        .annotate(
            expected=Count("pk", filter=Q(exemption_decided_at__isnull=True)),
            exempt=Count("pk", filter=Q(exemption_decided_at__isnull=False)),
        )
    )
    filed = _filed(actor, keys, _past_mending(periods, on))
    found = {row.pop("period_id"): row for row in filed}
    return {
        row["period_id"]: FilingFigures(
            expected=row["expected"], exempt=row["exempt"], **found.get(row["period_id"], {})
        )
        for row in owed
    }


def _filed(actor: Actor, keys: list[int], past_mending: Q) -> list[dict[str, Any]]:
    owing = (
        apps.get_model("ledgers.ExpectedFiling")
        .objects.owing()
        .filter(period_id=OuterRef("period_id"), society_id=OuterRef("society_id"))
    )
    returns = apps.get_model("ledgers.LedgerStep").objects.filter(
        ledger_id=OuterRef("pk"), stage="committee"
    )
    first = Q(first_filed_at__isnull=False)
    in_time = Q(counted_filed_at__date__lte=F("period__due_on"))
    in_grace = Q(counted_filed_at__date__lte=F("period__grace_until"))
    awaiting, accepted = Q(state="filed"), Q(state="accepted")
    returned = Q(state="returned", returned_by_stage="committee")
    rows = apps.get_model("ledgers.Ledger").objects.visible_to(actor)
    return list(
        rows.filter(Exists(owing), period__in=keys, version=1)
        .annotate(was_returned=Exists(returns))
        .order_by()
        .values("period_id")
        .annotate(
            actual=Count("pk", filter=first),
            on_time=Count("pk", filter=first & in_time),
            grace=Count("pk", filter=first & ~in_time & in_grace),
            late=Count("pk", filter=first & ~in_grace),
            awaiting=Count("pk", filter=awaiting),
            earliest_waiting=Min("signed_at", filter=awaiting),
            accepted=Count("pk", filter=accepted),
            accepted_after_return=Count("pk", filter=accepted & Q(was_returned=True)),
            returned=Count("pk", filter=returned),
            returned_overdue=Count("pk", filter=returned & past_mending),
        )
    )


def _past_mending(periods: Collection[LedgerPeriod], on: date | None) -> Q:
    """Versions returned so long ago that they should have been mended before `on` (R-LED-08)."""
    found = Q(pk__in=[])
    if on is None:
        return found
    for period in periods:
        days = period.edition.rules.deadlines.mend_workdays
        found |= Q(period=period.pk, returned_at__lt=_mend_edge(days, on))
    return found


def _mend_edge(workdays: int, on: date) -> datetime:
    """Returns before this moment should have been mended before `on`."""
    day = on
    while add_workdays(day, workdays).day >= on:
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))
