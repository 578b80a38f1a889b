"""The society's part of a rectification: accept, plan, measure, evidence (R-SUP-06).

The clerk files, the Party secretary signs; never the same user.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from supervision import finding_states as steps
from supervision import states
from supervision.actions import common as batches
from supervision.actions.finding_common import (
    check,
    day_between,
    evidence_of_turn,
    lock_finding,
    move,
    touch_figures,
)
from supervision.models import BatchState, Finding, FindingState


@transaction.atomic
def accept_finding(
    *, finding: Finding, row_version: int | None, by: Actor, now: datetime
) -> Finding:
    """确认收到 by the Party secretary; the first one moves the batch to 整改中.

    Raises NotAllowed, Conflict, ActionRefused.
    """
    batch = batches.lock_batch(finding.batch) if finding.batch else None
    finding = lock_finding(finding, row_version)
    check(steps.ACCEPT, finding, by, day_of(now))
    finding.accepted_by, finding.accepted_at = by.user, now
    move(finding, steps.ACCEPT.target, steps.ACCEPT.verb, by, now)
    if batch is not None and batch.state == BatchState.FINDINGS_ISSUED:
        batches.move(batch, BatchState.RECTIFYING, states.RECTIFY, by, now, finding.code)
    return finding


@transaction.atomic
def send_plan(
    *,
    finding: Finding,
    row_version: int | None,
    responsible_post: str,
    plan: str,
    planned_on: date | None,
    by: Actor,
    now: datetime,
) -> Finding:
    """填报方案: the responsible post (never a person's name, D-10), what is done, until when.

    planned_on: at most the finish day; for 严重 the day proposed to the leader. Raises NotAllowed,
    Conflict, ActionRefused by field.
    """
    finding = lock_finding(finding, row_version)
    said = {"responsible_post": responsible_post.strip(), "plan": plan.strip()}
    check(steps.SEND_PLAN, finding, by, day_of(now), planned_on=planned_on, **said)
    if planned_on is not None:
        # Late plans of overdue findings must still be possible: the day may lie behind the limit.
        today = day_of(now)
        day_between("planned_on", planned_on, today, max(last_finish(finding), today))
    finding.planned_on = planned_on
    finding.responsible_post, finding.plan = said["responsible_post"], said["plan"]
    finding.plan_sent_by, finding.plan_sent_at = by.user, now
    finding.plan_signed_by = finding.plan_signed_at = None
    finding.return_reason = ""
    return move(finding, steps.SEND_PLAN.target, steps.SEND_PLAN.verb, by, now)


def last_finish(finding: Finding) -> date:
    """The latest day a plan may name: the finish day, or the most the leader could agree to."""
    if finding.finish_due is not None:
        return finding.finish_due
    return finding.issued_on + timedelta(days=finding.rule.most_days or 0)


@transaction.atomic
def sign_plan(*, finding: Finding, row_version: int | None, by: Actor, now: datetime) -> Finding:
    """审签并报送方案: rectifying begins; for 严重 the leader sets the finish day first."""
    finding = lock_finding(finding, row_version)
    check(steps.SIGN_PLAN, finding, by, day_of(now))
    finding.plan_signed_by, finding.plan_signed_at = by.user, now
    finding.plan_filed_on = day_of(now)
    target = FindingState.PLAN_FILED if finding.finish_due is None else steps.SIGN_PLAN.target
    touch_figures(finding, finding.plan_due, now)
    return move(finding, target, steps.SIGN_PLAN.verb, by, now)


@transaction.atomic
def hand_back_plan(
    *, finding: Finding, row_version: int | None, reason: str, by: Actor, now: datetime
) -> Finding:
    """退回填报人 before the plan is signed."""
    finding = lock_finding(finding, row_version)
    check(steps.HAND_BACK_PLAN, finding, by, day_of(now), reason=reason.strip())
    finding.return_reason = reason.strip()
    verb = steps.HAND_BACK_PLAN
    return move(finding, verb.target, verb.verb, by, now, reason)


@transaction.atomic
def send_measure(
    *, finding: Finding, row_version: int | None, measure: str, by: Actor, now: datetime
) -> Finding:
    """填报立即措施 of a 严重 finding, while its rectification is not submitted."""
    finding = lock_finding(finding, row_version)
    check(steps.SEND_MEASURE, finding, by, day_of(now), measure=measure.strip())
    _refuse_measure(finding)
    finding.measure = measure.strip()
    finding.measured_by, finding.measured_at = by.user, now
    return move(finding, "", steps.SEND_MEASURE.verb, by, now)


@transaction.atomic
def sign_measure(*, finding: Finding, row_version: int | None, by: Actor, now: datetime) -> Finding:
    """审签立即措施."""
    finding = lock_finding(finding, row_version)
    check(steps.SIGN_MEASURE, finding, by, day_of(now))
    _refuse_measure(finding)
    if not finding.measure:
        raise ActionRefused("填报人还没有填报立即措施")
    finding.measure_signed_by, finding.measure_signed_at = by.user, now
    return move(finding, "", steps.SIGN_MEASURE.verb, by, now)


def _refuse_measure(finding: Finding) -> None:
    if finding.measure_due is None:
        raise ActionRefused("只有严重问题须报立即措施")
    if finding.measure_signed_at is not None:
        raise ActionRefused("立即措施已审签报送，不能再改动")


@transaction.atomic
def send_evidence(
    *, finding: Finding, row_version: int | None, result: str, by: Actor, now: datetime
) -> Finding:
    """填报整改情况: what was done, with at least one evidence.

    Raises NotAllowed, Conflict; ActionRefused without evidence, or for 严重 without the signed
    immediate measure.
    """
    finding = lock_finding(finding, row_version)
    check(steps.SEND_EVIDENCE, finding, by, day_of(now), result=result.strip())
    if not evidence_of_turn(finding):
        raise ActionRefused("请先添加至少一项整改依据：文件、文字说明或平台内记录")
    if finding.measure_due is not None and finding.measure_signed_at is None:
        raise ActionRefused("严重问题须先填报并审签立即措施")
    finding.result, finding.return_reason = result.strip(), ""
    finding.sent_by, finding.sent_at = by.user, now
    finding.signed_by = finding.signed_at = None
    return move(finding, steps.SEND_EVIDENCE.target, steps.SEND_EVIDENCE.verb, by, now)


@transaction.atomic
def sign_evidence(
    *, finding: Finding, row_version: int | None, by: Actor, now: datetime
) -> Finding:
    """审签并报送整改情况: the clock of the finish day stops, until it is sent back."""
    finding = lock_finding(finding, row_version)
    check(steps.SIGN_EVIDENCE, finding, by, day_of(now))
    finding.signed_by, finding.signed_at = by.user, now
    finding.submitted_on = day_of(now)
    touch_figures(finding, finding.submitted_on, now)
    return move(finding, steps.SIGN_EVIDENCE.target, steps.SIGN_EVIDENCE.verb, by, now)


@transaction.atomic
def hand_back_evidence(
    *, finding: Finding, row_version: int | None, reason: str, by: Actor, now: datetime
) -> Finding:
    """退回填报人 before it is signed; its evidence can be changed again."""
    finding = lock_finding(finding, row_version)
    check(steps.HAND_BACK_EVIDENCE, finding, by, day_of(now), reason=reason.strip())
    finding.return_reason = reason.strip()
    verb = steps.HAND_BACK_EVIDENCE
    return move(finding, verb.target, verb.verb, by, now, reason)
