"""The posted instructor's visit reports: work records of the society visited (rules §6.5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from branches.models.postings import Posting
from branches.querysets_life import VisitReportQuerySet
from common.history import tracked
from societies.access import BY_SOCIETY, Owned
from societies.models import Society

_USER = settings.AUTH_USER_MODEL


class VisitState(models.TextChoices):
    """Where a report stands; it counts from filing on."""

    FILED = "filed", "已登记"
    WITHDRAWN = "withdrawn", "已撤回"


@tracked()
class VisitReport(Owned, models.Model):
    """指导员走访: what was looked at and advised; about the organisation, no person (D-8)."""

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="visit_reports")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="visit_reports")
    visited_on = models.DateField("走访日期")
    work = models.CharField("指导的工作", max_length=1000)
    problems = models.CharField("发现的问题", max_length=1000, blank=True)
    advice = models.CharField("建议", max_length=1000, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=VisitState, default=VisitState.FILED, editable=False
    )
    filed_at = models.DateTimeField(editable=False)
    filed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    comment = models.CharField("学会意见", max_length=500, blank=True)
    commented_at = models.DateTimeField(null=True, blank=True, editable=False)
    commented_by = models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.VISIT_VIEW
    scope_paths = BY_SOCIETY
    objects = VisitReportQuerySet.as_manager()

    class Meta:
        verbose_name = "走访报告"
        ordering = ["-visited_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_says_what_was_done",
                condition=~Q(work=""),
                violation_error_message="请填写指导的工作",
            ),
            models.UniqueConstraint(
                name="visit_once_a_day",
                fields=["posting", "visited_on"],
                condition=Q(state=VisitState.FILED),
                violation_error_message="这一天的走访已登记；内容有误的，先撤回原报告再登记",
            ),
        ]
        indexes = [models.Index(fields=["society", "visited_on"], name="visit_by_society")]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.society_id}"
