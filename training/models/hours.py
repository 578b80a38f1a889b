"""Credit hours (学时): events that give them, who gets them, and a person's year (R-TRN-01…03)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from branches.models import LifeRecord, PartyMember, PartyOrganisation
from common.constraints import different_users
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society
from training.models.classes import Portion, TrainingSession, portion_constraint
from training.querysets import HourCreditQuerySet, HourEventQuerySet, YearHoursQuerySet

_USER = settings.AUTH_USER_MODEL


class HourKind(models.TextChoices):
    """What counts (R-TRN-03); 宣讲 as audience, 线上课程 when completed."""

    CONCENTRATED = "concentrated", "集中培训"
    LECTURE = "lecture", "党课"
    STUDY = "study", "集体学习"
    ONLINE = "online", "线上课程"
    OUTREACH = "outreach", "宣讲"


class HourEventState(models.TextChoices):
    """It counts when confirmed; a class's event is confirmed by settling the class."""

    FILED = "filed", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


def _by() -> models.ForeignKey:
    return models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )


def _at() -> models.DateTimeField:
    return models.DateTimeField(null=True, blank=True, editable=False)


_STANDS = ~Q(state=HourEventState.WITHDRAWN)


@tracked()
class HourEvent(Owned, models.Model):
    """One event for which members of one society get hours.

    Of one kind only: no event counts both as lecture and as training (R-TRN-03). organisation: who
    filed it; NULL for a session of a class, which gives one event to each society that took part.
    filed_by: who filed it as it stands; filers: the users who filed it before a correction. None of
    them confirms it (R-ROLE-01).
    """

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="hour_events")
    organisation = models.ForeignKey(
        PartyOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hour_events",
    )
    kind = models.CharField("种类", max_length=15, choices=HourKind)
    title = models.CharField("内容", max_length=120)
    held_on = models.DateField("日期")
    portion = models.CharField("时长", max_length=10, choices=Portion)
    minutes = models.PositiveSmallIntegerField("分钟", null=True, blank=True)
    life_record = models.ForeignKey(
        LifeRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="hour_events"
    )
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, null=True, blank=True, related_name="hour_events"
    )
    state = models.CharField(
        "状态", max_length=10, choices=HourEventState, default=HourEventState.FILED, editable=False
    )
    filed_at = models.DateTimeField(editable=False)
    filed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, editable=False, related_name="+")
    filers = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    confirmed_at, confirmed_by = _at(), _by()
    returned_at, returned_by = _at(), _by()
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    withdrawn_at, withdrawn_by = _at(), _by()
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.HOURS_VIEW
    # No federation: whose hours these are is the society's own business (R-TRN-11).
    scope_paths = ScopePaths(society="society_id", organisation="organisation_id")
    objects = HourEventQuerySet.as_manager()

    class Meta:
        verbose_name = "学时活动"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="hours_of_a_record_once",
                fields=["life_record"],
                condition=_STANDS,
                violation_error_message="这条组织生活记录已登记学时，同一次活动不能重复计入",
            ),
            models.UniqueConstraint(
                name="hours_of_a_session_once",
                fields=["session", "society"],
                condition=_STANDS,
                violation_error_message="这一节课的学时已计入",
            ),
            models.UniqueConstraint(
                name="hour_event_once",
                fields=["organisation", "held_on", "title"],
                condition=_STANDS & Q(session__isnull=True),
                violation_error_message="同一天、同一内容的活动已登记学时，不能重复计入",
            ),
            models.CheckConstraint(
                name="hour_event_of_an_organisation_or_a_session",
                condition=Q(organisation__isnull=False, session__isnull=True)
                | Q(organisation__isnull=True, session__isnull=False, life_record__isnull=True),
            ),
            models.CheckConstraint(
                name="hour_event_confirmed_by_another",
                condition=~Q(state="confirmed")
                | Q(session__isnull=False)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="hour_event_returned_with_a_reason",
                condition=~Q(state="returned")
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="")),
            ),
            different_users(
                "hours_filer_is_not_confirmer", "filed_by", "confirmed_by", "须由另一人确认"
            ),
            models.CheckConstraint(
                name="hours_former_filer_is_not_confirmer",
                condition=~Q(filers__contains=[F("confirmed_by")]),
                violation_error_message="须由另一人确认",
            ),
            portion_constraint("hour_event_minutes_by_portion"),
        ]
        indexes = [
            models.Index(fields=["society", "held_on"], name="hour_event_by_society"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"

    def was_filed_by(self, user_id: int) -> bool:
        """Whether this user filed it, as it stands or before a correction."""
        return user_id == self.filed_by_id or user_id in self.filers


@tracked()
class HourCredit(Owned, models.Model):
    """That a member gets the hours of an event, once; society: the member's own."""

    event = models.ForeignKey(HourEvent, on_delete=models.CASCADE, related_name="credits")
    member = models.ForeignKey(PartyMember, on_delete=models.PROTECT, related_name="hour_credits")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    as_lecturer = models.BooleanField("授课", default=False)

    read_permission = Permission.HOURS_VIEW
    scope_paths = ScopePaths(society="society_id", organisation="member__organisation_id")
    objects = HourCreditQuerySet.as_manager()

    class Meta:
        verbose_name = "学时"
        constraints = [
            models.UniqueConstraint(
                name="hour_credit_once",
                fields=["event", "member"],
                violation_error_message="同一人在一次活动中只计一次学时",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.member_id}"


class YearHours(Owned, models.Model):
    """What a member's confirmed hours of a year amount to; written by `training.recompute` alone.

    offline: heard on site, after the daily bound. lectured: doubled, up to the yearly bound.
    online: before the share is applied. counted: what the year amounts to. concentrated: how many
    different 集中培训 it holds.
    """

    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, related_name="year_hours")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    counted = models.DecimalField("计入学时", max_digits=6, decimal_places=1)
    offline = models.DecimalField("线下", max_digits=6, decimal_places=1)
    online = models.DecimalField("线上", max_digits=6, decimal_places=1)
    lectured = models.DecimalField("授课", max_digits=6, decimal_places=1)
    concentrated = models.PositiveSmallIntegerField("集中培训次数")

    read_permission = Permission.HOURS_VIEW
    scope_paths = ScopePaths(society="society_id", organisation="member__organisation_id")
    objects = YearHoursQuerySet.as_manager()

    class Meta:
        verbose_name = "年度学时"
        constraints = [
            models.UniqueConstraint(name="year_hours_once", fields=["member", "year"]),
            models.CheckConstraint(
                name="year_hours_are_not_more_than_their_parts",
                condition=Q(counted__lte=F("offline") + F("online") + F("lectured")),
            ),
        ]
        indexes = [models.Index(fields=["society", "year"], name="year_hours_by_society")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year} {self.counted}"
