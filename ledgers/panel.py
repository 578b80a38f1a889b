"""The ledger's panel on the 360° page of a society."""

from __future__ import annotations

from datetime import date
from typing import Any

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
    measures = GuidanceMeasure.objects.visible_to(actor).filter(society=society).valid_on(on)
    exempt = ExpectedFiling.objects.visible_to(actor).exempt().filter(society=society)
    return {
        "ledgers": list(ledgers),
        "clear_count": getattr(society, "clear_count", None),
        "measures": list(measures.select_related("unit")),
        "exempt": list(exempt.select_related("period")[:SHOWN]),
    }
