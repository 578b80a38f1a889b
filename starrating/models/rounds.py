"""A rating round of a federation, and the seats of its preliminary assessors (R-STAR-06)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Appointment, Federation
from starrating.models.editions import RatingEdition
from starrating.round_querysets import RatingRoundQuerySet, SeatQuerySet


@tracked()
class RatingRound(Owned, models.Model):
    """One round over one calendar year, by one standard. Last days of its steps are inclusive.

    freeze_on: from this day on the closing score of the year is taken (R-STAR-08). members: how
    many deliberating members must agree to an entry. `computed_at`: when the scores were taken.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="rating_rounds"
    )
    edition = models.ForeignKey(RatingEdition, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField("评定年度")
    freeze_on = models.DateField("测算定格日")
    apply_by = models.DateField("申报截止日")
    self_by = models.DateField("自评截止日")
    assess_by = models.DateField("初评截止日")
    deliberate_by = models.DateField("审议截止日")
    members = models.PositiveSmallIntegerField("审议委员人数", default=2)
    publicity_days = models.PositiveSmallIntegerField("公示工作日", default=5)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField("开启时间")
    computed_at = models.DateTimeField("测算时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField("公示时间", null=True, blank=True)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finalised_at = models.DateTimeField("评定时间", null=True, blank=True)
    document_number = models.CharField("评定文号", max_length=60, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = ScopePaths(federation="federation_id", society="federation__societies")
    objects = RatingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "星级评定"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="rating_round_once_a_year",
                fields=["federation", "year"],
                violation_error_message="该年度的评定已经开启",
            ),
            models.UniqueConstraint(
                name="rating_round_one_open",
                fields=["federation"],
                condition=Q(finalised_at__isnull=True),
                violation_error_message="还有一次评定尚未结束，评定后再开启下一次",
            ),
            models.CheckConstraint(
                name="rating_round_days_in_order",
                condition=Q(
                    apply_by__lte=F("self_by"),
                    freeze_on__lte=F("self_by"),
                    self_by__lt=F("assess_by"),
                    assess_by__lte=F("deliberate_by"),
                ),
                violation_error_message="截止日须依次为申报、自评、初评、审议，定格日不晚于自评截止日",
            ),
            models.CheckConstraint(
                name="rating_round_publicity_of_five_days",
                condition=Q(publicity_days__gte=5, publicity_days__lte=30),
                violation_error_message="公示为 5 至 30 个工作日",
            ),
            models.CheckConstraint(
                name="rating_round_members",
                condition=Q(members__gte=1, members__lte=15),
                violation_error_message="审议委员为 1 至 15 人",
            ),
            both_or_neither("rating_round_published", "published_by", "published_at", "公示"),
            both_or_neither("rating_round_finalised", "finalised_by", "finalised_at", "评定"),
            different_users(
                "rating_round_publisher_is_not_leader",
                "published_by",
                "finalised_by",
                "公示与评定须由不同的人办理",
            ),
            models.CheckConstraint(
                name="rating_round_final_has_number",
                condition=Q(finalised_at__isnull=True, document_number="")
                | (Q(finalised_at__isnull=False) & ~Q(document_number="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度星级评定"

    @property
    def is_open(self) -> bool:
        """Whether anything of it can still be done."""
        return self.finalised_at is None

    @property
    def state_label(self) -> str:
        """进行中, 公示中 or 已结束."""
        if not self.is_open:
            return "已结束"
        return "公示中" if self.published_at else "进行中"


@tracked()
class AssessorSeat(Owned, models.Model):
    """The appointment a round opened for one preliminary assessor; it ends with the round."""

    round = models.ForeignKey(RatingRound, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="+")

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = ScopePaths(federation="round__federation_id")
    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = "初评人"
        constraints = [models.UniqueConstraint(name="assessor_seat_once", fields=["round", "user"])]

    def __str__(self) -> str:
        return f"{self.round_id} {self.user_id}"
