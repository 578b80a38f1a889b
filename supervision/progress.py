"""How far the spot checks of a running batch have come: 已抽取 … 已有结论 (R-SUP-01)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from societies.access import Actor
from supervision.models import CheckState, InspectionBatch, SpotCheck


@dataclass(frozen=True)
class Stage:
    """A stage of a spot check, and the checks of a batch that have come so far.

    among: those that can come to it at all.
    """

    key: str
    label: str
    checks: Q
    among: Q = Q()


_TOOK_PLACE = Q(barred_at__isnull=True)
STAGES = (
    Stage("drawn", "已抽取", Q()),
    Stage("notified", "已通知", Q(batch__notified_at__isnull=False)),
    Stage(
        "answered",
        "检查项已答完",
        ~Q(state__in=(CheckState.PLANNED, CheckState.IN_PROGRESS)) & _TOOK_PLACE,
        # Who refused answers nothing, and holds nobody up (R-SUP-03b).
        among=_TOOK_PLACE,
    ),
    Stage("concluded", "已有结论", Q(state=CheckState.CONCLUDED)),
)
BY_KEY = {stage.key: stage for stage in STAGES}


@dataclass(frozen=True)
class Reached:
    """A stage of one batch: how many of the checks asked came so far; url: exactly those."""

    stage: Stage
    count: int
    of: int
    url: str
    current: bool

    @property
    def done(self) -> bool:
        """Whether every check did."""
        return self.count == self.of


def running(actor: Actor) -> list[tuple[InspectionBatch, list[Reached]]]:
    """Drawn batches that are not closed, with their stages, the latest first; two queries."""
    batches = list(InspectionBatch.objects.visible_to(actor).open().filter(drawn_at__isnull=False))
    checks = SpotCheck.objects.visible_to(actor).filter(batch__in=batches).order_by()
    counts: dict[int, dict[str, Any]] = {
        row["batch"]: row
        for row in checks.values("batch").annotate(
            **{stage.key: Count("pk", filter=stage.checks) for stage in STAGES},
            **{_of(stage): Count("pk", filter=stage.among) for stage in STAGES},
        )
    }
    return [(batch, _reached(batch, counts[batch.pk])) for batch in batches if batch.pk in counts]


def _reached(batch: InspectionBatch, counts: dict[str, Any]) -> list[Reached]:
    short = next((stage for stage in STAGES if counts[stage.key] < counts[_of(stage)]), None)
    page = reverse("supervision:batch", args=[batch.pk])
    return [
        Reached(
            *(stage, counts[stage.key], counts[_of(stage)]),
            *(f"{page}?stage={stage.key}#res", stage is short),
        )
        for stage in STAGES
    ]


def refused(stages: Iterable[Reached]) -> int:
    """How many societies of a batch refused, from its stages."""
    asked = [each.of for each in stages]
    return max(asked) - min(asked)


def _of(stage: Stage) -> str:
    """The key of how many are asked."""
    return f"{stage.key}_of"


def narrowed(
    actor: Actor, batch: InspectionBatch, checks: Iterable[SpotCheck], key: str
) -> list[SpotCheck]:
    """Those of the checks of a batch that have come to a stage; all for an unknown one."""
    if key not in BY_KEY:
        return list(checks)
    rows: QuerySet = SpotCheck.objects.visible_to(actor).filter(batch=batch)
    found = set(rows.filter(BY_KEY[key].checks).order_by().values_list("pk", flat=True))
    return [check for check in checks if check.pk in found]
