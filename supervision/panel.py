"""整改 on the 360° page of a society: what is open on a day by severity, and the last closed.

A past day is read by what is known today: due days as they stand now (R-SUP-06).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from common import clock
from societies.access import Actor
from societies.models import Society
from supervision.models import Finding, FindingSeverity

TEMPLATE = "supervision/panel.html"
SHOWN = 5
_COLUMNS = (
    *("code", "title", "severity", "issued_on", "plan_due", "plan_filed_on", "finish_due"),
    *("submitted_on", "closed_at", "closed_late"),
)


@dataclass(frozen=True)
class Item:
    """An open finding. due: the day that runs, None until the leader agrees it; late: days over."""

    finding: Finding
    due: date | None
    late: int


@dataclass(frozen=True)
class Line:
    """The open findings of one severity; the addresses list exactly those, "" for a past day."""

    label: str
    count: int
    overdue: int
    first_due: date | None
    url: str
    overdue_url: str


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """Findings in the reader's scope, in one query: a society has dozens over the years."""
    rows = Finding.objects.visible_to(actor).filter(society=society, issued_on__lte=on)
    found = list(rows.only(*_COLUMNS))
    items = [_item(row, on) for row in found if not _closed_by(row, on)]
    closed = [row for row in found if _closed_by(row, on)]
    is_today = on == clock.today()
    return {
        "count": len(items),
        "overdue": sum(item.late > 0 for item in items),
        "lines": _lines(items, society, is_today),
        "first": sorted(items, key=lambda item: (item.due or date.max, item.finding.pk))[:SHOWN],
        "last_closed": max(closed, key=lambda row: row.closed_at, default=None),
        "all_url": list_url(society) if found else "",
    }


def list_url(society: Society, **filters: str) -> str:
    """The list of a society's findings under some filters."""
    return reverse("supervision:finding_list", query={"society": society.pk} | filters)


def _closed_by(row: Finding, on: date) -> bool:
    return row.closed_at is not None and clock.day_of(row.closed_at) <= on


def _item(row: Finding, on: date) -> Item:
    planned = row.plan_filed_on is not None and row.plan_filed_on <= on
    late = row.days_late(on) if planned else max(row.days_late(on), row.plan_days_late(on))
    return Item(row, row.finish_due if planned else row.plan_due, late)


def _lines(items: Sequence[Item], society: Society, is_today: bool) -> list[Line]:
    found = []
    for severity in FindingSeverity:
        mine = [item for item in items if item.finding.severity == severity]
        if not mine:
            continue
        filters = {"severity": severity.value, "lane": "open"}
        found.append(
            Line(
                label=str(severity.label),
                count=len(mine),
                overdue=sum(item.late > 0 for item in mine),
                first_due=min((item.due for item in mine if item.due), default=None),
                url=list_url(society, **filters) if is_today else "",
                overdue_url=list_url(society, **filters, overdue="True") if is_today else "",
            )
        )
    return found
