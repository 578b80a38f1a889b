"""Open tasks about terms and posts (§2.2): queries, never rows; read by the desks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse

from accounts.permissions import Permission as P
from branches import rules
from branches.models import PartyOrganisation, PostFiling, PostFilingState, Term, TermState
from branches.terms import long_vacancies
from common.clock import day_of
from common.desk import Task, days_left
from common.workdays import add_workdays
from societies.access import Actor

REVIEW_WORKDAYS = 5
MOST = 20


def _files_or_signs(actor: Actor) -> bool:
    return actor.may_any(P.POST_FILE) or actor.may_any(P.POST_SIGN)


def _own_terms(actor: Actor, on: date) -> Any:
    """Present terms of the organisations the actor's side files for (the lead of a joint one)."""
    right = P.POST_FILE if actor.may_any(P.POST_FILE) else P.POST_SIGN
    scope = actor.scope(right)
    rows: Any = Term.objects.visible_to(actor).current_on(on)
    if actor.society_id:
        rows = rows.filter(society__in=scope.ids)
    return rows.select_related("organisation", "society")


def terms(actor: Actor, on: date) -> list[Task]:
    """UB, UC, US: terms near their end or over, and seats that are empty (§2.2)."""
    if not _files_or_signs(actor):
        return []
    own = _own_terms(actor, on).with_state(on).with_near_end(on).with_filled(on)
    rows = list(own.order_by("runs_to", "pk"))
    ending = [row for row in rows if row.is_near]
    return [*(_ending(row, on) for row in ending[:MOST]), *_vacancies(rows, on)]


def _ending(term: Any, on: date) -> Task:
    left = (term.runs_to - on).days
    over = left < 0
    threshold = rules.reminder(left)
    why = f"第 {term.term_no} 届 {term.elected_on} 至 {term.runs_to}"
    if term.extended_to:
        why += "，已批准延期"
    else:
        why += "；延期须经批准，最长 12 个月"
    days = (term.soon_until - on).days if threshold is None else threshold
    label = str(TermState(term.state).label) if over else f"{days} 天内"
    return Task(
        title=f"{term.organisation.name}{'任期已满，请换届' if over else '任期将满，准备换届'}",
        why=why,
        status_kind="bad" if over else "warn",
        status_label="今天期满" if threshold == 0 and not over else label,
        due=term.runs_to,
        due_text=days_left(term.runs_to, on),
        overdue=over,
        url=reverse("branches:detail", args=[term.organisation_id]),
        button="查看任期",
    )


def _vacancies(rows: Sequence[Any], on: date) -> list[Task]:
    """Committee seats empty for more than 60 days (§2.2)."""
    return [
        Task(
            title=f"{term.organisation.name}班子缺额 {term.seats - term.filled} 人，请及时补选",
            why=f"自 {since} 起空缺，职数 {term.seats} 人",
            status_kind="warn",
            status_label="待补选",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("branches:detail", args=[term.organisation_id]),
            button="查看班子",
        )
        for term, since in long_vacancies(rows, on)[:MOST]
    ]


def unknown_terms(actor: Actor, on: date) -> list[Task]:
    """UB, UC: organisations whose present term the portal does not know yet."""
    if not actor.may_any(P.POST_FILE):
        return []
    own: Any = PartyOrganisation.objects.visible_to(actor).existing_on(on)
    if actor.society_id:
        own = own.filter(society=actor.society_id)
    known = Term.objects.filter(organisation_id=OuterRef("pk"))
    filed = PostFiling.objects.filter(organisation_id=OuterRef("pk"), kind="re_election").open()
    rows = own.filter(~Exists(known), ~Exists(filed), type__in=rules.TYPES_WITH_TERM)
    return [
        Task(
            title=f"登记{row.name}的本届任期与班子",
            why="平台还没有本届的换届日期、职数和在任人员",
            status_kind="idle",
            status_label="未登记",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("branches:re_elect", args=[row.pk]),
            button="去报送",
        )
        for row in rows.order_by("pk")[:MOST]
    ]


