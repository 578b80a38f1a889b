"""Puts the Actor on the request: one acting appointment, chosen in the top bar."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common import clock
from societies.grants import actors_for

ACTING_KEY = "acting_appointment"


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
