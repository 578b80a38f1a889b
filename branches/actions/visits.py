"""The instructor's visit reports: filed by the posted person, commented by the society."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from branches.models import Posting, VisitReport, VisitState
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.querysets import valid_on_q
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty
from societies.models import Society

_PLACES = {"visit_says_what_was_done": "work", "visit_once_a_day": "visited_on"}


@transaction.atomic
def file_visit(
    *,
    society: Society,
    visited_on: date,
    work: str,
    problems: str = "",
    advice: str = "",
    by: Actor,
    now: datetime,
) -> VisitReport:
    """Report a visit on a day of the own posting; it is a work record from now on (rules §6.5).

    Raises NotAllowed, ActionRefused with messages at the fields of the same names.
    """
    by.require(Permission.VISIT_FILE, society)
    today = clock.day_of(now)
    if visited_on > today:
        raise ActionRefused({"visited_on": [f"日期晚于今天（{today}），走访后再登记"]})
    report = VisitReport(
        society=society,
        posting=_posting(society, visited_on, by),
        visited_on=visited_on,
        work=work.strip(),
        problems=problems.strip(),
        advice=advice.strip(),
        filed_at=now,
        filed_by=by.user,
    )
    with refusals(VisitReport, fields=_PLACES):
        report.full_clean()
        report.save()
    mark_dirty({society.pk}, since=visited_on, today=today)
    return report


@transaction.atomic
def withdraw_visit(*, report: VisitReport, by: Actor, now: datetime) -> VisitReport:
    """Take back the own report; raises NotAllowed for everybody else."""
    row = _lock(report)
    by.require(Permission.VISIT_FILE, row)
    if row.filed_by_id != by.user.pk:
        raise NotAllowed("走访报告由填写人本人撤回")
    if row.state != VisitState.FILED:
        raise ActionRefused("该报告已撤回")
    row.state, row.withdrawn_at, row.withdrawn_by = VisitState.WITHDRAWN, now, by.user
    _save(row)
    mark_dirty({row.society_id}, since=row.visited_on, today=clock.day_of(now))
    return row


@transaction.atomic
def comment_visit(*, report: VisitReport, comment: str, by: Actor, now: datetime) -> VisitReport:
    """The society's comment on a report about it; a later one takes the place of the first."""
    row = _lock(report)
    by.require(Permission.VISIT_COMMENT, row)
    if row.state != VisitState.FILED:
        raise ActionRefused("该报告已撤回，不能再填写意见")
    if not comment.strip():
        raise ActionRefused({"comment": ["请填写意见"]})
    row.comment, row.commented_at, row.commented_by = comment.strip(), now, by.user
    _save(row)
    return row


def _posting(society: Society, on: date, by: Actor) -> Posting:
    rows = Posting.objects.filter(valid_on_q(on), society=society, user=by.user)
    found: Posting | None = rows.order_by("kind", "pk").first()
    if found is None:
        raise ActionRefused({"visited_on": ["这一天不在您派驻该学会的任期内，请核对日期"]})
    return found


def _lock(report: VisitReport) -> VisitReport:
    rows = VisitReport.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("society").get(pk=report.pk)


def _save(row: VisitReport) -> None:
    row.row_version += 1
    with refusals(VisitReport, fields=_PLACES):
        row.full_clean()
        row.save()
