"""Data-quality issues: facts that do not fit each other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.history import tracked
from societies.access import BY_SOCIETY, Owned
from societies.models.societies import Society
from societies.querysets import DataQualityIssueQuerySet


class Severity(models.TextChoices):
    """How much a data-quality issue weighs: an error keeps a ledger table from being clear."""

    ERROR = "error", "错误"
    WARNING = "warning", "提示"


@tracked()
class DataQualityIssue(Owned, models.Model):
    """Two facts that do not fit; the clerk answers, a reviewer closes."""

    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="quality_issues")
    code = models.CharField("代码", max_length=30)
    section = models.CharField("涉及台账", max_length=30, blank=True)
    severity = models.CharField("程度", max_length=10, choices=Severity)
    message = models.CharField("情况", max_length=300)
    opened_on = models.DateField("发现日期")
    closed_on = models.DateField("关闭日期", null=True, blank=True)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = BY_SOCIETY
    objects = DataQualityIssueQuerySet.as_manager()

    class Meta:
        verbose_name = "数据质量问题"
        constraints = [
            models.UniqueConstraint(
                name="quality_issue_open_once",
                fields=["society", "code"],
                condition=Q(closed_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.message
