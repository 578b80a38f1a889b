"""Declared interests: why somebody of the committee's side stays out of a society (R-SUP-03)."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import BY_SOCIETY, Owned
from societies.models.societies import Society
from societies.querysets import DeclaredInterestQuerySet


class InterestKind(models.TextChoices):
    """What binds a person to a society; each alone is enough for 回避 (roles.md §2.4)."""

    POST = "post", "任职"
    AFFILIATION = "affiliation", "组织关系"
    PARTICIPATION = "participation", "参加组织生活"
    SOCIETY_MEMBERSHIP = "society_membership", "会员"
    CONTACT = "contact", "联系人"


@tracked()
class DeclaredInterest(Owned, models.Model):
    """One dated relation of a user to a society, which never reads it.

    note: what it rests on. reason, end_reason: why somebody else entered or ended it; empty where
    the person did.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="declared_interests"
    )
    society = models.ForeignKey(
        Society, on_delete=models.PROTECT, related_name="declared_interests"
    )
    kind = models.CharField("关系", max_length=20, choices=InterestKind)
    note = models.CharField("依据或说明", max_length=200, blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("结束日期（当日起无效）", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("代为登记的理由", max_length=200, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField("代为结束的理由", max_length=200, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    read_permission = Permission.INTEREST_VIEW
    scope_paths = BY_SOCIETY
    objects = DeclaredInterestQuerySet.as_manager()

    class Meta:
        verbose_name = "回避申报"
        ordering = ["-valid_from", "-pk"]
        constraints = [
            ends_after_start("interest_ends_after_start", message="结束日期不能早于起始日期"),
            no_overlap(
                "interest_once",
                ["user", "society", "kind"],
                message="这段时间内已有对该学会的同类申报",
            ),
            models.CheckConstraint(
                name="interest_of_another_has_reason",
                condition=Q(entered_by=F("user")) | ~Q(reason=""),
                violation_error_message="请写明代为登记的理由",
            ),
            models.CheckConstraint(
                name="interest_ended_by_another_has_reason",
                condition=Q(ended_by__isnull=True) | Q(ended_by=F("user")) | ~Q(end_reason=""),
                violation_error_message="请写明代为结束的理由",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.society_id}）"

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, as screens show it; None without end."""
        return self.valid_to and self.valid_to - timedelta(days=1)
