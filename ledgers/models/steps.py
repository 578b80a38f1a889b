"""History of the procedure, and what people said about single fields."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import insert_only
from common.history import tracked
from ledgers.models.ledger import Ledger, LedgerState, ReturnStage, Section
from ledgers.querysets.ledgers import (
    LedgerPartQuerySet,
    LedgerStepQuerySet,
    ReviewDraftQuerySet,
)
from ledgers.triggers import part_of_accepted_is_immutable
from societies.access import BY_SOCIETY, Owned
from societies.models import Appointment, Society


class LedgerStep(Owned, models.Model):
    """One step of a version's procedure; never changed, so any past day can be asked again.

    on_time: for a filing, whether its counted moment was on time as judged at that step (R-LED-08);
    a restatement is never judged. mend_until: of the committee's return of a first filing, the last
    day on which mending keeps the moment counted so far.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="steps")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="ledger_steps")
    verb = models.CharField("环节", max_length=30)
    from_state = models.CharField(max_length=20, choices=LedgerState, blank=True)
    to_state = models.CharField(max_length=20, choices=LedgerState)
    stage = models.CharField("退回环节", max_length=10, choices=ReturnStage, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    on_time = models.BooleanField("按期", null=True, blank=True)
    mend_until = models.DateField("改正期限", null=True, blank=True, help_text="当日仍算改正")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("时间")

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = LedgerStepQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ["-at", "-pk"]
        triggers = [insert_only("办理记录")]
        indexes = [models.Index(fields=["ledger", "at"], name="ledger_step_by_time")]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.verb}"


class Remark(models.Model):
    """A word at one field: `field` is its identifier, `row` the pk of a 5.4 or 5.5 row or 0."""

    section = models.CharField("表", max_length=20, choices=Section)
    field = models.CharField("项目", max_length=50)
    row = models.BigIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        abstract = True


@tracked()
class LedgerReturnRemark(Owned, Remark):
    """The reviewer's reason at a field, given with a return (R-LED-08)."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="return_remarks")
    step = models.ForeignKey(LedgerStep, on_delete=models.PROTECT, related_name="remarks")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("意见", max_length=300)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = LedgerPartQuerySet.as_manager()

    class Meta:
        verbose_name = "退回意见"
        verbose_name_plural = "退回意见"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class ReviewDraft(Owned, models.Model):
    """What a reviewer has typed of a return not yet given: raw, even where it is wrong.

    values: `reason`, and `remarks` as pairs of field and words. One for each version and reviewer;
    gone when the review ends.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="review_drafts")
    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="+")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    saved_at = models.DateTimeField()
    values = models.JSONField(default=dict)

    read_permission = Permission.LEDGER_REVIEW
    scope_paths = BY_SOCIETY
    objects = ReviewDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "审核意见草稿"
        constraints = [
            models.UniqueConstraint(name="review_draft_once", fields=["ledger", "saved_by"])
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.saved_by_id}"


@tracked()
class LedgerConfirmation(Owned, models.Model):
    """A tick at a warning (请确认), with an optional word; also the ticks of X-08.

    It holds for the message it was given for: other figures, another tick.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="confirmations")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("校验", max_length=10)
    target = models.CharField("项目", max_length=80, blank=True)
    message = models.CharField("提示", max_length=300)
    note = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = LedgerPartQuerySet.as_manager()

    class Meta:
        verbose_name = "确认"
        verbose_name_plural = "确认"
        ordering = ["pk"]
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            models.UniqueConstraint(
                name="ledger_confirmation_once", fields=["ledger", "code", "target"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


@tracked()
class LedgerChangeNote(Owned, Remark):
    """The society's word on a change against the last period; R-LED-03 may ask for one."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="change_notes")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("说明", max_length=300)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = LedgerPartQuerySet.as_manager()

    class Meta:
        verbose_name = "变动说明"
        verbose_name_plural = "变动说明"
        ordering = ["pk"]
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            models.UniqueConstraint(
                name="ledger_change_note_once", fields=["ledger", "section", "field", "row"]
            ),
            models.CheckConstraint(name="ledger_change_note_not_blank", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text
