"""培训 on the 360° page of a society: shares of hours and its places in classes, without names."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.permissions import Permission
from common import clock
from societies.access import Actor
from societies.models import Society
from training.forms.hours import years
from training.models import ClassQuota, ClassState, TrainingEdition
from training.shares import MEMBER, OFFICER, hour_shares, said, totals

TEMPLATE = "training/panel.html"
SHOWN = 6


def prepare(actor: Actor, rows: QuerySet, on: date) -> QuerySet:
    """Add the hours that the year asks for and the society's classes of the year to its row."""
    editions = TrainingEdition.objects.valid_on(date(on.year, 1, 1))
    asked = editions.filter(federation=OuterRef("federation_id")).order_by()
    quotas = (
        ClassQuota.objects.visible_to(actor)
        .filter(society=OuterRef("pk"), training_class__starts_on__year=on.year)
        .filter(training_class__decided_at__isnull=False)
        .exclude(training_class__state=ClassState.CANCELLED)
        .order_by("-training_class__starts_on", "-training_class_id")
    )
    columns = JSONObject(
        pk="training_class_id",
        title="training_class__title",
        starts_on="training_class__starts_on",
        state="training_class__state",
        taken="taken",
        places="places",
    )
    return rows.annotate(
        hours_asked=Subquery(
            asked.values(data=JSONObject(member="member_hours", officer="officer_hours"))[:1]
        ),
        year_classes=ArraySubquery(quotas.values(data=columns)[:SHOWN]),
    )


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """How many of those who owe hours have them, as the statistics say it; one query."""
    row: Any = society
    asked = row.hours_asked or {}
    scope = Society.objects.within(actor.scope(Permission.HOURS_TOTAL))
    found = totals(hour_shares(scope.filter(pk=society.pk), on))
    labels = ((MEMBER, "党员"), (OFFICER, "书记、委员"))
    return {
        "year": on.year,
        "on": on,
        "lines": [
            (label, asked.get(key), said(found.get((society.pk, key)))) for key, label in labels
        ],
        "classes": [
            each | {"state": str(ClassState(each["state"]).label)} for each in row.year_classes
        ],
        "totals_url": _totals_url(society, on.year),
    }


def _totals_url(society: Society, year: int) -> str:
    """The society's line of the statistics; "" for a year that they do not offer."""
    if str(year) not in dict(years()):
        return ""
    chosen = {} if year == clock.today().year else {"year": year}
    return reverse("training:totals", query={"q": society.name} | chosen)
