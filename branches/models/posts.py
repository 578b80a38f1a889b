"""Posts and party groups: facts written when a filing is accepted (§2.2)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from branches.models.members import PartyMember
from branches.models.organisations import PartyOrganisation
from branches.models.terms import BY_ORGANISATION, Term
from branches.querysets import OrganisationPartQuerySet
from branches.querysets_terms import PostQuerySet
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import Owned
from societies.models import Society


class PostKind(models.TextChoices):
    """Posts in order of rank (R-ORG-06); the 组长 of a 党的工作小组 is its secretary."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANISATION_OFFICER = "organisation_officer", "组织委员"
    PUBLICITY_OFFICER = "publicity_officer", "宣传委员"
    DISCIPLINE_OFFICER = "discipline_officer", "纪检委员"
    COMMITTEE_MEMBER = "committee_member", "委员"


OFFICERS = (
    PostKind.ORGANISATION_OFFICER,
    PostKind.PUBLICITY_OFFICER,
    PostKind.DISCIPLINE_OFFICER,
)


class PostMode(models.TextChoices):
    """How one person came into a post (R-ORG-07)."""

    ELECTED = "elected", "选举产生"
    APPOINTED = "appointed", "上级任命"
    DISPATCHED = "dispatched", "上级选派"


@tracked()
class Post(Owned, models.Model):
    """A person in a post of an organisation, [valid_from, valid_to); screens show the last day.

    member: who it is on the register, where the filing named one; the name is copied, since it is
    read by the committee and the register is not (roles.md §2.9).
    One person may hold two posts and fills one seat. mode: R-ORG-07. Names of office-holders are
    for the own society and the committee (roles.md §2.9); others read the term alone.
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="posts"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    kind = models.CharField("职务", max_length=25, choices=PostKind)
    person_name = models.CharField("姓名", max_length=50)
    member = models.ForeignKey(
        PartyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    mode = models.CharField("产生方式", max_length=10, choices=PostMode, default=PostMode.ELECTED)
    valid_from = models.DateField("任职起")
    valid_to = models.DateField("任职止（当日起不任职）", null=True, blank=True)

    read_permission = Permission.POST_VIEW
    scope_paths = BY_ORGANISATION
    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "党内职务"
        verbose_name_plural = "党内职务"
        ordering = ["organisation_id", "valid_from", "pk"]
        constraints = [
            ends_after_start("post_ends_after_start", message="离任日须晚于任职日"),
            no_overlap(
                "post_one_secretary",
                ["organisation"],
                condition=Q(kind=PostKind.SECRETARY),
                message="该党组织在这段时间内已有书记，请先办理免职或换届",
            ),
            no_overlap(
                "post_one_officer_of_a_kind",
                ["organisation", "kind"],
                condition=Q(kind__in=OFFICERS),
                message="该委员职务在这段时间内已有人担任，请先办理免职或换届",
            ),
            no_overlap(
                "post_person_once",
                ["organisation", "kind", "person_name"],
                message="该同志在这段时间内已任此职务",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_name}"

    @property
    def last_day(self) -> date | None:
        """The last day in office, inclusive; None without end."""
        return self.valid_to and self.valid_to - timedelta(days=1)


@tracked()
class PartyGroup(Owned, models.Model):
    """A 党小组 of an organisation: three members or more; no organisation of its own (§2.1)."""

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="party_groups"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=50)
    leader_name = models.CharField("组长", max_length=50)
    valid_from = models.DateField("成立日期")
    valid_to = models.DateField("撤销日期", null=True, blank=True, help_text="当日起不计入")
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.POST_VIEW
    scope_paths = BY_ORGANISATION
    objects = OrganisationPartQuerySet.as_manager()

    class Meta:
        verbose_name = "党小组"
        verbose_name_plural = "党小组"
        ordering = ["organisation_id", "valid_from", "pk"]
        constraints = [
            ends_after_start("party_group_ends_after_start", message="撤销日期须晚于成立日期"),
            no_overlap(
                "party_group_name_once",
                ["organisation", "name"],
                message="该党组织在这段时间内已有同名党小组",
            ),
        ]

    def __str__(self) -> str:
        return self.name
