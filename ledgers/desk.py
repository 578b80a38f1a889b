"""Open tasks of the ledger for an acting appointment: queries, never rows (architecture §2).

`TASKS` is read by the desks; each function gives tasks for an actor on a Shanghai day, and asks
nothing of the database for roles it does not concern.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from accounts.permissions import Permission as P
from common.clock import day_of
from common.desk import Task, days_left
from common.workdays import add_workdays, workdays_between
from ledgers import states
from ledgers.desk_committee import closings, exemptions, locks, queue, restatements
from ledgers.forms.wording import day
from ledgers.models import (
    ExpectedFiling,
    FilingWindow,
    Ledger,
    LedgerPeriod,
    LedgerReturnRemark,
    LedgerSection,
    LedgerState,
    LedgerStep,
    LockException,
    LockState,
    ReturnStage,
)
from societies.access import Actor

EARLY, CLOSED = FilingWindow.EARLY, FilingWindow.CLOSED


def _own_ledgers(actor: Actor) -> Any:
    """Versions of the actor's societies; an exempted society is not asked to go on."""
    exempt = ExpectedFiling.objects.exempt().filter(
        period_id=OuterRef("period_id"), society_id=OuterRef("society_id")
    )
    rows = Ledger.objects.visible_to(actor).select_related("society", "period__edition")
    return rows.filter(~Exists(exempt)).order_by("period__as_of", "-version")


def _who(actor: Actor, ledger: Ledger) -> str:
    """The society's name where an actor has several."""
    return "" if actor.society_id else f"{ledger.society.name}："


def due_of(period: LedgerPeriod, on: date) -> tuple[str, bool]:
    """Words for the due day and whether it has passed."""
    if period.window(on) == EARLY:
        return f"{day(period.opens_on)}起可以报送", False
    left = workdays_between(on, period.due_on)
    if on <= period.due_on:
        return (f"还有 {left} 个工作日" if left else "今天到期"), False
    return days_left(period.due_on, on), True


# What of a version waits for whom.
_RIGHTS = {
    LedgerState.DRAFT: P.LEDGER_SEND,
    LedgerState.RETURNED: P.LEDGER_EDIT,
    LedgerState.TO_SIGN: P.LEDGER_SIGN,
}


def versions(actor: Actor, on: date) -> list[Task]:
    """Clerk: drafts that can be filed; secretary: what waits for a signature; both: what came back.

    A draft stands while its period can be filed, or is open to it as a working draft; a version
    sent back with the days for mending the committee's return; one to sign for who may sign it.
    One query.
    """
    mine = [state for state, right in _RIGHTS.items() if actor.may_any(right)]
    if not mine:
        return []
    rows = _own_ledgers(actor).filter(state__in=mine).select_related("sent_by")
    rows = rows.annotate(
        filled=_sum("filled"),
        required=_sum("required"),
        remarks=_remarks(),
        mend_until=_mend_until(),
        excepted_until=_excepted_until(on),
    )
    found = (_version(actor, row, on) for row in rows)
    return [task for task in found if task is not None]


def _version(actor: Actor, row: Any, on: date) -> Task | None:
    if row.state == LedgerState.RETURNED:
        return _returned(actor, row, on)
    if row.state == LedgerState.TO_SIGN:
        people = {getattr(row, f"{column}_id") for column in states.SIGN.distinct_from}
        return None if actor.user.pk in people else _to_sign(actor, row, on)
    is_locked = not row.is_restatement and row.period.window(on) == CLOSED
    until = row.excepted_until if is_locked else None
    return _draft(actor, row, on, until) if until or not is_locked else None


def _sum(column: str) -> Subquery:
    """A column of the version's tables, summed."""
    rows = LedgerSection.objects.filter(ledger=OuterRef("pk")).order_by()
    return Subquery(rows.values("ledger").annotate(n=Sum(column)).values("n"))


def _remarks() -> Subquery:
    """How many words were given with the last return: its step bears the same moment."""
    rows = LedgerReturnRemark.objects.filter(
        ledger=OuterRef("pk"), step__at=OuterRef("returned_at")
    )
    return Subquery(rows.order_by().values("ledger").annotate(n=Count("pk")).values("n"))


def _excepted_until(on: date) -> Subquery:
    """The last day of the exception that opens a locked period for the society."""
    rows = LockException.objects.filter(
        period=OuterRef("period_id"), society=OuterRef("society_id")
    )
    return Subquery(rows.open_on(on).values("until")[:1])


def _draft(actor: Actor, ledger: Any, on: date, until: date | None) -> Task:
    period = ledger.period
    words, overdue = due_of(period, on)
    left = ledger.required - ledger.filled
    state = f"已填 {ledger.filled} / {ledger.required} 项"
    why = f"{state}，还有 {left} 项未填" if left else f"{state}，可以送审签"
    if period.window(on) == EARLY:
        why = f"{state}；现在可继续填写草稿，{day(period.opens_on)}起可以报送"
    if until:
        why = f"{why}；已批准补报，最迟 {until} 报送"
    return Task(
        title=f"{_who(actor, ledger)}填报 {period.title}",
        why=why,
        status_kind="bad" if overdue else "info",
        status_label="逾期" if overdue else "填报中",
        due=period.due_on,
        due_text=words,
        overdue=overdue,
        url=reverse("ledgers:section", args=[ledger.pk, 1]),
        button="继续填写",
    )


