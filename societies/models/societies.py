"""The registered body, the owner of its facts, and the codes that describe it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission, ScopeKind
from accounts.roles import grant_permissions
from common.constraints import ends_after_start
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models.federations import Federation
from societies.querysets import SocietyQuerySet


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
