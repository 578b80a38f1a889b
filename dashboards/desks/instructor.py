"""The desk of a posted instructor: the societies, their tiers, the last visits."""

from __future__ import annotations

from datetime import date
from typing import Any

from branches.models import Posting, VisitReport, VisitState
from branches.tiers import tier_counts
from dashboards.desks.base import Desk, term, today_line
from societies.access import Actor
from societies.models import Society, Tier

SHOWN = 20


def instructor_desk(actor: Actor, on: date) -> Desk:
    """Each society of the appointment with its three tiers and newest visit, in few queries."""
    rows: Any = Society.objects.visible_to(actor)
    societies = list(rows.order_by("sort_key")[:SHOWN])
    counts = tier_counts(actor, societies, on)
    visits = VisitReport.objects.visible_to(actor).filter(state=VisitState.FILED)
    newest = dict(
        visits.order_by("society_id", "visited_on").values_list("society_id", "visited_on")
    )
    postings = Posting.objects.visible_to(actor).filter(user=actor.user).valid_on(on)
    until = {posting.society_id: posting.last_day for posting in postings}
    context = {
        "today": today_line(on),
        "term": term(actor),
        "rows": [
            {
                "society": society,
                "tiers": [(t.label, counts.get(society.pk, {}).get(t)) for t in Tier],
                "visited_on": newest.get(society.pk),
                "posted": society.pk in until,
                "until": until.get(society.pk),
            }
            for society in societies
        ],
    }
    return Desk("dashboards/desk_instructor.html", "党建指导员工作台", context)
