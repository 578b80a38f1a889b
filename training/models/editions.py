"""What counts as training and how much is required: settings of a federation by years (D-3)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import BY_FEDERATION, Owned
from societies.models import Federation
from training.hours import HourRules
from training.querysets import TrainingEditionQuerySet

NEW_YEAR = Q(valid_from__isnull=True) | Q(valid_from__month=1, valid_from__day=1)


def _hours(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=4, decimal_places=1)


@tracked()
class TrainingEdition(Owned, models.Model):
    """Required hours and conversions, each with its clause in `clauses`. Superseded, never changed.

    A year has one edition: it begins on 1 January (R-TRN-01). online_percent: the largest share of
    online courses among the hours that count.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="training_editions"
    )
    key = models.SlugField("键", max_length=40, unique=True)
    label = models.CharField("版本", max_length=40)
    source = models.CharField("来源", max_length=300)
    valid_from = models.DateField("适用起", null=True, blank=True)
    valid_to = models.DateField("适用止", null=True, blank=True, help_text="当日起不适用")
    member_hours = _hours("党员年度学时")
    officer_hours = _hours("书记、委员年度学时")
    officer_concentrated = models.PositiveSmallIntegerField("书记、委员集中培训次数")
    secretary_months = models.PositiveSmallIntegerField("新任书记培训期限（月）")
    day_hours = _hours("一天折合学时")
    half_day_hours = _hours("半天折合学时")
    daily_most = _hours("每人每天最多")
    online_percent = models.PositiveSmallIntegerField("线上课程占比上限")
    lecturer_factor = _hours("授课折算倍数")
    lecturer_most = _hours("授课每年最多")
    clauses = models.JSONField("依据", default=dict)
    digest = models.CharField(max_length=64, editable=False)

    read_permission = Permission.CLASS_VIEW
    scope_paths = BY_FEDERATION
    objects = TrainingEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "学时规定"
        constraints = [
            ends_after_start("training_edition_ends_after_start"),
            no_overlap("training_edition_one_at_a_time", ["federation"]),
            models.CheckConstraint(
                name="training_edition_begins_with_a_year",
                condition=NEW_YEAR,
                violation_error_message="学时规定须自 1 月 1 日起适用",
            ),
            models.CheckConstraint(
                name="training_edition_share_is_a_percentage",
                condition=Q(online_percent__lte=100),
                violation_error_message="线上课程占比不能超过 100",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def rules(self) -> HourRules:
        """The numbers for the arithmetic."""
        return HourRules(
            member_hours=Decimal(self.member_hours),
            officer_hours=Decimal(self.officer_hours),
            officer_concentrated=self.officer_concentrated,
            day_hours=Decimal(self.day_hours),
            half_day_hours=Decimal(self.half_day_hours),
            daily_most=Decimal(self.daily_most),
            online_percent=self.online_percent,
            lecturer_factor=Decimal(self.lecturer_factor),
            lecturer_most=Decimal(self.lecturer_most),
        )
