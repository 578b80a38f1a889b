"""Who confirmed the result of a check, and its history (R-SUP-03)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.permissions import Permission
from common.constraints import insert_only
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Appointment
from supervision.models.checks import CheckState, SpotCheck
from supervision.querysets import CheckPartQuerySet


class SignatureKind(models.TextChoices):
    """Two inspectors by their places, then the society."""

    FIRST = "first", "督导组成员（第一席）"
    SECOND = "second", "督导组成员（第二席）"
    SOCIETY = "society", "学会代表"


_PATHS = ScopePaths(federation="spot_check__federation_id", society="spot_check__society_id")


@tracked()
class CheckSignature(Owned, models.Model):
    """签字 under the answers as they stand: three kinds, three users.

    dissent: 不同意见, of the society alone. Removed only where the check goes back to answering.
    """

    spot_check = models.ForeignKey(SpotCheck, on_delete=models.PROTECT, related_name="signatures")
    kind = models.CharField("签字方", max_length=10, choices=SignatureKind)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField("签字时间")
    dissent = models.CharField("不同意见", max_length=500, blank=True)

    read_permission = Permission.CHECK_VIEW
    scope_paths = _PATHS
    objects = CheckPartQuerySet.as_manager()

    class Meta:
        verbose_name = "检查签字"
        ordering = ["spot_check_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="check_signature_kind_once",
                fields=["spot_check", "kind"],
                violation_error_message="这一方已经签字",
            ),
            models.UniqueConstraint(
                name="check_signature_user_once",
                fields=["spot_check", "signed_by"],
                violation_error_message="同一人只能签一次字",
            ),
            models.CheckConstraint(
                name="check_signature_dissent_of_society",
                condition=models.Q(kind=SignatureKind.SOCIETY) | models.Q(dissent=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("touched", "RECORD")],
                func=(
                    "touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; "
                    "IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM supervision_spotcheck c "
                    "WHERE c.id = touched.spot_check_id AND "
                    f"c.state <> '{CheckState.TO_SIGN}') THEN "
                    "RAISE EXCEPTION '签字不能改动' USING ERRCODE = 'check_violation'; "
                    "END IF; RETURN touched;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.kind}"


class CheckStep(Owned, models.Model):
    """One step of a check; never changed, never deleted."""

    spot_check = models.ForeignKey(SpotCheck, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField("环节", max_length=30)
    from_state = models.CharField(max_length=20, choices=CheckState, blank=True)
    to_state = models.CharField(max_length=20, choices=CheckState)
    text = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    read_permission = Permission.CHECK_VIEW
    scope_paths = _PATHS
    objects = CheckPartQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查记录"
        ordering = ["-at", "-pk"]
        triggers = [insert_only("抽查记录")]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.verb}"
