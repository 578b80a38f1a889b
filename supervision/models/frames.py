"""The frozen frame: whom a draw could have met, written down before the seed (R-SUP-02, D-5)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from societies.access import Owned, ScopePaths
from societies.models import DisciplineClass, Society
from supervision.models.batches import InspectionBatch
from supervision.querysets import BatchPartQuerySet


class FramePart(models.TextChoices):
    """Drawn from, always inspected beside the sample, left out with a reason."""

    RANDOM = "random", "框内"
    MUST = "must", "必查"
    EXCLUDED = "excluded", "排除"


_GUARD = """
SELECT b.frame_digest <> '' AS frozen, b.drawn_at IS NOT NULL AS drawn INTO batch
FROM supervision_inspectionbatch b
WHERE b.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.batch_id ELSE NEW.batch_id END;
IF TG_OP <> 'UPDATE' AND batch.frozen
   OR TG_OP = 'UPDATE' AND (batch.drawn OR
      (NEW.batch_id, NEW.society_id, NEW.name, NEW.discipline, NEW.part, NEW.reason)
      IS DISTINCT FROM
      (OLD.batch_id, OLD.society_id, OLD.name, OLD.discipline, OLD.part, OLD.reason)) THEN
    RAISE EXCEPTION '抽样框已冻结，不能改动' USING ERRCODE = 'check_violation';
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


class FrameRow(Owned, models.Model):
    """A society as it stood when the frame was frozen; a trigger refuses what comes after.

    name, discipline: of that moment. The draw fills sort_hash (hexadecimal, random rows only),
    drawn, and position (from 1, by the printed order) once.
    """

    batch = models.ForeignKey(InspectionBatch, on_delete=models.PROTECT, related_name="frame")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("学会", max_length=100)
    discipline = models.CharField("学科", max_length=20, choices=DisciplineClass)
    part = models.CharField("方式", max_length=10, choices=FramePart)
    reason = models.CharField("原因", max_length=100, blank=True)
    sort_hash = models.CharField("排序值", max_length=64, blank=True)
    drawn = models.BooleanField("抽取", default=False)
    position = models.PositiveSmallIntegerField("序", null=True, blank=True)

    read_permission = Permission.BATCH_VIEW
    scope_paths = ScopePaths(federation="batch__federation_id")
    objects = BatchPartQuerySet.as_manager()

    class Meta:
        verbose_name = "抽样框"
        ordering = ["batch_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="frame_row_once", fields=["batch", "society"]),
            models.UniqueConstraint(name="frame_row_name_once", fields=["batch", "name"]),
            models.CheckConstraint(
                name="frame_row_drawn_has_position",
                condition=Q(drawn=True, position__isnull=False) & ~Q(part=FramePart.EXCLUDED)
                | Q(drawn=False, position__isnull=True),
            ),
            models.CheckConstraint(
                name="frame_row_reason_where_special",
                condition=Q(part=FramePart.RANDOM, reason="")
                | (~Q(part=FramePart.RANDOM) & ~Q(reason="")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("batch", "RECORD")],
                func=_GUARD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.name}"
