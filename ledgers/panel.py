"""The ledger's panel on the 360° page of a society."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.permissions import Permission as P
from ledgers.models import ExpectedFiling, GuidanceMeasure, Ledger
from ledgers.querysets.ledgers import clear_tables
from societies.access import Actor
from societies.models import Society

SHOWN = 6
# Read by dashboards.society: the template, and what it reads from the society's own row.
TEMPLATE = "ledgers/panel.html"
prepare = clear_tables


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """The last filings, the clear tables of a day, and running measures, in three queries.

    society: read with `prepare`.
    """
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
    exempt = ExpectedFiling.objects.visible_to(actor).exempt().filter(society=society)
    return {
        "ledgers": list(ledgers),
        "clear_count": getattr(society, "clear_count", None),
        "measures": measures,
        # The society lies in scope; the page behind the link asks for the right on the measure.
        "may_follow_up": any(actor.may_any(right) for right in (P.LEDGER_EDIT, P.LEDGER_REVIEW)),
        "exempt": list(exempt.select_related("period")[:SHOWN]),
    }
