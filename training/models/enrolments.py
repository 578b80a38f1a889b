"""Who is enrolled in a class, and who was present at which session (R-TRN-05)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from branches.models import PartyMember
from common.constraints import both_or_neither
from common.history import tracked
from societies.access import BY_SOCIETY, Owned, ScopePaths
from societies.models import Society
from training.models.classes import TrainingClass, TrainingSession, acted_at, acted_by
from training.querysets import EnrolmentQuerySet, SessionAttendanceQuerySet

_USER = settings.AUTH_USER_MODEL


class CourseResult(models.TextChoices):
    """What the assessment of a class said of a person."""

    NONE = "", "未评定"
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


@tracked()
class Enrolment(Owned, models.Model):
    """A member whom a society sends to a class.

    person_name is copied, as for posts: who runs the class reads it, and the register is not read
    outside the society (roles.md §2.9). certificate_no: given at settling, without gaps in a class.
    """

    training_class = models.ForeignKey(
        TrainingClass, on_delete=models.PROTECT, related_name="enrolments"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(PartyMember, on_delete=models.PROTECT, related_name="enrolments")
    person_name = models.CharField("姓名", max_length=50)
    enrolled_at = models.DateTimeField("报名时间")
    enrolled_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    withdrawn_at, withdrawn_by = acted_at(), acted_by()
    result = models.CharField(
        "考核结果", max_length=10, choices=CourseResult, blank=True, default=""
    )
    certificate_no = models.CharField("结业证书编号", max_length=30, blank=True, default="")

    read_permission = Permission.ENROLMENT_VIEW
    scope_paths = BY_SOCIETY
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "报名"
        ordering = ["training_class_id", "society_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="enrolment_once",
                fields=["training_class", "member"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="该同志已报名",
            ),
            models.UniqueConstraint(
                name="certificate_once",
                fields=["training_class", "certificate_no"],
                condition=~Q(certificate_no=""),
            ),
            both_or_neither(
                "enrolment_withdrawn_by_somebody", "withdrawn_by", "withdrawn_at", "退报须有经办人"
            ),
            models.CheckConstraint(
                name="enrolment_result_of_those_who_stay",
                condition=Q(withdrawn_at__isnull=True) | Q(result="", certificate_no=""),
            ),
            models.CheckConstraint(
                name="certificate_only_when_passed",
                condition=Q(certificate_no="") | Q(result="passed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.person_name}"


@tracked()
class SessionAttendance(Owned, models.Model):
    """That somebody enrolled was present at one session; no row: absent or not yet told."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attendances")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="attendances"
    )

    read_permission = Permission.ENROLMENT_VIEW
    scope_paths = ScopePaths(
        federation="enrolment__society__federation_id", society="enrolment__society_id"
    )
    objects = SessionAttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "到课"
        constraints = [
            models.UniqueConstraint(name="session_attendance_once", fields=["enrolment", "session"])
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.session_id}"
