"""The 360° page of a society: panels over the facts and figures of every room.

A room adds its panel as one entry of PANELS: a template and a function that reads what it needs in
a constant number of queries (the page's budget is 15, with a computed score 25).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from branches.life import panel as life
from branches.models import Posting
from branches.tiers import three_tiers
from common import clock
from common.forms import PortalForm
from common.months import EARLIEST
from dashboards import quality
from dashboards.coverage import panel as coverage
from ledgers import panel as ledgers
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission
from societies.models import Society
from starrating import panel as stars
from supervision import check_panel as checks
from supervision import panel as rectification
from training import panel as training


@dataclass(frozen=True)
class Panel:
    """One part of the page.

    permission: without it on any object the panel is left out. read: gives the template's context
    for a society on a day. place: "top" (under the head), "main" or "aside". inside: only for the
    society itself and the committee (roles.md §3). prepare: adds to the society's own row what
    `read` needs, as far as the reader may see it, which saves a query.
    """

    template: str
    permission: Permission
    read: Callable[[Actor, Society, date], dict[str, Any]]
    place: str = "main"
    inside: bool = False
    prepare: Callable[[Actor, QuerySet, date], QuerySet] | None = None

    def shown_to(self, actor: Actor) -> bool:
        """Whether the reader gets this part."""
        return actor.may_any(self.permission) and (actor.spec.inside or not self.inside)


def _tiers(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    return {"tiers": three_tiers(actor, society, on)}


def _postings(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    return {"postings": Posting.objects.visible_to(actor).filter(society=society), "today": on}


def _register(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    return {}


PANELS = (
    Panel(
        coverage.TEMPLATE,
        Permission.SOCIETY_VIEW,
        coverage.read,
        place="top",
        prepare=coverage.prepare,
    ),
    Panel("dashboards/society/_tiers.html", Permission.ORGANISATION_VIEW, _tiers),
    Panel("dashboards/society/_postings.html", Permission.ORGANISATION_VIEW, _postings),
    Panel(ledgers.TEMPLATE, Permission.LEDGER_VIEW, ledgers.read, prepare=ledgers.prepare),
    Panel(life.TEMPLATE, Permission.LIFE_VIEW, life.read, prepare=life.prepare),
    Panel(stars.TEMPLATE, Permission.STAR_VIEW, stars.read),
    Panel(checks.TEMPLATE, Permission.CHECK_VIEW, checks.read),
    Panel(rectification.TEMPLATE, Permission.FINDING_VIEW, rectification.read),
    Panel(training.TEMPLATE, Permission.HOURS_TOTAL, training.read, prepare=training.prepare),
    Panel(
        quality.TEMPLATE,
        Permission.SOCIETY_VIEW,
        quality.read,
        inside=True,
        prepare=quality.prepare,
    ),
    Panel("dashboards/society/_register.html", Permission.SOCIETY_VIEW, _register, place="aside"),
)


class OnForm(PortalForm):
    """The day on which the page is read."""

    on = forms.DateField(label="查看日期", required=False)

    def clean_on(self) -> date | None:
        """Not after today: a page shows no future. Nor before any date a fact can have."""
        on: date | None = self.cleaned_data["on"]
        if on and on > clock.today():
            raise forms.ValidationError(f"不能晚于今天（{clock.today()}）")
        if on and on < EARLIEST:
            raise forms.ValidationError(f"不能早于 {EARLIEST}")
        return on


@require_safe
@require_permission(Permission.SOCIETY_VIEW)
def society(request: ActorRequest, pk: int) -> HttpResponse:
    """Everything the portal holds of one society, as far as the reader may see it."""
    actor = request.actor
    form = OnForm(request.GET or None)
    on = (form.is_valid() and form.cleaned_data["on"]) or clock.today()
    shown = [panel for panel in PANELS if panel.shown_to(actor)]
    rows: QuerySet = Society.objects.visible_to(actor).select_related("federation")
    for panel in shown:
        rows = panel.prepare(actor, rows, on) if panel.prepare else rows
    found = get_object_or_404(rows, pk=pk)
    places: dict[str, list[dict[str, Any]]] = {"top": [], "main": [], "aside": []}
    for panel in shown:
        values = panel.read(actor, found, on)
        places[panel.place].append({"template": panel.template, "values": values})
    context = {
        "society": found,
        "places": places,
        "form": form,
        "on": on,
        "is_today": on == clock.today(),
        "may_edit": actor.may_any(Permission.SOCIETY_EDIT),
    }
    return render(request, "dashboards/society.html", context)
