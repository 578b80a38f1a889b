"""Which units an organisation serves and when, and when it does not count."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from branches.models.organisations import OrganisationType, PartyOrganisation
from branches.querysets import OrganisationPartQuerySet, OrganisationServiceQuerySet
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society, SocietyUnit


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
    objects = OrganisationPartQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织暂停"
        constraints = [
            ends_after_start("suspension_ends_after_start", message="恢复日期须晚于暂停日期"),
            no_overlap("suspension_once_at_a_time", ["organisation"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.valid_from}"
