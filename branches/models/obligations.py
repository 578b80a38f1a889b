"""Who owes which organisation life (rules §3): dated editions, and what a period expects."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from branches.models.life import LifeKind
from branches.models.organisations import OrganisationType, PartyOrganisation
from branches.querysets_life import (
    ExpectedLifeQuerySet,
    ObligationEditionQuerySet,
    ObligationRuleQuerySet,
)
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import BY_FEDERATION, Owned, ScopePaths
from societies.models import Federation, Society


class ObligationPeriod(models.TextChoices):
    """How often something is owed; the lengths of `common.periods`."""

    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half_year", "每半年"
    YEAR = "year", "每年"


class ObligationCondition(models.TextChoices):
    """On what a duty depends beyond the type; the querysets are `branches.obligations.conditions`.

    `party_groups` also multiplies: one meeting a month for each group (art. 13).
    """

    ALWAYS = "", "无条件"
    BRANCH_COMMITTEE = "branch_committee", "设支委会的"
    NO_BRANCH_COMMITTEE = "no_branch_committee", "不设支委会的"
    PARTY_GROUPS = "party_groups", "设党小组的"


class ObligationSeverity(models.TextChoices):
    """How much a missed duty weighs (rules §3): 一般 is a hint, 应当 a warning or an error."""

    INFO = "info", "提示"
    WARN = "warn", "应做"
    ERROR = "error", "必做"


@tracked()
class ObligationEdition(Owned, models.Model):
    """The obligation matrix of a federation with its days, by dates. Superseded, never changed."""

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="obligation_editions"
    )
    key = models.SlugField("键", max_length=40, unique=True)
    label = models.CharField("版本", max_length=40)
    source = models.CharField("来源", max_length=300)
    valid_from = models.DateField("适用起", null=True, blank=True)
    valid_to = models.DateField("适用止", null=True, blank=True, help_text="当日起不适用")
    on_time_days = models.PositiveSmallIntegerField("按期登记天数")
    grace_days = models.PositiveSmallIntegerField("期后宽限天数")
    return_workdays = models.PositiveSmallIntegerField("可退回工作日")
    term_due_soon_days = models.PositiveSmallIntegerField("换届临近天数")
    term_due_days = models.PositiveSmallIntegerField("换届到期天数")
    together = ArrayField(
        ArrayField(models.CharField(max_length=30), size=2), verbose_name="可同时计入的种类"
    )
    digest = models.CharField(max_length=64, editable=False)

    read_permission = Permission.LIFE_VIEW
    scope_paths = BY_FEDERATION
    objects = ObligationEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "组织生活要求"
        constraints = [
            ends_after_start("obligations_end_after_start"),
            no_overlap("obligations_one_at_a_time", ["federation"]),
            models.CheckConstraint(
                name="obligations_due_after_due_soon",
                condition=Q(term_due_days__lte=F("term_due_soon_days")),
                violation_error_message="换届到期天数不能大于临近天数",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ObligationRule(Owned, models.Model):
    """One cell of the matrix: what a type of organisation owes, how often, by which clause."""

    edition = models.ForeignKey(ObligationEdition, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField("种类", max_length=30, choices=LifeKind)
    organisation_type = models.CharField("党组织类型", max_length=30, choices=OrganisationType)
    condition = models.CharField(
        "条件", max_length=30, choices=ObligationCondition, blank=True, default=""
    )
    period = models.CharField("周期", max_length=10, choices=ObligationPeriod)
    required = models.PositiveSmallIntegerField("次数", default=1)
    grace_days = models.PositiveSmallIntegerField("宽限天数", null=True, blank=True)
    severity = models.CharField("程度", max_length=10, choices=ObligationSeverity)
    clause = models.CharField("依据", max_length=100)

    read_permission = Permission.LIFE_VIEW
    scope_paths = ScopePaths(federation="edition__federation_id")
    objects = ObligationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "组织生活要求项"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="obligation_once", fields=["edition", "kind", "organisation_type", "condition"]
            ),
            models.CheckConstraint(name="obligation_asks_something", condition=Q(required__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_period_display()} {self.required} 次"


class ExpectedLife(Owned, models.Model):
    """What an organisation owes in one whole period, and how much of it is held (R-LIFE-01, D-5).

    One row for the owner and one for every other society that the organisation serves throughout
    the period, so that each society's figures are sums over its own column (R-LIFE-10). held:
    records of the kind held in the period and filed by `counts_until`; it may exceed `required`.
    frozen_at: from the night after the last day on, the duty itself changes no more; `held` still
    follows records filed within the grace, returned or withdrawn.
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="expected_life"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="expected_life")
    rule = models.ForeignKey(ObligationRule, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=30, choices=LifeKind)
    period = models.CharField("期间", max_length=7)
    first_day = models.DateField()
    last_day = models.DateField()
    counts_until = models.DateField("计入截止日")
    required = models.PositiveIntegerField("应开")
    held = models.PositiveIntegerField("已开", default=0)
    frozen_at = models.DateTimeField(null=True, editable=False)

    read_permission = Permission.LIFE_VIEW
    scope_paths = ScopePaths(
        federation="society__federation_id", society="society_id", organisation="organisation_id"
    )
    objects = ExpectedLifeQuerySet.as_manager()

    class Meta:
        verbose_name = "应开组织生活"
        constraints = [
            models.UniqueConstraint(
                name="expected_life_once", fields=["organisation", "society", "kind", "period"]
            ),
            models.CheckConstraint(
                name="expected_life_in_order",
                condition=Q(first_day__lte=F("last_day"), last_day__lte=F("counts_until")),
            ),
            models.CheckConstraint(name="expected_life_asks", condition=Q(required__gt=0)),
        ]
        indexes = [models.Index(fields=["society", "last_day"], name="expected_life_by_society")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind} {self.period}"


class ExpectedLifeDay(models.Model):
    """The Shanghai day up to which a federation's expected sets are written."""

    federation = models.OneToOneField(Federation, on_delete=models.CASCADE)
    on = models.DateField()

    class Meta:
        verbose_name = "应开集合日期"

    def __str__(self) -> str:
        return f"{self.federation_id} {self.on}"
