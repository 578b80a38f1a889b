"""The list of organisations and the three tiers of one society."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from branches.forms import OrganisationFilter
from branches.lists import ORGANISATION_COLUMNS, ORGANISATION_EXPORT, attach_links
from branches.models import PartyOrganisation, Posting
from branches.tiers import three_tiers
from branches.views.common import READ
from common import clock
from common.exports import ListExport
from common.listing import ScopedListView
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import Society


class OrganisationList(PermissionRequired, ScopedListView):
    """党组织."""

    permission = READ
    model = PartyOrganisation
    filter_form = OrganisationFilter
    own_columns = ORGANISATION_COLUMNS
    template_name = "branches/list.html"
    fragment_name = "branches/_list.html"
    unit = "个"

    def all_rows(self) -> QuerySet[PartyOrganisation]:
        """Organisations with their owner and today's state."""
        rows: Any = super().all_rows()
        return rows.with_state(clock.today()).select_related("society")

    def adorn(self, rows: Sequence[PartyOrganisation]) -> None:
        """The units each serves today."""
        attach_links(rows, self.request.actor)


class OrganisationExport(ListExport, OrganisationList):
    """The filtered list as a workbook."""

    title = "党组织"
    export_columns = ORGANISATION_EXPORT


@require_safe
@require_permission(READ)
def own_tiers(request: ActorRequest) -> HttpResponse:
    """三层组织 of the actor's own society."""
    if request.actor.society_id is None:
        raise Http404
    return _tiers(request, request.actor.society_id)


@require_safe
@require_permission(READ)
def society_tiers(request: ActorRequest, pk: int) -> HttpResponse:
    """The three tiers of one society: units, organisations, postings; ways to change them."""
    return _tiers(request, pk)


def _tiers(request: ActorRequest, pk: int) -> HttpResponse:
    actor = request.actor
    society = get_object_or_404(Society.objects.visible_to(actor), pk=pk)
    organisations = PartyOrganisation.objects.visible_to(actor).filter(services__society=society)
    context = {
        "society": society,
        "tiers": three_tiers(actor, society, clock.today()),
        "ended": organisations.filter(dissolved_on__lte=clock.today()).distinct(),
        "postings": Posting.objects.visible_to(actor).filter(society=society),
        "today": clock.today(),
        "may_enter": actor.may(Permission.ORGANISATION_ENTER, society),
    }
    return render(request, "branches/society.html", context)
