"""Filing figures: the five numbers and tabs of the queue, the lines of the periods page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q

from common.clock import start_of
from common.workdays import add_workdays, workdays_between
from ledgers.models import ExpectedFiling, Ledger, LedgerPeriod, LedgerState, LedgerStep
from ledgers.models import ReturnStage as Stage
from societies.access import Actor

S = LedgerState
TABS: dict[str, str] = {S.FILED: "待审核", S.RETURNED: "已退回", S.ACCEPTED: "已通过"}
# The committee's own clock for a review, in working days; shown to the society too (R-SUP-19).
REVIEW_WORKDAYS = 5


@dataclass(frozen=True)
class Figures:
    """Of one period, by id among the expected: on_time ≤ actual ≤ expected always (D-5)."""

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


@dataclass(frozen=True)
class Tab:
    """One state of the queue with its number."""

    state: str
    label: str
    count: int
    current: bool


def figures(
    actor: Actor, periods: Collection[LedgerPeriod], on: date | None = None
) -> dict[int, Figures]:
    """Figures of periods among the societies this actor sees, in two queries.

    on: decides which returns are overdue; without it none is counted.
    """
    keys = [period.pk for period in periods]
    rows = ExpectedFiling.objects.visible_to(actor).filter(period__in=keys)
    owed = (
        rows.order_by()
        .values("period_id")
        .annotate(
            expected=Count("pk", filter=Q(exemption_decided_at__isnull=True)),
            exempt=Count("pk", filter=Q(exemption_decided_at__isnull=False)),
        )
    )
    filed = _filed(actor, keys, _mend_edge(periods, on))
    found = {row.pop("period_id"): row for row in filed}
    return {
        row["period_id"]: Figures(
            expected=row["expected"], exempt=row["exempt"], **found.get(row["period_id"], {})
        )
        for row in owed
    }


def _filed(actor: Actor, keys: list[int], edge: datetime | None) -> Collection[dict]:
    owing = ExpectedFiling.objects.owing().filter(
        period_id=OuterRef("period_id"), society_id=OuterRef("society_id")
    )
    returns = LedgerStep.objects.filter(ledger_id=OuterRef("pk"), stage=Stage.COMMITTEE)
    first = Q(first_filed_at__isnull=False)
    in_time = Q(counted_filed_at__date__lte=F("period__due_on"))
    in_grace = Q(counted_filed_at__date__lte=F("period__grace_until"))
    returned = Q(state=S.RETURNED, returned_by_stage=Stage.COMMITTEE)
    overdue = returned & Q(returned_at__lt=edge) if edge else Q(pk__in=[])
    rows = Ledger.objects.visible_to(actor).filter(Exists(owing), period__in=keys, version=1)
    return list(
        rows.annotate(was_returned=Exists(returns))
        .order_by()
        .values("period_id")
        .annotate(
            actual=Count("pk", filter=first),
            on_time=Count("pk", filter=first & in_time),
            grace=Count("pk", filter=first & ~in_time & in_grace),
            late=Count("pk", filter=first & ~in_grace),
            awaiting=Count("pk", filter=Q(state=S.FILED)),
            earliest_waiting=Min("signed_at", filter=Q(state=S.FILED)),
            accepted=Count("pk", filter=Q(state=S.ACCEPTED)),
            accepted_after_return=Count("pk", filter=Q(state=S.ACCEPTED, was_returned=True)),
            returned=Count("pk", filter=returned),
            returned_overdue=Count("pk", filter=overdue),
        )
    )


def _mend_edge(periods: Collection[LedgerPeriod], on: date | None) -> datetime | None:
    """Returns before this moment should have been mended before `on` (R-LED-08)."""
    period = next(iter(periods), None)
    if on is None or period is None:
        return None
    days, day = period.edition.rules.deadlines.mend_workdays, on
    while add_workdays(day, days).day >= on:
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))


def tabs(stats: Figures, current: str) -> Sequence[Tab]:
    """待审核 18, 已退回 5, 已通过 38."""
    counts = {S.FILED: stats.awaiting, S.RETURNED: stats.returned, S.ACCEPTED: stats.accepted}
    return [
        Tab(state, label, counts[LedgerState(state)], state == current)
        for state, label in TABS.items()
    ]


def is_overdue(signed_on: date, on: date) -> bool:
    """Whether a review takes longer than the committee's own clock."""
    return workdays_between(signed_on, on) > REVIEW_WORKDAYS
