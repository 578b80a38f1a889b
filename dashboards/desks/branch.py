"""The desk of a branch secretary: what is due, missed, returned; the organisations' year."""

from __future__ import annotations

from datetime import date
from typing import Any

from branches.life.calendar import own_rows, year_of
from branches.models import PartyOrganisation
from dashboards.desks.base import Desk, places, term, today_line
from dashboards.desks.statements import scope_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor

SHOWN = 5


def branch_desk(actor: Actor, on: date) -> Desk:
    """Tasks first; beside them each organisation's year so far and its page."""
    rows: Any = PartyOrganisation.objects.visible_to(actor).select_related("society")
    found = places(actor)
    context = {
        "today": today_line(on),
        "scope": scope_line(actor, found),
        "tasks": tasks_of(actor, on),
        "year": on.year,
        "years": [(each, year_of(own_rows(each), on.year, on)) for each in rows[:SHOWN]],
        "places": found,
        "term": term(actor),
    }
    return Desk("dashboards/desk_branch.html", f"{actor.role.label}工作台", context)
