"""5.4 负责人情况: rows, at least one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ledgers.fields import CountField, YesNoField, count_constraints, plain_yes_no, when_sealed
from ledgers.models.ledger import Ledger, SectionPart
from ledgers.triggers import part_of_accepted_is_immutable


class LivingRows(models.Manager):
    """Rows that were not taken out."""

    def get_queryset(self) -> models.QuerySet:
        """Without removed rows."""
        return super().get_queryset().filter(removed_at__isnull=True)


class LedgerLeader(SectionPart):
    """An office-holder, or a vacant office. A removed row stays until the ledger is sent (撤销)."""

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="leaders")
    position = models.PositiveIntegerField("顺序", default=0)
    post = models.CharField(max_length=30, blank=True)
    vacant = models.BooleanField(default=False)
    vacant_reason = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=50, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    political_status = models.CharField(max_length=2, blank=True)
    relation_org = models.CharField(max_length=100, blank=True)
    work_unit = models.CharField(max_length=100, blank=True)
    professional_title = models.CharField(max_length=30, blank=True)
    academician = YesNoField()
    term_from = models.DateField(null=True, blank=True)
    term_to = models.DateField(null=True, blank=True)
    full_time = YesNoField()
    concurrent_posts_count = CountField()
    legal_representative = YesNoField()
    political_review_on = models.DateField(null=True, blank=True)
    political_review_by = models.CharField(max_length=100, blank=True)
    approved_document = models.CharField(max_length=50, blank=True)
    appointment_mode = models.CharField(max_length=20, blank=True)
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = models.Manager()
    living = LivingRows()

    class Meta:
        verbose_name = "负责人"
        verbose_name_plural = "负责人"
        ordering = ["position", "pk"]
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            *count_constraints("leader", ("concurrent_posts_count",)),
            *plain_yes_no("leader", ("academician", "full_time", "legal_representative")),
            when_sealed("leader_term_in_order", Q(term_from__lt=F("term_to")), "L-06"),
            when_sealed(
                "leader_reviewed_before_term", Q(political_review_on__lte=F("term_from")), "L-10"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.post
