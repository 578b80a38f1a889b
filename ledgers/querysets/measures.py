"""Reads of guidance measures; what the gap list says about a society without organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db import models

from societies.access import DatedQuerySet, ScopedQuerySet

SOON_DAYS = 30


class Progress(models.TextChoices):
    """Promise kept or not, from the planned day (ledger_fields 5.5)."""

    ON_WAY = "on_way", "推进中"
    SOON = "soon", "临期"
    OVERDUE = "overdue", "已逾期"
    UNPLANNED = "unplanned", "未定计划日期"


def progress(planned_on: date | None, on: date) -> Progress:
    """Where a promise stands on a day: 临期 from 30 days before."""
    if planned_on is None:
        return Progress.UNPLANNED
    if planned_on < on:
        return Progress.OVERDUE
    return Progress.SOON if planned_on - on <= timedelta(days=SOON_DAYS) else Progress.ON_WAY


@dataclass(frozen=True)
class GapEntry:
    """What a society said of one uncovered unit: codes of reason and measures, and the promise."""

    unit_id: int
    tier: int
    reason: str
    measures: tuple[str, ...]
    responsible_post: str
    planned_establish_on: date | None
    last_followed_up_on: date | None
    progress: Progress


class GuidanceMeasureQuerySet(DatedQuerySet):
    """Guidance measures; a void one never ran."""

    def valid_on(self, on: date) -> Self:
        """Running on a day."""
        return super().valid_on(on).filter(voided_on__isnull=True)

    def running(self) -> Self:
        """Without an end."""
        return self.filter(valid_to__isnull=True, voided_on__isnull=True)

    def gap_entries(
        self, society_ids: Collection[int] | Any, on: date, tiers: Collection[int] = (1, 2)
    ) -> dict[int, list[GapEntry]]:
        """For the gap list: entries per society, tier 1 first, from measures running on a day.

        society_ids may be a subquery. One query. A society that never filed has no entry.
        """
        rows = self.valid_on(on).filter(society_id__in=society_ids, tier__in=tiers)
        rows = rows.order_by("society_id", "tier", "unit_id", "code")
        grouped: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for row in rows:
            grouped[row.society_id, row.unit_id].append(row)
        found: dict[int, list[GapEntry]] = defaultdict(list)
        for (society_id, unit_id), measures in grouped.items():
            first = measures[0]
            found[society_id].append(
                GapEntry(
                    unit_id=unit_id,
                    tier=first.tier,
                    reason=first.reason,
                    measures=tuple(m.code for m in measures),
                    responsible_post=first.responsible_post,
                    planned_establish_on=first.planned_establish_on,
                    last_followed_up_on=max(
                        (m.last_followed_up_on for m in measures if m.last_followed_up_on),
                        default=None,
                    ),
                    progress=progress(first.planned_establish_on, on),
                )
            )
        return dict(found)


class FollowUpQuerySet(ScopedQuerySet):
    """Follow-ups of measures."""