def not_begun(actor: Actor, on: date) -> list[Task]:
    """Clerk: periods open for filing in which the society owes a ledger and has no draft."""
    if not actor.may_any(P.LEDGER_SEND) or actor.society_id is None:
        return []
    own = Ledger.objects.filter(period_id=OuterRef("pk"), society_id=actor.society_id)
    rows = (
        LedgerPeriod.objects.visible_to(actor)
        .filter(~Exists(own), closes_on__gte=on)
        .asked_of(actor.society_id, on)
        .order_by("as_of")
    )
    tasks = []
    for period in rows[:2]:
        words, overdue = due_of(period, on)
        tasks.append(
            Task(
                title=f"开始填写 {period.title}",
                why=f"草稿由上期台账和名录预填，{day(period.due_on)}截止",
                status_kind="bad" if overdue else "idle",
                status_label="逾期" if overdue else "未开始",
                due=period.due_on,
                due_text=words,
                overdue=overdue,
                url=reverse("ledgers:list"),
                button="去填写",
            )
        )
    return tasks


def _mend_until() -> Subquery:
    """The last day for mending the committee's last return: the secretary's own does not stop it.

    None where the committee returned nothing, and for restatements (R-LED-08).
    """
    steps = LedgerStep.objects.filter(ledger=OuterRef("pk"), stage=ReturnStage.COMMITTEE)
    return Subquery(steps.order_by("-at", "-pk").values("mend_until")[:1])


def _runs_on(ledger: Any, on: date) -> bool:
    """Whether the days for mending the committee's return are not over."""
    return ledger.mend_until is not None and on <= ledger.mend_until


def _returned(actor: Actor, ledger: Any, on: date) -> Task:
    by_committee = ledger.returned_by_stage == ReturnStage.COMMITTEE
    due = ledger.period.due_on
    if ledger.mend_until and (by_committee or _runs_on(ledger, on)):
        due = ledger.mend_until
    elif by_committee and ledger.returned_at:
        days = ledger.period.edition.rules.deadlines.mend_workdays
        due = add_workdays(day_of(ledger.returned_at), days).day
    overdue = due < on
    return Task(
        title=f"{_who(actor, ledger)}修改被退回的 {ledger.period.title}",
        why=f"{'审核员' if by_committee else '书记'}退回：{ledger.return_reason}"
        + (f"（{ledger.remarks} 项有意见）" if ledger.remarks else ""),
        status_kind="bad",
        status_label="已退回",
        due=due,
        due_text=days_left(due, on),
        overdue=overdue,
        url=reverse("ledgers:section", args=[ledger.pk, 1]),
        button="去修改",
    )


def locked(actor: Actor, on: date) -> list[Task]:
    """Clerk: closed periods owed and never filed, without an exception asked for or granted."""
    if not actor.may_any(P.LOCK_REQUEST) or actor.society_id is None:
        return []
    filed = Ledger.objects.filter(
        period_id=OuterRef("pk"), society_id=actor.society_id, first_filed_at__isnull=False
    )
    asked = LockException.objects.filter(period_id=OuterRef("pk"), society_id=actor.society_id)
    alive = asked.filter(Q(state__in=_PENDING) | Q(state=LockState.GRANTED, until__gte=on))
    rows = LedgerPeriod.objects.visible_to(actor).filter(
        ~Exists(filed),
        ~Exists(alive),
        closes_on__lt=on,
        expected__society=actor.society_id,
        expected__exemption_decided_at__isnull=True,
    )
    return [
        Task(
            title=f"{period.title}未报送，已关闭",
            why="确需补报的，申请补报开锁，由科技社团党委负责人决定",
            status_kind="bad",
            status_label="逾期",
            due=period.due_on,
            due_text=days_left(period.due_on, on),
            overdue=True,
            url=f"{reverse('ledgers:lock_request')}?period={period.pk}",
            button="申请补报开锁",
        )
        for period in rows.order_by("-as_of")[:1]
    ]


_PENDING = (LockState.REQUESTED, LockState.COUNTERSIGNED, LockState.REVIEWED)


def _to_sign(actor: Actor, row: Any, on: date) -> Task:
    due, (words, overdue) = row.period.due_on, due_of(row.period, on)
    if _runs_on(row, on):
        due, words, overdue = row.mend_until, days_left(row.mend_until, on), False
    return Task(
        title=f"{_who(actor, row)}审签 {row.period.title}",
        why=f"填报人 {row.sent_by} 已送审签，较上期有变化 {row.changes_count} 项",
        status_kind="bad" if overdue else "warn",
        status_label="逾期" if overdue else "待审签",
        due=due,
        due_text=words,
        overdue=overdue,
        url=reverse("ledgers:sign", args=[row.pk]),
        button="去审签",
    )


TASKS: tuple[Callable[[Actor, date], list[Task]], ...] = (
    versions,
    not_begun,
    locked,
    queue,
    locks,
    closings,
    exemptions,
    restatements,
)
