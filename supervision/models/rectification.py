"""What belongs to a finding's rectification: its evidence, its one extension (R-SUP-06)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from common.models import StoredFile
from societies.access import BY_SOCIETY, Owned
from societies.models import Society
from supervision.finding_querysets import FindingPartQuerySet
from supervision.models.findings import Finding


class EvidenceKind(models.TextChoices):
    """What an evidence is; photos are never required (D-1)."""

    FILE = "file", "文件"
    TEXT = "text", "文字说明"
    LINK = "link", "平台内记录"


_GUARD = """
SELECT f.turn, f.state INTO finding FROM supervision_finding f
WHERE f.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.finding_id ELSE NEW.finding_id END;
IF TG_OP = 'UPDATE' OR finding.state NOT IN ('rectifying', 'sent_back')
   OR finding.turn <> (CASE WHEN TG_OP = 'DELETE' THEN OLD.turn ELSE NEW.turn END) THEN
    RAISE EXCEPTION '已报送的整改依据不能改动' USING ERRCODE = 'check_violation';
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


@tracked()
class FindingEvidence(Owned, models.Model):
    """One evidence of rectification: a file, a text, or an address of the portal.

    turn: the submission it belongs to; what was sent stays. file_name: without any path.
    content_type is the file's, by its content. path: of a page of this portal, read by whoever
    may read that page.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="evidence")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    turn = models.PositiveSmallIntegerField("报送次数")
    kind = models.CharField("类型", max_length=10, choices=EvidenceKind)
    title = models.CharField("名称", max_length=100)
    text = models.CharField("说明", max_length=1000, blank=True)
    path = models.CharField("平台内地址", max_length=300, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField("上传时间")

    read_permission = Permission.FINDING_VIEW
    scope_paths = BY_SOCIETY
    objects = FindingPartQuerySet.as_manager()

    class Meta:
        verbose_name = "整改依据"
        ordering = ["turn", "pk"]
        constraints = [
            models.CheckConstraint(
                name="finding_evidence_of_its_kind",
                condition=Q(kind="file", file__isnull=False, text="", path="")
                | (Q(kind="text", file__isnull=True, path="") & ~Q(text=""))
                | (Q(kind="link", file__isnull=True, text="") & ~Q(path="")),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sent_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("finding", "RECORD")],
                func=_GUARD,
            )
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class FindingExtension(Owned, models.Model):
    """The one extension of a finding: asked, reviewed, decided by three users.

    due_before, due_asked: the finish day before, and the one asked for. granted: None until
    decided.
    """

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="extension")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    due_before = models.DateField("原完成期限")
    due_asked = models.DateField("申请延至")
    reason = models.CharField("延期理由", max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_at = models.DateTimeField("申请时间")
    opinion = models.CharField("审核意见", max_length=300, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    granted = models.BooleanField("同意", null=True, blank=True)
    answer = models.CharField("决定意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    read_permission = Permission.FINDING_VIEW
    scope_paths = BY_SOCIETY
    objects = FindingPartQuerySet.as_manager()

    class Meta:
        verbose_name = "整改延期"
        constraints = [
            models.CheckConstraint(
                name="finding_extension_is_later",
                condition=Q(due_asked__gt=F("due_before")),
                violation_error_message="申请延至的日期须晚于现完成期限",
            ),
            *(
                different_users(
                    f"finding_extension_{a}_not_{b}",
                    f"{a}_by",
                    f"{b}_by",
                    "延期的申请、审核、决定须由不同的人办理",
                )
                for a, b in (("asked", "reviewed"), ("asked", "decided"), ("reviewed", "decided"))
            ),
            both_or_neither("finding_extension_reviewed", "reviewed_by", "reviewed_at", "审核"),
            both_or_neither("finding_extension_decided", "decided_by", "decided_at", "决定"),
            models.CheckConstraint(
                name="finding_extension_decided_after_review",
                condition=Q(granted__isnull=True, decided_by__isnull=True)
                | Q(granted__isnull=False, decided_by__isnull=False, reviewed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.due_asked}"

    @property
    def days(self) -> int:
        """Calendar days asked for."""
        return (self.due_asked - self.due_before).days
