"""What a desk is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from accounts.permissions import Permission, ScopeKind
from dashboards.links import address
from dashboards.words import long_day
from societies.access import Actor

# The page of a scope object, and the right that opens it.
_PAGES: Mapping[str, tuple[str, Permission]] = {
    ScopeKind.SOCIETY: ("society", Permission.SOCIETY_VIEW),
    ScopeKind.ORGANISATION: ("branches:detail", Permission.ORGANISATION_VIEW),
}


@dataclass(frozen=True)
class Desk:
    """A desk as its template prints it."""

    template: str
    title: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """One scope object of the appointment, with its page if the actor may open it."""

    name: str
    url: str


def places(actor: Actor) -> list[Place]:
    """The scope objects of the acting appointment: what the desk says its scope is."""
    found = []
    for each in actor.objects:
        view, right = _PAGES.get(each.kind, ("", None))
        opens = right is not None and each.pk in actor.scope(right).ids
        found.append(Place(each.name, address(view, each.pk) if opens else ""))
    return found


def today_line(on: date) -> str:
    """今天 2027 年 1 月 6 日 星期三."""
    return f"今天 {long_day(on)}"


def term(actor: Actor) -> str:
    """The appointment's dates; the last day is named, not the first day without effect."""
    appointment = actor.appointment
    if appointment.valid_to is None:
        return f"{appointment.valid_from} 起"
    return f"{appointment.valid_from} 至 {appointment.valid_to - timedelta(days=1)}"
