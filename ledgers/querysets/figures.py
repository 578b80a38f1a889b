"""Filing figures of periods: how many owed, filed, wait, were returned (D-5, R-LED-07)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, F, FilteredRelation, Min, OuterRef, Q

from ledgers.querysets.ledgers import UNMENDED_STATES, still_mendable

if TYPE_CHECKING:
    from ledgers.models import LedgerPeriod
    from societies.access import Actor


@dataclass(frozen=True)
class FilingFigures:
    """Of one period, by id among the expected: on_time ≤ actual ≤ expected always (D-5).

    proposed: of the expected, those whose exemption waits for the leader. accepted_after_return: of
    the accepted, those the committee had returned before. returned_overdue: of the returned, those
    past the days for mending.
    """

    expected: int = 0
    exempt: int = 0
    proposed: int = 0
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
    actor: Actor, periods: Collection[LedgerPeriod], on: date
) -> dict[int, FilingFigures]:
    """Figures of periods among the societies this actor sees, by period, in one query.

    on: decides which returns were left unmended. Their first filing counts no more (R-LED-08): they
    are neither on time nor in grace, and late once a filing on that day would be.
    """
    # The first version of each expected society in that period; a restatement files nothing anew.
    filing = FilteredRelation(
        "society__ledgers",
        condition=Q(society__ledgers__period=F("period"), society__ledgers__version=1),
    )
    steps = apps.get_model("ledgers.LedgerStep").objects
    rows = (
        apps.get_model("ledgers.ExpectedFiling")
        .objects.visible_to(actor)
        .filter(period__in=[period.pk for period in periods])
        .annotate(filing=filing)
        .annotate(
            was_returned=Exists(steps.filter(ledger=OuterRef("filing__pk"), stage="committee")),
            may_be_mended=Exists(still_mendable("filing__pk", on)),
        )
        .order_by()
        .values("period_id")
        .annotate(**_counts(on))
    )
    return {row.pop("period_id"): FilingFigures(**row) for row in rows}


def _counts(on: date) -> dict[str, Any]:
    """Aggregates over expected rows, each with its `filing` where there is one."""
    owing = Q(exemption_decided_at__isnull=True)
    filed = owing & Q(filing__first_filed_at__isnull=False)
    lapsed = Q(filing__state__in=UNMENDED_STATES, may_be_mended=False)
    in_time = Q(filing__counted_filed_at__date__lte=F("period__due_on"))
    in_grace = Q(filing__counted_filed_at__date__lte=F("period__grace_until"))
    awaiting = owing & Q(filing__state="filed")
    accepted = owing & Q(filing__state="accepted")
    returned = owing & Q(filing__state="returned", filing__returned_by_stage="committee")
    conditions = {
        "expected": owing,
        "exempt": ~owing,
        "proposed": owing & Q(exemption_proposed_at__isnull=False, period__closed_at__isnull=True),
        "actual": filed,
        "on_time": filed & ~lapsed & in_time,
        "grace": filed & ~lapsed & ~in_time & in_grace,
        "late": filed & (~lapsed & ~in_grace | lapsed & Q(period__grace_until__lt=on)),
        "awaiting": awaiting,
        "accepted": accepted,
        "accepted_after_return": accepted & Q(was_returned=True),
        "returned": returned,
        "returned_overdue": returned & lapsed,
    }
    counts: dict[str, Any] = {
        name: Count("pk", filter=condition) for name, condition in conditions.items()
    }
    return counts | {"earliest_waiting": Min("filing__signed_at", filter=awaiting)}
