"""The desk of the committee's reviewer and leader: what waits, and the five numbers."""

from __future__ import annotations

from datetime import date

from common import clock
from dashboards.coverage import figures, kpis
from dashboards.coverage.page import as_of
from dashboards.desks.base import Desk, today_line
from dashboards.desks.tasks import tasks_of
from societies.access import Actor


def committee_desk(actor: Actor, on: date) -> Desk:
    """Queue, closings, lock exceptions; coverage as frozen, each number with its gap list."""
    board = figures.load(actor)
    federation = actor.federation
    context = {
        "today": today_line(on),
        "scope": f"{federation.name}的全部学会" if federation else "",
        "tasks": tasks_of(actor, on),
        "cards": kpis.cards(board),
        "as_of": as_of(board, clock.now()),
    }
    title = f"{federation.committee_name if federation else ''}{actor.role.label}工作台"
    return Desk("dashboards/desk_committee.html", title, context)
