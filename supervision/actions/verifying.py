"""The committee's part: the leader's day, 复查, 销号 (R-SUP-06)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
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


@transaction.atomic
def agree_date(
    *,
    finding: Finding,
    row_version: int | None,
    finish_due: date | None,
    by: Actor,
    now: datetime,
) -> Finding:
    """确定完成日期 of a 严重 finding, case by case within the most days of its rule.

    Raises NotAllowed, Conflict, ActionRefused at `finish_due`.
    """
    finding = lock_finding(finding, row_version)
    check(steps.AGREE_DATE, finding, by, day_of(now), finish_due=finish_due)
    if finish_due is not None:
        most = finding.issued_on + timedelta(days=finding.rule.most_days or 0)
        # Once the most days are over, the last of them can still be set: overdue from then on.
        day_between("finish_due", finish_due, min(day_of(now), most), most)
    finding.finish_due = finish_due
    finding.agreed_by, finding.agreed_at = by.user, now
    touch_figures(finding, finish_due or day_of(now), now)
    verb = steps.AGREE_DATE
    return move(finding, verb.target, verb.verb, by, now, f"完成期限 {finish_due}")


@transaction.atomic
def decline_plan(
    *, finding: Finding, row_version: int | None, reason: str, by: Actor, now: datetime
) -> Finding:
    """退回方案 of a 严重 finding: its plan's clock, which stood meanwhile, runs on."""
    finding = lock_finding(finding, row_version)
    check(steps.DECLINE_PLAN, finding, by, day_of(now), reason=reason.strip())
    finding.return_reason = reason.strip()
    waited = day_of(now) - (finding.plan_filed_on or day_of(now))
    touch_figures(finding, finding.plan_due, now)
    finding.plan_due += waited
    finding.plan_filed_on = None
    verb = steps.DECLINE_PLAN
    text = f"{reason.strip()}{_stood(waited, '报方案期限', finding.plan_due)}"
    return move(finding, verb.target, verb.verb, by, now, text)


@transaction.atomic
def verify_finding(
    *, finding: Finding, row_version: int | None, opinion: str, by: Actor, now: datetime
) -> Finding:
    """复查通过: by an inspector of the batch or a reviewer, never who found or issued it."""
    finding = lock_finding(finding, row_version)
    check(steps.VERIFY, finding, by, day_of(now), opinion=opinion.strip())
    finding.opinion = opinion.strip()
    finding.verified_by, finding.verified_at = by.user, now
    return move(finding, steps.VERIFY.target, steps.VERIFY.verb, by, now, opinion)


@transaction.atomic
def send_back_finding(
    *, finding: Finding, row_version: int | None, opinion: str, by: Actor, now: datetime
) -> Finding:
    """退回：依据不足: the clock, which stood while the committee checked, runs on."""
    finding = lock_finding(finding, row_version)
    check(steps.SEND_BACK, finding, by, day_of(now), opinion=opinion.strip())
    submitted = finding.submitted_on or day_of(now)
    text = opinion.strip()
    if finding.finish_due is not None:
        touch_figures(finding, min(submitted, finding.finish_due), now)
        finding.finish_due += day_of(now) - submitted
        text += _stood(day_of(now) - submitted, "完成期限", finding.finish_due)
    finding.return_reason = opinion.strip()[:300]
    finding.submitted_on = None
    finding.signed_by = finding.signed_at = None
    finding.turn += 1
    return move(finding, steps.SEND_BACK.target, steps.SEND_BACK.verb, by, now, text)


def _stood(waited: timedelta, what: str, due: date) -> str:
    """What the history says where the committee took days, which are not the society's."""
    return f"（审核用时 {waited.days} 天不计，{what}顺延至 {due}）" if waited else ""


@transaction.atomic
def close_finding(
    *, finding: Finding, row_version: int | None, by: Actor, now: datetime
) -> Finding:
    """销号: by a reviewer, for 严重 by the leader; a late submission stays marked.

    Raises NotAllowed, Conflict; ActionRefused while an extension waits for its decision, which
    says whether the submission was late.
    """
    finding = lock_finding(finding, row_version)
    step = check(steps.CLOSE, finding, by, day_of(now))
    _refuse_undecided(finding)
    finding.closed_by, finding.closed_at = by.user, now
    finding.closed_late = finding.days_late(day_of(now)) > 0
    touch_figures(finding, day_of(now), now)
    text = "逾期销号" if finding.closed_late else ""
    return move(finding, step.target, step.verb, by, now, text)


def _refuse_undecided(finding: Finding) -> None:
    if FindingExtension.objects.filter(finding=finding, decided_at=None).exists():
        raise ActionRefused("延期申请尚未决定，决定后再销号")


@transaction.atomic
def verify_again(
    *, finding: Finding, row_version: int | None, reason: str, by: Actor, now: datetime
) -> Finding:
    """退回重新复查: whoever would close it is not convinced."""
    finding = lock_finding(finding, row_version)
    step = check(steps.VERIFY_AGAIN, finding, by, day_of(now), reason=reason.strip())
    finding.verified_by = finding.verified_at = None
    return move(finding, step.target, step.verb, by, now, reason)
