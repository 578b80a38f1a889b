"""The desk of the training manager: what waits, and the classes that are running."""

from __future__ import annotations

from datetime import date

from dashboards.desks.base import Desk, places, term, today_line
from dashboards.desks.statements import STATEMENTS, scope_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor
from training.models import ClassState, TrainingClass

SHOWN = 8
RUNNING = (ClassState.DRAFT, ClassState.PLANNED, ClassState.OPEN, ClassState.HELD)


def training_desk(actor: Actor, on: date) -> Desk:
    """Tasks first; beside them the classes under way and the scope."""
    found = places(actor)
    running = TrainingClass.objects.visible_to(actor).filter(state__in=RUNNING)
    context = {
        "today": today_line(on),
        "scope": scope_line(actor, found),
        "tasks": tasks_of(actor, on),
        "statement": STATEMENTS[actor.role],
        "classes": running.order_by("starts_on", "pk")[:SHOWN],
        "places": found,
        "term": term(actor),
    }
    return Desk("dashboards/desk_training.html", f"{actor.role.label}工作台", context)
