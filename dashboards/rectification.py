"""督导与整改 on the committee's dashboard: open findings by age and severity, running batches.

Live, as of today. Asked for by the dashboard after itself; without JavaScript a page of its own.
Every number opens the list that holds exactly its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from common import clock
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission
from supervision import progress
from supervision.finding_page import AGES, OPEN, Age
from supervision.models import Finding, FindingSeverity


@dataclass(frozen=True)
class Group:
    """Open findings of one severity, day of issue and batch."""

    severity: str
    issued_on: date
    overdue: bool
    batch: int | None
    count: int


@dataclass(frozen=True)
class Number:
    """A number of findings and the list that holds them."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Row:
    """An age. severities: in their order; percent: of all open findings, 0 to 100."""

    label: str
    severities: list[Number]
    whole: Number
    overdue: Number
    percent: float


def groups_of(actor: Actor, on: date) -> list[Group]:
    """The open findings that the actor reads, counted; one query."""
    rows = Finding.objects.visible_to(actor).open().with_overdue(on).order_by()
    keys = ("severity", "issued_on", "overdue", "batch")
    return [Group(*row) for row in rows.values_list(*keys).annotate(n=Count("pk"))]


def _count(groups: Iterable[Group]) -> int:
    return sum(group.count for group in groups)


def _number(label: str, groups: Iterable[Group], **filters: str) -> Number:
    url = reverse("supervision:finding_list", query={"lane": OPEN[0]} | filters)
    return Number(label, _count(groups), url)


def _row(label: str, groups: list[Group], all_open: int, **filters: str) -> Row:
    late = [group for group in groups if group.overdue]
    return Row(
        label=label,
        severities=[
            _number(
                str(each.label),
                [group for group in groups if group.severity == each],
                **filters,
                severity=each.value,
            )
            for each in FindingSeverity
        ],
        whole=_number("合计", groups, **filters),
        overdue=_number("逾期", late, **filters, overdue="True"),
        percent=100 * _count(groups) / all_open if all_open else 0.0,
    )


def _aged(groups: list[Group], age: Age, on: date) -> list[Group]:
    return [group for group in groups if age.covers((on - group.issued_on).days)]


def context(actor: Actor, on: date) -> dict[str, Any]:
    """The table of ages, its sums, and the batches; three queries."""
    groups = groups_of(actor, on)
    whole = _count(groups)
    batches = []
    for batch, stages in progress.running(actor):
        mine = [group for group in groups if group.batch == batch.pk]
        open_ones = _number("未销号", mine, batch=str(batch.pk))
        batches.append((batch, stages, open_ones, progress.refused(stages)))
    return {
        "on": on,
        "severities": [each.label for each in FindingSeverity],
        "ages": [_row(age.label, _aged(groups, age, on), whole, age=age.key) for age in AGES],
        "total": _row("合计", groups, whole),
        "batches": batches,
    }


@require_safe
@require_permission(Permission.GAP_VIEW)
def rectification(request: ActorRequest) -> HttpResponse:
    """The card of the dashboard, or the page around it."""
    name = "_rectification.html" if request.htmx else "rectification.html"
    return render(request, f"dashboards/{name}", context(request.actor, clock.today()))
