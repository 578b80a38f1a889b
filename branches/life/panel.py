"""Organisation life on the 360° page of a society: shares by kind, and the newest records.

Read from the society's own row: the page's budget of queries is used up.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from branches.models import ExpectedLife, LifeKind, LifeRecord, OrganisationService
from common.shares import share
from societies.access import Actor
from societies.models import Society

TEMPLATE = "branches/life/panel.html"
SHOWN = 5


def prepare(actor: Actor, rows: QuerySet, on: date) -> QuerySet:
    """Add what `read` needs to the society's row; within its scope because the row is."""
    owed = ExpectedLife.objects.in_window(date(on.year, 1, 1), on - timedelta(days=1))
    sums = owed.filter(society=OuterRef("pk")).summed("kind")
    serving = OrganisationService.objects.filter(society=OuterRef(OuterRef("pk")))
    newest = (
        LifeRecord.objects.counting()
        .filter(organisation__in=serving.order_by().values("organisation_id"), held_on__lte=on)
        .order_by("-held_on", "-pk")
    )
    return rows.annotate(
        life_sums=ArraySubquery(sums.values(data=JSONObject(kind="kind", num="num", den="den"))),
        life_newest=ArraySubquery(
            newest.values(
                data=JSONObject(
                    pk="pk",
                    held_on="held_on",
                    kind="kind",
                    agenda="agenda",
                    late="is_late",
                    organisation=F("organisation__name"),
                )
            )[:SHOWN]
        ),
    )


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """Ended periods of the year by kind, the newest records; no query. Read with `prepare`."""
    row: Any = society
    sums = {each["kind"]: each for each in row.life_sums}
    labels = dict(LifeKind.choices)
    return {
        "year": on.year,
        "kinds": [
            sums[kind] | {"label": label, "share": share(sums[kind]["num"], sums[kind]["den"])}
            for kind, label in labels.items()
            if kind in sums
        ],
        "newest": [each | {"label": labels[each["kind"]]} for each in row.life_newest],
    }
