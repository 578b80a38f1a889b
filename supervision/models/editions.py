"""Checklist editions: what is looked at, how grave a finding may be, by when; rows (D-3)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import BodyKind, Federation, FederationRelation
from societies.querysets import FederationWideQuerySet
from supervision.querysets import ChecklistEditionQuerySet


class Prefill(models.TextChoices):
    """What the portal already knows about an item; the label names where it is filed."""

    FIRST_TOPIC = "first_topic", "组织生活记录（第一议题）"
    MEETINGS = "meetings", "组织生活记录（会议）"
    POSTS = "posts", "班子成员"
    THREE_MEETINGS = "three_meetings", "组织生活记录（三会一课）"
    APPRAISAL = "appraisal", "组织生活记录（组织生活会、民主评议）"
    TERM = "term", "任期"
    DISCIPLINE_OFFICER = "discipline_officer", "班子成员（纪检委员）"
    LEDGER = "ledger", "五个清台账"
    MEMBERS = "members", "党员名册（人数）"
    CHARTER = "charter", "五个清台账（党建入章）"
    FUNDS = "funds", "五个清台账（经费）"
    PREMISES = "premises", "五个清台账（场所）"


class FindingSeverity(models.TextChoices):
    """R-SUP-06; never 重要."""

    GENERAL = "general", "一般"
    SERIOUS = "serious", "较重"
    GRAVE = "grave", "严重"


@tracked()
class ChecklistEdition(Owned, models.Model):
    """A checklist of a federation, by dates. In use it is superseded, never changed.

    body_kinds, relations: which bodies may be drawn (D-12). notice_workdays: the least between
    notice and first day on site. reply_workdays: for the society's comment. recent_months: how
    long an inspected society may be left out. cycle_years: within which all are inspected once.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="checklist_editions"
    )
    key = models.SlugField("键", max_length=40, unique=True)
    label = models.CharField("清单版本", max_length=40)
    source = models.CharField("来源", max_length=300)
    valid_from = models.DateField("适用起", null=True, blank=True)
    valid_to = models.DateField("适用止", null=True, blank=True, help_text="当日起不适用")
    body_kinds = ArrayField(
        models.CharField(max_length=30, choices=BodyKind), verbose_name="抽样的机构类型"
    )
    relations = ArrayField(
        models.CharField(max_length=20, choices=FederationRelation),
        verbose_name="抽样的与科协关系",
    )
    notice_workdays = models.PositiveSmallIntegerField("提前通知工作日")
    reply_workdays = models.PositiveSmallIntegerField("学会反馈工作日")
    recent_months = models.PositiveSmallIntegerField("已抽查可排除的月数")
    cycle_years = models.PositiveSmallIntegerField("轮次年数")
    digest = models.CharField(max_length=64, editable=False)

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(federation="federation_id", society="federation__societies")
    objects = ChecklistEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "检查清单"
        constraints = [
            ends_after_start("checklist_edition_ends_after_start"),
            no_overlap("checklist_edition_one_at_a_time", ["federation"]),
            models.CheckConstraint(
                name="checklist_edition_bounds",
                condition=Q(recent_months__gte=1, cycle_years__gte=1, reply_workdays__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.label


# Parts of an edition are read with the edition.
_PARTS = ScopePaths(federation="edition__federation_id", society="edition__federation__societies")


class ChecklistItem(Owned, models.Model):
    """A line of the checklist (R-SUP-04); insert-only part of a tracked edition."""

    edition = models.ForeignKey(ChecklistEdition, on_delete=models.CASCADE, related_name="items")
    code = models.CharField("编号", max_length=5)
    position = models.PositiveSmallIntegerField()
    head = models.CharField("类别", max_length=20)
    title = models.CharField("检查内容", max_length=60)
    guidance = models.CharField("看什么", max_length=200, blank=True)
    clause = models.CharField("依据", max_length=60)
    prefill = models.CharField("预填", max_length=20, choices=Prefill, blank=True)

    read_permission = Permission.CHECK_VIEW
    scope_paths = _PARTS
    objects = FederationWideQuerySet.as_manager()

    class Meta:
        verbose_name = "检查项"
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(name="checklist_item_once", fields=["edition", "code"])
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class SeverityRule(Owned, models.Model):
    """Calendar days of a severity (R-SUP-06); insert-only part of a tracked edition.

    plan_days: to file the plan. finish_days: to finish, None where the leader sets the day, at
    most most_days. measure_days: for immediate measures, None where none are asked.
    extension_most: the longest extension.
    """

    edition = models.ForeignKey(
        ChecklistEdition, on_delete=models.CASCADE, related_name="severities"
    )
    severity = models.CharField("严重程度", max_length=10, choices=FindingSeverity)
    plan_days = models.PositiveSmallIntegerField("报方案天数")
    finish_days = models.PositiveSmallIntegerField("完成天数", null=True)
    most_days = models.PositiveSmallIntegerField("完成最长天数", null=True)
    measure_days = models.PositiveSmallIntegerField("立即措施天数", null=True)
    extension_most = models.PositiveSmallIntegerField("最长延期天数")
    clause = models.CharField("依据", max_length=60)

    read_permission = Permission.FINDING_VIEW
    scope_paths = _PARTS
    objects = FederationWideQuerySet.as_manager()

    class Meta:
        verbose_name = "整改期限"
        ordering = ["edition_id", "plan_days"]
        constraints = [
            models.UniqueConstraint(name="severity_rule_once", fields=["edition", "severity"]),
            models.CheckConstraint(
                name="severity_rule_says_when_to_finish",
                condition=Q(finish_days__isnull=False, most_days__isnull=True)
                | Q(finish_days__isnull=True, most_days__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.severity}"
