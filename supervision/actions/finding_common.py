"""What every step of a finding does first and last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accounts.permissions import Permission, Role
from branches.recusal import refuse_recused
from common.clock import day_of
from common.errors import ActionRefused, Conflict, NotAllowed
from common.refusals import refusals
from common.states import Transition, check_step
from societies.access import Actor
from societies.actions import mark_dirty
from supervision import finding_eyes, finding_states
from supervision.models import Finding, FindingEvidence, FindingState, FindingStep

STALE = "这个问题刚被他人办理，您的内容未保存，请核对后重新提交"
ANOTHER = "已办理过该问题的其他环节，须由另一人办理"
WROTE = "检查时填写过这一检查项，须由另一人办理"


def lock_finding(finding: Finding, row_version: int | None = None) -> Finding:
    """The finding, locked until the transaction ends; every step works on what this returns.

    Whoever also needs the batch locks that first (`lock_batch`). Raises Conflict if somebody else
    acted since the page was made (R8).
    """
    row = (
        Finding.objects.select_for_update(of=("self",))
        .select_related("society", "rule", "batch")
        .get(pk=finding.pk)
    )
    if row_version is not None and row.row_version != row_version:
        raise Conflict(STALE)
    return row


def check(
    transition: Transition, finding: Finding, by: Actor, on: date, **inputs: Any
) -> Transition:
    """`check_step` for a locked finding, as the step is for it and the actor; that step.

    Raises NotAllowed also for a row the actor does not read, for who ever acted in another part of
    its way (`finding_states.CHAINS`) or wrote what was found (`finding_eyes`), and for an inspector
    who must stay out of the society.
    """
    transition = finding_states.as_taken(transition, finding, by.permissions)
    may = by.may(Permission(transition.permission), finding)
    may = may and Finding.objects.visible_to(by).filter(pk=finding.pk).exists()
    check_step(transition, state=finding.state, row=finding, may=may, user_id=by.user.pk, **inputs)
    barred = finding_states.others(transition.verb)
    if FindingStep.objects.filter(finding=finding, by=by.user, verb__in=barred).exists():
        raise NotAllowed(ANOTHER)
    if finding_eyes.barred(transition, finding, by.user):
        raise NotAllowed(WROTE)
    if by.role == Role.INSPECTOR:
        refuse_recused(by.user, finding.society, on)
    return transition


def save(finding: Finding) -> Finding:
    """Write the row. Raises ActionRefused for a text that is too long, or four eyes broken."""
    related = [field.name for field in Finding._meta.fields if field.is_relation]
    with refusals(Finding):
        finding.clean_fields(exclude=related)
        finding.save()
    return finding


def move(
    finding: Finding, target: str, verb: str, by: Actor, now: datetime, text: str = ""
) -> Finding:
    """Save the finding in its new state, or the present one if empty, and write the step."""
    source = finding.state
    finding.state = FindingState(target or source)
    finding.row_version += 1
    save(finding)
    write_step(finding, verb, by, now, source=source, text=text)
    return finding


def write_step(
    finding: Finding, verb: str, by: Actor, now: datetime, *, source: str = "", text: str = ""
) -> None:
    """One line of the history."""
    FindingStep.objects.create(
        finding=finding,
        society_id=finding.society_id,
        verb=verb,
        from_state=source,
        to_state=finding.state,
        text=text[:500],
        by=by.user,
        appointment=by.appointment,
        at=now,
    )


def touch_figures(finding: Finding, since: date, now: datetime) -> None:
    """Figures of the society that read findings follow, from a day on (G4, N3, V4)."""
    today = day_of(now)
    mark_dirty([finding.society_id], since=min(since, today), today=today)


def day_between(name: str, day: date, first: date, last: date) -> None:
    """Raise ActionRefused at a field for a day outside its bounds."""
    if not first <= day <= last:
        raise ActionRefused({name: [f"应在 {first} 至 {last} 之间，现为 {day}"]})


def evidence_of_turn(finding: Finding) -> int:
    """How many evidences the submission being made has."""
    return FindingEvidence.objects.filter(finding=finding, turn=finding.turn).count()
