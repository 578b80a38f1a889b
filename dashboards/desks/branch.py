"""The desk of a Party branch's secretary: what waits in the own organisation."""

from __future__ import annotations

from datetime import date

from dashboards.desks.base import Desk, places, term, today_line
from dashboards.desks.statements import scope_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor


def branch_desk(actor: Actor, on: date) -> Desk:
    """Tasks, and the way to the own organisation's page."""
    found = places(actor)
    context = {
        "today": today_line(on),
        "scope": scope_line(actor, found),
        "tasks": tasks_of(actor, on),
        "places": found,
        "term": term(actor),
    }
    return Desk("dashboards/desk_branch.html", f"{actor.role.label}工作台", context)
