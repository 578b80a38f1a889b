"""History of a round's procedure: steps, votes of deliberating members, objections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import insert_only
from common.history import tracked
from societies.access import Owned
from societies.models import Appointment, Society
from starrating.models.entries import EntryState, RatingEntry
from starrating.models.lines import PART_PATHS
from starrating.round_querysets import EntryPartQuerySet


class RatingStep(Owned, models.Model):
    """One step of an entry, or one changed line; never changed, never deleted."""

    entry = models.ForeignKey(RatingEntry, on_delete=models.PROTECT, related_name="steps")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField("环节", max_length=30)
    from_state = models.CharField(max_length=20, choices=EntryState, blank=True)
    to_state = models.CharField(max_length=20, choices=EntryState)
    text = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("时间")

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = PART_PATHS
    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "评定记录"
        ordering = ["-at", "-pk"]
        triggers = [insert_only("评定记录")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.verb}"


class DeliberationVote(Owned, models.Model):
    """What one deliberating member says of an entry, once in each turn."""

    entry = models.ForeignKey(RatingEntry, on_delete=models.PROTECT, related_name="votes")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    turn = models.PositiveSmallIntegerField()
    agreed = models.BooleanField("同意")
    text = models.CharField("审议意见", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = PART_PATHS
    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "审议意见"
        ordering = ["at", "pk"]
        triggers = [insert_only("评定记录")]
        constraints = [
            models.UniqueConstraint(
                name="deliberation_vote_once",
                fields=["entry", "turn", "by"],
                violation_error_message="已提出过审议意见",
            ),
            models.CheckConstraint(
                name="deliberation_vote_refusal_has_reason",
                condition=Q(agreed=True) | ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.by_id}"


class TieVote(Owned, models.Model):
    """One deliberating member's word for one of those equal across the cut (R-STAR-04).

    It counts while none of the equals was scored after it; who votes again then writes a new row.
    """

    entry = models.ForeignKey(RatingEntry, on_delete=models.PROTECT, related_name="tie_votes")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("理由", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = PART_PATHS
    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "并列审议意见"
        ordering = ["at", "pk"]
        triggers = [insert_only("评定记录")]
        constraints = [
            models.CheckConstraint(name="tie_vote_has_reason", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.by_id}"


@tracked()
class RatingObjection(Owned, models.Model):
    """异议 of a society during publicity; answered by the 复核 (R-STAR-06)."""

    entry = models.ForeignKey(RatingEntry, on_delete=models.PROTECT, related_name="objections")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("异议", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    answer = models.CharField("复核说明", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = PART_PATHS
    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="rating_objection_one_open",
                fields=["entry"],
                condition=Q(answered_at__isnull=True),
                violation_error_message="已有一项异议正在复核",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} 异议"
