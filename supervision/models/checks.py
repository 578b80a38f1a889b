"""The spot check of one drawn society, and the seats of its two inspectors (R-SUP-03)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Appointment, Federation, Society
from supervision.models.batches import InspectionBatch
from supervision.models.frames import FramePart
from supervision.querysets import InspectorSeatQuerySet, SpotCheckQuerySet

DRAWN = [choice for choice in FramePart.choices if choice[0] != FramePart.EXCLUDED]


class CheckState(models.TextChoices):
    """Where a spot check stands."""

    PLANNED = "planned", "待检查"
    IN_PROGRESS = "in_progress", "检查中"
    TO_SIGN = "to_sign", "待签字"
    CONFIRMED = "confirmed", "待学会反馈"
    REPLIED = "replied", "学会已反馈"
    PASSED_ON = "passed_on", "待作结论"
    CONCLUDED = "concluded", "已有结论"


class Unsigned(models.TextChoices):
    """Why the society's signature is missing; never agreement."""

    REFUSED = "refused", "拒签"
    SILENT = "silent", "逾期未确认"


_JUDGED = {None: "待认定", True: "已认定", False: "不予认定"}
_UNSIGNED = ", ".join(
    f"'{state}'" for state in (CheckState.PLANNED, CheckState.IN_PROGRESS, CheckState.TO_SIGN)
)


