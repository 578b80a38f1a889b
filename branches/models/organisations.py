"""Party organisations: type, form, approval, standing on a day; the grant on one of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission, ScopeKind
from accounts.roles import grant_permissions
from branches.querysets import PartyOrganisationQuerySet
from common.constraints import ends_after_start
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Appointment, GrantBase, Society


class OrganisationType(models.TextChoices):
    """Types of Party organisations (rules §2.1). 党小组 is not one (trap 10)."""

    COMMITTEE = "committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"
    JOINT_BRANCH = "joint_branch", "联合党支部"
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"
    FUNCTIONAL_COMMITTEE = "functional_committee", "学会党委（功能型）"
    FUNCTIONAL_BRANCH = "functional_branch", "功能型党支部"
    WORKING_GROUP = "working_group", "党的工作小组"


class OrganisationForm(models.TextChoices):
    """党组织形式, independent of the type (rules §2.1)."""

    INDEPENDENT = "independent", "独立"
    OVERLAPPING = "overlapping", "高度重合"
    JOINT = "joint", "联合"
    TEMPORARY = "temporary", "临时"


class Basis(models.TextChoices):
    """Approved on application, or recorded on the supporting unit's consent (R-ORG-10)."""

    APPLICATION = "application", "报批"
    RECORD_FILING = "record_filing", "报备"


@tracked()
class PartyOrganisation(Owned, models.Model):
    """A Party organisation; `society` is its owner, for a joint one the lead society (R-OWN-03)."""

    society = models.ForeignKey(
        Society, on_delete=models.PROTECT, related_name="party_organisations"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField("名称", max_length=100)
    type = models.CharField("类型", max_length=30, choices=OrganisationType)
    form = models.CharField(
        "组织形式", max_length=20, choices=OrganisationForm, default=OrganisationForm.INDEPENDENT
    )
    basis = models.CharField("成立方式", max_length=20, choices=Basis, default=Basis.APPLICATION)
    approval_number = models.CharField("批复（报备）文号", max_length=50)
    approved_on = models.DateField("批复（报备）日期")
    established_on = models.DateField("成立日期")
    dissolved_on = models.DateField("撤销生效日", null=True, blank=True, help_text="当日起不计入")
    dissolution_number = models.CharField("撤销批复文号", max_length=50, blank=True)
    supporting_unit = models.CharField("上级（支撑单位）党组织", max_length=100, blank=True)
    belongs_to_cast = models.BooleanField("党组织归属中国科协", default=False)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.ORGANISATION_VIEW
    # A society sees every organisation that serves it, its own and joint ones (R-OWN-02): the
    # owner is always served, so the link rows alone decide and no OR is needed.
    scope_paths = ScopePaths(
        federation="society__federation_id", society="served_by", organisation="pk"
    )
    objects = PartyOrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织"
        verbose_name_plural = "党组织"
        ordering = ["society_id", "established_on", "pk"]
        permissions = grant_permissions(ScopeKind.ORGANISATION)
        constraints = [
            ends_after_start(
                "organisation_dissolved_after_established",
                "established_on",
                "dissolved_on",
                message="撤销生效日须晚于成立日期",
            ),
            models.CheckConstraint(
                name="organisation_approved_before_established",
                condition=Q(established_on__gte=models.F("approved_on")),
                violation_error_message="成立日期不能早于批复（报备）日期",
            ),
            models.CheckConstraint(
                name="organisation_dissolution_has_number",
                condition=Q(dissolved_on__isnull=True) | ~Q(dissolution_number=""),
                violation_error_message="撤销须填写批复文号",
            ),
            models.CheckConstraint(
                name="organisation_has_approval_number",
                condition=~Q(approval_number=""),
                violation_error_message="请填写批复（报备）文号",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationState(models.TextChoices):
    """Where an organisation stands on a day (`with_state`); not stored."""

    EXISTING = "existing", "已建"
    SUSPENDED = "suspended", "已暂停"
    DISSOLVED = "dissolved", "已撤销"
    FUTURE = "future", "未开始"


class PartyOrganisationGrant(GrantBase):
    """A right on a Party organisation."""

    content_object = models.ForeignKey(PartyOrganisation, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="organisation_grants"
    )
    scope_kind = ScopeKind.ORGANISATION

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]
