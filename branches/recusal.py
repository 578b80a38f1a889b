"""回避: who deals with a society holds no office in it and is not posted to it (R-SUP-03)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Role
from branches.models import (
    OrganisationService,
    PartyOrganisation,
    PartyOrganisationGrant,
    Posting,
)
from common.errors import NotAllowed
from common.querysets import valid_on_q
from societies.access import Actor
from societies.models import Society, SocietyGrant

# Offices on the society's own side.
INSIDE = (
    Role.SOCIETY_CLERK,
    Role.SOCIETY_SECRETARY,
    Role.DISCIPLINE_MEMBER,
    Role.BRANCH_SECRETARY,
    Role.UNIT_LIAISON,
    Role.SUPERVISOR_READER,
)


def is_inside(actor: Actor) -> bool:
    """Whether the actor acts for the society itself, one society or several."""
    return actor.role in INSIDE


def is_recused(user: User, society: Society, on: date) -> bool:
    """Whether the user holds an office in the society, or is posted to it, on that day.

    An office in a Party organisation is one in every society that it serves, not only in the lead
    of a joint one (R-SUP-03, R-OWN-02).
    """
    held = valid_on_q(on, prefix="appointment__")
    mine = {"appointment__user": user, "appointment__role__in": INSIDE}
    return (
        SocietyGrant.objects.filter(held, content_object=society, **mine).exists()
        or PartyOrganisationGrant.objects.filter(
            held, content_object__in=_organisations(society, on), **mine
        ).exists()
        or Posting.objects.valid_on(on).filter(society=society, user=user).exists()
    )


def _organisations(society: Society, on: date) -> QuerySet[PartyOrganisation]:
    """Those the society owns, and those that serve it on that day."""
    services = OrganisationService.objects.valid_on(on).filter(society=society)
    return PartyOrganisation.objects.filter(
        Q(society=society) | Q(pk__in=services.values("organisation"))
    )


def refuse_recused(user: User, society: Society, on: date) -> None:
    """Raise NotAllowed if the user must stay out of this society's rating."""
    if is_recused(user, society, on):
        raise NotAllowed("在该学会任职或派驻，应当回避，请由其他人办理")
