"""The desk of an inspection lead: what waits in the batches that he leads."""

from __future__ import annotations

from datetime import date

from dashboards.desks.base import Desk, places, term, today_line
from dashboards.desks.statements import STATEMENTS, scope_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor
from supervision.models import InspectionBatch


def lead_desk(actor: Actor, on: date) -> Desk:
    """Tasks first; beside them the open batches."""
    found = places(actor)
    context = {
        "today": today_line(on),
        "scope": f"{scope_line(actor, found)}，牵头的批次",
        "tasks": tasks_of(actor, on),
        "statement": STATEMENTS[actor.role],
        "batches": InspectionBatch.objects.visible_to(actor).open(),
        "term": term(actor),
    }
    return Desk("dashboards/desk_inspection.html", f"{actor.role.label}工作台", context)
