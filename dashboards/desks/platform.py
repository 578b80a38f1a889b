"""The system administrator's desk: how last night went. No business data (roles.md §2.6)."""

from __future__ import annotations

from datetime import date, timedelta

from coverage.models import NightRun, NightState
from dashboards.desks.base import Desk, term, today_line
from dashboards.links import address
from societies.access import Actor


def sysadmin_desk(actor: Actor, on: date) -> Desk:
    """The newest run of each federation, and the page of all runs."""
    runs = (
        NightRun.objects.visible_to(actor)
        .exclude(state=NightState.SKIPPED)
        .select_related("federation", "edition")
        .order_by("federation_id", "-on")
        .distinct("federation_id")
    )
    context = {
        "today": today_line(on),
        "runs": list(runs),
        "yesterday": on - timedelta(days=1),
        "runs_url": address("coverage:runs"),
        "term": term(actor),
    }
    return Desk("dashboards/desk_sysadmin.html", "系统管理员工作台", context)
