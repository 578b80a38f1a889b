"""What counts, and what is aimed at: dated editions with their targets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from coverage.querysets import CoverageEditionQuerySet, CoverageTargetQuerySet
from societies.access import BY_FEDERATION, Owned, ScopePaths
from societies.models import Federation


class Indicator(models.TextChoices):
    """What is measured (rules §6). The formulas stand in `coverage.formulas`."""

    ORG = "ORG", "党的组织覆盖率"
    ORG_T1 = "ORG_T1", "理事会层面党组织覆盖率"
    ORG_T2 = "ORG_T2", "办事机构党组织覆盖率"
    ORG_T3 = "ORG_T3", "分支机构党组织覆盖率"
    WORK = "WORK", "党的工作覆盖率"
    FIVE_CLEARS = "FIVE_CLEARS", "五清学会占比"


@tracked()
class CoverageEdition(Owned, models.Model):
    """What counts in a federation, by dates (D-12). In use it is superseded, never changed."""

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="coverage_editions"
    )
    key = models.SlugField("键", max_length=40, unique=True)
    label = models.CharField("口径版本", max_length=40)
    source = models.CharField("来源", max_length=300)
    valid_from = models.DateField("适用起", null=True, blank=True)
    valid_to = models.DateField("适用止", null=True, blank=True, help_text="当日起不适用")
    body_kinds = ArrayField(models.CharField(max_length=30), verbose_name="计入的机构类型")
    relations = ArrayField(models.CharField(max_length=20), verbose_name="计入的隶属关系")
    work_measures = ArrayField(models.CharField(max_length=4), verbose_name="计工作覆盖的措施")
    work_evidence_days = models.PositiveSmallIntegerField("工作记录有效天数", default=0)
    digest = models.CharField(max_length=64, editable=False)

    read_permission = Permission.COVERAGE_VIEW
    scope_paths = BY_FEDERATION
    objects = CoverageEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖口径"
        constraints = [
            ends_after_start("edition_ends_after_start"),
            no_overlap("edition_one_at_a_time", ["federation"]),
        ]

    def __str__(self) -> str:
        return self.label


@tracked()
class CoverageTarget(Owned, models.Model):
    """A ratio to reach, as two integers (trap 6); without a day it is an aim (推进全覆盖)."""

    edition = models.ForeignKey(CoverageEdition, on_delete=models.CASCADE, related_name="targets")
    indicator = models.CharField("指标", max_length=20, choices=Indicator)
    due_on = models.DateField("期限", null=True, blank=True)
    numerator = models.PositiveSmallIntegerField()
    denominator = models.PositiveSmallIntegerField()
    source = models.CharField("来源", max_length=100)

    read_permission = Permission.COVERAGE_VIEW
    scope_paths = ScopePaths(federation="edition__federation_id")
    objects = CoverageTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖目标"
        ordering = ["indicator", F("due_on").asc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                name="target_once_per_day",
                fields=["edition", "indicator", "due_on"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="target_is_a_ratio",
                condition=Q(numerator__gt=0, denominator__gt=0, numerator__lte=F("denominator")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.numerator}/{self.denominator}"
