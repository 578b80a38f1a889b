"""An inspection batch from its draft to its end, and its history (R-SUP-01)."""

from __future__ import annotations

from math import ceil

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users, insert_only
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Appointment, DisciplineClass, Federation
from supervision.models.editions import ChecklistEdition
from supervision.querysets import BatchPartQuerySet, InspectionBatchQuerySet


class BatchState(models.TextChoices):
    """Where a batch stands. R-SUP-01's `draft` is everything before the draw."""

    DRAFT = "draft", "编报中"
    TO_REVIEW = "to_review", "待审核"
    TO_DECIDE = "to_decide", "待批准"
    FROZEN = "frozen", "抽样框已冻结"
    COMMITTED = "committed", "种子摘要已公布"
    SAMPLED = "sampled", "已抽取"
    NOTIFIED = "notified", "已通知"
    ON_SITE = "on_site", "现场检查中"
    FINDINGS_ISSUED = "findings_issued", "问题已下发"
    RECTIFYING = "rectifying", "整改中"
    CLOSED = "closed", "已结束"


def _user(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


def _moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True, blank=True)


# What the draw depends on, fixed from the freezing on; and the seed, fixed by the draw.
_FIXED = (
    *("federation_id", "edition_id", "code", "sample_size", "sample_percent", "disciplines"),
    *("exclude_recent", "include_open", "sample", "frame_digest", "decided_at"),
)
_SEEDED = ("seed", "seed_digest", "drawn_at")


def _changed(columns: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{row}.{c}" for c in columns) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


@tracked()
class InspectionBatch(Owned, models.Model):
    """One batch (批次) of spot checks.

    sample: how many societies are drawn at random, known when the frame is frozen (decided_at).
    seed_digest: SHA-256 of the seed and the frame, made known before the draw; seed: empty until
    the draw reveals it. recommits: how often a new commitment replaced a lost seed.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="inspection_batches"
    )
    edition = models.ForeignKey(
        ChecklistEdition, on_delete=models.PROTECT, related_name="batches", verbose_name="检查清单"
    )
    code = models.CharField("批次编号", max_length=20)
    name = models.CharField("批次名称", max_length=60)
    on_site_from = models.DateField("现场检查起")
    on_site_to = models.DateField("现场检查止")
    disciplines = ArrayField(
        models.CharField(max_length=20, choices=DisciplineClass),
        default=list,
        blank=True,
        verbose_name="学科范围",
    )
    sample_size = models.PositiveSmallIntegerField("抽取家数", null=True, blank=True)
    sample_percent = models.PositiveSmallIntegerField("抽取比例（%）", null=True, blank=True)
    exclude_recent = models.BooleanField("排除近期已抽查的学会", default=True)
    include_open = models.BooleanField("整改未销号的学会必查", default=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="督导组组长",
    )
    state = models.CharField("状态", max_length=20, choices=BatchState, default=BatchState.DRAFT)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    sample = models.PositiveSmallIntegerField("应抽家数", null=True, blank=True)
    frame_digest = models.CharField("抽样框摘要", max_length=64, blank=True)
    seed_digest = models.CharField("种子摘要", max_length=64, blank=True)
    seed = models.CharField("种子", max_length=40, blank=True)
    recommits = models.PositiveSmallIntegerField("重新公布种子摘要次数", default=0)
    drafted_by, drafted_at = _user("编报人"), _moment("编报时间")
    sent_by, sent_at = _user("送审人"), _moment("送审时间")
    reviewed_by, reviewed_at = _user("审核人"), _moment("审核时间")
    decided_by, decided_at = _user("批准人"), _moment("批准并冻结抽样框时间")
    committed_by, committed_at = _user("公布种子摘要人"), _moment("公布种子摘要时间")
    drawn_by, drawn_at = _user("抽取人"), _moment("抽取时间")
    notified_by, notified_at = _user("通知人"), _moment("通知时间")
    closed_by, closed_at = _user("结束办理人"), _moment("结束时间")
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.BATCH_VIEW
    scope_paths = ScopePaths(federation="federation_id")
    objects = InspectionBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "督导批次"
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="inspection_batch_code_once", fields=["federation", "code"]
            ),
            models.CheckConstraint(
                name="inspection_batch_days_in_order",
                condition=Q(on_site_from__lte=F("on_site_to")),
                violation_error_message="现场检查止日不能早于起日",
            ),
            models.CheckConstraint(
                name="inspection_batch_size_or_percent",
                condition=Q(
                    sample_size__isnull=False, sample_size__gte=1, sample_percent__isnull=True
                )
                | Q(
                    sample_size__isnull=True,
                    sample_percent__isnull=False,
                    sample_percent__gte=1,
                    sample_percent__lte=100,
                ),
                violation_error_message="抽取家数和抽取比例须填写且只填写一项",
            ),
            *(
                both_or_neither(f"inspection_batch_{act}", f"{act}_by", f"{act}_at", label)
                for act, label in (
                    *(("drafted", "编报"), ("sent", "送审"), ("reviewed", "审核")),
                    *(("decided", "批准"), ("committed", "公布种子摘要"), ("drawn", "抽取")),
                    *(("notified", "通知"), ("closed", "结束")),
                )
            ),
            *(
                different_users(
                    f"inspection_batch_{one}_is_not_{other}",
                    one,
                    other,
                    "编报、审核、批准须由不同的人办理",
                )
                for one, other in (
                    ("lead", "reviewed_by"),
                    ("lead", "decided_by"),
                    ("reviewed_by", "decided_by"),
                    ("lead", "committed_by"),
                    ("lead", "drawn_by"),
                )
            ),
            models.CheckConstraint(
                name="inspection_batch_frozen_has_digest",
                condition=Q(decided_at__isnull=True, frame_digest="", sample__isnull=True)
                | (Q(decided_at__isnull=False, sample__isnull=False) & ~Q(frame_digest="")),
            ),
            models.CheckConstraint(
                name="inspection_batch_committed_before_drawn",
                condition=Q(drawn_at__isnull=True, seed="")
                | (
                    Q(committed_at__isnull=False, drawn_at__gte=F("committed_at"))
                    & ~Q(seed="")
                    & ~Q(seed_digest="")
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=(
                    f"IF OLD.frame_digest <> '' AND {_changed(_FIXED)} OR "
                    f"OLD.seed <> '' AND {_changed(_SEEDED)} THEN "
                    "RAISE EXCEPTION '抽样框冻结后不能改动' USING ERRCODE = 'check_violation'; "
                    "END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether anything of it can still be done."""
        return self.closed_at is None

    def sample_of(self, frame: int) -> int:
        """How many of a frame of this size are drawn; a ratio is never missed by rounding."""
        if self.sample_size is not None:
            return self.sample_size
        return ceil(frame * (self.sample_percent or 0) / 100)


class BatchStep(Owned, models.Model):
    """One step of a batch; never changed, never deleted."""

    batch = models.ForeignKey(InspectionBatch, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField("环节", max_length=30)
    from_state = models.CharField(max_length=20, choices=BatchState, blank=True)
    to_state = models.CharField(max_length=20, choices=BatchState)
    text = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("时间")

    read_permission = Permission.BATCH_VIEW
    scope_paths = ScopePaths(federation="batch__federation_id")
    objects = BatchPartQuerySet.as_manager()

    class Meta:
        verbose_name = "批次记录"
        ordering = ["-at", "-pk"]
        triggers = [insert_only("批次记录")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.verb}"
