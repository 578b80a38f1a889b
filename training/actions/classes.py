"""Planning a class: TM drafts and sends, another approves (roles.md §3), places per society."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.models import Federation, Society
from training import states
from training.actions.common import begin_class_step, save
from training.models import ClassQuota, ClassState, TrainingClass, TrainingSession

MOST_SESSIONS = 60
_PLACES = {
    "class_ends_after_it_begins": "ends_on",
    "class_enrols_before_it_begins": "enrol_by",
    "class_taken_up_to_capacity": "capacity",
}


@dataclass(frozen=True)
class SessionPlan:
    """One session: a Portion, minutes where it is told in minutes."""

    held_on: date
    portion: str
    minutes: int | None = None


@dataclass(frozen=True)
class ClassPlan:
    """What is planned of a class."""

    title: str
    course: str
    mode: str
    starts_on: date
    ends_on: date
    place: str
    capacity: int
    enrol_by: date
    sessions: tuple[SessionPlan, ...]


@transaction.atomic
def plan_class(
    *, federation: Federation, plan: ClassPlan, by: Actor, now: datetime
) -> TrainingClass:
    """Draft a class with its sessions; it gets the next code of its year.

    Raises NotAllowed, ActionRefused at the plan's fields.
    """
    by.require(Permission.CLASS_PLAN, federation)
    _check(plan)
    # Numbers of a year are given one after the other.
    Federation.objects.select_for_update(no_key=True).get(pk=federation.pk)
    row = TrainingClass(
        federation=federation,
        code=_next_code(federation, plan.starts_on.year),
        drafted_at=now,
        drafted_by=by.user,
    )
    _take_over(row, plan)
    _write_sessions(row, plan)
    return row


@transaction.atomic
def change_class(
    *,
    chosen: TrainingClass,
    row_version: int | None,
    plan: ClassPlan,
    by: Actor,
    now: datetime,
) -> TrainingClass:
    """Change a draft. Raises NotAllowed, Conflict, ActionRefused at the plan's fields."""
    row = begin_class_step(states.CHANGE, chosen, by, row_version)
    _check(plan)
    row.row_version += 1
    _take_over(row, plan)
    row.sessions.all().delete()
    _write_sessions(row, plan)
    return row


def _next_code(federation: Federation, year: int) -> str:
    head = f"PX-{year}-"
    rows = TrainingClass.objects.filter(federation=federation, code__startswith=head)
    number = Cast(Substr("code", len(head) + 1), IntegerField())
    last = rows.aggregate(last=Max(number))["last"] or 0
    return f"{head}{last + 1:03}"


def _check(plan: ClassPlan) -> None:
    errors: dict[str, list[str]] = {}
    if plan.ends_on < plan.starts_on:
        errors["ends_on"] = ["结束日期不能早于开班日期"]
    if plan.enrol_by > plan.starts_on:
        errors["enrol_by"] = ["报名截止不能晚于开班日期"]
    if plan.capacity < 1:
        errors["capacity"] = ["人数须大于 0"]
    if not plan.sessions:
        errors["sessions"] = ["请至少填写一节课"]
    elif len(plan.sessions) > MOST_SESSIONS:
        errors["sessions"] = [f"一个班最多 {MOST_SESSIONS} 节课"]
    outside = [s for s in plan.sessions if not plan.starts_on <= s.held_on <= plan.ends_on]
    if outside and "ends_on" not in errors:
        errors["sessions"] = [f"{outside[0].held_on} 不在开班和结束日期之间"]
    if errors:
        raise ActionRefused(errors)


def _take_over(row: TrainingClass, plan: ClassPlan) -> None:
    names = ("title", "course", "mode", "starts_on", "ends_on", "place", "capacity", "enrol_by")
    for name in names:
        setattr(row, name, getattr(plan, name))
    with refusals(TrainingClass, fields=_PLACES):
        row.full_clean(exclude=("federation", "drafted_by"))
        row.save()


