"""Units of a society in three tiers: council, secretariat, society branches (001§7)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission, ScopeKind
from accounts.roles import grant_permissions
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models.societies import Society
from societies.querysets import SocietyUnitQuerySet


class UnitKind(models.TextChoices):
    """Units that Party organisations serve; the last three are 分支机构, tier 3."""

    COUNCIL = "council", "理事会"
    SECRETARIAT = "secretariat", "办事机构"
    DIVISION = "division", "分会"
    PROFESSIONAL_COMMITTEE = "professional_committee", "专业委员会"
    WORKING_COMMITTEE = "working_committee", "工作委员会"


SOCIETY_BRANCH_KINDS = (
    UnitKind.DIVISION,
    UnitKind.PROFESSIONAL_COMMITTEE,
    UnitKind.WORKING_COMMITTEE,
)


class Tier(models.IntegerChoices):
    """Three tiers (001§7): council, secretariat, society branches."""

    COUNCIL = 1, "理事会层面"
    SECRETARIAT = 2, "办事机构"
    SOCIETY_BRANCH = 3, "分支机构"


TIER_OF_KIND: dict[str, Tier] = {
    UnitKind.COUNCIL.value: Tier.COUNCIL,
    UnitKind.SECRETARIAT.value: Tier.SECRETARIAT,
    **{kind.value: Tier.SOCIETY_BRANCH for kind in SOCIETY_BRANCH_KINDS},
}


@tracked(exclude=["tier"])
class SocietyUnit(Owned, models.Model):
    """Council, secretariat or society branch (分支机构) of a society, while its row is valid."""

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField("类型", max_length=30, choices=UnitKind)
    tier = models.GeneratedField(
        expression=models.Case(
            models.When(kind=UnitKind.COUNCIL, then=models.Value(1)),
            models.When(kind=UnitKind.SECRETARIAT, then=models.Value(2)),
            default=models.Value(3),
            output_field=models.SmallIntegerField(),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    name = models.CharField("名称", max_length=100)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_to = models.DateField("撤销日期", null=True, blank=True, help_text="当日起不计入")
    closing_note = models.CharField("撤销依据", max_length=100, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = ScopePaths(federation="society__federation_id", society="society_id", unit="pk")
    objects = SocietyUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        ordering = ["society_id", "tier", "pk"]
        permissions = grant_permissions(ScopeKind.UNIT)
        constraints = [
            ends_after_start("unit_closes_after_opening", message="撤销日期须晚于设立日期"),
            no_overlap(
                "unit_one_council_and_secretariat",
                ["society", "kind"],
                condition=Q(kind__in=[UnitKind.COUNCIL, UnitKind.SECRETARIAT]),
                message="理事会、办事机构同一时间各只有一个",
            ),
            no_overlap(
                "unit_name_once_at_a_time",
                ["society", "name"],
                message="同名机构的存续时间重叠",
            ),
        ]

    def __str__(self) -> str:
        return self.name
