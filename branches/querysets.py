"""Reads of Party organisations; the predicate “organisation covers unit on a date”."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from accounts.permissions import ScopeKind
from common.querysets import valid_on_q
from societies.access import DatedQuerySet, Scope, ScopedQuerySet
from societies.models import Tier

# Which types cover a unit of a tier (rules §6); the type alone decides, any form.
COVERING_TYPES: dict[int, tuple[str, ...]] = {
    1: (
        "committee",
        "functional_committee",
        "general_branch",
        "branch",
        "joint_branch",
        "working_group",
    ),
    2: (
        "committee",
        "general_branch",
        "branch",
        "joint_branch",
        "temporary_branch",
        "functional_branch",
        "working_group",
    ),
    3: ("working_group", "branch", "functional_branch", "joint_branch"),
}


class ServedQuerySet(ScopedQuerySet):
    """Rows of an organisation: read by its lead and by whom it served at the time (R-OWN-03)."""

    organisation_column = "organisation_id"

    def within(self, scope: Scope) -> Self:
        """As for every model; a society sees the rows of organisations whose links name it."""
        if scope.kind != ScopeKind.SOCIETY or not scope.ids:
            return super().within(scope)
        ids = sorted(scope.ids)
        services = apps.get_model("branches.OrganisationService").objects
        links = services.filter(society_id__in=ids)
        # The organisations first, by index; the days of the links only thin them out.
        rows = self.filter(**{f"{self.organisation_column}__in": links.values("organisation_id")})
        then = self.while_served()
        mine = links.filter(then, organisation=OuterRef(self.organisation_column)).order_by()
        return rows.filter(Q(society_id__in=ids) | Exists(mine)) if then else rows

    def while_served(self) -> Q:
        """Which links of the organisation open a row; without a condition, any of any time."""
        return Q()


class PartyOrganisationQuerySet(ServedQuerySet):
    """Party organisations."""

    organisation_column = "pk"

    def existing_on(self, on: date) -> Self:
        """Established by that day and not dissolved; a suspended one exists."""
        return self.filter(valid_on_q(on, "established_on", "dissolved_on"))

    def with_state(self, on: date) -> Self:
        """Annotate `state` on a day: existing, suspended, dissolved or future."""
        suspensions = apps.get_model("branches.OrganisationSuspension").objects
        suspended = suspensions.filter(valid_on_q(on), organisation_id=OuterRef("pk"))
        return self.annotate(
            state=Case(
                When(dissolved_on__lte=on, then=Value("dissolved")),
                When(established_on__gt=on, then=Value("future")),
                When(Exists(suspended), then=Value("suspended")),
                default=Value("existing"),
                output_field=CharField(),
            )
        )

    def matching(self, text: str) -> Self:
        """Search by name, approval number, or the owner's name, code and initials."""
        text = text.strip()
        return self.filter(
            Q(name__icontains=text)
            | Q(approval_number__icontains=text)
            | Q(society__name__icontains=text)
            | Q(society__code__iexact=text)
            | Q(society__initials__icontains=text.lower())
        )


class OrganisationPartQuerySet(ServedQuerySet):
    """Dated facts of an organisation, open to the societies served while they were so.

    begins, ends: the columns of the first day and of the day after the last; "" for no end.
    """

    begins, ends = "valid_from", "valid_to"

    def while_served(self) -> Q:
        """Links with a day in common."""
        after = Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef(self.begins))
        if not self.ends:
            return after
        until = Coalesce(OuterRef(self.ends), Value(date.max))
        return after & Q(valid_from__lt=until)

    def valid_on(self, on: date) -> Self:
        """Rows valid on that day."""
        return self.filter(valid_on_q(on))


def _standing_q(on: date, tiers: Collection[int] = (1, 2, 3)) -> Q:
    suspensions = apps.get_model("branches.OrganisationSuspension").objects
    suspended = suspensions.filter(valid_on_q(on), organisation_id=OuterRef("organisation_id"))
    counts = Q()
    for tier in tiers:
        counts |= Q(tier=tier, organisation_type__in=COVERING_TYPES[tier])
    lives = valid_on_q(on, "established_on", "dissolved_on", prefix="organisation__")
    return counts & valid_on_q(on) & lives & Q(~Exists(suspended.order_by()))


class OrganisationServiceQuerySet(DatedQuerySet):
    """Dated links of organisations to units."""

    def covering(self, on: date, tiers: Collection[int] = (1, 2, 3)) -> Self:
        """Links through which an organisation covers a unit at the end of a day (rules §6).

        The link, the organisation and the unit are valid, the type counts for the tier, and no
        suspension holds. An overdue term does not end coverage.
        """
        return self.standing(on, tiers).filter(valid_on_q(on, prefix="unit__"))

    def standing(self, on: date, tiers: Collection[int] = (1, 2, 3)) -> Self:
        """As `covering`, for whoever knows already that the unit is valid."""
        return self.filter(_standing_q(on, tiers))

    def judged_on(self, on: date) -> Self:
        """Annotate `stands`: whether the link is among the `standing`."""
        return self.annotate(
            stands=Case(When(_standing_q(on), then=Value(True)), default=Value(False))
        )

    def leading(self, on: date) -> Self:
        """Links to a council on a day, or to the end of an organisation that is no more."""
        last = Q(valid_to=F("organisation__dissolved_on"))
        return self.filter(valid_on_q(on) | last, tier=Tier.COUNCIL)

    def on_page(self, on: date) -> Self:
        """Links of living organisations on a day, with the organisation and whether they count.

        Sets `counts`: the organisation covers the unit through this link (rules §6).
        """
        return (
            self.filter(
                valid_on_q(on),
                valid_on_q(on, "established_on", "dissolved_on", prefix="organisation__"),
            )
            .annotate(counts=Exists(self.model.objects.covering(on).filter(pk=OuterRef("pk"))))
            .select_related("organisation", "unit")
        )


class PostingQuerySet(DatedQuerySet):
    """Dated postings to societies."""
