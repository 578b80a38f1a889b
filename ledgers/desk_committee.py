"""Open tasks of the committee, and of everybody along a lock exception. See `ledgers.desk`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Min, OuterRef, Subquery
from django.urls import reverse

from accounts.permissions import Permission as P
from common.clock import day_of
from common.desk import Task, days_left
from common.workdays import add_workdays
from ledgers import states
from ledgers.forms.wording import day
from ledgers.models import ExpectedFiling, Ledger, LedgerPeriod, LedgerState, LockException
from societies.access import Actor


def queue(actor: Actor, on: date) -> list[Task]:
    """Reviewer: the queue, measured by the filing due first under its period's clock (R-SUP-19)."""
    if not actor.may_any(P.LEDGER_REVIEW):
        return []
    rows = Ledger.objects.visible_to(actor).filter(state=LedgerState.FILED)
    counted = rows.filter(period=OuterRef("pk")).order_by().values("period")
    counted = counted.annotate(n=Count("pk"), oldest=Min("signed_at"))
    periods: Any = LedgerPeriod.objects.visible_to(actor).select_related("edition")
    periods = periods.annotate(
        waiting=Subquery(counted.values("n")), oldest=Subquery(counted.values("oldest"))
    )
    found = list(periods.filter(waiting__gt=0))
    if not found:
        return []
    clocks = [
        (add_workdays(since, clock.workdays).day, since, clock.workdays, period.key)
        for period in found
        for since in [day_of(period.oldest)]
        for clock in [period.edition.rules.review]
    ]
    due, since, workdays, key = min(clocks)
    count = sum(period.waiting for period in found)
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
    """Reviewer: closed periods to propose for 定格; leader: proposals of others to decide."""
    proposes, decides = actor.may_any(P.PERIOD_PROPOSE), actor.may_any(P.PERIOD_DECIDE)
    if not (proposes or decides):
        return []
    rows = LedgerPeriod.objects.visible_to(actor).past_closing(on).order_by("as_of")
    rows = rows.filter(proposed_at__isnull=not decides)
    if decides:
        rows = rows.exclude(proposed_by=actor.user)
    return [_closing(row, decides) for row in rows[:6]]


def _closing(row: LedgerPeriod, decides: bool) -> Task:
    verb = "决定" if decides else "提请"
    # With the year: several half-years may wait, and the last one may close in the next.
    why = f"{row.closes_on.isoformat()} 已关闭报送" + ("，审核员已提请" if decides else "")
    refused = row.refused_at is not None and not decides
    if refused:
        why = f"负责人不同意：{row.refusal_reason}"
    return Task(
        title=f"{verb}定格：{row.title}",
        why=why,
        status_kind="bad" if refused else "warn",
        status_label="待决定" if decides else "未同意" if refused else "待提请",
        due=None,
        due_text="",
        overdue=False,
        url=reverse("ledgers:period", args=[row.pk]),
        button=f"去{verb}",
    )


def exemptions(actor: Actor, on: date) -> list[Task]:
    """Leader: exemptions to decide, by period; reviewer: own proposals the leader refused."""
    if actor.may_any(P.PERIOD_DECIDE):
        return _exemptions_to_decide(actor)
    if not actor.may_any(P.PERIOD_PROPOSE):
        return []
    rows = (
        ExpectedFiling.objects.visible_to(actor)
        .filter(exemption_refused_proposer=actor.user, exemption_proposed_at__isnull=True)
        # As long as another proposal makes sense: filing is open and nothing is filed.
        .filter(period__closed_at__isnull=True, period__closes_on__gte=on)
        .not_filed()
        .select_related("society", "period")
        .order_by("-exemption_refused_at")
    )
    return [
        Task(
            title=f"免报未获同意：{row.society.name} {row.period.label}",
            why=f"负责人不同意：{row.exemption_refusal_reason}",
            status_kind="bad",
            status_label="未同意",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("ledgers:exempt", args=[row.pk]),
            button="去补充",
        )
        for row in rows[:6]
    ]


def _exemptions_to_decide(actor: Actor) -> list[Task]:
    waiting = ExpectedFiling.objects.visible_to(actor).awaiting_decision()
    rows = waiting.exclude(exemption_proposed_by=actor.user).order_by("-period__as_of", "pk")
    by_period: dict[LedgerPeriod, list[ExpectedFiling]] = {}
    for row in rows.select_related("society", "period"):
        by_period.setdefault(row.period, []).append(row)
    return [
        Task(
            title=f"决定免报：{period.label} {len(found)} 家",
            why=f"{found[0].society.name}：{found[0].exempt_reason}",
            status_kind="warn",
            status_label="待决定",
            due=None,
            due_text="",
            overdue=False,
            url=f"{reverse('ledgers:period', args=[period.pk])}?show=proposed",
            button="去决定",
            count=len(found),
        )
        for period, found in by_period.items()
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
