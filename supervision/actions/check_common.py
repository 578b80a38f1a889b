"""What every step of a spot check does first and last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Sum

from accounts.permissions import Permission, Role
from branches.recusal import refuse_recused
from common.clock import day_of
from common.errors import ActionRefused, Conflict, NotAllowed
from common.refusals import refusals
from common.states import Transition, check_step
from common.workdays import add_workdays
from societies.access import Actor
from supervision import check_states
from supervision.models import Answer, AnswerPhoto, CheckState, CheckStep, InspectorSeat, SpotCheck

STALE = "这次检查刚被他人办理或修改，您的操作未生效，请核对后重新提交"
UNDECLARED = "请先声明无回避情形，再开始检查"
BATCH_OVER = "批次已结束，不能再办理"
# Whom an interest in the society keeps away from its result (roles.md §2.4).
_WEIGHED = (Role.INSPECTOR, Role.INSPECTION_LEAD)


def version_of(check: SpotCheck) -> int:
    """A number that changes with every step, answer and photo of a check (R8).

    Whoever signs has seen the answers as they stand, not only the check's own row.
    """
    answers = Answer.objects.filter(spot_check=check).order_by()
    total = answers.aggregate(n=Sum("row_version"))["n"] or 0
    photos = AnswerPhoto.objects.filter(answer__spot_check=check).order_by()
    found = photos.aggregate(n=Count("pk"), last=Max("pk"))
    return check.row_version + total + found["n"] + (found["last"] or 0)


def lock_check(check: SpotCheck, version: int | None = None) -> SpotCheck:
    """The check, locked until the transaction ends; every step works on what this returns.

    version: `version_of` when the page was made. Whoever also needs the batch locks that first.
    Raises Conflict if somebody acted or answered since.
    """
    row = (
        SpotCheck.objects.select_for_update(of=("self",))
        .select_related("batch__edition", "society")
        .get(pk=check.pk)
    )
    if version is not None and version_of(row) != version:
        raise Conflict(STALE)
    return row


def check_allowed(
    transition: Transition, check: SpotCheck, by: Actor, on: date, **inputs: Any
) -> None:
    """`check_step` for a locked check.

    Raises NotAllowed also for a row the actor does not read, for who ever acted in another part
    of this check (R-ROLE-02), and for an inspector or a lead who must stay out by now (R-SUP-03).
    """
    may = by.may(Permission(transition.permission), check)
    may = may and SpotCheck.objects.visible_to(by).filter(pk=check.pk).exists()
    user = by.user.pk
    check_step(transition, state=check.state, row=check, may=may, user_id=user, **inputs)
    if check.batch.closed_at is not None:
        raise ActionRefused(BATCH_OVER)
    barred = check_states.others(transition.verb)
    steps = CheckStep.objects.filter(spot_check=check, by=by.user)
    if transition.verb != check_states.ANSWER.verb and steps.filter(verb__in=barred).exists():
        raise NotAllowed("已办理过这次检查的其他环节，须由另一人办理")
    if by.role in _WEIGHED and transition.verb != check_states.RECUSE.verb:
        refuse_recused(by.user, check.society, on)


def refuse_early(check: SpotCheck, on: date) -> None:
    """Raise ActionRefused before the first day on site, of which the society was told.

    Until then nobody declares, answers or adds photos: what the portal knows is copied at the
    start, and should be what it knows on the day of the visit (R-SUP-04).
    """
    if on < check.batch.on_site_from:
        raise ActionRefused(f"现场检查自 {check.batch.on_site_from} 起，届时再声明并开始填写")


def open_reply(check: SpotCheck, now: datetime) -> None:
    """The society's right of reply: so many working days from today; not saved yet."""
    days = check.batch.edition.reply_workdays
    check.confirmed_at, check.reply_due = now, add_workdays(day_of(now), days).day


def clean(check: SpotCheck, **fields: str) -> None:
    """Refuse texts that are too long, at the check's column or the field given for it."""
    related = [field.name for field in SpotCheck._meta.fields if field.is_relation]
    with refusals(SpotCheck, fields=fields):
        check.clean_fields(exclude=related)


def seat_of(check: SpotCheck, by: Actor, *, declared: bool = True) -> InspectorSeat:
    """The actor's own living seat. Raises NotAllowed without one, ActionRefused undeclared."""
    seats = InspectorSeat.objects.living().filter(spot_check=check, user=by.user)
    seat = seats.filter(appointment=by.appointment).first()
    if seat is None:
        raise NotAllowed("您不是这次检查的督导组成员")
    if declared and seat.declared_at is None:
        raise ActionRefused(UNDECLARED)
    return seat


def move(
    check: SpotCheck, target: str, verb: str, by: Actor, now: datetime, text: str = ""
) -> SpotCheck:
    """Save the check in its new state, or the present one if empty, and write the step."""
    source = check.state
    check.state = CheckState(target or source)
    check.row_version += 1
    check.save()
    CheckStep.objects.create(
        spot_check=check,
        verb=verb,
        from_state=source,
        to_state=check.state,
        text=text[:500],
        by=by.user,
        appointment=by.appointment,
        at=now,
    )
    return check
