"""The ledger's panel on the 360° page of a society."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.permissions import Permission as P
from common.periods import half_year_label
from ledgers.models import ExpectedFiling, GuidanceMeasure, Ledger
from ledgers.querysets.ledgers import clear_tables
from societies.access import Actor
from societies.models import Society

SHOWN = 6
TEMPLATE = "ledgers/panel.html"


def prepare(actor: Actor, rows: QuerySet, on: date) -> QuerySet:
    """Add the clear tables of a day and the exemptions to the society's row."""
    exempt = ExpectedFiling.objects.visible_to(actor).exempt().filter(society=OuterRef("pk"))
    said = JSONObject(key="period__key", reason="exempt_reason")
    return clear_tables(rows, on).annotate(
        exempt_filings=ArraySubquery(exempt.values(data=said)[:SHOWN])
    )


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """The last filings, the clear tables of a day, and running measures, in two queries.

    society: read with `prepare`.
    """
    row: Any = society
    ledgers = (
        Ledger.objects.visible_to(actor)
        .filter(society=society)
        .select_related("period")
        .with_window(on)
        .latest_versions()
        .order_by("-period__as_of")[:SHOWN]
    )
    rows = GuidanceMeasure.objects.visible_to(actor).filter(society=society).valid_on(on)
    measures: list[Any] = list(rows.select_related("unit", "source__period__edition"))
    for measure in measures:
        known = measure.source.period.edition.rules.measure(measure.code)
        measure.label = known.label if known else measure.code
    return {
        "ledgers": list(ledgers),
        "clear_count": row.clear_count,
        "measures": measures,
        # The society lies in scope; the page behind the link asks for the right on the measure.
        "may_follow_up": any(actor.may_any(right) for right in (P.LEDGER_EDIT, P.LEDGER_REVIEW)),
        "exempt": [(half_year_label(each["key"]), each["reason"]) for each in row.exempt_filings],
    }
