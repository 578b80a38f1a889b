"""Desk and search of the acting appointment."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from dashboards.desks import desk_of
from dashboards.search import RIGHTS, search_all
from societies.decorators import ActorRequest, require_actor, require_permission


@require_safe
@require_actor
def home(request: ActorRequest) -> HttpResponse:
    """The desk of the acting role."""
    desk = desk_of(request.actor, clock.today())
    return render(request, desk.template, {"title": desk.title, **desk.context})


@require_safe
@require_permission(*RIGHTS)
def search(request: ActorRequest) -> HttpResponse:
    """Everything in scope that the words of the top bar's search are found in."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    found = search_all(request.actor, text) if text else []
    context = {"q": text, "found": found, "total": sum(group.count for group in found)}
    return render(request, "dashboards/search.html", context)
