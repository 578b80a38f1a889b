"""Each society's part in an indicator: live, at closing, frozen."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.chains import never_overlapping, one_open
from common.constraints import ends_after_start
from coverage.models.editions import Indicator
from coverage.querysets import LiveCoverageQuerySet, SocietyCoverageQuerySet
from societies.access import BY_FEDERATION, BY_SOCIETY, Owned, ScopedQuerySet
from societies.models import Federation, Society


class FigureState(models.TextChoices):
    """A figure's state, stored and shown: an empty value is never a zero (D-4, trap 7)."""

    VALUE = "value", "有值"
    NOT_APPLICABLE = "not_applicable", "不适用"
    MISSING = "missing", "未报"
    OUTSIDE = "outside", "不在统计范围"


def counts_fit_state(name: str) -> models.CheckConstraint:
    """A value has a total; what is not applicable or missing counts nothing (trap 7)."""
    return models.CheckConstraint(
        name=name,
        condition=Q(state=FigureState.VALUE, total__gt=0, covered__lte=F("total"))
        | (~Q(state=FigureState.VALUE) & Q(covered=0, total=0)),
    )


class SocietyFigure(Owned, models.Model):
    """One society's part in an indicator: covered and total units (1 where societies count).

    gap_ids: the uncovered society branches of ORG_T3, so that a list opens exactly the units that
    a stored figure counted (R-COV-03); empty for indicators that count societies.
    """

    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="+")
    indicator = models.CharField(max_length=20, choices=Indicator)
    state = models.CharField(max_length=20, choices=FigureState)
    covered = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    gap_ids = ArrayField(models.BigIntegerField(), default=list)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = BY_SOCIETY

    class Meta:
        abstract = True
        constraints = [counts_fit_state("%(class)s_counts_fit_state")]

    def __str__(self) -> str:
        return f"{self.society_id} {self.indicator} {self.covered}/{self.total}"


class LiveCoverage(SocietyFigure):
    """即时数（未定格）: as of the federation's live day, rewritten at once after a fact (D-16)."""

    on = models.DateField()
    objects = LiveCoverageQuerySet.as_manager()

    class Meta(SocietyFigure.Meta):
        verbose_name = "即时覆盖"
        constraints = [
            *SocietyFigure.Meta.constraints,
            models.UniqueConstraint(name="live_once", fields=["society", "indicator"]),
        ]


class LiveClosing(SocietyFigure):
    """What a live row said at 24:00 of the day before, kept for the night's check (R-COV-06)."""

    on = models.DateField()
    objects = ScopedQuerySet.as_manager()

    class Meta(SocietyFigure.Meta):
        verbose_name = "即时数日终值"
        constraints = [
            *SocietyFigure.Meta.constraints,
            models.UniqueConstraint(name="closing_once", fields=["society", "indicator"]),
        ]


class LiveDay(Owned, models.Model):
    """The day that a federation's live rows stand at, and the day whose closing is kept.

    touched_ids: societies computed again after the day turned: their facts came after 24:00 by
    order of commit, whatever a clock says, and explain a difference that the night finds.
    """

    federation = models.OneToOneField(Federation, on_delete=models.CASCADE, primary_key=True)
    on = models.DateField()
    closing_on = models.DateField(null=True)
    touched_ids = ArrayField(models.BigIntegerField(), default=list)
    computed_at = models.DateTimeField()

    read_permission = Permission.COVERAGE_VIEW
    scope_paths = BY_FEDERATION
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "即时数日期"

    def __str__(self) -> str:
        return f"{self.federation_id} {self.on}"


class SocietyCoverage(SocietyFigure):
    """昨日定格数: an interval of as-of dates with one value, written only when it changed."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    objects = SocietyCoverageQuerySet.as_manager()

    class Meta(SocietyFigure.Meta):
        verbose_name = "定格覆盖"
        constraints = [
            *SocietyFigure.Meta.constraints,
            ends_after_start("frozen_ends_after_start"),
            one_open("frozen_once_a_day", ["society", "indicator"]),
        ]
        indexes = [models.Index(name="frozen_began", fields=["valid_from"])]
        triggers = never_overlapping(["society_id", "indicator"])
