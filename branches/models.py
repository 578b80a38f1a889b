"""Party organisations, the units they serve, and people posted to societies.

These facts come from paper decisions and are entered, changed and ended by the committee's
reviewer only (R-ORG-09, roles.md §3); a ledger never changes them (D-15).
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission, ScopeKind, grant_permissions
from branches.querysets import (
    OrganisationServiceQuerySet,
    PartyOrganisationQuerySet,
    PostingQuerySet,
)
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import BY_SOCIETY, Owned, ScopePaths
from societies.models import Appointment, GrantBase, Society, SocietyUnit


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


@tracked()
class OrganisationService(Owned, models.Model):
    """“Organisation serves unit during [from, to)” (R-ORG-16); the link row of a joint one.

    `society`, `organisation_type` and `tier` repeat what unit and organisation say, so that scope
    and coverage read one table; composite foreign keys keep them true.
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="services"
    )
    unit = models.ForeignKey(SocietyUnit, on_delete=models.PROTECT, related_name="services")
    society = models.ForeignKey(
        Society, on_delete=models.PROTECT, related_name="organisation_services"
    )
    organisation_type = models.CharField(max_length=30, choices=OrganisationType)
    tier = models.SmallIntegerField()
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True, help_text="当日起不计入")

    read_permission = Permission.ORGANISATION_VIEW
    scope_paths = ScopePaths(
        federation="society__federation_id", society="society_id", organisation="organisation_id"
    )
    objects = OrganisationServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织覆盖机构"
        ordering = ["tier", "unit_id", "valid_from"]
        constraints = [
            ends_after_start("service_ends_after_start"),
            no_overlap(
                "service_once_per_unit",
                ["organisation", "unit"],
                message="该党组织与该机构的关系在这段时间内已登记",
            ),
            no_overlap(
                "service_one_committee_per_council",
                ["unit"],
                condition=Q(
                    tier=1,
                    organisation_type__in=[
                        OrganisationType.FUNCTIONAL_COMMITTEE,
                        OrganisationType.COMMITTEE,
                    ],
                ),
                message="理事会同一时间只能有一个党委",
            ),
        ]
        indexes = [
            models.Index(fields=["society", "tier"], name="service_by_society_and_tier"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.unit_id}"


@tracked()
class OrganisationSuspension(Owned, models.Model):
    """An interval in which an organisation does not count (rules §6)."""

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="suspensions"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField("暂停自")
    valid_to = models.DateField("恢复自", null=True, blank=True, help_text="当日起恢复计入")
    document_number = models.CharField("文号", max_length=50)

    read_permission = Permission.ORGANISATION_VIEW
    scope_paths = ScopePaths(
        federation="society__federation_id", society="society_id", organisation="organisation_id"
    )
    objects = OrganisationServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织暂停"
        constraints = [
            ends_after_start("suspension_ends_after_start", message="恢复日期须晚于暂停日期"),
            no_overlap("suspension_once_at_a_time", ["organisation"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.valid_from}"


class PostingKind(models.TextChoices):
    """Who is posted, by the measure code that the posting stands for (rules §5)."""

    INSTRUCTOR = "GM03", "党建指导员"
    LIAISON = "GM04", "党建联络员"
    DISPATCHED_SECRETARY = "GM09", "选派书记"


@tracked()
class Posting(Owned, models.Model):
    """A dated posting to a society (003§11); the last day in office is shown inclusive."""

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField("类别", max_length=4, choices=PostingKind)
    person_name = models.CharField("姓名", max_length=50)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    home_unit = models.CharField("派出单位", max_length=100)
    document_number = models.CharField("文号", max_length=50)
    valid_from = models.DateField("派驻起")
    valid_to = models.DateField("派驻止（当日起无效）", null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.ORGANISATION_VIEW
    scope_paths = BY_SOCIETY
    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "派驻"
        ordering = ["society_id", "valid_from", "pk"]
        constraints = [
            ends_after_start("posting_ends_after_start", message="派驻止日不能早于起日"),
            no_overlap(
                "posting_person_once",
                ["society", "kind", "person_name"],
                message="该同志在这段时间内已有同类派驻",
            ),
            models.CheckConstraint(name="posting_has_document", condition=~Q(document_number="")),
        ]
        indexes = [models.Index(fields=["society", "kind"], name="posting_by_society_and_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_name}"

    @property
    def last_day(self) -> date | None:
        """The last day in office, inclusive, as screens show it; None without end."""
        return self.valid_to and self.valid_to - timedelta(days=1)


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
