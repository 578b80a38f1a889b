"""One organisation: its page, entering, changing, dissolving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from branches.actions import change_organisation, dissolve_organisation, enter_organisation
from branches.actions.organisations import CHANGEABLE
from branches.forms import ChangeForm, DissolveForm, EnterForm
from branches.models import (
    OrganisationService,
    OrganisationState,
    OrganisationSuspension,
    PartyOrganisation,
)
from branches.rules import joint_units_warning
from branches.terms import term_panel
from branches.tiers import three_tiers
from branches.views.common import (
    READ,
    joinable,
    neighbours,
    organisation_to_enter,
    superiors,
    to_enter,
    units_of,
)
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission
from societies.models import Society


def page_of(organisation: PartyOrganisation) -> str:
    """The address of an organisation."""
    return reverse("branches:detail", args=[organisation.pk])


@require_safe
@require_permission(READ)
def organisation_detail(request: ActorRequest, pk: int) -> HttpResponse:
    """What is registered of an organisation, whom it serves and served, beside the three tiers."""
    actor, today = request.actor, clock.today()
    rows = PartyOrganisation.objects.visible_to(actor).with_state(today)
    organisation = get_object_or_404(rows.select_related("society", "parent"), pk=pk)
    links = OrganisationService.objects.visible_to(actor).filter(organisation=organisation)
    suspensions = OrganisationSuspension.objects.visible_to(actor).filter(organisation=organisation)
    society = shown_society(actor, organisation, list(links.select_related("unit", "society")))
    context = {
        "organisation": organisation,
        "state": OrganisationState(organisation.state).label,
        "links": links.select_related("unit", "society"),
        "counting": list(links.covering(today).values_list("pk", flat=True)),
        "suspensions": suspensions,
        "society": society,
        "tiers": three_tiers(actor, society, today),
        "may_enter": actor.may(Permission.ORGANISATION_ENTER, organisation),
        "today": today,
        **term_panel(actor, organisation, today),
    }
    return render(request, "branches/detail.html", context)


def shown_society(
    actor: Any, organisation: PartyOrganisation, links: list[OrganisationService]
) -> Society:
    """Whose tiers stand beside it: the reader's own society where it is served, else the lead's."""
    own = next((link.society for link in links if link.society_id == actor.society_id), None)
    return own or organisation.society


@require_permission(READ)
def organisation_enter(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter an approved or recorded organisation of a society (R-ORG-09)."""
    actor = request.actor
    society: Society = to_enter(actor, Society, pk, "federation")
    joined = joinable(actor, society, request.GET.getlist("join"))
    served = [society, *joined]
    form = EnterForm(
        request.POST or None,
        society=society,
        units=units_of(actor, served),
        parents=superiors(actor, served),
    )

    def act(values: dict[str, Any]) -> str:
        names = [name for name in values if name != "form_token"]
        organisation = enter_organisation(
            society=society, **{n: values[n] for n in names}, by=actor, now=clock.now()
        )
        hint = joint_units_warning(organisation.type, len(values["units"]))
        if hint:
            messages.warning(request, hint)
        return page_of(organisation)

    context = {
        "society": society,
        "joined": joined,
        "neighbours": neighbours(actor, society).only("pk", "name"),
    }
    return form_page(
        request, form, act, template="branches/enter.html", context=context, done="党组织已登记"
    )


@require_permission(READ)
def organisation_change(request: ActorRequest, pk: int) -> HttpResponse:
    """Change or correct what is registered."""
    organisation = organisation_to_enter(request.actor, pk)
    parents = superiors(request.actor, [organisation.society]).exclude(pk=pk)
    form = ChangeForm(
        request.POST or None, initial=ChangeForm.values_of(organisation), parents=parents
    )

    def act(values: dict[str, Any]) -> str:
        change_organisation(
            organisation=organisation,
            row_version=values["row_version"],
            changes={name: values[name] for name in CHANGEABLE},
            by=request.actor,
            now=clock.now(),
        )
        return page_of(organisation)

    return form_page(
        request,
        form,
        act,
        template="branches/form.html",
        context=frame(organisation, "更正或变更登记", "保存变更"),
        done="变更已保存",
    )


@require_permission(READ)
def organisation_dissolve(request: ActorRequest, pk: int) -> HttpResponse:
    """Dissolve by an approval reply."""
    organisation = organisation_to_enter(request.actor, pk)

    def act(values: dict[str, Any]) -> str:
        dissolve_organisation(
            organisation=organisation,
            on=values["on"],
            number=values["number"],
            by=request.actor,
            now=clock.now(),
        )
        return page_of(organisation)

    effect = "自撤销生效日起，该党组织不再计入覆盖，其覆盖的机构同日结束；受影响的学会随即重算。"
    return form_page(
        request,
        DissolveForm(request.POST or None),
        act,
        template="branches/form.html",
        context=frame(organisation, "撤销党组织", "登记撤销", effect, danger=True),
        done="撤销已登记",
    )


def frame(
    organisation: PartyOrganisation, title: str, verb: str, effect: str = "", danger: bool = False
) -> dict[str, Any]:
    """What the plain form page shows around a form about an organisation."""
    return {
        "society": organisation.society,
        "subject": organisation.name,
        "title": title,
        "verb": verb,
        "effect": effect,
        "danger": danger,
        "back_url": page_of(organisation),
    }
