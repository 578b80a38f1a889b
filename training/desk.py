"""Open tasks of training, of everybody along it: queries over classes and events (D-19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import F, Q
from django.urls import reverse

from accounts.permissions import Permission as P
from common.desk import Task, days_left
from societies.access import Actor
from training.models import (
    ClassQuota,
    ClassState,
    HourEvent,
    HourEventState,
    TrainingClass,
)

MOST = 12
C, H = ClassState, HourEventState


def _task(
    title: str,
    why: str,
    label: str,
    url: str,
    button: str,
    on: date,
    due: date | None = None,
    kind: str = "warn",
    count: int = 1,
) -> Task:
    late = due is not None and due < on
    return Task(
        title=title,
        why=why,
        status_kind="bad" if late else kind,
        status_label="逾期" if late else label,
        due=due,
        due_text=days_left(due, on) if due else "",
        overdue=late,
        url=url,
        button=button,
        count=count,
    )


def _address(row: TrainingClass) -> str:
    return reverse("training:class", args=[row.pk])


def manager(actor: Actor, on: date) -> list[Task]:
    """Plans handed back, classes that have begun, classes that are over."""
    if not actor.may_any(P.CLASS_PLAN):
        return []
    rows = TrainingClass.objects.visible_to(actor)
    tasks = [
        _task(
            f"修改计划：{row.title}",
            f"负责人退回：{row.return_reason}",
            "已退回",
            _address(row),
            "去修改",
            on,
            row.enrol_by,
            "bad",
        )
        for row in rows.filter(state=C.DRAFT).exclude(return_reason="").order_by("pk")[:MOST]
    ]
    for row in rows.filter(state__in=(C.OPEN, C.HELD), starts_on__lte=on).order_by("ends_on")[
        :MOST
    ]:
        over = row.ends_on <= on
        verb = "登记到课并结业" if over else "登记到课"
        why = f"{row.starts_on} 开班，{row.taken} 人报名"
        url = reverse("training:attendance", args=[row.pk]) if not over else _address(row)
        tasks.append(_task(f"{verb}：{row.title}", why, "待登记", url, "去登记", on))
    return tasks


def leader(actor: Actor, on: date) -> list[Task]:
    """Plans that wait for approval; not those the same user drafted or sent."""
    if not actor.may_any(P.CLASS_DECIDE):
        return []
    rows = TrainingClass.objects.visible_to(actor).filter(state=C.PLANNED)
    others = rows.exclude(planned_by=actor.user).exclude(drafted_by=actor.user)
    return [
        _task(
            f"批准培训班计划：{row.title}",
            f"{row.starts_on} 开班，{row.capacity} 人；批准后学会开始报名",
            "待批准",
            _address(row),
            "去批准",
            on,
            row.enrol_by,
        )
        for row in others.order_by("enrol_by", "pk")[:MOST]
    ]


def society(actor: Actor, on: date) -> list[Task]:
    """Places of the own society that are free while the class enrols."""
    if not actor.may_any(P.CLASS_ENROL):
        return []
    rows = ClassQuota.objects.visible_to(actor).filter(
        taken__lt=F("places"),
        training_class__state=C.OPEN,
        training_class__enrol_by__gte=on,
        training_class__taken__lt=F("training_class__capacity"),
    )
    found = rows.select_related("training_class").order_by("training_class__enrol_by", "pk")
    return [
        _task(
            f"培训班报名：{row.training_class.title}",
            f"本学会名额 {row.places} 人，还可报 {row.places - row.taken} 人",
            "报名中",
            _address(row.training_class),
            "去报名",
            on,
            row.training_class.enrol_by,
            "info",
        )
        for row in found[:MOST]
    ]


def secretary(actor: Actor, on: date) -> list[Task]:
    """Events that wait for confirmation, and those whose record is gone."""
    if not actor.may_any(P.HOURS_CONFIRM):
        return []
    me = actor.user.pk
    filed = Q(~Q(filed_by=me), ~Q(filers__contains=[me]), state=H.FILED)
    gone = Q(~Q(life_record__state="filed"), state=H.CONFIRMED, life_record__isnull=False)
    rows = HourEvent.objects.visible_to(actor).filter(filed | gone)
    # What waits for a word comes first.
    rows = rows.select_related("organisation").order_by("-state", "filed_at", "pk")
    return [_hours(row, on) for row in rows[: 2 * MOST]]


def _hours(row: HourEvent, on: date) -> Task:
    url = reverse("training:event", args=[row.pk])
    if row.state == H.FILED:
        why = f"{row.organisation.name if row.organisation else ''} {row.held_on}，确认后计入"
        return _task(f"确认学时：{row.title}", why, "待确认", url, "去确认", on)
    why = "所依据的组织生活记录已退回或撤回"
    return _task(f"核对学时：{row.title}", why, "请确认", url, "去核对", on)


def branch(actor: Actor, on: date) -> list[Task]:
    """Events sent back."""
    if not actor.may_any(P.HOURS_FILE):
        return []
    rows = HourEvent.objects.visible_to(actor).filter(state=H.RETURNED)
    return [
        _task(
            f"更正被退回的学时：{row.title}",
            f"退回原因：{row.return_reason}",
            "已退回",
            reverse("training:event", args=[row.pk]),
            "去更正",
            on,
            kind="bad",
        )
        for row in rows.exclude(returned_by=actor.user).order_by("returned_at", "pk")[:MOST]
    ]


TASKS: tuple[Callable[[Actor, date], list[Task]], ...] = (
    manager,
    leader,
    society,
    secretary,
    branch,
)
