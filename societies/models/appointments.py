"""Who acts in which role, and since when."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission, Role
from accounts.role_spec import RoleSpec
from accounts.roles import SPECS
from common.constraints import ends_after_start, valid_range
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models.federations import Federation
from societies.querysets import AppointmentQuerySet


@tracked()
class Appointment(Owned, models.Model):
    """User × role × scope objects of one kind × validity: the only writer of grants."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments"
    )
    role = models.CharField("角色", max_length=30, choices=Role)
    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    is_deputy = models.BooleanField("副职", default=False)
    duty = models.SmallIntegerField("职责类别", default=0, editable=False)
    valid_from = models.DateField("起任日期")
    valid_to = models.DateField("止任日期", null=True, blank=True, help_text="当日起无效")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments_granted",
    )
    created_at = models.DateTimeField("授权时间", auto_now_add=True)

    read_permission = Permission.NIGHT_VIEW
    scope_paths = ScopePaths()
    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["pk"]
        constraints = [
            ends_after_start("appointment_ends_after_start", message="止任日期须晚于起任日期"),
            # roles.md §2.6: the three administrators exclude each other and every business role.
            ExclusionConstraint(
                name="appointment_duties_apart",
                expressions=[("user", "="), ("duty", "<>"), (valid_range(), "&&")],
                violation_error_message="三员之间、三员与业务角色不得由同一人兼任",
            ),
            models.CheckConstraint(
                name="appointment_granter_is_another",
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                violation_error_message="不能给自己授权",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}（{self.user_id}）"

    @property
    def spec(self) -> RoleSpec:
        """The role's row of roles.md."""
        return SPECS[self.role]

    @property
    def role_label(self) -> str:
        """The role as the top bar names it; a deputy is noted."""
        label = str(self.get_role_display())
        return f"{label}（副）" if self.is_deputy else label
