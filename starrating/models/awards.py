"""Official stars, and the posted list they come from; kept for ever."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import ends_after_start
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society
from starrating.models.rounds import RatingRound
from starrating.round_querysets import StarAwardQuerySet


@tracked()
class StarAward(Owned, models.Model):
    """The list: posted with its publicity, official from the decision on (R-STAR-07, -12).

    Official until the next round or 31 Dec Y+2; a confirmed veto withdraws it at once.
    """

    class State(models.TextChoices):
        """dropped: posted, but not on the list that was decided."""

        POSTED = "posted", "公示中"
        OFFICIAL = "official", "有效"
        ENDED = "ended", "已届满"
        WITHDRAWN = "withdrawn", "取消星级称号"
        DROPPED = "dropped", "未列入"

    round = models.ForeignKey(RatingRound, on_delete=models.PROTECT, related_name="awards")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="star_awards")
    stars = models.PositiveSmallIntegerField("星级")
    score = models.DecimalField("评定分", max_digits=5, decimal_places=2)
    state = models.CharField("状态", max_length=10, choices=State, default=State.POSTED)
    posted_from = models.DateField("公示起")
    posted_until = models.DateField("公示止")
    valid_from = models.DateField("有效起", null=True, blank=True)
    valid_to = models.DateField("有效止", null=True, blank=True, help_text="当日起无效")

    read_permission = Permission.STAR_ROUND_VIEW
    # Everybody of the federation reads the list, never the lines behind it.
    scope_paths = ScopePaths(
        federation="round__federation_id", society="round__federation__societies"
    )

    objects = StarAwardQuerySet.as_manager()

    class Meta:
        verbose_name = "星级名单"
        ordering = ["-stars", "society__sort_key"]
        constraints = [
            models.UniqueConstraint(name="star_award_once", fields=["round", "society"]),
            models.UniqueConstraint(
                name="star_award_one_official",
                fields=["society"],
                condition=Q(state="official"),
                violation_error_message="该学会已有有效的星级称号",
            ),
            ends_after_start("star_award_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.society_id} {self.stars} 星"

    @property
    def last_day(self) -> date | None:
        """The last day of the title, as pages say it (§12.6)."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None
