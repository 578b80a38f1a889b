"""Reports the planned visits of the posted instructors; the society's clerk answers some."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.permissions import Role
from branches import actions
from branches.models import VisitReport
from common.errors import ActionRefused, NotAllowed
from common.locks import wait_lock
from dashboards.demo.facts import LOCK
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.visits import Visit

log = logging.getLogger(__name__)


@transaction.atomic
def report(writer: FilingWriter, planned: Iterable[Visit], now: datetime) -> int:
    """File the visits that are missing, by the instructor posted then; how many."""
    wait_lock(LOCK)
    federation = writer.world.federation
    reports = VisitReport.objects.filter(society__federation=federation)
    known = set(reports.values_list("society__code", "visited_on"))
    missing = [visit for visit in planned if (visit.code, visit.visited_on) not in known]
    return sum(_report(writer, visit, now) for visit in missing)


def _report(writer: FilingWriter, visit: Visit, now: datetime) -> bool:
    try:
        with transaction.atomic():
            filed = actions.file_visit(
                society=writer.world.societies[visit.code],
                visited_on=visit.visited_on,
                work=visit.work,
                problems=visit.problems,
                advice=visit.advice,
                by=writer.actor(visit.username, Role.INSTRUCTOR),
                now=visit.filed_at,
            )
            if visit.comment and visit.commented_at <= now:
                clerk = writer.people(visit.code).clerk
                actions.comment_visit(
                    report=filed, comment=visit.comment, by=clerk, now=visit.commented_at
                )
    except (ActionRefused, NotAllowed, LookupError) as refusal:
        log.warning("demonstration: visit to %s left out: %s", visit.code, refusal)
        return False
    return True
