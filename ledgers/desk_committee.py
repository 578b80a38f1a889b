"""Open tasks of the committee, and of everybody along a lock exception. See `ledgers.desk`."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Min
from django.urls import reverse

from accounts.permissions import Permission as P
from common.clock import day_of
from common.desk import Task, days_left
from common.workdays import add_workdays
from ledgers import states
from ledgers.forms.wording import day
from ledgers.models import Ledger, LedgerPeriod, LedgerState, LockException
from societies.access import Actor


def queue(actor: Actor, on: date) -> list[Task]:
    """Reviewer: the queue, measured by the filing due first under its period's clock (R-SUP-19)."""
    if not actor.may_any(P.LEDGER_REVIEW):
        return []
    rows = Ledger.objects.visible_to(actor).filter(state=LedgerState.FILED)
    found = rows.order_by().values("period_id").annotate(n=Count("pk"), oldest=Min("signed_at"))
    waiting = {row["period_id"]: row for row in found}
    if not waiting:
        return []
    periods = LedgerPeriod.objects.visible_to(actor).filter(pk__in=waiting)
    clocks = [
        (add_workdays(since, clock.workdays).day, since, clock.workdays, period.key)
        for period in periods.select_related("edition")
        for since in [day_of(waiting[period.pk]["oldest"])]
        for clock in [period.edition.rules.review]
    ]
    due, since, workdays, key = min(clocks)
    count = sum(row["n"] for row in waiting.values())
    return [
        Task(
            title=f"审核台账 {count} 份",
            why=f"最早一份 {day(since)}报送，审核期限 {workdays} 个工作日",
            status_kind="bad" if due < on else "info",
            status_label="逾期" if due < on else "待审核",
            due=due,
            due_text=days_left(due, on),
            overdue=due < on,
            url=f"{reverse('ledgers:review_queue')}?period={key}",
            button="去审核",
            count=count,
        )
    ]


_LOCK_STEPS = (
    (states.LOCK_COUNTERSIGN, "审签"),
    (states.LOCK_REVIEW, "审核"),
    (states.LOCK_GRANT, "决定"),
)


def locks(actor: Actor, on: date) -> list[Task]:
    """Secretary, reviewer, leader: lock exceptions at their step."""
    tasks = []
    for step, verb in _LOCK_STEPS:
        if not actor.may_any(P(step.permission)):
            continue
        rows = LockException.objects.visible_to(actor).filter(state__in=step.sources)
        for column in step.distinct_from:
            rows = rows.exclude(**{column: actor.user})
        for row in rows.select_related("society", "period").order_by("requested_at")[:20]:
            tasks.append(
                Task(
                    title=f"{verb}补报申请：{row.society.name} {row.period.label}",
                    why=row.reason,
                    status_kind="warn",
                    status_label=f"待{verb}",
                    due=row.until,
                    due_text=days_left(row.until, on),
                    overdue=row.until < on,
                    url=reverse("ledgers:lock", args=[row.pk]),
                    button=f"去{verb}",
                )
            )
    return tasks


def closings(actor: Actor, on: date) -> list[Task]:
    """Reviewer: closed periods to propose for 定格; leader: proposals to decide."""
    proposes, decides = actor.may_any(P.PERIOD_PROPOSE), actor.may_any(P.PERIOD_DECIDE)
    if not (proposes or decides):
        return []
    rows = LedgerPeriod.objects.visible_to(actor).past_closing(on).order_by("as_of")
    rows = rows.filter(proposed_at__isnull=not decides)
    verb = "决定" if decides else "提请"
    return [
        Task(
            title=f"{verb}定格：{row.title}",
            # With the year: several half-years may wait, and the last one may close in the next.
            why=f"{row.closes_on.isoformat()} 已关闭报送" + ("，审核员已提请" if decides else ""),
            status_kind="warn",
            status_label="待决定" if decides else "待提请",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("ledgers:period", args=[row.pk]),
            button=f"去{verb}",
        )
        for row in rows[:6]
    ]


def restatements(actor: Actor, on: date) -> list[Task]:
    """Leader: reviewed restatements to decide."""
    if not actor.may_any(P.LEDGER_DECIDE):
        return []
    rows = Ledger.objects.visible_to(actor).awaiting_decision()
    for column in states.DECIDE.distinct_from:
        rows = rows.exclude(**{column: actor.user})
    return [
        Task(
            title=f"决定更正：{row.society.name} {row.period.label}台账",
            why=row.restatement_reason,
            status_kind="warn",
            status_label="待决定",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("ledgers:review", args=[row.pk]),
            button="去决定",
        )
        for row in rows.select_related("society", "period")[:20]
    ]
