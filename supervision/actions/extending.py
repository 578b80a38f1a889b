"""延期: one, at most the days of its rule; asked, reviewed, decided by three (R-SUP-06)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from common.refusals import refusals
from societies.access import Actor
from supervision import finding_states as steps
from supervision.actions.finding_common import (
    check,
    day_between,
    lock_finding,
    move,
    touch_figures,
)
from supervision.models import Finding, FindingExtension

ANOTHER = "延期的申请、审核、决定须由不同的人办理"


@transaction.atomic
def ask_extension(
    *,
    finding: Finding,
    row_version: int | None,
    due_asked: date | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> Finding:
    """申请延期 by the Party secretary, to the end of the finish day, once.

    Raises NotAllowed, Conflict, ActionRefused by field.
    """
    finding = lock_finding(finding, row_version)
    reason = reason.strip()
    check(steps.ASK_EXTENSION, finding, by, day_of(now), due_asked=due_asked, reason=reason)
    if finding.finish_due is None or due_asked is None:
        raise ActionRefused({"due_asked": ["完成期限还没有确定"]})
    if FindingExtension.objects.filter(finding=finding).exists():
        raise ActionRefused("每个问题只能申请一次延期")
    if day_of(now) > finding.finish_due:
        raise ActionRefused(f"完成期限 {finding.finish_due} 已过，不能再申请延期")
    most = finding.finish_due + timedelta(days=finding.rule.extension_most)
    day_between("due_asked", due_asked, finding.finish_due + timedelta(days=1), most)
    with refusals(FindingExtension):
        row = FindingExtension(
            finding=finding,
            society_id=finding.society_id,
            due_before=finding.finish_due,
            due_asked=due_asked,
            reason=reason,
            asked_by=by.user,
            asked_at=now,
        )
        row.clean_fields(exclude=["finding", "society", "asked_by"])
        row.save()
    text = f"申请延至 {due_asked}：{reason}"
    return move(finding, "", steps.ASK_EXTENSION.verb, by, now, text)


@transaction.atomic
def review_extension(
    *, finding: Finding, row_version: int | None, opinion: str, by: Actor, now: datetime
) -> Finding:
    """The reviewer's opinion on it, for the leader; never the asker's."""
    finding = lock_finding(finding, row_version)
    opinion = opinion.strip()
    check(steps.REVIEW_EXTENSION, finding, by, day_of(now), opinion=opinion)
    row = _waiting(finding)
    if row.reviewed_at is not None:
        raise ActionRefused("延期申请已审核，待负责人决定")
    if by.user.pk == row.asked_by_id:
        raise NotAllowed(ANOTHER)
    row.opinion, row.reviewed_by, row.reviewed_at = opinion, by.user, now
    _save(row)
    return move(finding, "", steps.REVIEW_EXTENSION.verb, by, now, opinion)


@transaction.atomic
def decide_extension(
    *,
    finding: Finding,
    row_version: int | None,
    granted: bool,
    answer: str,
    by: Actor,
    now: datetime,
) -> Finding:
    """The leader's decision after the review; granting moves the finish day by the days asked.

    Also after the submission, which is not late if it came within the days granted.
    """
    finding = lock_finding(finding, row_version)
    answer = answer.strip()
    check(steps.DECIDE_EXTENSION, finding, by, day_of(now), answer=answer)
    row = _waiting(finding)
    if row.reviewed_at is None:
        raise ActionRefused("延期申请待审核员审核后决定")
    if by.user.pk in (row.asked_by_id, row.reviewed_by_id):
        raise NotAllowed(ANOTHER)
    row.granted, row.answer, row.decided_by, row.decided_at = granted, answer, by.user, now
    _save(row)
    day = row.due_asked
    if granted and finding.finish_due is not None:
        # Not simply the day asked for: what was sent back meanwhile has a later day already.
        touch_figures(finding, finding.finish_due, now)
        day = finding.finish_due = finding.finish_due + timedelta(days=row.days)
    text = f"{'同意延至' if granted else '不同意延至'} {day}：{answer}"
    return move(finding, "", steps.DECIDE_EXTENSION.verb, by, now, text)


def _waiting(finding: Finding) -> FindingExtension:
    """The extension that is not decided, under the finding's lock. Raises ActionRefused."""
    row = FindingExtension.objects.filter(finding=finding).first()
    if row is None:
        raise ActionRefused("没有延期申请")
    if row.decided_at is not None:
        raise ActionRefused("延期申请已决定")
    return row


def _save(row: FindingExtension) -> None:
    with refusals(FindingExtension):
        row.clean_fields(exclude=["finding", "society", "asked_by", "reviewed_by", "decided_by"])
        row.save()
