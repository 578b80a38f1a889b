"""The lines of an entry: the computed value beside what people made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society
from starrating.models.entries import RatingEntry
from starrating.models.scores import LineState
from starrating.round_querysets import EntryPartQuerySet

PART_PATHS = ScopePaths(
    federation="society__federation_id",
    society="society_id",
    organisation="entry__organisation_id",
)


class SelfWord(models.TextChoices):
    """What the society says of a computed line."""

    CONFIRMED = "confirmed", "认可"
    DISPUTED = "disputed", "有异议"


@tracked()
class RatingLine(Owned, models.Model):
    """One line of an entry: what was computed at the freeze date and what people made of it.

    share: exact to thirty decimals (R-STAR-02). assessed, re_examined: points put in its place,
    each with its reason; None: the value before stands. concluded: of a line rated by the
    reviewer, whether an item of it is concluded (R-STAR-03).
    """

    entry = models.ForeignKey(RatingEntry, on_delete=models.PROTECT, related_name="lines")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("编号", max_length=5)
    category = models.CharField("类别", max_length=5)
    title = models.CharField("指标", max_length=60)
    clause = models.CharField("依据", max_length=60)
    formula = models.CharField(max_length=30, blank=True)
    na_rule = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField()
    reviewed = models.BooleanField("由评审人评分", default=False)
    state = models.CharField(max_length=20, choices=LineState)
    numerator = models.DecimalField(max_digits=16, decimal_places=6)
    denominator = models.DecimalField(max_digits=16, decimal_places=6)
    share = models.DecimalField(max_digits=31, decimal_places=30)
    points = models.DecimalField("系统测算分", max_digits=12, decimal_places=8)
    maximum = models.DecimalField("满分", max_digits=5, decimal_places=2)
    word = models.CharField("自评", max_length=10, choices=SelfWord, blank=True)
    self_text = models.CharField("自评说明", max_length=300, blank=True)
    assessed = models.DecimalField("初评分", max_digits=7, decimal_places=4, null=True)
    assessed_reason = models.CharField("理由", max_length=300, blank=True)
    re_examined = models.DecimalField("复核分", max_digits=7, decimal_places=4, null=True)
    re_reason = models.CharField("复核理由", max_length=300, blank=True)
    concluded = models.BooleanField("有结项", default=False)

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = PART_PATHS
    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "评分明细"
        ordering = ["entry_id", "position"]
        constraints = [
            models.UniqueConstraint(name="rating_line_once", fields=["entry", "code"]),
            models.CheckConstraint(
                name="rating_line_within_maximum",
                condition=Q(points__gte=0, points__lte=F("maximum"))
                & (Q(assessed__isnull=True) | Q(assessed__gte=0, assessed__lte=F("maximum")))
                & (
                    Q(re_examined__isnull=True)
                    | Q(re_examined__gte=0, re_examined__lte=F("maximum"))
                ),
            ),
            models.CheckConstraint(
                name="rating_line_adjusted_with_reason",
                condition=(Q(assessed__isnull=True) | ~Q(assessed_reason=""))
                & (Q(re_examined__isnull=True) | ~Q(re_reason="")),
                violation_error_message="评定分与系统测算分不同的，须写明理由",
            ),
            models.CheckConstraint(
                name="rating_line_disputed_with_text",
                condition=~Q(word=SelfWord.DISPUTED) | ~Q(self_text=""),
                violation_error_message="有异议的，须写明说明",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
