"""Open tasks of organisation life: queries, never rows (architecture §2).

Nothing here proposes to record the past (D-17): what a closed period lacks is said, without a
button to file it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse

from accounts.permissions import Permission as P
from accounts.permissions import ScopeKind
from branches.life.access import filed_for
from branches.models import (
    ExpectedLife,
    LifeRecord,
    LifeState,
    ObligationEdition,
    OrganisationService,
    VisitReport,
)
from common.clock import day_of, start_of
from common.desk import Task, days_left
from common.periods import period_from_key
from common.workdays import add_workdays
from societies.access import Actor

SHOWN = 12
# Ten working days never reach further back, holidays and rest days included.
LOOK_BACK = timedelta(days=40)


def _duties(actor: Actor) -> Any:
    """What the organisations owe that this actor files for, each duty once."""
    rows = ExpectedLife.objects.visible_to(actor).of_owner()
    owned = rows.filter(organisation__in=filed_for(actor).values("pk"))
    return owned.unmet().select_related("organisation", "rule")


def _name(actor: Actor, row: ExpectedLife) -> str:
    """The organisation's name where an actor has several."""
    alone = actor.spec.kind == ScopeKind.ORGANISATION and len(actor.objects) == 1
    return "" if alone else f"{row.organisation.name}："


def _said(row: ExpectedLife) -> str:
    """第三季度党员大会 (§18), with the year where it is another one's."""
    period = period_from_key(row.period)
    whole = f"{period.first_day.year} 年" if period.length == "year" else period.label
    return f"{whole}{row.get_kind_display()}"


def duties(actor: Actor, on: date) -> list[Task]:
    """What a running period still asks for, and what this year lacks for good; one query.

    Missed are duties whose grace is over, one line for each organisation.
    """
    if not actor.may_any(P.LIFE_FILE):
        return []
    running = Q(first_day__lte=on, last_day__gte=on)
    missed = Q(first_day__year=on.year, counts_until__lt=on)
    rows = _duties(actor).filter(running | missed)
    rows = rows.order_by("last_day", "organisation__pk", "kind")
    open_rows: list[ExpectedLife] = []
    lost: dict[int, list[ExpectedLife]] = {}
    for row in rows:
        if row.last_day >= on:
            open_rows.append(row)
        else:
            lost.setdefault(row.organisation_id, []).append(row)
    due = [_due(actor, row, on) for row in open_rows[:SHOWN]]
    return [*due, *(_missed(actor, part) for part in list(lost.values())[:SHOWN])]


def _due(actor: Actor, row: ExpectedLife, on: date) -> Task:
    return Task(
        title=f"{_name(actor, row)}{_said(row)}",
        why=f"已开 {row.held} / {row.required}，{row.rule.clause}",
        status_kind="info",
        status_label="本期应办",
        due=row.last_day,
        due_text=days_left(row.last_day, on),
        overdue=False,
        url=f"{reverse('branches:life_file', args=[row.organisation_id])}?kind={row.kind}",
        button="会后登记",
    )


def _missed(actor: Actor, rows: list[ExpectedLife]) -> Task:
    first = rows[0]
    names = "、".join(_said(row) for row in rows[:3])
    more = f"等 {len(rows)} 项" if len(rows) > 3 else ""
    gap = " " if names[0].isdigit() else ""
    return Task(
        title=f"{_name(actor, first)}缺{gap}{names}记录{more}",
        why="这些期间已结束，不再计入；用于下一步安排",
        status_kind="bad",
        status_label="未完成",
        due=None,
        due_text="",
        overdue=False,
        url=reverse("branches:life_calendar", args=[first.organisation_id]),
        button="查看",
        count=len(rows),
    )


def returned(actor: Actor, on: date) -> list[Task]:
    """Records sent back, with the working days for mending them."""
    if not actor.may_any(P.LIFE_FILE):
        return []
    rows = LifeRecord.objects.visible_to(actor).filter(
        state=LifeState.RETURNED, organisation__in=filed_for(actor).values("pk")
    )
    rows = rows.annotate(days=_return_workdays(on)).order_by("returned_at")
    return [_returned(row, on, row.days or 0) for row in rows[:SHOWN]]


def _returned(row: Any, on: date, days: int) -> Task:
    last = add_workdays(day_of(row.returned_at), days).day
    kept = last >= on
    return Task(
        title=f"更正被退回的 {row.held_on} {row.get_kind_display()}记录",
        why=f"上级退回：{row.return_reason}；"
        + ("按期更正的，仍按原登记日期计入" if kept else "更正期已过，更正后按更正日期计入"),
        status_kind="bad",
        status_label="已退回",
        due=last,
        due_text=days_left(last, on),
        overdue=not kept,
        url=reverse("branches:life_record", args=[row.pk]),
        button="去更正",
    )


def _return_workdays(on: date) -> Subquery:
    """Of a record: the working days of the edition in force, NULL without one."""
    editions = ObligationEdition.objects.valid_on(on).order_by()
    own = editions.filter(federation=OuterRef("society__federation"))
    return Subquery(own.values("return_workdays")[:1])


def to_look_at(actor: Actor, on: date) -> list[Task]:
    """The superior: records filed by others that may still be returned (R-LIFE-05); one query."""
    if not actor.may_any(P.LIFE_RETURN) or actor.federation is None:
        return []
    councils = OrganisationService.objects.leading(on).values("organisation_id")
    rows: Any = LifeRecord.objects.visible_to(actor).within(actor.scope(P.LIFE_RETURN)).counting()
    rows = rows.filter(filed_at__gte=start_of(on - LOOK_BACK)).exclude(filed_by=actor.user)
    if actor.spec.kind == ScopeKind.FEDERATION:
        rows = rows.filter(organisation__in=councils)
    else:
        rows = rows.filter(society=actor.society_id).exclude(organisation__in=councils)
    by_day = rows.order_by().annotate(day=TruncDate("filed_at"), days=_return_workdays(on))
    found = [
        (days, n)
        for day, days, n in by_day.values("day", "days")
        .annotate(n=Count("pk"))
        .values_list("day", "days", "n")
        if days is not None and add_workdays(day, days).day >= on
    ]
    if not found:
        return []
    days, count = found[0][0], sum(n for _, n in found)
    return [
        Task(
            title=f"新登记的组织生活记录 {count} 条",
            why=f"登记后 {days} 个工作日内可退回，不退回即最终计入",
            status_kind="idle",
            status_label="可查看",
            due=None,
            due_text="",
            overdue=False,
            url=f"{reverse('branches:life_list')}?state=filed&sort=-filed",
            button="查看",
            count=count,
        )
    ]


def visits(actor: Actor, on: date) -> list[Task]:
    """Society: new visit reports without its comment; a comment is nobody's duty."""
    if not actor.may_any(P.VISIT_COMMENT):
        return []
    recent = VisitReport.objects.visible_to(actor).counting()
    rows = recent.filter(comment="", visited_on__gt=on - timedelta(days=30))
    return [
        Task(
            title=f"{row.visited_on} 走访报告",
            why="党建指导员已登记，学会可以填写意见（选填）",
            status_kind="idle",
            status_label="可填写",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("branches:visit", args=[row.pk]),
            button="查看",
        )
        for row in rows[:3]
    ]


TASKS: tuple[Callable[[Actor, date], list[Task]], ...] = (
    returned,
    duties,
    to_look_at,
    visits,
)
