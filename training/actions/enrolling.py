"""Enrolling: a society fills its places; the counters are kept under row locks (R-TRN-05)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from branches.actions.members import clean_name
from branches.models import PartyMember, Post
from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from common.refusals import refusals
from societies.access import Actor
from societies.models import Society
from training import states
from training.actions.common import begin_class_step
from training.models import ClassQuota, Enrolment, TrainingClass

UNKNOWN = "本学会名册中没有已确认的“{name}”，请核对姓名；尚未登记的先由党支部登记"
SEVERAL = "本学会有几位同名的党员，请填写出生年月"


@transaction.atomic
def enrol(
    *,
    chosen: TrainingClass,
    society: Society,
    post: Post | None = None,
    name: str = "",
    birth_month: date | None = None,
    by: Actor,
    now: datetime,
) -> Enrolment:
    """Enrol an office-holder of the society, or a member named by who knows the name.

    The class is locked first, then the society's places, so that the last places go one by one.
    Raises NotAllowed; ActionRefused at `name`, `birth_month`, or for want of places.
    """
    row = begin_class_step(states.ENROL, chosen, by)
    if society.pk not in by.scope(Permission.CLASS_ENROL).ids:
        raise NotAllowed("只能为本学会报名")
    today = day_of(now)
    if today > row.enrol_by:
        raise ActionRefused(f"报名已于 {row.enrol_by} 截止")
    quota = ClassQuota.objects.select_for_update().filter(training_class=row, society=society)
    found = quota.first()
    if found is None or found.taken >= found.places:
        raise ActionRefused("本学会名额已满；有人退报后可以再报")
    if row.taken >= row.capacity:
        raise ActionRefused("本班名额已满")
    member = _member(society, post, name, birth_month, today)
    enrolment = Enrolment(
        training_class=row,
        society=society,
        member=member,
        person_name=member.name,
        enrolled_at=now,
        enrolled_by=by.user,
    )
    with refusals(Enrolment, fields={"enrolment_once": "name"}):
        enrolment.save()
    _count(row, found, 1)
    return enrolment


def _member(
    society: Society, post: Post | None, name: str, birth_month: date | None, today: date
) -> PartyMember:
    """The counted member of the society who is meant. Raises ActionRefused at the fields."""
    rows = PartyMember.objects.filter(society=society).counted().present_on(today)
    if post is not None:
        if post.society_id != society.pk:
            raise NotAllowed("只能为本学会报名")
        rows = (
            rows.filter(pk=post.member_id) if post.member_id else rows.filter(name=post.person_name)
        )
        name = post.person_name
    else:
        name = clean_name(name)
        if not name:
            raise ActionRefused({"name": ["请选择任职人员，或填写姓名"]})
        rows = rows.filter(name=name)
    if birth_month is not None:
        rows = rows.filter(birth_month=birth_month)
    found = list(rows[:2])
    if not found:
        raise ActionRefused({"name": [UNKNOWN.format(name=name)]})
    if len(found) > 1:
        raise ActionRefused({"birth_month": [SEVERAL]})
    return found[0]


@transaction.atomic
def withdraw_enrolment(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """退报, until somebody's attendance is recorded; the place is free again.

    A result noted without attendance goes with it. Raises NotAllowed, ActionRefused.
    """
    row = begin_class_step(states.ENROL, enrolment.training_class, by)
    if enrolment.society_id not in by.scope(Permission.CLASS_ENROL).ids:
        raise NotAllowed("只能为本学会退报")
    found = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if found.withdrawn_at is not None:
        raise ActionRefused("已经退报")
    quota = ClassQuota.objects.select_for_update().get(
        training_class=row, society_id=found.society_id
    )
    found.withdrawn_at, found.withdrawn_by, found.result = now, by.user, ""
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "result"])
    _count(row, quota, -1)
    return found


def _count(row: TrainingClass, quota: ClassQuota, more: int) -> None:
    """Keep both counters; the rows are locked, the database refuses more than there is."""
    quota.taken += more
    row.taken += more
    with refusals(ClassQuota, TrainingClass):
        quota.save(update_fields=["taken"])
        row.save(update_fields=["taken"])