# State, the right that acts in it, what is done, the columns whose users may not do it.
_STEPS: tuple[tuple[PostFilingState, P, str, tuple[str, ...]], ...] = (
    (PostFilingState.DRAFT, P.POST_FILE, "继续填写", ()),
    (PostFilingState.RETURNED, P.POST_FILE, "修改被退回的", ()),
    (PostFilingState.TO_SIGN, P.POST_SIGN, "审签", ("sent_by",)),
    (PostFilingState.TO_DECIDE, P.POST_DECIDE, "决定", ("sent_by", "signed_by", "reviewed_by")),
)


def filings(actor: Actor, on: date) -> list[Task]:
    """Filings at the step of this actor: drafts and returns, signatures, the leader's decisions."""
    verbs: dict[PostFilingState, str] = {}
    waiting = Q()
    for state, right, verb, others in _STEPS:
        if actor.may_any(right):
            verbs[state] = verb
            waiting |= Q(*(~Q(**{column: actor.user}) for column in others), state=state)
    if not verbs:
        return []
    rows = PostFiling.objects.visible_to(actor).filter(waiting)
    rows = rows.select_related("organisation", "society", "sent_by").order_by("pk")
    return [_filing(row, verbs[PostFilingState(row.state)], actor) for row in rows[:MOST]]


def _filing(row: PostFiling, verb: str, actor: Actor) -> Task:
    who = "" if actor.society_id else f"{row.society.name} "
    label = row.get_state_display()
    why = row.return_reason if row.state == PostFilingState.RETURNED else ""
    if row.state == PostFilingState.TO_SIGN:
        why = f"{row.sent_by} 已送审签"
    if row.state == PostFilingState.TO_DECIDE:
        why = f"申请延期至 {row.extended_to}：{row.reason}"
    kinds = {PostFilingState.RETURNED: "bad", PostFilingState.DRAFT: "info"}
    return Task(
        title=f"{verb}{row.get_kind_display()}报送：{who}{row.organisation.name}",
        why=why,
        status_kind=kinds.get(PostFilingState(row.state), "warn"),
        status_label=label,
        due=None,
        due_text="",
        overdue=False,
        url=reverse("branches:filing", args=[row.pk]),
        button="去办理",
    )


def queue(actor: Actor, on: date) -> list[Task]:
    """CR: filings waiting for review, measured by the one that waits longest."""
    if not actor.may_any(P.POST_REVIEW):
        return []
    rows = PostFiling.objects.visible_to(actor).filter(state=PostFilingState.FILED)
    found = rows.aggregate(first=Min("signed_at"), n=Count("pk"))
    oldest, count = found["first"], found["n"]
    if oldest is None:
        return []
    due = add_workdays(day_of(oldest), REVIEW_WORKDAYS).day
    return [
        Task(
            title=f"审核任期与职务报送 {count} 件",
            why=f"最早一件 {day_of(oldest)} 报送，审核期限 {REVIEW_WORKDAYS} 个工作日",
            status_kind="bad" if due < on else "info",
            status_label="逾期" if due < on else "待审核",
            due=due,
            due_text=days_left(due, on),
            overdue=due < on,
            url=f"{reverse('branches:filings')}?state=filed&sort=signed",
            button="去审核",
            count=count,
        )
    ]


def overdue_terms(actor: Actor, on: date) -> list[Task]:
    """CR, CL: how many terms are over without election or approved extension."""
    if not (actor.may_any(P.POST_REVIEW) or actor.may_any(P.POST_DECIDE)):
        return []
    rows: Any = Term.objects.visible_to(actor).current_on(on).filter(runs_to__lt=on)
    ends: Sequence[date] = list(rows.order_by("runs_to").values_list("runs_to", flat=True))
    if not ends:
        return []
    return [
        Task(
            title=f"任期已满未换届的党组织 {len(ends)} 个",
            why=f"最早的 {ends[0]} 届满",
            status_kind="bad",
            status_label="逾期未换届",
            due=None,
            due_text="",
            overdue=False,
            url=f"{reverse('branches:terms')}?sort=end",
            button="查看名单",
            count=len(ends),
        )
    ]


TASKS: tuple[Callable[[Actor, date], list[Task]], ...] = (
    filings,
    queue,
    terms,
    unknown_terms,
    overdue_terms,
)