def _write_sessions(row: TrainingClass, plan: ClassPlan) -> None:
    ordered = sorted(plan.sessions, key=lambda session: session.held_on)
    TrainingSession.objects.bulk_create(
        TrainingSession(
            training_class=row,
            number=number,
            held_on=each.held_on,
            portion=each.portion,
            minutes=each.minutes,
        )
        for number, each in enumerate(ordered, 1)
    )


@transaction.atomic
def set_quotas(
    *,
    chosen: TrainingClass,
    row_version: int | None,
    places: Mapping[int, int],
    by: Actor,
    now: datetime,
) -> TrainingClass:
    """Give each society its places; one without keeps none. places: society id → how many.

    Raises NotAllowed, Conflict, ActionRefused at `places-<id>` where more have enrolled already.
    """
    row = begin_class_step(states.QUOTA, chosen, by, row_version)
    allowed = Society.objects.filter(federation_id=row.federation_id, pk__in=places)
    wanted = {pk: places[pk] for pk in allowed.values_list("pk", flat=True) if places[pk] > 0}
    standing = {q.society_id: q for q in row.quotas.select_for_update().order_by("society_id")}
    errors = {
        f"places-{pk}": [f"已有 {quota.taken} 人报名，名额不能少于此数"]
        for pk, quota in standing.items()
        if wanted.get(pk, 0) < quota.taken
    }
    if errors:
        raise ActionRefused(errors)
    row.quotas.exclude(society__in=wanted).delete()
    for pk, quota in standing.items():
        if pk in wanted and wanted[pk] != quota.places:
            quota.places = wanted[pk]
            quota.save(update_fields=["places"])
    ClassQuota.objects.bulk_create(
        ClassQuota(training_class=row, society_id=pk, places=each)
        for pk, each in wanted.items()
        if pk not in standing
    )
    save(row)
    return row


@transaction.atomic
def send_plan(
    *, chosen: TrainingClass, row_version: int | None, by: Actor, now: datetime
) -> TrainingClass:
    """送批. Raises NotAllowed, Conflict, ActionRefused without places or after the enrolment."""
    row = begin_class_step(states.SEND, chosen, by, row_version)
    if not row.quotas.exists():
        raise ActionRefused("请先分配名额")
    _check_enrolment_ahead(row, now)
    row.state, row.planned_at, row.planned_by = ClassState.PLANNED, now, by.user
    row.decided_at = row.decided_by = None
    row.return_reason = ""
    save(row)
    return row


@transaction.atomic
def approve_plan(
    *, chosen: TrainingClass, row_version: int | None, by: Actor, now: datetime
) -> TrainingClass:
    """The leader approves: societies see the class and enrol from now."""
    row = begin_class_step(states.APPROVE, chosen, by, row_version)
    _check_enrolment_ahead(row, now)
    row.state, row.decided_at, row.decided_by = ClassState.OPEN, now, by.user
    save(row)
    return row


@transaction.atomic
def return_plan(
    *, chosen: TrainingClass, row_version: int | None, reason: str, by: Actor, now: datetime
) -> TrainingClass:
    """The leader hands the plan back, with a reason."""
    row = begin_class_step(states.HAND_BACK, chosen, by, row_version, reason=reason.strip())
    row.state, row.return_reason = ClassState.DRAFT, reason.strip()
    row.returned_at, row.returned_by = now, by.user
    save(row)
    return row


@transaction.atomic
def cancel_class(
    *, chosen: TrainingClass, row_version: int | None, reason: str, by: Actor, now: datetime
) -> TrainingClass:
    """Call a class off while nobody is recorded as present, with a reason.

    Raises NotAllowed, Conflict, ActionRefused.
    """
    row = begin_class_step(states.CANCEL, chosen, by, row_version, reason=reason.strip())
    if row.attended():
        raise ActionRefused("已有人到课，不能取消；请办理结业")
    row.state, row.cancel_reason = ClassState.CANCELLED, reason.strip()
    row.cancelled_at, row.cancelled_by = now, by.user
    save(row)
    return row


def _check_enrolment_ahead(row: TrainingClass, now: datetime) -> None:
    if row.enrol_by < day_of(now):
        raise ActionRefused(f"报名截止日期 {row.enrol_by} 已过，请先修改计划")
