"""党小组 of an organisation: entered, changed and ended by its secretary."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from branches.actions import change_party_group, end_party_group, enter_party_group
from branches.forms_posts import ChangeGroupForm, EndGroupForm, EnterGroupForm
from branches.models import PartyGroup, PartyOrganisation
from branches.views.organisations import frame, page_of
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission

EDIT = Permission.PARTY_GROUP_EDIT


@require_permission(EDIT)
def group_enter(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter a 党小组."""
    rows = PartyOrganisation.objects.visible_to(request.actor).select_related("society")
    organisation: PartyOrganisation = get_object_or_404(rows, pk=pk)
    request.actor.require(EDIT, organisation)

    def act(values: dict[str, Any]) -> str:
        enter_party_group(
            organisation=organisation,
            name=values["name"],
            leader_name=values["leader_name"],
            valid_from=values["valid_from"],
            by=request.actor,
            now=clock.now(),
        )
        return page_of(organisation)

    return form_page(
        request,
        EnterGroupForm(request.POST or None),
        act,
        template="branches/form.html",
        context=frame(organisation, "登记党小组", "登记党小组"),
        done="党小组已登记",
    )


@require_permission(EDIT)
def group_change(request: ActorRequest, pk: int) -> HttpResponse:
    """Change or correct a 党小组."""
    group = _group(request, pk)
    form = ChangeGroupForm(request.POST or None, initial=ChangeGroupForm.values_of(group))

    def act(values: dict[str, Any]) -> str:
        change_party_group(
            group=group,
            row_version=values["row_version"],
            changes=values,
            by=request.actor,
            now=clock.now(),
        )
        return page_of(group.organisation)

    return form_page(
        request,
        form,
        act,
        template="branches/form.html",
        context=frame(group.organisation, "更正或变更党小组", "保存变更"),
        done="变更已保存",
    )


@require_permission(EDIT)
def group_end(request: ActorRequest, pk: int) -> HttpResponse:
    """End a 党小组."""
    group = _group(request, pk)

    def act(values: dict[str, Any]) -> str:
        end_party_group(group=group, on=values["on"], by=request.actor, now=clock.now())
        return page_of(group.organisation)

    effect = f"“{group.name}”自撤销日期起不再计入。"
    return form_page(
        request,
        EndGroupForm(request.POST or None),
        act,
        template="branches/form.html",
        context=frame(group.organisation, "撤销党小组", "登记撤销", effect, danger=True),
        done="党小组已撤销",
    )


def _group(request: ActorRequest, pk: int) -> PartyGroup:
    rows = PartyGroup.objects.visible_to(request.actor).select_related("organisation__society")
    group: PartyGroup = get_object_or_404(rows, pk=pk)
    request.actor.require(EDIT, group)
    return group
