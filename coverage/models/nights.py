"""Runs of the night, and the revisions of a day's figures that they wrote."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.history import tracked
from coverage.models.editions import CoverageEdition, Indicator
from coverage.models.societies import FigureState, SocietyFigure, counts_fit_state
from coverage.querysets import (
    CoverageRevisionQuerySet,
    CoverageSnapshotQuerySet,
    NightRunQuerySet,
)
from societies.access import BY_FEDERATION, Owned, ScopedQuerySet, ScopePaths
from societies.models import Federation


class NightState(models.TextChoices):
    """How the latest attempt of a night stands."""

    RUNNING = "running", "运行中"
    DONE = "done", "成功"
    FAILED = "failed", "失败"
    SKIPPED = "skipped", "已跳过"


class NightStep(models.TextChoices):
    """Steps of a night; reminders bring theirs."""

    COVERAGE = "coverage", "覆盖计算"
    STARS = "stars", "星级测算"


class NightRun(Owned, models.Model):
    """One run per (federation, step, day), and a row for each run that stood aside.

    computed_at: the moment of the facts that first froze the day; while it is empty no page shows
    the day. differences: live rows of 24:00 that the night contradicts without a later fact to
    explain it; empty means there was no closing to compare with.
    """

    federation = models.ForeignKey(Federation, on_delete=models.CASCADE, related_name="night_runs")
    step = models.CharField("步骤", max_length=20, choices=NightStep, default=NightStep.COVERAGE)
    on = models.DateField("数据日期")
    state = models.CharField("状态", max_length=10, choices=NightState)
    attempt = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True)
    computed_at = models.DateTimeField(null=True)
    edition = models.ForeignKey(CoverageEdition, on_delete=models.PROTECT, null=True)
    definition = models.CharField("口径版本", max_length=40, blank=True)
    rows_written = models.PositiveIntegerField("写入行", default=0)
    changed = models.PositiveIntegerField("有变化", default=0)
    differences = models.PositiveIntegerField("与即时数差异", null=True)
    difference_rows = models.JSONField(default=list)
    caught_up = models.BooleanField("补算", default=False)
    note = models.CharField("说明", max_length=500, blank=True)

    read_permission = Permission.NIGHT_VIEW
    scope_paths = BY_FEDERATION
    objects = NightRunQuerySet.as_manager()

    class Meta:
        verbose_name = "夜间计算"
        ordering = ["-on", "-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="night_once",
                fields=["federation", "step", "on"],
                condition=~Q(state=NightState.SKIPPED),
            )
        ]
        indexes = [models.Index(name="night_by_start", fields=["-started_at"])]

    def __str__(self) -> str:
        return f"{self.federation_id} {self.step} {self.on}"


class CoverageRevision(Owned, models.Model):
    """One complete set of a day's aggregates. The first is shown; later ones wait (R-COV-02)."""

    federation = models.ForeignKey(Federation, on_delete=models.CASCADE, related_name="+")
    on = models.DateField("截至日期")
    number = models.PositiveSmallIntegerField("修订号")
    edition = models.ForeignKey(CoverageEdition, on_delete=models.PROTECT, verbose_name="口径")
    run = models.ForeignKey(NightRun, on_delete=models.CASCADE, related_name="revisions")
    computed_at = models.DateTimeField("计算时间")
    shown = models.BooleanField("已发布", default=False)

    read_permission = Permission.COVERAGE_VIEW
    scope_paths = BY_FEDERATION
    objects = CoverageRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "定格修订"
        ordering = ["-on", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="revision_number_once", fields=["federation", "on", "number"]
            ),
            models.UniqueConstraint(
                name="revision_one_shown",
                fields=["federation", "on"],
                condition=Q(shown=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} 第 {self.number} 版"


@tracked()
class RevisionPublication(Owned, models.Model):
    """A reviewer's decision to show a later revision, with its reason."""

    revision = models.OneToOneField(
        CoverageRevision, on_delete=models.CASCADE, related_name="publication"
    )
    published_at = models.DateTimeField("发布时间")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("发布理由", max_length=200)

    read_permission = Permission.COVERAGE_VIEW
    scope_paths = ScopePaths(federation="revision__federation_id")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "修订发布"
        constraints = [
            models.CheckConstraint(
                name="publication_has_reason",
                condition=~Q(reason=""),
                violation_error_message="请填写发布理由",
            )
        ]

    def __str__(self) -> str:
        return self.reason


def never_changed() -> pgtrigger.Trigger:
    """A figure stays as it was computed: another result is another revision (D-16)."""
    return pgtrigger.Trigger(
        name="never_changed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="RAISE EXCEPTION '定格数不能修改，更正请另立修订' USING ERRCODE = 'check_violation';",
    )


class CoverageSnapshot(Owned, models.Model):
    """One aggregate of a day, insert-only. `value` names the group within the dimension."""

    revision = models.ForeignKey(CoverageRevision, on_delete=models.CASCADE, related_name="figures")
    federation = models.ForeignKey(Federation, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    indicator = models.CharField(max_length=20, choices=Indicator)
    dimension = models.CharField(max_length=30)
    value = models.CharField(max_length=50)
    state = models.CharField(max_length=20, choices=FigureState)
    covered = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    owners = models.PositiveIntegerField("学会数")

    read_permission = Permission.COVERAGE_VIEW
    scope_paths = BY_FEDERATION
    objects = CoverageSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖定格数"
        constraints = [
            models.UniqueConstraint(
                name="snapshot_once", fields=["revision", "indicator", "dimension", "value"]
            ),
            counts_fit_state("snapshot_counts_fit_state"),
        ]
        triggers = [never_changed()]
        indexes = [models.Index(name="snapshot_of_day", fields=["federation", "on"])]

    def __str__(self) -> str:
        return f"{self.on} {self.indicator} {self.covered}/{self.total}"


class SocietyCoverageCorrection(SocietyFigure):
    """A society's part in a later revision, where it differs from the frozen interval of the day.

    State `outside`: the frozen interval has the society, the revision has not.
    """

    revision = models.ForeignKey(
        CoverageRevision, on_delete=models.CASCADE, related_name="corrections"
    )
    objects = ScopedQuerySet.as_manager()

    class Meta(SocietyFigure.Meta):
        verbose_name = "定格更正"
        constraints = [
            *SocietyFigure.Meta.constraints,
            models.UniqueConstraint(
                name="correction_once", fields=["revision", "society", "indicator"]
            ),
        ]
        triggers = [never_changed()]
