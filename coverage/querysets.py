"""Reads of coverage figures: what pages show. They read stored rows and never compute."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.db.models import Count, Exists, F, Max, OuterRef, Sum

from common.querysets import valid_on_q
from societies.access import DatedQuerySet, ScopedQuerySet


class CoverageEditionQuerySet(DatedQuerySet):
    """Editions; at most one of a federation is valid on a day."""


class CoverageTargetQuerySet(ScopedQuerySet):
    """Targets of editions."""


class NightRunQuerySet(ScopedQuerySet):
    """Runs of the night."""

    def frozen(self, step: str = "coverage") -> Self:
        """Runs whose day is frozen, whatever became of a later attempt: pages show these days."""
        return self.filter(computed_at__isnull=False, step=step)

    def latest_day(self, step: str = "coverage") -> date | None:
        """The newest frozen day of these runs; None before the first night."""
        found: date | None = self.frozen(step).aggregate(last=Max("on"))["last"]
        return found

    def newest(self, step: str = "coverage") -> Any | None:
        """The run of the newest frozen day: 数据截至 `on`；`computed_at` 计算."""
        return self.frozen(step).select_related("edition", "federation").order_by("-on").first()


class CoverageRevisionQuerySet(ScopedQuerySet):
    """Revisions of frozen days."""

    def newest(self) -> Any | None:
        """The last revision of these rows' day, shown or not."""
        return self.order_by("-number").first()

    def waiting(self) -> Self:
        """The newest revision of a day, not shown yet: a reviewer may publish it (R-COV-02)."""
        later = self.model.objects.filter(
            federation=OuterRef("federation"), on=OuterRef("on"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later), shown=False)


class CoverageSnapshotQuerySet(ScopedQuerySet):
    """Aggregates of frozen days, each as published unless a revision is asked for."""

    def shown(self) -> Self:
        """Figures of the revision that pages show for their day."""
        return self.filter(revision__shown=True).select_related("revision")

    def of_day(self, on: date) -> Self:
        """Every indicator and dimension of one day, as published; one query."""
        return self.shown().filter(on=on)

    def trend(self, days: Collection[date], dimension: str = "all") -> Self:
        """The days' figures in order, as published; one query for any number of days."""
        return self.shown().filter(on__in=days, dimension=dimension).order_by("on", "indicator")


class FigureQuerySet(ScopedQuerySet):
    """Societies' parts in indicators."""

    def gap(self) -> Self:
        """Rows that lack units: for society counts one row is one uncovered society."""
        return self.filter(state="value", covered__lt=F("total"))

    def totals(self) -> dict[str, dict[str, int]]:
        """indicator → covered, total and number of societies, over these rows."""
        sums = self.values("indicator").annotate(
            covered_units=Sum("covered"), total_units=Sum("total"), societies=Count("society")
        )
        return {
            row["indicator"]: {
                "covered": row["covered_units"],
                "total": row["total_units"],
                "societies": row["societies"],
            }
            for row in sums.order_by()
        }


class LiveCoverageQuerySet(FigureQuerySet):
    """即时数: as of each federation's live day."""


class SocietyCoverageQuerySet(FigureQuerySet):
    """昨日定格数: intervals of as-of dates."""

    def at(self, on: date) -> Self:
        """The rows of one frozen day as the night wrote them, before later revisions."""
        return self.filter(valid_on_q(on))

    def current(self) -> Self:
        """The rows of the newest frozen day."""
        return self.filter(valid_to__isnull=True)
