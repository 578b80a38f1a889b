"""The member record: who belongs to which organisation, and who takes part where (R-MEM-01).

The minimum the registers need (D-8): name, birth and joining month, full or probationary, relation,
participations. No sex, no number, no address.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from branches.models.organisations import PartyOrganisation
from branches.querysets_members import (
    AffiliationQuerySet,
    ParticipationQuerySet,
    PartyMemberQuerySet,
)
from common.constraints import both_or_neither, different_users, ends_after_start, no_overlap
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society


class MemberState(models.TextChoices):
    """Filed by the branch secretary, confirmed or returned by the society's secretary."""

    FILED = "filed", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"


class Place(models.TextChoices):
    """Where a member's relation (组织关系) lies (trap 4)."""

    HERE = "here", "本学会"
    SUPPORTING_UNIT = "supporting_unit", "支撑单位"
    OTHER = "other", "其他单位"


@tracked(exclude=["confirmed_values"])
class PartyMember(Owned, models.Model):
    """A Party member on a society's register, kept by one organisation.

    Counted from the first confirmation on; a later change is counted at once and waits for a new
    confirmation. confirmed_values: what the secretary confirmed last, to show what changed since.
    namesake: 0, then 1, 2 … for others of the same name and months (不是同一人, R-MEM-07).
    """

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="party_members")
    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="party_members"
    )
    name = models.CharField("姓名", max_length=50)
    birth_month = models.DateField("出生年月")
    joined_month = models.DateField("入党年月")
    full_since = models.DateField("转正年月", null=True, blank=True)
    namesake = models.PositiveSmallIntegerField(default=0, editable=False)
    sort_key = models.CharField("拼音", max_length=300, editable=False)
    initials = models.CharField("拼音首字母", max_length=100, editable=False)
    left_on = models.DateField("离开日期", null=True, blank=True, help_text="当日起不计入")
    state = models.CharField("状态", max_length=10, choices=MemberState, default=MemberState.FILED)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    filed_at = models.DateTimeField("登记时间")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_values = models.JSONField(default=dict, editable=False)
    first_confirmed_on = models.DateField("首次确认日期", null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)
    source = models.ForeignKey(
        "branches.MemberImport",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.MEMBER_VIEW
    # No federation: the committee gets counts, never rows (roles.md §2.9).
    scope_paths = ScopePaths(society="society_id", organisation="organisation_id")
    objects = PartyMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "党员"
        verbose_name_plural = "党员"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="member_once",
                fields=["society", "name", "birth_month", "joined_month", "namesake"],
                violation_error_message="名册中已有姓名、出生年月、入党年月都相同的党员",
            ),
            models.CheckConstraint(
                name="member_joined_after_birth",
                condition=Q(joined_month__gt=F("birth_month")),
                violation_error_message="入党年月须晚于出生年月",
            ),
            models.CheckConstraint(
                name="member_full_after_joining",
                condition=Q(full_since__isnull=True) | Q(full_since__gte=F("joined_month")),
                violation_error_message="转正年月不能早于入党年月",
            ),
            models.CheckConstraint(
                name="member_months_are_first_days",
                condition=Q(birth_month__day=1, joined_month__day=1)
                & (Q(full_since__isnull=True) | Q(full_since__day=1)),
            ),
            models.CheckConstraint(name="member_has_name", condition=~Q(name="")),
            different_users(
                "member_filer_is_not_confirmer", "filed_by", "confirmed_by", "须由另一人确认"
            ),
            both_or_neither(
                "member_confirmed_by_somebody", "confirmed_by", "confirmed_at", "确认须有确认人"
            ),
            models.CheckConstraint(
                name="member_state_is_told",
                condition=(
                    ~Q(state=MemberState.CONFIRMED)
                    | Q(confirmed_by__isnull=False, first_confirmed_on__isnull=False)
                )
                & (
                    ~Q(state=MemberState.RETURNED)
                    | (Q(returned_by__isnull=False) & ~Q(return_reason=""))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["society", "state"], name="member_by_society_and_state"),
            models.Index(fields=["society", "sort_key"], name="member_by_pinyin"),
            # The few who do not count yet: whoever counts members leaves them out.
            models.Index(
                fields=["id"], condition=Q(first_confirmed_on=None), name="member_not_counted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_full(self, on: date) -> bool:
        """Whether a full member (正式党员) on a day; else probationary (预备党员)."""
        return self.full_since is not None and self.full_since <= on


@tracked()
class Affiliation(Owned, models.Model):
    """Where a member's relation lies during [from, to): in an organisation here, or elsewhere.

    At most one at a time (R-MEM-01).
    """

    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, related_name="affiliations")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        PartyOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="affiliations",
    )
    place = models.CharField("组织关系", max_length=20, choices=Place)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True, help_text="当日起不计入")

    read_permission = Permission.MEMBER_VIEW
    scope_paths = ScopePaths(society="society_id", organisation="organisation_id")
    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = "组织关系"
        ordering = ["member_id", "valid_from"]
        constraints = [
            ends_after_start("affiliation_ends_after_start"),
            no_overlap(
                "affiliation_one_at_a_time",
                ["member"],
                message="一名党员同一时间只能有一个组织关系",
            ),
            models.CheckConstraint(
                name="affiliation_here_names_organisation",
                condition=Q(place=Place.HERE, organisation__isnull=False)
                | (~Q(place=Place.HERE) & Q(organisation__isnull=True)),
                violation_error_message="组织关系在本学会的，须写明党组织",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "valid_from"], name="affiliation_by_organisation"),
            models.Index(fields=["society", "place"], name="affiliation_by_society"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.place} {self.valid_from}"


@tracked()
class Participation(Owned, models.Model):
    """A member whose relation is elsewhere takes part in an organisation's life during [from, to).

    一方隶属、参加多重组织生活 (003§8).
    """

    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, related_name="participations")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="participations"
    )
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True, help_text="当日起不计入")

    read_permission = Permission.MEMBER_VIEW
    scope_paths = ScopePaths(society="society_id", organisation="organisation_id")
    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "参加组织生活"
        ordering = ["member_id", "valid_from"]
        constraints = [
            ends_after_start("participation_ends_after_start"),
            no_overlap(
                "participation_once_at_a_time",
                ["member", "organisation"],
                message="该同志在这段时间内已登记参加该党组织的组织生活",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "valid_from"], name="participation_by_organisation"
            ),
            models.Index(fields=["society"], name="participation_by_society"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.organisation_id} {self.valid_from}"
