"""What a batch and its staged rows hold; a room above makes both concrete and adds the owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import StoredFile

# How long a confirmed batch may be taken back, and uploaded files and staged rows are kept.
UNDO_WITHIN = timedelta(hours=24)
KEPT = timedelta(days=7)
MOST_ATTEMPTS = 3


class BatchState(models.TextChoices):
    """Where a batch stands. `writing`: confirmed, a worker is about to write it."""

    WAITING = "waiting", "等待核对"
    CHECKING = "checking", "正在核对"
    CHECKED = "checked", "待确认导入"
    WRITING = "writing", "正在导入"
    DONE = "done", "已导入"
    ROLLED_BACK = "rolled_back", "已撤回"
    ABANDONED = "abandoned", "已放弃"
    FAILED = "failed", "未能读取"


# A worker is on it or about to be.
RUNNING = (BatchState.WAITING, BatchState.CHECKING, BatchState.WRITING)


class RowKind(models.TextChoices):
    """What confirming would do with a row."""

    NEW = "new", "新增"
    CHANGED = "changed", "更新"
    SAME = "same", "无变化"
    REFUSED = "refused", "拒绝"
    ASK = "ask", "请确认"


WRITES = (RowKind.NEW, RowKind.CHANGED)
STOPS = (RowKind.REFUSED, RowKind.ASK)


class Answer(models.TextChoices):
    """What somebody said to “同一人？” (R-MEM-07)."""

    NONE = "", "未答"
    SAME = "same", "同一人"
    OTHER = "other", "不是同一人"


class ImportBatch(models.Model):
    """One uploaded workbook on its way into the portal.

    places: column key → place in the sheet. mark: grows with every change of state or answer, so
    that a page knows whether it is stale. attempt: who works on it; a worker whose number is no
    longer there stops. settled: the attempt that last came to an end. worked_on: the worker's last
    sign of life.
    """

    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField("文件名", max_length=120)
    sheet_name = models.CharField("工作表", max_length=100, blank=True)
    places = models.JSONField(default=dict)
    heads = models.JSONField(default=list)
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.WAITING)
    problem = models.CharField("未能读取的原因", max_length=300, blank=True)
    mark = models.PositiveIntegerField(default=1)
    attempt = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    worked_on = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("导入时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rolled_back_at = models.DateTimeField("撤回时间", null=True, blank=True)
    rolled_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        """How far the check is, for its bar."""
        return 100 * self.done // self.total if self.total else 0

    def may_roll_back(self, now: datetime) -> bool:
        """Whether the time for taking it back still runs."""
        at = self.confirmed_at
        return self.state == BatchState.DONE and at is not None and now < at + UNDO_WITHIN


class ImportRow(models.Model):
    """One line of the workbook. The concrete model adds `batch` (related_name="rows").

    cells: texts in the order of the importer's columns. problems: [{"column", "wrong", "mend",
    "offer"}]. key, occurrence, first_line: which row of the file with the same key it is, and where
    the first stands. op, target: what to do with which row of the room, as the importer means it.
    was: column key → the value before. undo: what taking it back must restore.
    """

    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=RowKind)
    cells = models.JSONField()
    problems = models.JSONField(default=list)
    key = models.CharField(max_length=300)
    occurrence = models.PositiveIntegerField(default=0)
    first_line = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.NONE, blank=True)
    op = models.CharField(max_length=12)
    target = models.BigIntegerField(null=True)
    was = models.JSONField(default=dict)
    undo = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.line} {self.kind}"

    def problem(self, column: str, wrong: str, mend: str = "", offer: str = "") -> None:
        """Note what is wrong with one cell and how to mend it."""
        said: dict[str, Any] = {"column": column, "wrong": wrong, "mend": mend}
        self.problems.append(said | ({"offer": offer} if offer else {}))


def batch_constraints(name: str) -> list[models.BaseConstraint]:
    """What always holds of a batch: confirmed and rolled back by somebody, at a time."""
    return [
        models.CheckConstraint(
            name=f"{name}_confirmed_by_somebody",
            condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
            | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{name}_done_is_confirmed",
            condition=~Q(state__in=[BatchState.DONE, BatchState.ROLLED_BACK, BatchState.WRITING])
            | Q(confirmed_at__isnull=False),
        ),
    ]
