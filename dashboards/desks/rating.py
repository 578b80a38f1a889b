"""The desk of an assessor and of a deliberating member: what waits in the open rounds."""

from __future__ import annotations

from datetime import date

from dashboards.desks.base import Desk, places, term, today_line
from dashboards.desks.statements import STATEMENTS, scope_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor
from starrating.models import RatingRound


def rating_desk(actor: Actor, on: date) -> Desk:
    """Tasks first; beside them the open rounds and the scope."""
    found = places(actor)
    context = {
        "today": today_line(on),
        "scope": scope_line(actor, found),
        "tasks": tasks_of(actor, on),
        "statement": STATEMENTS[actor.role],
        "rounds": RatingRound.objects.visible_to(actor).open(),
        "places": found,
        "term": term(actor),
    }
    return Desk("dashboards/desk_rating.html", f"{actor.role.label}工作台", context)
