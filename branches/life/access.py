"""Who files the records of an organisation, and who is its superior (R-LIFE-05, R-ORG-11).

A branch secretary files for the own organisation. The records of the organisation in the council
(tier 1, 学会党委) are filed by the Party secretary of the society: the secretary of that
organisation is this very person, and asking for a second account would ask twice (D-1). Its
superior is 科技社团党委; the superior of tiers 2 and 3 is the society's Party organisation, for
which its secretary acts. So nobody holds filing and returning of the same record by one role, and
the users differ besides.
"""

from __future__ import annotations

from typing import Any

from accounts.permissions import Permission, ScopeKind
from branches.models import OrganisationService, PartyOrganisation
from branches.querysets import PartyOrganisationQuerySet
from common import clock
from common.errors import NotAllowed
from societies.access import Actor


def leads_society(organisation: PartyOrganisation) -> bool:
    """Whether it serves a council today: tier 1, whose superior is 科技社团党委."""
    services = OrganisationService.objects.filter(organisation=organisation)
    return services.leading(clock.today()).exists()


def may_file(actor: Actor, organisation: PartyOrganisation) -> bool:
    """Whether this actor files records of the organisation."""
    if actor.spec.kind == ScopeKind.SOCIETY:
        # A joint organisation is written by its lead only (R-OWN-03).
        own = organisation.society_id in actor.scope(Permission.LIFE_FILE).ids
        return own and leads_society(organisation)
    return actor.may(Permission.LIFE_FILE, organisation)


def may_return(actor: Actor, organisation: PartyOrganisation) -> bool:
    """Whether this actor acts for the organisation's superior."""
    scope = actor.scope(Permission.LIFE_RETURN)
    if scope.kind == ScopeKind.SOCIETY:
        return organisation.society_id in scope.ids and not leads_society(organisation)
    return actor.may(Permission.LIFE_RETURN, organisation) and leads_society(organisation)


def require_filing(actor: Actor, organisation: PartyOrganisation) -> None:
    """Raises NotAllowed for whoever does not file for the organisation."""
    if not may_file(actor, organisation):
        raise NotAllowed("组织生活由本党组织书记登记；理事会层面党组织的由学会党组织书记登记")


def filed_for(actor: Actor) -> PartyOrganisationQuerySet:
    """The organisations this actor files for."""
    rows: Any = PartyOrganisation.objects.visible_to(actor)
    if not actor.may_any(Permission.LIFE_FILE):
        return rows.none()
    if actor.spec.kind == ScopeKind.SOCIETY:
        councils = OrganisationService.objects.leading(clock.today())
        ids = sorted(actor.scope(Permission.LIFE_FILE).ids)
        return rows.filter(society_id__in=ids, pk__in=councils.values("organisation_id"))
    return rows.within(actor.scope(Permission.LIFE_FILE))
