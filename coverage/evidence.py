"""Work records in 昨夜为什么变了 (R-COV-08): what made a posting count, or no longer count.

Only from the day an edition asks for evidence; a record moves WORK of the societies that its
organisation served on the day of the event (rules §6.5).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery

from branches.models import LifeRecord, Posting, VisitReport
from coverage.models import CoverageEdition, SocietyCoverage
from societies.actions import RECORDS_BEGIN
from societies.models import Federation, Society


def work_records(
    federation: Federation, ids: Collection[int], on: date
) -> dict[int, tuple[str, date, bool]]:
    """society id → words, day, whether WORK began, where a record moved WORK on a day."""
    edition = CoverageEdition.objects.valid_on(on).filter(federation=federation).first()
    days = edition.work_evidence_days if edition else 0
    if not edition or not days or not ids:
        return {}
    moved = SocietyCoverage.objects.filter(society__in=ids, indicator="WORK", valid_from=on)
    covered = dict(moved.values_list("society_id", "covered"))
    posted = Posting.objects.valid_on(on).filter(
        society__in=list(covered), kind__in=edition.work_measures
    )
    found: dict[int, tuple[str, date, bool]] = {}
    for pk, last in _newest(set(posted.values_list("society_id", flat=True)), on):
        if covered[pk] and on - last < timedelta(days=days):
            found[pk] = ("登记工作记录", last, True)
        elif not covered[pk] and on - last >= timedelta(days=days):
            found[pk] = (f"最近的工作记录已满 {days} 天", last, False)
    return found


def _newest(ids: Collection[int], on: date) -> list[tuple[int, date]]:
    """The societies with the day of their newest work record up to a day."""
    society, reach = OuterRef("pk"), (on - RECORDS_BEGIN).days
    served = LifeRecord.objects.evidence_for(society, on, reach)
    visited = VisitReport.objects.evidence_for(society, on, reach)
    rows = Society.objects.filter(pk__in=ids).annotate(
        life=Subquery(served.order_by("-held_on").values("held_on")[:1]),
        visit=Subquery(visited.order_by("-visited_on").values("visited_on")[:1]),
    )
    return [
        (row.pk, max(day for day in (row.life, row.visit) if day))
        for row in rows
        if row.life or row.visit
    ]
