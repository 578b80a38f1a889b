"""Units an organisation takes on or gives up; suspension."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from branches.actions import resume, serve_unit, stop_serving, suspend
from branches.forms import ResumeForm, ServeForm, StopForm, SuspendForm
from branches.models import OrganisationService
from branches.views.common import READ, joinable, neighbours, organisation_to_enter, units_of
from branches.views.organisations import frame, page_of
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission


@require_permission(READ)
def organisation_serve(request: ActorRequest, pk: int) -> HttpResponse:
    """Take on one more unit from a day on."""
    actor = request.actor
    organisation = organisation_to_enter(actor, pk)
    joined = joinable(actor, organisation.society, request.GET.getlist("join"))
    units = units_of(actor, [organisation.society, *joined]).filter(valid_to__isnull=True)
    served = organisation.services.filter(valid_to__isnull=True)
    form = ServeForm(
        request.POST or None,
        society=organisation.society,
        units=units.exclude(pk__in=served.values("unit_id")),
    )

    def act(values: dict[str, Any]) -> str:
        serve_unit(
            organisation=organisation,
            unit=values["unit"],
            valid_from=values["valid_from"],
            by=actor,
            now=clock.now(),
        )
        return page_of(organisation)

    context = frame(organisation, "增加覆盖的机构", "登记覆盖") | {
        "joined": joined,
        "neighbours": neighbours(actor, organisation.society).only("pk", "name"),
    }
    return form_page(
        request, form, act, template="branches/form.html", context=context, done="覆盖已登记"
    )


@require_permission(READ)
def service_stop(request: ActorRequest, pk: int) -> HttpResponse:
    """Give up one unit."""
    rows = OrganisationService.objects.visible_to(request.actor)
    service = get_object_or_404(rows.select_related("organisation__society", "unit"), pk=pk)
    organisation = service.organisation
    request.actor.require(Permission.ORGANISATION_ENTER, organisation)

    def act(values: dict[str, Any]) -> str:
        stop_serving(service=service, on=values["on"], by=request.actor, now=clock.now())
        return page_of(organisation)

    effect = f"“{organisation}”自结束日期起不再覆盖“{service.unit}”。"
    return form_page(
        request,
        StopForm(request.POST or None),
        act,
        template="branches/form.html",
        context=frame(organisation, "结束覆盖", "登记结束", effect, danger=True),
        done="覆盖已结束",
    )


@require_permission(READ)
def organisation_suspend(request: ActorRequest, pk: int) -> HttpResponse:
    """Suspend: the organisation exists and does not count."""
    organisation = organisation_to_enter(request.actor, pk)

    def act(values: dict[str, Any]) -> str:
        suspend(
            organisation=organisation,
            on=values["on"],
            document_number=values["document_number"],
            by=request.actor,
            now=clock.now(),
        )
        return page_of(organisation)

    effect = "暂停期间党组织仍在，但不计入覆盖；受影响的学会随即重算。"
    return form_page(
        request,
        SuspendForm(request.POST or None),
        act,
        template="branches/form.html",
        context=frame(organisation, "暂停党组织", "登记暂停", effect, danger=True),
        done="暂停已登记",
    )


@require_permission(READ)
def organisation_resume(request: ActorRequest, pk: int) -> HttpResponse:
    """End a suspension."""
    organisation = organisation_to_enter(request.actor, pk)

    def act(values: dict[str, Any]) -> str:
        resume(organisation=organisation, on=values["on"], by=request.actor, now=clock.now())
        return page_of(organisation)

    return form_page(
        request,
        ResumeForm(request.POST or None),
        act,
        template="branches/form.html",
        context=frame(organisation, "恢复党组织", "登记恢复"),
        done="恢复已登记",
    )
