"""检查 on the 360° page of a society: its spot checks as far as the reader may see them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from common.clock import start_of
from societies.access import Actor
from societies.models import Society
from supervision.models import SpotCheck

TEMPLATE = "supervision/check_panel.html"
SHOWN = 6


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """The newest checks of batches drawn by the end of a day, as they stand now; one query.

    The society reads its own from the notice on, an inspector those of the own seats.
    """
    rows = SpotCheck.objects.visible_to(actor).filter(society=society)
    drawn = rows.filter(batch__drawn_at__lt=start_of(on + timedelta(days=1)))
    newest = drawn.select_related("batch").order_by("-batch__on_site_from", "-pk")
    return {"checks": list(newest[:SHOWN])}
