"""回避: who deals with a society has no part in it and is not posted to it (R-SUP-03)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Count

from accounts.models import User
from accounts.permissions import Role
from branches.models import (
    OrganisationService,
    PartyMember,
    PartyOrganisation,
    PartyOrganisationGrant,
    Post,
    Posting,
)
from common.errors import NotAllowed
from common.querysets import valid_on_q
from societies.access import Actor
from societies.models import DeclaredInterest, Society, SocietyGrant

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


def recused_from(user: User, on: date) -> frozenset[int]:
    """Keys of the societies of which the user stays out on that day; one query.

    Offices there, postings there, declared interests. An office in a Party organisation is one in
    every society that it serves, not only in the lead of a joint one (R-SUP-03, R-OWN-02).
    """
    held = valid_on_q(on, prefix="appointment__")
    mine = {"appointment__user": user, "appointment__role__in": INSIDE}
    offices = PartyOrganisationGrant.objects.filter(held, **mine).values("content_object")
    services = OrganisationService.objects.valid_on(on).filter(organisation__in=offices)
    sources = (
        PartyOrganisation.objects.filter(pk__in=offices).values_list("society"),
        services.values_list("society"),
        Posting.objects.valid_on(on).filter(user=user).values_list("society"),
        DeclaredInterest.objects.valid_on(on).filter(user=user).values_list("society"),
    )
    own = SocietyGrant.objects.filter(held, **mine).values_list("content_object")
    # A union takes no order; some of these models have one.
    found = own.order_by().union(*(rows.order_by() for rows in sources))
    return frozenset(pk for (pk,) in found)


def is_recused(user: User, society: Society, on: date) -> bool:
    """Whether the user stays out of this society on that day, as `recused_from`."""
    return society.pk in recused_from(user, on)


def refuse_recused(user: User, society: Society, on: date) -> None:
    """Raise NotAllowed if the user must stay out of this society's rating."""
    if is_recused(user, society, on):
        raise NotAllowed("在该学会任职、派驻或已申报关系，应当回避，请由其他人办理")


def namesakes(user: User, societies: Collection[Society], on: date) -> dict[int, int]:
    """Society → how many of its present post holders and members bear the user's name.

    A hint to ask, no recusal: counts alone, since the register is the society's (roles.md §2.9). A
    post holder on the register counts once.
    """
    keys = [society.pk for society in societies]
    posts = Post.objects.valid_on(on).filter(society__in=keys, person_name=user.full_name)
    members = PartyMember.objects.present_on(on).filter(society__in=keys, name=user.full_name)
    found: dict[int, int] = {}
    for rows in (posts.filter(member__isnull=True), members):
        for pk, count in rows.order_by().values_list("society").annotate(n=Count("pk")):
            found[pk] = found.get(pk, 0) + count
    return found
