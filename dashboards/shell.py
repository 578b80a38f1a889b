"""The frame of every page: navigation, identity, demonstration mark. A context processor."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.permissions import Permission, ScopeKind
from common import clock
from dashboards import links
from dashboards.demo.progress import Progress, progress
from dashboards.navigation import navigation
from dashboards.search import RIGHTS as SEARCH_RIGHTS
from societies.access import Actor
from societies.models import Federation

SEARCH = "search"

ROLE_ICONS = {
    ScopeKind.FEDERATION: "shield-check",
    ScopeKind.SOCIETY: "building-community",
    ScopeKind.UNIT: "sitemap",
    ScopeKind.ORGANISATION: "sitemap",
    ScopeKind.PLATFORM: "settings",
    ScopeKind.OWN: "user",
}


@dataclass(frozen=True)
class Identity:
    """An appointment as the role menu prints it. until: its last valid day, None without end."""

    pk: int
    label: str
    icon: str
    until: datetime.date | None


def search_address(actor: Actor) -> str:
    """Where the search of the top bar leads; nothing for roles that could find nothing."""
    found = any(actor.may_any(right) for right in SEARCH_RIGHTS)
    return links.address(SEARCH) if found else ""


def scope_words(actor: Actor) -> str:
    """What the appointment is bound to: the committee, the one object, or how many objects."""
    kind = actor.spec.kind
    if kind == ScopeKind.FEDERATION and actor.federation:
        return actor.federation.committee_name
    if len(actor.objects) == 1:
        return actor.objects[0].name
    if not actor.objects:
        return ""
    return f"{len(actor.objects)} {'家' if kind == ScopeKind.SOCIETY else '个'}{kind.label}"


def identity(actor: Actor) -> Identity:
    """An actor as the top bar shows it."""
    appointment = actor.appointment
    label = " · ".join(part for part in (scope_words(actor), appointment.role_label) if part)
    until = appointment.valid_to and appointment.valid_to - datetime.timedelta(days=1)
    return Identity(appointment.pk, label, ROLE_ICONS[actor.spec.kind], until)


# Demonstrations whose history this process saw complete, and on which day: a frozen night is never
# taken back (`demo --reset` makes a new federation), so that the rest of the day asks no more.
_COMPLETE: dict[int, datetime.date] = {}


def _filling(federation: Federation) -> Callable[[], Progress | None]:
    """Asked by the template, so that an answer without the frame costs nothing."""

    def ask() -> Progress | None:
        now = clock.now()
        if _COMPLETE.get(federation.pk) == clock.day_of(now):
            return None
        found = progress(federation, now)
        if found is None:
            _COMPLETE[federation.pk] = clock.day_of(now)
        return found

    return ask


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Reads only what the middleware put on the request: no query.

    declares: whether the person declares interests (回避申报), from the account menu.
    filling: in the demonstration, a call that reads how far its history is.
    """
    actor: Actor | None = getattr(request, "actor", None)
    context: dict[str, Any] = {
        "actor": actor,
        "nav": (),
        "search_url": "",
        "declares": False,
        "acting": None,
        "is_demo": False,
        "filling": None,
        "other_appointments": (),
    }
    if actor is None:
        return context
    match = request.resolver_match
    federation = actor.federation
    is_demo = bool(federation and federation.is_demo)
    actors: Sequence[Actor] = getattr(request, "actors", ())
    return context | {
        "nav": navigation(actor, match.view_name if match else ""),
        "declares": actor.may_any(Permission.INTEREST_DECLARE),
        "search_url": search_address(actor),
        "acting": identity(actor),
        "is_demo": is_demo,
        "filling": _filling(federation) if is_demo and federation else None,
        "other_appointments": [
            identity(each) for each in actors if each.appointment.pk != actor.appointment.pk
        ],
    }
