"""The register: federations, societies, their units; appointments and their grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionBase

from accounts.permissions import (
    SPECS,
    Permission,
    Role,
    RoleSpec,
    ScopeKind,
    grant_permissions,
)
from common.constraints import ends_after_start, no_overlap, valid_range
from common.history import tracked
from societies.access import BY_SOCIETY, Owned, ScopePaths
from societies.querysets import (
    AppointmentQuerySet,
    DataQualityIssueQuerySet,
    FederationQuerySet,
    SocietyQuerySet,
    SocietyUnitQuerySet,
)


@tracked()
class Federation(Owned, models.Model):
    """A 科协: the tenant. Societies, committees, editions and settings hang on one (D-9)."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=50, unique=True)
    committee_name = models.CharField("科技社团党委名称", max_length=50, default="科技社团党委")
    is_demo = models.BooleanField("演示数据", default=False)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = ScopePaths(federation="pk")
    objects = FederationQuerySet.as_manager()

    class Meta:
        verbose_name = "科协"
        verbose_name_plural = "科协"
        ordering = ["pk"]
        permissions = grant_permissions(ScopeKind.FEDERATION)

    def __str__(self) -> str:
        return self.name


class DisciplineClass(models.TextChoices):
    """R-ORG-01, in the register's order."""

    SCIENCE = "science", "理科"
    ENGINEERING = "engineering", "工科"
    AGRICULTURE = "agriculture", "农科"
    MEDICINE = "medicine", "医科"
    CROSS = "cross", "交叉学科"
    UNCLASSIFIED = "unclassified", "未分类"


class BodyKind(models.TextChoices):
    """Kinds of registered bodies; which of them count is said by a federation's edition (D-12)."""

    SOCIETY = "society", "学会"
    ASSOCIATION = "association", "协会"
    RESEARCH_ASSOCIATION = "research_association", "研究会"
    FOUNDATION = "foundation", "基金会"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise", "民办非企业单位"
    INTERNATIONAL = "international", "国际组织"


class FederationRelation(models.TextChoices):
    """A body's relation to its federation."""

    MEMBER = "member", "所属"
    ENTRUSTED = "entrusted", "委托管理"
    INTERNATIONAL = "international", "国际组织"


class SupportType(models.TextChoices):
    """挂靠类型 (R-ORG-02)."""

    NONE = "none", "无"
    MINISTRY = "ministry", "部委"
    CAST = "cast", "中国科协"
    ACADEMY = "academy", "中国科学院"
    INSTITUTE = "institute", "院所"
    UNIVERSITY = "university", "高校"
    COMPANY = "company", "公司"
    HOSPITAL = "hospital", "医院"
    TRADE_ASSOCIATION = "trade_association", "行业协会"
    SEVERAL = "several", "多支撑单位"


