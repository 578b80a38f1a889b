"""The desk of an inspector: his checks, and what he has to verify."""

from __future__ import annotations

from datetime import date

from dashboards.desks.base import Desk, places, term, today_line
from dashboards.desks.statements import STATEMENTS, scope_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor
from supervision.check_desk import checks
from supervision.inspector_desk import visits
from supervision.models import CheckState


def inspector_desk(actor: Actor, on: date) -> Desk:
    """Checks first, each with its own next step; below them the other tasks."""
    found, scope = visits(actor, on), places(actor)
    # The checks stand above line by line; the tasks of their steps would say them twice.
    said = {task.url for task in checks(actor, on)}
    done = [row for row in found if row.check.state == CheckState.CONCLUDED]
    context = {
        "today": today_line(on),
        "scope": scope_line(actor, scope),
        "places": scope,
        "visits": found,
        "done": len(done),
        "batches": list(dict.fromkeys(row.check.batch for row in found)),
        "tasks": [task for task in tasks_of(actor, on) if task.url not in said],
        "statement": STATEMENTS[actor.role],
        "term": term(actor),
    }
    return Desk("dashboards/desk_inspector.html", f"{actor.role.label}工作台", context)
