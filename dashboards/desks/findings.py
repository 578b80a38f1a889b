"""未销号的问题 on the desks of who only reads them: discipline member, supervisory board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Coalesce

from societies.access import Actor
from supervision.finding_page import Due, due_of
from supervision.models import Finding

SHOWN = 8


@dataclass(frozen=True)
class OpenFindings:
    """The first of them by due day, each with its day in words; how many there are."""

    rows: Sequence[tuple[Finding, Due]]
    count: int
    overdue: int


def open_findings(actor: Actor, on: date) -> OpenFindings:
    """What the actor reads of it, in one query: one society has dozens at most."""
    rows = Finding.objects.visible_to(actor).open().with_overdue(on)
    found = list(rows.order_by(Coalesce("finish_due", "plan_due"), "pk"))
    return OpenFindings(
        [(row, due_of(row, on)) for row in found[:SHOWN]],
        len(found),
        sum(row.overdue for row in found),
    )
