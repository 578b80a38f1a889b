"""Open data-quality issues: on the 360° page and, as a count, on the clerk's desk.

The system writes them (roles.md §3); each says what does not fit, since when, and where it is
mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Subquery, Value, When
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
    """One issue with the place that mends it: a table of the ledger, else the three tiers."""

    issue: DataQualityIssue
    place: str
    url: str

    @property
    def is_error(self) -> bool:
        """Whether it keeps tables of the ledger from being clear (R-LED-02)."""
        return self.issue.severity == Severity.ERROR


def read(actor: Actor, society: Society, on: date) -> dict[str, Any]:
    """The issues open on a day, errors first; one query."""
    weight = Case(When(severity=Severity.ERROR, then=Value(0)), default=Value(1))
    rows = DataQualityIssue.objects.visible_to(actor).filter(society=society).open_on(on)
    # The version in which the society states its figures next.
    ledgers = Ledger.objects.visible_to(actor).standing().filter(society=society)
    newest = Subquery(ledgers.order_by("-period__as_of", "-version").values("pk")[:1])
    rows = rows.annotate(newest=newest).order_by(weight, "opened_on", "pk")
    return {"lines": [_line(issue, society, issue.newest) for issue in rows]}


def _line(issue: DataQualityIssue, society: Society, newest: int | None) -> Line:
    if issue.section not in Section.values:
        return Line(issue, "三层组织", reverse("branches:society", args=[society.pk]))
    label = str(Section(issue.section).label)
    if newest is None:
        return Line(issue, label, reverse("ledgers:list"))
    number = Section.values.index(issue.section) + 1
    return Line(issue, label, reverse("ledgers:section", args=[newest, number]))


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
