"""Open data-quality issues: on the 360° page and, as a count, on the clerk's desk.

The system writes them (roles.md §3); each says what does not fit, since when, and where it is
mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.permissions import Permission
from common.desk import Task
from ledgers.models import Ledger, Section
from societies.access import Actor
from societies.models import DataQualityIssue, Severity, Society

TEMPLATE = "dashboards/society/_quality.html"
ANCHOR = "quality"


@dataclass(frozen=True)
class Line:
    """One issue with the place that mends it: a table of the ledger, else the three tiers.

    is_error: whether it keeps tables of the ledger from being clear (R-LED-02).
    """

    message: str
    is_error: bool
    opened_on: str
    place: str
    url: str


def prepare(actor: Actor, rows: QuerySet, on: date) -> QuerySet:
    """Add the issues open on a day to the society's row, errors first, and its newest ledger."""
    weight = Case(When(severity=Severity.ERROR, then=Value(0)), default=Value(1))
    issues = DataQualityIssue.objects.visible_to(actor).filter(society=OuterRef("pk")).open_on(on)
    said = JSONObject(**{key: key for key in ("message", "severity", "opened_on", "section")})
    # The version in which the society states its figures next.
    ledgers = Ledger.objects.visible_to(actor).standing().filter(society=OuterRef("pk"))
    newest = ledgers.order_by("-period__as_of", "-version").values("pk")[:1]
    return rows.annotate(
        open_issues=ArraySubquery(issues.order_by(weight, "opened_on", "pk").values(data=said)),
        newest_ledger=Subquery(newest),
    )


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """The issues open on a day; no query. Read with `prepare`."""
    row: Any = society
    return {"lines": [_line(issue, society, row.newest_ledger) for issue in row.open_issues]}


def _line(issue: Mapping[str, Any], society: Society, newest: int | None) -> Line:
    is_error = issue["severity"] == Severity.ERROR
    place, url = _place(issue["section"], society, newest)
    return Line(issue["message"], is_error, issue["opened_on"], place, url)


def _place(section: str, society: Society, newest: int | None) -> tuple[str, str]:
    if section not in Section.values:
        return "三层组织", reverse("branches:society", args=[society.pk])
    label = str(Section(section).label)
    if newest is None:
        return label, reverse("ledgers:list")
    number = Section.values.index(section) + 1
    return label, reverse("ledgers:section", args=[newest, number])


def tasks(actor: Actor, on: date) -> list[Task]:
    """Clerk: how many issues of the own society are open."""
    if not actor.may_any(Permission.LEDGER_SEND):
        return []
    rows = DataQualityIssue.objects.visible_to(actor).open_on(on).order_by("opened_on", "pk")
    issues = list(rows)
    if not issues:
        return []
    errors = sum(issue.severity == Severity.ERROR for issue in issues)
    first = issues[0]
    why = f"最早一项自 {first.opened_on} 起"
    if errors:
        why += f"；其中错误 {errors} 项，未关闭前所涉台账不计五清"
    return [
        Task(
            title=f"核对数据质量问题 {len(issues)} 项",
            why=why,
            status_kind="bad" if errors else "warn",
            status_label="未关闭",
            due=None,
            due_text="",
            overdue=False,
            url=f"{reverse('society', args=[first.society_id])}#{ANCHOR}",
            button="去查看",
            count=len(issues),
        )
    ]
