"""Puts the Actor on the request, and turns an action's refusal into an error page."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.redirects import came_from
from accounts.sessions import ACTING_KEY
from common import clock
from common.errors import Conflict, NotAllowed
from societies.grants import actors_for


class ActingAppointment:
    """Sets `request.actors` (one per valid appointment) and `request.actor` (the acting one)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actors, request.actor = [], None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            actors = actors_for(request.user, clock.today())
            chosen = request.session.get(ACTING_KEY)
            acting = next((a for a in actors if a.appointment.pk == chosen), None)
            request.actors = actors  # type: ignore[attr-defined]
            request.actor = acting or next(iter(actors), None)  # type: ignore[attr-defined]
        return self.get_response(request)


class ActionErrors:
    """NotAllowed becomes 403, Conflict 409, wherever a view lets one through (roles.md §2.10)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to an action's exception; None leaves it to Django."""
        if isinstance(exception, NotAllowed):
            # Django's own way to handler403 and its page.
            raise PermissionDenied(str(exception)) from exception
        if isinstance(exception, Conflict):
            return _conflict(request, exception)
        return None


def _conflict(request: HttpRequest, exception: Conflict) -> HttpResponse:
    context = {"reason": str(exception), "back_url": came_from(request)}
    if not request.headers.get("HX-Request"):
        return render(request, "errors/409.html", context, status=409)
    # A fragment's place keeps what was typed in it; the words go to the page's message area.
    answer = render(request, "errors/_conflict_note.html", context, status=409)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#messages", "innerHTML"
    return answer
