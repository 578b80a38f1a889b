"""Training classes (培训班): sessions, and places per society (R-TRN-05)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Federation, Society
from training.querysets import (
    ClassQuotaQuerySet,
    TrainingClassQuerySet,
    TrainingSessionQuerySet,
)

_USER = settings.AUTH_USER_MODEL


class Course(models.TextChoices):
    """The courses that the sources name (R-TRN-05)."""

    OFFICERS = "officers", "学会党务干部培训班"
    SECRETARIES = "secretaries", "书记能力提升班"
    LEADERS = "leaders", "负责人和党务干部定期培训"
    INTEGRITY = "integrity", "廉政警示教育"
    PARTY_SCHOOL = "party_school", "党校学会分校"
    OTHER = "other", "其他培训"


class ClassMode(models.TextChoices):
    """Where a class takes place: it decides whether its hours are online ones (R-TRN-03)."""

    ON_SITE = "on_site", "集中培训"
    ONLINE = "online", "线上课程"


class ClassState(models.TextChoices):
    """Where a class stands: plan → enrol → attend → settle (R-TRN-05)."""

    DRAFT = "draft", "筹备中"
    PLANNED = "planned", "计划待批准"
    OPEN = "open", "报名中"
    HELD = "held", "登记到课中"
    SETTLED = "settled", "已结业"
    CANCELLED = "cancelled", "已取消"


class Portion(models.TextChoices):
    """How long something lasted (R-TRN-02)."""

    DAY = "day", "全天"
    HALF_DAY = "half_day", "半天"
    MINUTES = "minutes", "按分钟"


def portion_constraint(name: str) -> models.CheckConstraint:
    """Minutes stand exactly where the portion is told in minutes."""
    return models.CheckConstraint(
        name=name,
        condition=Q(portion=Portion.MINUTES, minutes__gte=1, minutes__lte=1440)
        | Q(~Q(portion=Portion.MINUTES), minutes__isnull=True),
        violation_error_message="按分钟登记的须填 1 至 1440 分钟",
    )


def acted_by() -> models.ForeignKey:
    """Who took a step."""
    return models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )


def acted_at() -> models.DateTimeField:
    """When a step was taken."""
    return models.DateTimeField(null=True, blank=True, editable=False)


@tracked()
class TrainingClass(Owned, models.Model):
    """One class of a federation.

    taken: how many have enrolled, kept under the row's lock; the database holds it to the capacity.
    planned: sent to the leader. decided: approved by somebody else.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="training_classes"
    )
    code = models.CharField("编号", max_length=20)
    title = models.CharField("名称", max_length=100)
    course = models.CharField("类别", max_length=20, choices=Course)
    mode = models.CharField("方式", max_length=10, choices=ClassMode)
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结束日期")
    place = models.CharField("地点", max_length=100, blank=True)
    capacity = models.PositiveIntegerField("人数")
    taken = models.PositiveIntegerField("已报名", default=0, editable=False)
    enrol_by = models.DateField("报名截止")
    state = models.CharField(
        "状态", max_length=10, choices=ClassState, default=ClassState.DRAFT, editable=False
    )
    drafted_at = models.DateTimeField(editable=False)
    drafted_by = models.ForeignKey(
        _USER, on_delete=models.PROTECT, editable=False, related_name="+"
    )
    planned_at, planned_by = acted_at(), acted_by()
    decided_at, decided_by = acted_at(), acted_by()
    returned_at, returned_by = acted_at(), acted_by()
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    settled_at, settled_by = acted_at(), acted_by()
    cancelled_at, cancelled_by = acted_at(), acted_by()
    cancel_reason = models.CharField("取消原因", max_length=300, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.CLASS_VIEW
    # A society sees the approved classes that give it places; a branch secretary those of its own.
    scope_paths = ScopePaths(
        federation="federation_id",
        society="quotas__society_id",
        organisation="quotas__society__party_organisations__id",
    )
    objects = TrainingClassQuerySet.as_manager()

    class Meta:
        verbose_name = "培训班"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(name="class_code_once", fields=["federation", "code"]),
            models.CheckConstraint(
                name="class_ends_after_it_begins",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开班日期",
            ),
            models.CheckConstraint(
                name="class_enrols_before_it_begins",
                condition=Q(enrol_by__lte=F("starts_on")),
                violation_error_message="报名截止不能晚于开班日期",
            ),
            models.CheckConstraint(
                name="class_taken_up_to_capacity",
                condition=Q(taken__lte=F("capacity")),
                violation_error_message="本班名额已满",
            ),
            different_users(
                "class_planner_is_not_decider", "planned_by", "decided_by", "须由另一人批准"
            ),
            different_users(
                "class_drafter_is_not_decider", "drafted_by", "decided_by", "须由另一人批准"
            ),
            both_or_neither(
                "class_decided_by_somebody", "decided_by", "decided_at", "批准须有批准人"
            ),
            models.CheckConstraint(
                name="class_opens_when_decided",
                condition=~Q(state__in=["open", "held", "settled"])
                | Q(decided_at__isnull=False, planned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="class_cancelled_with_a_reason",
                condition=~Q(state="cancelled")
                | (
                    Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason="")
                ),
            ),
            models.CheckConstraint(
                name="class_settled_by_somebody",
                condition=~Q(state="settled")
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def attended(self) -> bool:
        """Whether anybody is recorded as present at a session."""
        return self.sessions.filter(attendances__isnull=False).exists()


@tracked()
class TrainingSession(Owned, models.Model):
    """One session of a class; `number` counts from 1 in the order of days."""

    training_class = models.ForeignKey(
        TrainingClass, on_delete=models.CASCADE, related_name="sessions"
    )
    number = models.PositiveSmallIntegerField("节次")
    held_on = models.DateField("日期")
    portion = models.CharField("时长", max_length=10, choices=Portion)
    minutes = models.PositiveSmallIntegerField("分钟", null=True, blank=True)

    read_permission = Permission.CLASS_VIEW
    scope_paths = ScopePaths(federation="training_class__federation_id")
    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "课程节次"
        ordering = ["training_class_id", "number"]
        constraints = [
            models.UniqueConstraint(
                name="session_number_once", fields=["training_class", "number"]
            ),
            portion_constraint("session_minutes_by_portion"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 节 {self.held_on}"


@tracked()
class ClassQuota(Owned, models.Model):
    """Places of one society in a class; the database holds `taken` to `places`."""

    training_class = models.ForeignKey(
        TrainingClass, on_delete=models.CASCADE, related_name="quotas"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="class_quotas")
    places = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已报名", default=0, editable=False)

    read_permission = Permission.CLASS_VIEW
    scope_paths = ScopePaths(
        federation="society__federation_id",
        society="society_id",
        organisation="society__party_organisations__id",
    )
    objects = ClassQuotaQuerySet.as_manager()

    class Meta:
        verbose_name = "名额"
        constraints = [
            models.UniqueConstraint(name="quota_once", fields=["training_class", "society"]),
            models.CheckConstraint(
                name="quota_taken_up_to_places",
                condition=Q(taken__lte=F("places")),
                violation_error_message="本学会名额已满",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.society_id} {self.taken}/{self.places}"