@tracked(exclude=["loaded_values"])
class Society(Owned, models.Model):
    """A registered body (全国学会 and the like), owner of its facts."""

    federation = models.ForeignKey(Federation, on_delete=models.PROTECT, related_name="societies")
    code = models.CharField("编码", max_length=20, blank=True)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    discipline_class = models.CharField(
        "学科类别", max_length=20, choices=DisciplineClass, default=DisciplineClass.UNCLASSIFIED
    )
    founded_year = models.PositiveSmallIntegerField("成立年份", null=True, blank=True)
    body_kind = models.CharField("机构类型", max_length=30, choices=BodyKind)
    relation = models.CharField("与科协关系", max_length=20, choices=FederationRelation)
    relation_text = models.CharField("关系原文", max_length=50, blank=True)
    joined_on = models.DateField(
        "加入日期", null=True, blank=True, help_text="留空表示有记录以前已加入，待核"
    )
    left_on = models.DateField("退出日期", null=True, blank=True, help_text="当日起不计入")
    deregistered_on = models.DateField("注销（撤销）日期", null=True, blank=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    support_type = models.CharField("挂靠类型", max_length=20, choices=SupportType, blank=True)
    supporting_unit = models.CharField("支撑单位", max_length=100, blank=True)
    business_supervisor = models.CharField("业务主管单位", max_length=50, blank=True)
    office_address = models.CharField("办公地址", max_length=200, blank=True)
    website = models.CharField("网址", max_length=200, blank=True)
    sort_key = models.CharField("拼音", max_length=300, help_text="决定名录中的次序")
    initials = models.CharField("拼音首字母", max_length=100, help_text="用于检索")
    source = models.CharField("来源", max_length=50, blank=True)
    source_note = models.CharField("来源说明", max_length=200, blank=True)
    name_en_source = models.CharField("英文名称来源", max_length=50, blank=True)
    founded_year_source = models.CharField("成立年份来源", max_length=50, blank=True)
    # What the loader last wrote, column by column: it never overwrites what was edited since.
    loaded_values = models.JSONField(default=dict, editable=False)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = ScopePaths(federation="federation_id", society="pk")
    objects = SocietyQuerySet.as_manager()

    class Meta:
        verbose_name = "学会"
        verbose_name_plural = "学会"
        ordering = ["sort_key", "pk"]
        permissions = grant_permissions(ScopeKind.SOCIETY)
        constraints = [
            models.UniqueConstraint(
                name="society_code_once",
                fields=["federation", "code"],
                condition=~Q(code=""),
                violation_error_message="该编码已被使用",
            ),
            models.UniqueConstraint(
                name="society_name_once",
                fields=["federation", "name"],
                violation_error_message="该名称已被使用",
            ),
            ends_after_start(
                "society_leaves_after_joining",
                "joined_on",
                "left_on",
                message="退出日期须晚于加入日期",
            ),
            models.CheckConstraint(
                name="society_uscc_is_possible",
                condition=Q(uscc="") | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                violation_error_message="统一社会信用代码应为 18 位，且不含 I、O、S、V、Z",
            ),
        ]
        indexes = [models.Index(fields=["federation", "sort_key"], name="society_by_pinyin")]

    def __str__(self) -> str:
        return self.name


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


@tracked()
class Appointment(Owned, models.Model):
    """User × role × scope objects of one kind × validity: the only writer of grants."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments"
    )
    role = models.CharField("角色", max_length=30, choices=Role)
    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    is_deputy = models.BooleanField("副职", default=False)
    duty = models.SmallIntegerField("职责类别", default=0, editable=False)
    valid_from = models.DateField("起任日期")
    valid_to = models.DateField("止任日期", null=True, blank=True, help_text="当日起无效")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments_granted",
    )
    created_at = models.DateTimeField("授权时间", auto_now_add=True)

    read_permission = Permission.NIGHT_VIEW
    scope_paths = ScopePaths()
    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["pk"]
        constraints = [
            ends_after_start("appointment_ends_after_start", message="止任日期须晚于起任日期"),
            # roles.md §2.6: the three administrators exclude each other and every business role.
            ExclusionConstraint(
                name="appointment_duties_apart",
                expressions=[("user", "="), ("duty", "<>"), (valid_range(), "&&")],
                violation_error_message="三员之间、三员与业务角色不得由同一人兼任",
            ),
            models.CheckConstraint(
                name="appointment_granter_is_another",
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                violation_error_message="不能给自己授权",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}（{self.user_id}）"

    @property
    def spec(self) -> RoleSpec:
        """The role's row of roles.md."""
        return SPECS[self.role]

    @property
    def role_label(self) -> str:
        """The role as the top bar names it; a deputy is noted."""
        label = str(self.get_role_display())
        return f"{label}（副）" if self.is_deputy else label


class GrantBase(UserObjectPermissionBase):
    """A guardian row that carries its appointment; outside its dates it gives nothing."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True

    scope_kind: ClassVar[ScopeKind]

    # Given by every concrete model.
    if TYPE_CHECKING:
        appointment: models.ForeignKey[Any, Any]
        content_object: models.ForeignKey[Any, Any]


class FederationGrant(GrantBase):
    """A right on a federation."""

    content_object = models.ForeignKey(Federation, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="federation_grants"
    )
    scope_kind = ScopeKind.FEDERATION

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]


class SocietyGrant(GrantBase):
    """A right on a society."""

    content_object = models.ForeignKey(Society, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="society_grants"
    )
    scope_kind = ScopeKind.SOCIETY

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]


class SocietyUnitGrant(GrantBase):
    """A right on a society branch."""

    content_object = models.ForeignKey(SocietyUnit, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="unit_grants"
    )
    scope_kind = ScopeKind.UNIT

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]


class DirtySociety(models.Model):
    """A society whose live figures must be computed again; written with the fact."""

    society = models.ForeignKey(Society, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "待重算学会"

    def __str__(self) -> str:
        return str(self.society_id)


class BackdatedFact(models.Model):
    """A fact that holds since a past day: the next night revises the month-ends from there."""

    society = models.ForeignKey(Society, on_delete=models.CASCADE)
    since = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "追溯事实"

    def __str__(self) -> str:
        return f"{self.society_id} {self.since}"


class Severity(models.TextChoices):
    """How much a data-quality issue weighs: an error keeps a ledger table from being clear."""

    ERROR = "error", "错误"
    WARNING = "warning", "提示"


@tracked()
class DataQualityIssue(Owned, models.Model):
    """Two facts that do not fit; the clerk answers, a reviewer closes."""

    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="quality_issues")
    code = models.CharField("代码", max_length=30)
    section = models.CharField("涉及台账", max_length=30, blank=True)
    severity = models.CharField("程度", max_length=10, choices=Severity)
    message = models.CharField("情况", max_length=300)
    opened_on = models.DateField("发现日期")
    closed_on = models.DateField("关闭日期", null=True, blank=True)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = BY_SOCIETY
    objects = DataQualityIssueQuerySet.as_manager()

    class Meta:
        verbose_name = "数据质量问题"
        constraints = [
            models.UniqueConstraint(
                name="quality_issue_open_once",
                fields=["society", "code"],
                condition=Q(closed_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.message