@tracked()
class SpotCheck(Owned, models.Model):
    """抽查 of one drawn society, made by the draw. The society reads it from the notice on.

    federation: the batch's, for numbers without repetition. part: 随机 or 必查; pass rates are
    published for 随机 only (R-SUP-02). position: the row of the printed result. reply_due: the
    last day of the society's right of reply, counted from confirmed_at: the society's signature or
    the lead's record that it did not sign (unsigned) or did not let itself be inspected (barred_*).
    barred_upheld: whether the conclusion found so, None before. conclusion: final.
    """

    batch = models.ForeignKey(InspectionBatch, on_delete=models.PROTECT, related_name="checks")
    federation = models.ForeignKey(Federation, on_delete=models.PROTECT, related_name="+")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="spot_checks")
    code = models.CharField("编号", max_length=20)
    part = models.CharField("方式", max_length=10, choices=DRAWN)
    position = models.PositiveSmallIntegerField("序")
    state = models.CharField("状态", max_length=20, choices=CheckState, default=CheckState.PLANNED)
    confirmed_at = models.DateTimeField("签字环节结束时间", null=True, blank=True)
    unsigned = models.CharField("学会未签", max_length=10, choices=Unsigned, blank=True)
    unsigned_reason = models.CharField("未签情况", max_length=300, blank=True)
    unsigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    unsigned_at = models.DateTimeField("记录未签时间", null=True, blank=True)
    barred_reason = models.CharField("拒绝检查情况", max_length=300, blank=True)
    barred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    barred_at = models.DateTimeField("记录拒绝检查时间", null=True, blank=True)
    barred_upheld = models.BooleanField("认定拒绝接受检查", null=True, blank=True)
    reply_due = models.DateField("反馈截止", null=True, blank=True)
    reply = models.CharField("学会反馈", max_length=1000, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replied_at = models.DateTimeField("反馈时间", null=True, blank=True)
    opinion = models.CharField("组长意见", max_length=500, blank=True)
    passed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    passed_at = models.DateTimeField("报送时间", null=True, blank=True)
    conclusion = models.CharField("结论", max_length=500, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    concluded_at = models.DateTimeField("结论时间", null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(federation="federation_id", society="society_id")
    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查"
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(name="spot_check_once_a_batch", fields=["batch", "society"]),
            models.UniqueConstraint(name="spot_check_code_once", fields=["federation", "code"]),
            both_or_neither("spot_check_confirmed", "confirmed_at", "reply_due", "签字"),
            both_or_neither("spot_check_unsigned", "unsigned_by", "unsigned_at", "未签"),
            models.CheckConstraint(
                name="spot_check_unsigned_whole",
                condition=Q(unsigned="", unsigned_reason="", unsigned_at__isnull=True)
                | (~Q(unsigned="") & ~Q(unsigned_reason="") & Q(unsigned_at__isnull=False)),
            ),
            both_or_neither("spot_check_barred", "barred_by", "barred_at", "拒绝检查"),
            models.CheckConstraint(
                name="spot_check_barred_whole",
                condition=Q(barred_reason="", barred_at__isnull=True)
                | (~Q(barred_reason="") & Q(barred_at__isnull=False, unsigned="")),
            ),
            models.CheckConstraint(
                name="spot_check_barred_is_judged",
                condition=Q(barred_upheld__isnull=False)
                & Q(barred_at__isnull=False, concluded_at__isnull=False)
                | Q(barred_upheld__isnull=True)
                & (Q(barred_at__isnull=True) | Q(concluded_at__isnull=True)),
                violation_error_message="请选择是否认定拒绝接受检查",
            ),
            both_or_neither("spot_check_replied", "replied_by", "replied_at", "反馈"),
            both_or_neither("spot_check_passed", "passed_by", "passed_at", "报送"),
            both_or_neither("spot_check_concluded", "concluded_by", "concluded_at", "结论"),
            different_users(
                "spot_check_lead_does_not_conclude",
                "passed_by",
                "concluded_by",
                "报送结果和作出结论须由不同的人办理",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_stays_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=(
                    f"IF OLD.state NOT IN ({_UNSIGNED}) AND NEW.state IN ({_UNSIGNED}) THEN "
                    "RAISE EXCEPTION '签字环节已结束，不能退回' USING ERRCODE = 'check_violation'; "
                    "END IF; RETURN NEW;"
                ),
            )
        ]
        indexes = [models.Index(fields=["society", "concluded_at"], name="spot_check_of_society")]

    def __str__(self) -> str:
        return self.code

    @property
    def method(self) -> str:
        """随机 or 必查, as each drawn row is marked (R-SUP-02)."""
        return "必查" if self.part == FramePart.MUST else "随机"

    @property
    def unsigned_words(self) -> str:
        """学会未签（拒签）, "" while the society signed or may still sign."""
        return f"学会未签（{self.get_unsigned_display()}）" if self.unsigned else ""

    @property
    def is_barred(self) -> bool:
        """Whether the lead recorded 拒绝检查: nothing was inspected, whatever the conclusion."""
        return self.barred_at is not None

    @property
    def remark(self) -> str:
        """What stands beside the state: 拒绝检查（待认定）, else 学会未签（拒签）, else ""."""
        judged = _JUDGED[self.barred_upheld]
        return f"拒绝检查（{judged}）" if self.is_barred else self.unsigned_words

    @property
    def remark_kind(self) -> str:
        """Its shape and colour (`common.status`): a refusal that was not found is none."""
        return "idle" if self.barred_upheld is False else "bad"


@tracked()
class InspectorSeat(Owned, models.Model):
    """Who inspects: two places for each check, two different users.

    appointment: opened by the notice. declared_at: when the user declared 无回避情形;
    recusal: why he must stay out instead, for the lead who then replaces him. ended_at: a
    replaced inspector's seat stays as history.
    """

    spot_check = models.ForeignKey(SpotCheck, on_delete=models.PROTECT, related_name="seats")
    place = models.PositiveSmallIntegerField("席位")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="督导组成员",
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declared_at = models.DateTimeField("声明无回避情形时间", null=True, blank=True)
    recusal = models.CharField("回避情形", max_length=200, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField("调换时间", null=True, blank=True)
    ended_reason = models.CharField("调换原因", max_length=200, blank=True)

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(
        federation="spot_check__federation_id", society="spot_check__society_id"
    )
    objects = InspectorSeatQuerySet.as_manager()

    class Meta:
        verbose_name = "督导组席位"
        ordering = ["spot_check_id", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="inspector_seat_place_once",
                fields=["spot_check", "place"],
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="inspector_seat_user_once",
                fields=["spot_check", "user"],
                condition=Q(ended_at__isnull=True),
                violation_error_message="同一学会须由两名不同的督导组成员检查",
            ),
            models.CheckConstraint(
                name="inspector_seat_two_places", condition=Q(place__gte=1, place__lte=2)
            ),
            models.CheckConstraint(
                name="inspector_seat_declared_or_recused",
                condition=Q(declared_at__isnull=True) | Q(recusal=""),
            ),
            both_or_neither("inspector_seat_ended", "ended_by", "ended_at", "调换"),
            models.CheckConstraint(
                name="inspector_seat_ended_has_reason",
                condition=Q(ended_at__isnull=True, ended_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.place} {self.user_id}"
