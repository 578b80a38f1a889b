"""系统测算分: a society's lines and total, live, closing and frozen; never a star (R-STAR-08)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.chains import never_overlapping, one_open
from common.constraints import ends_after_start
from societies.access import BY_SOCIETY, Owned, ScopedQuerySet
from societies.models import Society
from starrating.models.editions import RatingEdition, Tree
from starrating.querysets import FrozenScoreQuerySet


class LineState(models.TextChoices):
    """A line's state, stored and shown (D-4): 未报 counts 0, 不适用 leaves both sides.

    尚未到期 leaves both sides as well: nothing is due yet, something will be by 31 December. Its
    points count towards those that a society needs to be rated; no closing score knows it.
    What the portal has no data for is a property of the edition: no night stores it, an entry of a
    round does, since people rate it there. 加分 and 扣分 stand beside the lines: whoever has a case
    has such a row (R-STAR-02).
    """

    VALUE = "value", "有值"
    MISSING = "missing", "未报"
    NOT_APPLICABLE = "not_applicable", "不适用"
    NOT_DUE = "not_due", "尚未到期"
    NOT_SUPPLIED = "not_supplied", "不适用（平台尚无此项数据）"
    BONUS = "bonus", "加分"
    DEDUCTION = "deduction", "扣分"


# States of a row that says how much: of how many, and which share of its maximum that gives.
_MEASURED = (LineState.VALUE, LineState.BONUS, LineState.DEDUCTION)


class TotalState(models.TextChoices):
    """Whether enough of the tree is applicable or will be by 31 December (min_applicable)."""

    VALUE = "value", "有值"
    UNRATED = "unrated", "不予评定"


class LineScore(Owned, models.Model):
    """One society's part in a criterion of its tree: share = numerator / denominator within 0…1.

    Shown to so many decimals; totals are summed from unrounded shares. Of a bonus or deduction:
    criterion is its code, numerator its cases, denominator how many of them give the maximum.
    """

    # Every kind of figure has a unique index that begins with the society.
    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="+", db_index=False)
    criterion = models.CharField("指标", max_length=5)
    state = models.CharField(max_length=20, choices=LineState)
    numerator = models.DecimalField(max_digits=16, decimal_places=6)
    denominator = models.DecimalField(max_digits=16, decimal_places=6)
    share = models.DecimalField(max_digits=12, decimal_places=10)
    points = models.DecimalField("得分", max_digits=12, decimal_places=8)
    maximum = models.DecimalField("分值", max_digits=5, decimal_places=2)

    read_permission = Permission.STAR_VIEW
    scope_paths = BY_SOCIETY

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_fits_state",
                condition=Q(state__in=_MEASURED, denominator__gt=0, share__lte=1, share__gte=0)
                | (~Q(state__in=_MEASURED) & Q(numerator=0, denominator=0, share=0, points=0)),
            ),
            models.CheckConstraint(
                name="%(class)s_within_maximum",
                condition=Q(points__gte=0, points__lte=F("maximum")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.society_id} {self.criterion} {self.points}/{self.maximum}"


class TotalScore(Owned, models.Model):
    """One society's computed score: base = 100 · points / applicable, then bonus and deductions.

    score: rounded once (R-STAR-02); of an unrated society what it would be, never published.
    """

    # Every kind of figure has a unique index that begins with the society.
    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="+", db_index=False)
    edition = models.ForeignKey(RatingEdition, on_delete=models.PROTECT, related_name="+")
    tree = models.CharField("指标体系", max_length=10, choices=Tree)
    state = models.CharField(max_length=20, choices=TotalState)
    points = models.DecimalField("得分", max_digits=12, decimal_places=8)
    applicable = models.DecimalField("适用分值", max_digits=5, decimal_places=2)
    base = models.DecimalField("基础分", max_digits=12, decimal_places=8)
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2)
    deductions = models.DecimalField("扣分", max_digits=5, decimal_places=2)
    score = models.DecimalField("系统测算分", max_digits=5, decimal_places=2)

    read_permission = Permission.STAR_VIEW
    scope_paths = BY_SOCIETY

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_within_bounds",
                condition=Q(score__gte=0, score__lte=100, applicable__gte=0, applicable__lte=100),
            )
        ]

    def __str__(self) -> str:
        return f"{self.society_id} {self.score}"


class LiveLine(LineScore):
    """即时数（未定格）: as of the federation's live day."""

    on = models.DateField()
    objects = ScopedQuerySet.as_manager()

    class Meta(LineScore.Meta):
        verbose_name = "即时测算明细"
        constraints = [
            *LineScore.Meta.constraints,
            models.UniqueConstraint(name="live_line_once", fields=["society", "criterion"]),
        ]


class ClosingLine(LineScore):
    """What a live line said at 24:00, kept for the night's check."""

    on = models.DateField()
    objects = ScopedQuerySet.as_manager()

    class Meta(LineScore.Meta):
        verbose_name = "测算明细日终值"
        constraints = [
            *LineScore.Meta.constraints,
            models.UniqueConstraint(name="closing_line_once", fields=["society", "criterion"]),
        ]


class FrozenLine(LineScore):
    """昨日定格数: an interval of as-of dates with one value."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    objects = FrozenScoreQuerySet.as_manager()

    class Meta(LineScore.Meta):
        verbose_name = "定格测算明细"
        constraints = [
            *LineScore.Meta.constraints,
            ends_after_start("frozen_line_ends_after_start"),
            one_open("frozen_line_once_a_day", ["society", "criterion"]),
        ]
        triggers = never_overlapping(["society_id", "criterion"])


class LiveTotal(TotalScore):
    """即时数（未定格）."""

    on = models.DateField()
    objects = ScopedQuerySet.as_manager()

    class Meta(TotalScore.Meta):
        verbose_name = "即时测算分"
        constraints = [
            *TotalScore.Meta.constraints,
            models.UniqueConstraint(name="live_total_once", fields=["society"]),
        ]


class ClosingTotal(TotalScore):
    """What a live total said at 24:00."""

    on = models.DateField()
    objects = ScopedQuerySet.as_manager()

    class Meta(TotalScore.Meta):
        verbose_name = "测算分日终值"
        constraints = [
            *TotalScore.Meta.constraints,
            models.UniqueConstraint(name="closing_total_once", fields=["society"]),
        ]


class FrozenTotal(TotalScore):
    """昨日定格数: the trend chart reads these."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    objects = FrozenScoreQuerySet.as_manager()

    class Meta(TotalScore.Meta):
        verbose_name = "定格测算分"
        constraints = [
            *TotalScore.Meta.constraints,
            ends_after_start("frozen_total_ends_after_start"),
            one_open("frozen_total_once_a_day", ["society"]),
        ]
        triggers = never_overlapping(["society_id"])
