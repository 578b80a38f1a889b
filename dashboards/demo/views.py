"""The bar of the first run, which asks for itself again until nothing is missing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common import clock
from dashboards.demo.progress import progress
from societies.decorators import ActorRequest, require_actor


@require_safe
@require_actor
def demo_progress(request: ActorRequest) -> HttpResponse:
    """The bar's fragment; opened as a page it leads home."""
    if not request.htmx:
        return redirect("/")
    federation = request.actor.federation
    found = progress(federation, clock.now()) if federation and federation.is_demo else None
    return render(request, "components/_demo_filling.html", {"filling": found, "asked": True})
