"""5.5 未建党组织原因 and the guidance measures that live on between periods."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from branches.models import Posting
from common.constraints import ends_after_start
from common.history import tracked
from ledgers.fields import CountField, count_constraints, when_sealed
from ledgers.models.leaders import LivingRows
from ledgers.models.ledger import Ledger, SectionPart
from ledgers.querysets.measures import FollowUpQuerySet, GuidanceMeasureQuerySet
from ledgers.triggers import measure_of_accepted_is_immutable, part_of_accepted_is_immutable
from societies.access import BY_SOCIETY, Owned
from societies.models import Society, SocietyUnit, Tier


class LedgerNotEstablished(SectionPart):
    """One unit without a Party organisation on the as-of date; T3 rows are optional throughout."""

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="not_established")
    unit = models.ForeignKey(SocietyUnit, on_delete=models.PROTECT, related_name="+")
    tier = models.SmallIntegerField("层级", choices=Tier)
    primary_reason = models.CharField(max_length=10, blank=True)
    other_reasons = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    reason_text = models.CharField(max_length=500, blank=True)
    party_members_available = CountField()
    responsible_post = models.CharField(max_length=50, blank=True)
    planned_establish_on = models.DateField(null=True, blank=True)
    last_followed_up_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "未建党组织原因"
        verbose_name_plural = "未建党组织原因"
        ordering = ["tier", "unit_id"]
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            *count_constraints("reason", ("party_members_available",)),
            models.UniqueConstraint(name="not_established_unit_once", fields=["ledger", "unit"]),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.unit_id}"


class LedgerMeasure(SectionPart):
    """A guidance measure of a 5.5 row; what needs a posting refers to it (D-15)."""

    not_established = models.ForeignKey(
        LedgerNotEstablished, on_delete=models.CASCADE, related_name="measures"
    )
    position = models.PositiveIntegerField("顺序", default=0)
    code = models.CharField(max_length=10, blank=True)
    measure_from = models.DateField(null=True, blank=True)
    measure_to = models.DateField(null=True, blank=True)
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = models.Manager()
    living = LivingRows()

    class Meta:
        verbose_name = "推进措施"
        verbose_name_plural = "推进措施"
        ordering = ["position", "pk"]
        triggers = [measure_of_accepted_is_immutable()]
        constraints = [
            when_sealed("measure_in_order", Q(measure_from__lt=F("measure_to")), "U-06"),
        ]

    def __str__(self) -> str:
        return self.code


@tracked()
class GuidanceMeasure(Owned, models.Model):
    """A measure for a unit without organisation, kept between periods (R-LED-14).

    Opened and closed by accepted ledgers; followed up by society and reviewer. `responsible_post`
    is a post, never a person (D-10). It gives no coverage by itself. A measure taken back before
    its first day never ran: it is void from `voided_on`, kept with its follow-ups, and never
    runs.
    """

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="guidance_measures")
    unit = models.ForeignKey(SocietyUnit, on_delete=models.PROTECT, related_name="+")
    tier = models.SmallIntegerField("层级", choices=Tier)
    code = models.CharField("措施", max_length=10)
    reason = models.CharField("主要原因", max_length=10, blank=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True, help_text="当日起不再执行")
    voided_on = models.DateField("作废日期", null=True, blank=True)
    until = models.DateField("计划止", null=True, blank=True)
    responsible_post = models.CharField("责任岗位", max_length=50, blank=True)
    planned_establish_on = models.DateField("计划建立日期", null=True, blank=True)
    last_followed_up_on = models.DateField("最近跟进日期", null=True, blank=True)
    source = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="opened_measures")
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = GuidanceMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "分类施策措施"
        verbose_name_plural = "分类施策措施"
        ordering = ["society_id", "tier", "unit_id", "code"]
        constraints = [
            ends_after_start("guidance_measure_ends_after_start"),
            models.UniqueConstraint(
                name="guidance_measure_open_once",
                fields=["unit", "code"],
                condition=Q(valid_to__isnull=True, voided_on__isnull=True),
            ),
            models.CheckConstraint(
                name="guidance_measure_ended_or_void",
                condition=Q(valid_to__isnull=True) | Q(voided_on__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["society", "tier"], name="guidance_measure_by_society")]

    def __str__(self) -> str:
        return f"{self.society_id} {self.code}"


@tracked()
class MeasureFollowUp(Owned, models.Model):
    """One follow-up of a measure: day and what was done, at the level of organisations (D-8)."""

    measure = models.ForeignKey(
        GuidanceMeasure, on_delete=models.PROTECT, related_name="follow_ups"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    on = models.DateField("跟进日期")
    text = models.CharField("进展", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "措施跟进"
        verbose_name_plural = "措施跟进"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return self.text
