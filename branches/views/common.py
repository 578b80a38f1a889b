"""What the pages of this room look up alike: rows in scope first (404), then the right (403)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from branches.models import PartyOrganisation
from common import clock
from societies.access import Actor
from societies.models import Society, SocietyUnit

READ = Permission.ORGANISATION_VIEW


def to_enter(actor: Actor, kind: Any, pk: int, *joined: str) -> Any:
    """A row the actor sees and may change. Http404 out of scope, NotAllowed without the right."""
    rows = kind.objects.visible_to(actor).select_related(*joined)
    row = get_object_or_404(rows, pk=pk)
    actor.require(Permission.ORGANISATION_ENTER, row)
    return row


def organisation_to_enter(actor: Actor, pk: int) -> PartyOrganisation:
    """An organisation the actor may change, with its state today."""
    organisation: PartyOrganisation = to_enter(actor, PartyOrganisation, pk, "society", "parent")
    return organisation


def joinable(actor: Actor, society: Society, asked: list[str]) -> list[Society]:
    """The other societies of the federation chosen for a joint organisation (`join` parameters)."""
    ids = [int(each) for each in asked if each.isdecimal()][:50]
    rows = Society.objects.visible_to(actor).filter(pk__in=ids, federation=society.federation_id)
    return list(rows.exclude(pk=society.pk))


def neighbours(actor: Actor, society: Society) -> QuerySet[Society]:
    """Every other society of the federation: what `join` may name."""
    rows = Society.objects.visible_to(actor).filter(federation=society.federation_id)
    return rows.exclude(pk=society.pk)


def units_of(actor: Actor, societies: list[Society]) -> QuerySet[SocietyUnit]:
    """The units of these societies, closed ones too: old decisions are entered as well."""
    rows = SocietyUnit.objects.visible_to(actor).filter(society__in=[s.pk for s in societies])
    return rows.select_related("society").order_by("society__sort_key", "tier", "pk")


def superiors(actor: Actor, societies: list[Society]) -> QuerySet[PartyOrganisation]:
    """Organisations that may be superior: those that serve these societies and stand today."""
    today = clock.today()
    rows = PartyOrganisation.objects.visible_to(actor)
    served = Q(services__society__in=[s.pk for s in societies])
    return rows.filter(served).existing_on(today).distinct()
