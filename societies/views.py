"""Pages of the register: list, export, edit. The page of one society is composed in dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.permissions import Permission
from common import clock
from common.exports import ListExport
from common.formpages import form_page
from common.listing import Column, ScopedListView
from societies.actions import EDITABLE, edit_society
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.forms import SocietyFilter, SocietyForm
from societies.lists import EXPORT_COLUMNS, OWN_COLUMNS, ExtraColumns, extra_columns
from societies.models import Society


class SocietyList(PermissionRequired, ScopedListView):
    """学会名录."""

    permission = Permission.SOCIETY_VIEW
    model = Society
    filter_form = SocietyFilter
    own_columns = OWN_COLUMNS
    template_name = "societies/list.html"
    fragment_name = "societies/_list.html"
    unit = "家"

    @property
    def extras(self) -> list[ExtraColumns]:
        """Columns of the rooms above."""
        return extra_columns()

    @property
    def columns(self) -> Sequence[Column]:
        """Own columns, then those of the rooms above."""
        return (*self.own_columns, *(c for extra in self.extras for c in extra.columns))

    def adorn(self, rows: Sequence[Society]) -> None:
        """Let the rooms above attach their values."""
        for extra in self.extras:
            extra.attach(rows, self.request.actor)

    def context(self) -> dict[str, Any]:
        """The list and the templates of the supplied cells."""
        return super().context() | {"cells": [extra.cells for extra in self.extras]}


class SocietyExport(ListExport, SocietyList):
    """The filtered list as a workbook."""

    title = "学会名录"
    export_columns = EXPORT_COLUMNS


@require_permission(Permission.SOCIETY_VIEW)
def society_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Edit register facts: the reviewer only."""
    society = get_object_or_404(Society.objects.visible_to(request.actor), pk=pk)
    request.actor.require(Permission.SOCIETY_EDIT, society)
    form = SocietyForm(request.POST or None, initial=SocietyForm.values_of(society))

    def act(values: dict[str, Any]) -> str:
        edit_society(
            society=society,
            row_version=values["row_version"],
            changes={name: values[name] for name in EDITABLE},
            uscc_confirmed=values["uscc_confirmed"],
            by=request.actor,
            now=clock.now(),
        )
        return reverse("society", args=[pk])

    context = {"society": society}
    return form_page(
        request, form, act, template="societies/edit.html", context=context, done="名录信息已保存"
    )
