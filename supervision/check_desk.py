"""Open tasks of spot checks, of everybody along them: queries over rows, none stored (D-19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.permissions import Permission as P
from common.desk import Task, days_left
from societies.access import Actor
from supervision import check_states as steps
from supervision.models import CheckSignature, CheckState, CheckStep, InspectorSeat, SpotCheck

S = CheckState
MOST = 20
Rows = QuerySet[SpotCheck]


@dataclass(frozen=True)
class Wait:
    """What waits for a right. verb: the step, so that who may not take it is not asked.

    rows: the checks that wait, of those the actor reads; page: where it is done,
    and key: what of the row its address names; day: the path to
    its due day, "" for none.
    """

    right: P
    verb: str
    rows: Callable[[Rows, Actor, date], Rows]
    what: str
    label: str
    button: str
    page: str = "supervision:check"
    key: str = "pk"
    day: str = ""


def _seat(actor: Actor, **fields: bool | str) -> Exists:
    seats = InspectorSeat.objects.living().filter(
        spot_check=OuterRef("pk"), user=actor.user, appointment=actor.appointment, **fields
    )
    return Exists(seats.order_by())


def _undeclared(rows: Rows, actor: Actor, on: date) -> Rows:
    rows = rows.filter(state__in=steps.DECLARE.sources, batch__on_site_from__lte=on)
    return rows.filter(_seat(actor, declared_at__isnull=True, recusal=""))


def _answering(rows: Rows, actor: Actor, on: date) -> Rows:
    rows = rows.filter(batch__on_site_from__lte=on, state=S.IN_PROGRESS)
    return rows.filter(_seat(actor, declared_at__isnull=False))


def _unsigned(rows: Rows, actor: Actor, on: date) -> Rows:
    mine = CheckSignature.objects.filter(spot_check=OuterRef("pk"), signed_by=actor.user)
    rows = rows.filter(_seat(actor, declared_at__isnull=False), state=S.TO_SIGN)
    return rows.exclude(Exists(mine.order_by()))


def _for_society(rows: Rows, actor: Actor, on: date) -> Rows:
    signed = rows.filter(state=S.TO_SIGN).annotate(signed=Count("signatures"))
    return signed.filter(signed__gte=2)


def _unsigned_society(rows: Rows, actor: Actor, on: date) -> Rows:
    return _for_society(rows, actor, on).filter(batch__on_site_to__lt=on)


def _may_reply(rows: Rows, actor: Actor, on: date) -> Rows:
    return rows.filter(state=S.CONFIRMED, reply_due__gte=on)


def _to_pass_on(rows: Rows, actor: Actor, on: date) -> Rows:
    return rows.filter(Q(state=S.REPLIED) | Q(state=S.CONFIRMED, reply_due__lt=on))


def _recused(rows: Rows, actor: Actor, on: date) -> Rows:
    seats = InspectorSeat.objects.living().filter(spot_check=OuterRef("pk")).exclude(recusal="")
    first = Subquery(seats.order_by("place").values("pk")[:1])
    rows = rows.filter(state__in=steps.RECUSE.sources).annotate(seat_pk=first)
    return rows.filter(seat_pk__isnull=False)


def _to_conclude(rows: Rows, actor: Actor, on: date) -> Rows:
    return rows.filter(state=S.PASSED_ON)


_PHONE, _LAST_DAY = "supervision:check_answers", "batch__on_site_to"
WAITS: tuple[Wait, ...] = (
    Wait(
        *(P.CHECK_ANSWER, "declare", _undeclared, "声明无回避情形并检查", "待检查", "开始检查"),
        page=_PHONE,
        day=_LAST_DAY,
    ),
    Wait(
        *(P.CHECK_ANSWER, "sign", _answering, "现场抽查", "检查中", "继续检查"),
        page=_PHONE,
        day=_LAST_DAY,
    ),
    Wait(P.CHECK_ANSWER, "sign", _unsigned, "签字确认检查情况", "待签字", "去签字", day=_LAST_DAY),
    Wait(P.CHECK_SIGN, "sign_society", _for_society, "核对检查情况并签字", "待签字", "去签字"),
    Wait(
        *(P.CHECK_SIGN, "reply", _may_reply, "可反馈检查意见", "待学会反馈", "查看"),
        day="reply_due",
    ),
    Wait(
        *(P.BATCH_DRAFT, "pass_on", _recused, "调换须回避的督导组成员", "须回避", "去调换"),
        page="supervision:seat_replace",
        key="seat_pk",
    ),
    Wait(
        *(P.CHECK_REVIEW, "record_unsigned", _unsigned_society),
        *("现场检查已结束，学会未签字", "待签字", "查看"),
    ),
    Wait(P.CHECK_REVIEW, "pass_on", _to_pass_on, "报送检查结果", "待报送", "去报送"),
    Wait(P.CHECK_CONCLUDE, "conclude", _to_conclude, "作出抽查结论", "待作结论", "去办理"),
)


def checks(actor: Actor, on: date) -> list[Task]:
    """What waits for this actor, step by step; nothing that four eyes keep from them.

    One query, whatever the number of steps.
    """
    waits = [wait for wait in WAITS if actor.may_any(wait.right)]
    if not waits:
        return []
    first, *others = (_waiting(actor, wait, place, on) for place, wait in enumerate(waits))
    rows = first.union(*others, all=True) if others else first
    return [_task(line, waits[line.place], on) for line in map(Line._make, rows)]


class Line(NamedTuple):
    """What a task says of a check. place: of the wait; due: its day, if any; key: see `Wait`."""

    place: int
    code: str
    society__name: str
    due: date | None
    key: int


def _waiting(actor: Actor, wait: Wait, place: int, on: date) -> QuerySet:
    """A `Line` of at most MOST checks that wait for one step."""
    open_rows = SpotCheck.objects.visible_to(actor).filter(batch__closed_at__isnull=True)
    acted = CheckStep.objects.filter(
        spot_check=OuterRef("pk"), by=actor.user, verb__in=steps.others(wait.verb)
    )
    rows = wait.rows(open_rows, actor, on).exclude(Exists(acted.order_by()))
    if wait.verb == steps.CONCLUDE.verb:
        rows = rows.exclude(passed_by=actor.user).exclude(replied_by=actor.user)
    # A bare NULL has no type in a union.
    day = F(wait.day) if wait.day else Cast(Value(None), DateField())
    said = rows.annotate(place=Value(place), due=day, key=F(wait.key))
    return said.order_by("pk").values_list(*Line._fields)[:MOST]


def _task(line: Line, wait: Wait, on: date) -> Task:
    late = line.due is not None and line.due < on
    return Task(
        title=f"{wait.what}：{line.society__name}",
        why=line.code,
        status_kind="bad" if late else "warn",
        status_label="逾期" if late else wait.label,
        due=line.due,
        due_text=days_left(line.due, on) if line.due else "",
        overdue=late,
        url=reverse(wait.page, args=[line.key]),
        button=wait.button,
    )


TASKS = (checks,)
