"""What the conclusion changed of an inspector's answer, beside the answer (right of reply)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import insert_only
from societies.access import Owned, ScopePaths
from supervision.models.answers import Answer
from supervision.models.editions import FindingSeverity
from supervision.querysets import OfAnswerQuerySet


class AnswerRuling(Owned, models.Model):
    """What the conclusion made of an answer after the society's reply; the answer itself stays.

    severity: as issued; "" where nothing is issued. Without a ruling the answer's own stands.
    Never changed.
    """

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="ruling")
    severity = models.CharField("程度", max_length=10, choices=FindingSeverity, blank=True)
    reason = models.CharField("调整原因", max_length=300)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ruled_at = models.DateTimeField("调整时间")

    read_permission = Permission.CHECK_VIEW
    scope_paths = ScopePaths(
        federation="answer__spot_check__federation_id", society="answer__spot_check__society_id"
    )
    objects = OfAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "结论调整"
        constraints = [
            models.CheckConstraint(name="answer_ruling_has_reason", condition=~Q(reason=""))
        ]
        triggers = [insert_only("结论调整")]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.severity}"
