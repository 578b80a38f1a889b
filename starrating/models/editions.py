"""Rating editions: what counts, how much, and where stars begin; rows, never code (D-3)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Federation
from societies.querysets import FederationWideQuerySet
from starrating.querysets import RatingEditionQuerySet


class Tree(models.TextChoices):
    """The two criteria trees (rules §7.2)."""

    MULTI = "multi", "多层"
    SINGLE = "single", "单层"


@tracked()
class RatingEdition(Owned, models.Model):
    """A standard of a federation, by dates. In use it is superseded, never changed."""

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="rating_editions"
    )
    key = models.SlugField("键", max_length=40, unique=True)
    label = models.CharField("标准版本", max_length=40)
    source = models.CharField("来源", max_length=300)
    valid_from = models.DateField("适用起", null=True, blank=True)
    valid_to = models.DateField("适用止", null=True, blank=True, help_text="当日起不适用")
    max_stars = models.PositiveSmallIntegerField("最高星级")
    min_applicable = models.DecimalField("最少适用分值", max_digits=5, decimal_places=2)
    bonus_cap = models.DecimalField("加分上限", max_digits=5, decimal_places=2)
    rise_limit = models.PositiveSmallIntegerField("每次最多升几星")
    multi_types = ArrayField(models.CharField(max_length=30), verbose_name="计为多层的党组织类型")
    digest = models.CharField(max_length=64, editable=False)

    read_permission = Permission.STAR_VIEW
    scope_paths = ScopePaths(federation="federation_id", society="federation__societies")
    objects = RatingEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "星级标准"
        constraints = [
            ends_after_start("rating_edition_ends_after_start"),
            no_overlap("rating_edition_one_at_a_time", ["federation"]),
            models.CheckConstraint(
                name="rating_edition_bounds",
                condition=Q(max_stars__gte=1, min_applicable__gt=0, min_applicable__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.label


# Parts of an edition are read with the edition.
_PARTS = ScopePaths(federation="edition__federation_id", society="edition__federation__societies")


class EditionPart(Owned, models.Model):
    """A row of an edition."""

    edition = models.ForeignKey(RatingEdition, on_delete=models.CASCADE, related_name="%(class)ss")

    read_permission = Permission.STAR_VIEW
    scope_paths = _PARTS
    objects = FederationWideQuerySet.as_manager()

    class Meta:
        abstract = True


@tracked()
class RatingCategory(EditionPart):
    """A…G with their titles."""

    edition = models.ForeignKey(RatingEdition, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField("编号", max_length=5)
    title = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = "评定类别"
        ordering = ["edition_id", "code"]
        constraints = [
            models.UniqueConstraint(name="rating_category_once", fields=["edition", "code"])
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class Criterion(EditionPart):
    """A line of one tree. supplied: whether a procedure of the portal files its facts; else 不适用.

    params: the formula's, validated at loading. na_rule: when the line is 不适用, as the page says.
    reviewed: a person rates it in the round, 0 to 1 by quarters; the nights leave it 不适用.
    """

    edition = models.ForeignKey(RatingEdition, on_delete=models.CASCADE, related_name="criteria")
    tree = models.CharField("指标体系", max_length=10, choices=Tree)
    code = models.CharField("编号", max_length=5)
    position = models.PositiveSmallIntegerField()
    category = models.CharField("类别", max_length=5)
    title = models.CharField("指标", max_length=60)
    clause = models.CharField("依据", max_length=60)
    points = models.DecimalField("分值", max_digits=5, decimal_places=2)
    formula = models.CharField("算法", max_length=30, blank=True)
    params = models.JSONField(default=dict, blank=True)
    supplied = models.BooleanField("已有数据来源", default=True)
    reviewed = models.BooleanField("由评审人评分", default=False)
    advice = models.CharField("差距与改进建议", max_length=200)
    na_rule = models.CharField("不适用的情形", max_length=200, blank=True)

    class Meta:
        verbose_name = "评定指标"
        ordering = ["edition_id", "tree", "position"]
        constraints = [
            models.UniqueConstraint(name="criterion_once", fields=["edition", "tree", "code"]),
            models.CheckConstraint(name="criterion_has_points", condition=Q(points__gt=0)),
            models.CheckConstraint(
                name="criterion_formula_where_supplied",
                condition=Q(supplied=True) & ~Q(formula="") | Q(supplied=False, formula=""),
            ),
            models.CheckConstraint(
                name="criterion_reviewed_has_no_formula",
                condition=Q(reviewed=False) | Q(supplied=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@tracked()
class StarThreshold(EditionPart):
    """So many stars from so many points on; below every threshold one star (R-STAR-03)."""

    stars = models.PositiveSmallIntegerField("星级")
    score = models.DecimalField("起评分", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "星级分值"
        ordering = ["edition_id", "-stars"]
        constraints = [
            models.UniqueConstraint(name="star_threshold_once", fields=["edition", "stars"])
        ]

    def __str__(self) -> str:
        return f"{self.stars} 星 {self.score}"


@tracked()
class StarQuota(EditionPart):
    """At most this share of the rated holds so many stars or more (R-STAR-04)."""

    stars = models.PositiveSmallIntegerField("星级")
    numerator = models.PositiveSmallIntegerField()
    denominator = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "星级名额"
        ordering = ["edition_id", "-stars"]
        constraints = [
            models.UniqueConstraint(name="star_quota_once", fields=["edition", "stars"]),
            models.CheckConstraint(
                name="star_quota_is_a_ratio",
                condition=Q(numerator__gt=0, denominator__gt=0, numerator__lte=F("denominator")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} 星 {self.numerator}/{self.denominator}"


@tracked()
class StarFloor(EditionPart):
    """What so many stars need beside the score: a share of every category, or a concluded item of
    a line (R-STAR-03). Exactly one of both is filled.
    """

    stars = models.PositiveSmallIntegerField("星级")
    share = models.DecimalField("各类别最低得分率", max_digits=4, decimal_places=3, null=True)
    line = models.CharField("须有结项的指标", max_length=5, blank=True)

    class Meta:
        verbose_name = "星级条件"
        ordering = ["edition_id", "-stars", "line"]
        constraints = [
            models.UniqueConstraint(name="star_floor_once", fields=["edition", "stars", "line"]),
            models.CheckConstraint(
                name="star_floor_is_one_condition",
                condition=Q(line="", share__gt=0, share__lte=1)
                | (~Q(line="") & Q(share__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} 星 {self.line or self.share}"


class VetoKind(models.TextChoices):
    """Computed proposals, or decisions entered with a document number (R-STAR-05)."""

    PROPOSAL = "proposal", "否决建议"
    DECISION = "decision", "录入的决定"


@tracked()
class VetoRule(EditionPart):
    """V1…V9 一票否决. supplied: of proposals, whether the portal has the facts to compute it."""

    code = models.CharField("编号", max_length=5)
    kind = models.CharField("类型", max_length=10, choices=VetoKind)
    title = models.CharField("情形", max_length=100)
    clause = models.CharField("依据", max_length=60)
    formula = models.CharField("算法", max_length=30, blank=True)
    params = models.JSONField(default=dict, blank=True)
    supplied = models.BooleanField("已有数据来源", default=True)

    class Meta:
        verbose_name = "一票否决情形"
        ordering = ["edition_id", "code"]
        constraints = [
            models.UniqueConstraint(name="veto_rule_once", fields=["edition", "code"]),
            models.CheckConstraint(
                name="veto_rule_computes_proposals",
                condition=Q(kind=VetoKind.PROPOSAL, supplied=True) & ~Q(formula="")
                | Q(kind=VetoKind.PROPOSAL, supplied=False, formula="")
                | Q(kind=VetoKind.DECISION, formula=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class AdjustmentKind(models.TextChoices):
    """Added to the base up to a cap, or taken off without one (R-STAR-02)."""

    BONUS = "bonus", "加分"
    DEDUCTION = "deduction", "扣分"


@tracked()
class ScoreAdjustment(EditionPart):
    """A bonus or deduction item. most: the most points of the item; empty means no limit.

    supplied: the portal counts the cases by the formula; else nobody files them and it gives none.
    """

    kind = models.CharField("类型", max_length=10, choices=AdjustmentKind)
    code = models.CharField("编号", max_length=5)
    title = models.CharField("事项", max_length=60)
    clause = models.CharField("依据", max_length=60)
    points = models.DecimalField("每项分值", max_digits=5, decimal_places=2)
    most = models.DecimalField("最多", max_digits=5, decimal_places=2, null=True)
    formula = models.CharField("算法", max_length=30, blank=True)
    params = models.JSONField(default=dict, blank=True)
    supplied = models.BooleanField("已有数据来源", default=False)

    class Meta:
        verbose_name = "加扣分事项"
        ordering = ["edition_id", "kind", "code"]
        constraints = [
            models.UniqueConstraint(name="score_adjustment_once", fields=["edition", "code"]),
            models.CheckConstraint(name="score_adjustment_has_points", condition=Q(points__gt=0)),
            models.CheckConstraint(
                name="score_adjustment_formula_where_supplied",
                condition=Q(supplied=True) & ~Q(formula="") | Q(supplied=False, formula=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
