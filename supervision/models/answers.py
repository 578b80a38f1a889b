"""What the inspectors found: an answer for each item of the checklist, its photos (R-SUP-04)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, insert_only
from common.history import tracked
from common.models import StoredFile
from societies.access import Owned, ScopePaths
from supervision.models.checks import CheckState, SpotCheck
from supervision.models.editions import ChecklistItem, FindingSeverity
from supervision.querysets import AnswerQuerySet, OfAnswerQuerySet


class AnswerValue(models.TextChoices):
    """R-SUP-04."""

    CONFORM = "conform", "符合"
    MOSTLY = "mostly", "基本符合"
    NOT = "not", "不符合"
    NA = "na", "不适用"


_OPEN = "', '".join((CheckState.PLANNED, CheckState.IN_PROGRESS))


def frozen(words: str, check: str) -> pgtrigger.Trigger:
    """Refuse every write on rows of a check that went to signing; `check` selects its key."""
    return pgtrigger.Trigger(
        name="frozen_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("touched", "RECORD")],
        func=(
            "touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; "
            "IF EXISTS (SELECT FROM supervision_spotcheck c WHERE "
            f"c.id = {check} AND c.state NOT IN ('{_OPEN}')) THEN "
            f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; "
            "END IF; RETURN touched;"
        ),
    )


@tracked()
class Answer(Owned, models.Model):
    """One item of one check; all rows are made when the check starts.

    value: "" until answered. note: facts and grounds, or the reason for 不适用; it may be missing
    while the check goes on, never when it goes to signing. severity: what makes a finding of it.
    client, seq: the last send that was applied. prefill_*: what the portal knew, copied when the
    check started; the day is that of the record, not of the copying.
    """

    spot_check = models.ForeignKey(SpotCheck, on_delete=models.PROTECT, related_name="answers")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    value = models.CharField("检查结论", max_length=10, choices=AnswerValue, blank=True)
    note = models.CharField("事实和依据", max_length=1000, blank=True)
    severity = models.CharField("程度", max_length=10, choices=FindingSeverity, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField("填写时间", null=True, blank=True)
    client = models.UUIDField(null=True, blank=True, editable=False)
    seq = models.PositiveIntegerField(default=0, editable=False)
    prefill_text = models.CharField("平台已有", max_length=300, blank=True)
    prefill_source = models.CharField("来源", max_length=60, blank=True)
    prefill_on = models.DateField("记录日期", null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(
        federation="spot_check__federation_id", society="spot_check__society_id"
    )
    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "检查答案"
        ordering = ["spot_check_id", "item__position"]
        constraints = [
            models.UniqueConstraint(name="check_answer_once", fields=["spot_check", "item"]),
            both_or_neither("check_answer_answered", "answered_by", "answered_at", "填写"),
            models.CheckConstraint(
                name="check_answer_severity_where_short",
                condition=Q(value=AnswerValue.NOT) & ~Q(severity="")
                | Q(value=AnswerValue.MOSTLY)
                | Q(severity=""),
                violation_error_message="不符合须选择程度；符合、不适用不填程度",
            ),
            models.CheckConstraint(
                name="check_answer_prefill_has_source",
                condition=Q(prefill_text="", prefill_source="", prefill_on__isnull=True)
                | (~Q(prefill_text="") & ~Q(prefill_source="") & Q(prefill_on__isnull=False)),
            ),
        ]
        triggers = [frozen("检查已进入签字环节，答案不能改动", "touched.spot_check_id")]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.item_id}"

    @property
    def lacks(self) -> str:
        """What is missing for a whole answer, in words; "" if nothing is."""
        if not self.value:
            return "请选择检查结论"
        if self.value == AnswerValue.CONFORM or self.note:
            return ""
        if self.value == AnswerValue.NA:
            return "请写明不适用的原因"
        return f"{self.get_value_display()}须写明事实和依据"


class AnswerSend(Owned, models.Model):
    """A received send of an answer, so that a doubled or late one is known; never changed.

    client: the opened page; seq: its running number. applied: False for one that came too late.
    """

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="sends")
    client = models.UUIDField()
    seq = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    applied = models.BooleanField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField("收到时间")

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(
        federation="answer__spot_check__federation_id", society="answer__spot_check__society_id"
    )
    objects = OfAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "答案发送记录"
        constraints = [
            models.UniqueConstraint(name="answer_send_once", fields=["answer", "client", "seq"])
        ]
        triggers = [insert_only("发送记录")]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.client} {self.seq}"


@tracked()
class AnswerPhoto(Owned, models.Model):
    """A photo of an item, never required (R-SUP-04); re-encoded, without place or camera data.

    client_key: of the page that chose the file, so that a doubled send adds it once.
    """

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField("添加时间")

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(
        federation="answer__spot_check__federation_id", society="answer__spot_check__society_id"
    )
    objects = OfAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "检查照片"
        ordering = ["answer_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="answer_photo_once", fields=["answer", "client_key"])
        ]
        triggers = [
            frozen(
                "检查已进入签字环节，照片不能改动",
                "(SELECT a.spot_check_id FROM supervision_answer a WHERE a.id = touched.answer_id)",
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.pk}"
