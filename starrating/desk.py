"""Open tasks of the rating round, of everybody along it: queries over entries, no rows (D-19)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.permissions import Permission as P
from branches.recusal import recused_from
from common.desk import Task
from societies.access import Actor
from starrating.actions.filing import self_deadline
from starrating.consequences import without_contact
from starrating.desk_parts import task as _task
from starrating.desk_places import leader, lifts, posting, ties
from starrating.eyes import Part, parts_of
from starrating.models import (
    DeliberationVote,
    EntryState,
    RatingEntry,
    RatingRound,
    RatingStep,
    Veto,
)

S = EntryState
MOST = 20


def society(actor: Actor, on: date) -> list[Task]:
    """Clerk: apply, assess oneself; secretary: sign, look at what is posted."""
    applies, signs = actor.may_any(P.STAR_APPLY), actor.may_any(P.STAR_SIGN)
    if not (applies or signs):
        return []
    rows = RatingEntry.objects.visible_to(actor).filter(round__finalised_at__isnull=True)
    tasks = []
    for row in rows.select_related("round"):
        if applies and _still(row, on):
            tasks += _clerk(row, on)
        if signs:
            tasks += _secretary(actor, row, on)
    return tasks


def _still(row: RatingEntry, on: date) -> bool:
    """Whether the society can still act; after its last day there is nothing to do (不定星)."""
    last = row.round.apply_by if row.state == S.OPEN else row.round.assess_by
    return on <= last


def _address(row: RatingEntry) -> str:
    return reverse("starrating:entry", args=[row.pk])


def _clerk(row: RatingEntry, on: date) -> list[Task]:
    name = f"{row.round.year} 年度星级评定"
    if row.state == S.OPEN:
        why = row.return_reason or "填写创建目标和措施，送党组织书记审签"
        due, state = row.round.apply_by, "已退回" if row.return_reason else "待申报"
        return [_task(f"创建申报：{name}", why, state, _address(row), "去申报", due, on)]
    if row.state == S.APPLIED and row.round.computed_at is not None:
        why = row.return_reason or "逐项核对系统测算分，认可或提出异议"
        due, state = self_deadline(row), "已退回" if row.return_reason else "待自评"
        return [_task(f"自评：{name}", why, state, _address(row), "去自评", due, on)]
    return []


def _secretary(actor: Actor, row: RatingEntry, on: date) -> list[Task]:
    name = f"{row.round.year} 年度星级评定"
    clerks = {row.applied_by_id, row.self_sent_by_id}
    if row.state in (S.APPLYING, S.SELF_TO_SIGN) and actor.user.pk not in clerks:
        applying = row.state == S.APPLYING
        what = "创建申报" if applying else "自评"
        due = row.round.apply_by if applying else self_deadline(row)
        why = "填报人已送审签"
        return [_task(f"审签{what}：{name}", why, "待审签", _address(row), "去审签", due, on)]
    posted = row.publicity_until
    if row.state == S.PUBLICITY and posted and on <= posted:
        why = f"公示至 {posted}，有异议的在公示期内提出"
        return [_task(f"核对公示结果：{name}", why, "公示中", _address(row), "去查看", posted, on)]
    return []


def assessor(actor: Actor, on: date) -> list[Task]:
    """初评人: the assigned self-assessments that wait."""
    if not actor.may_any(P.STAR_ASSESS):
        return []
    rows = RatingEntry.objects.visible_to(actor).filter(state=S.SELF_ASSESSED)
    rows = rows.exclude(society__in=recused_from(actor.user, on))
    return [
        _task(
            f"初评：{row.society.name}",
            "学会自评已报送",
            "待初评",
            _address(row),
            "去初评",
            row.round.assess_by,
            on,
        )
        for row in rows.select_related("society", "round")[:MOST]
    ]


def _without(actor: Actor, columns: Collection[str]) -> Q:
    """Entries in whose columns the user does not stand."""
    mine = Q()
    for column in columns:
        mine |= Q(**{column: actor.user})
    return ~mine


def member(actor: Actor, on: date) -> list[Task]:
    """Deliberating member: entries that wait for a word this member may and did not give."""
    if not actor.may_any(P.STAR_DELIBERATE):
        return []
    rows = RatingEntry.objects.visible_to(actor).filter(state__in=(S.PRELIMINARY, S.RE_EXAMINED))
    rows = rows.exclude(society__in=recused_from(actor.user, on))
    spoken = DeliberationVote.objects.visible_to(actor).filter(by=actor.user)
    turns: dict[int, set[int]] = {}
    for entry, turn in spoken.values_list("entry_id", "turn"):
        turns.setdefault(entry, set()).add(turn)
    barred = _barred(actor, rows, Part.DELIBERATION)
    waiting = [
        row
        for row in rows.select_related("society", "round").order_by("society__sort_key")
        if row.pk not in barred and _waits_for(actor, row, turns.get(row.pk, set()))
    ]
    return [
        _task(
            f"{_WHAT[S(row.state)][0]}：{row.society.name}",
            _WHAT[S(row.state)][1],
            "待审议",
            _address(row),
            "去审议",
            row.round.deliberate_by,
            on,
        )
        for row in waiting[:MOST]
    ]


_WHAT = {
    S.PRELIMINARY: ("审议", "初评已提交"),
    S.RE_EXAMINED: ("审议复核结果", "复核已提交"),
}


def _barred(actor: Actor, rows: QuerySet[RatingEntry], part: Part) -> set[int]:
    """Entries in whose other parts the user acted, now or earlier."""
    steps = RatingStep.objects.visible_to(actor).filter(entry__in=rows.order_by().values("pk"))
    acted = parts_of(steps, actor.user.pk)
    return {entry for entry, parts in acted.items() if parts - {part}}


def _waits_for(actor: Actor, row: RatingEntry, turns: Collection[int]) -> bool:
    """Whether this member may speak now: not the assessor, not yet spoken, not a first voter."""
    if actor.user.pk == row.assessor_id:
        return False
    first = row.again_from or 0
    again = row.state == S.RE_EXAMINED and any(turn < first for turn in turns)
    return row.turn not in turns and not again


def reviewer(actor: Actor, on: date) -> list[Task]:
    """Reviewer: assign, re-examine; posting is a task of its own (`starrating.desk_places`)."""
    if not actor.may_any(P.STAR_ROUND_OPEN):
        return []
    tasks = [*_unassigned(actor, on), *_contacts(actor, on)]
    rows = RatingEntry.objects.visible_to(actor).filter(
        _without(actor, ("assessor",)), state=S.OBJECTED
    )
    objected = list(rows.select_related("society"))
    if not objected:
        return tasks
    recused, acted = recused_from(actor.user, on), _barred(actor, rows, Part.RE_EXAMINATION)
    mine = [row for row in objected if row.society_id not in recused and row.pk not in acted]
    tasks += [
        _task(
            f"复核异议：{row.society.name}",
            "学会在公示期内提出异议",
            "待复核",
            _address(row),
            "去复核",
            None,
            on,
        )
        for row in mine[:MOST]
    ]
    return tasks


def _contacts(actor: Actor, on: date) -> list[Task]:
    """Of the round decided last: societies below three stars twice that have no contact person."""
    decided = RatingRound.objects.visible_to(actor).filter(finalised_at__isnull=False)
    chosen = decided.order_by("-year").first()
    missing = without_contact(actor, chosen, on) if chosen else 0
    if chosen is None or not missing:
        return []
    url = reverse("starrating:round", args=[chosen.pk])
    title, why = f"确定联系人 {missing} 家：{chosen}", "连续两年低于三星"
    return [_task(title, why, "待确定", url, "去查看", None, on)]


def _unassigned(actor: Actor, on: date) -> list[Task]:
    """Of each open round how many self-assessments have no assessor yet; one query."""
    waiting = RatingEntry.objects.visible_to(actor).order_by()
    waiting = waiting.filter(state=S.SELF_ASSESSED, assessor__isnull=True)
    counted = waiting.filter(round=OuterRef("pk")).values("round").annotate(n=Count("pk"))
    rounds: Any = RatingRound.objects.visible_to(actor).open()
    return [
        _task(
            f"分派初评 {chosen.unassigned} 家：{chosen}",
            "自评已报送，尚无初评人",
            "待分派",
            reverse("starrating:assign", args=[chosen.pk]),
            "去分派",
            chosen.assess_by,
            on,
        )
        for chosen in rounds.annotate(unassigned=Subquery(counted.values("n")))
        if chosen.unassigned
    ]


def vetoes(actor: Actor, on: date) -> list[Task]:
    """Secretary: state a view; leader and member: decide what has been heard, as one task."""
    rows = Veto.objects.visible_to(actor).waiting().select_related("society", "rule")
    tasks = []
    if actor.may_any(P.VETO_STATE):
        for row in rows.filter(stated_at__isnull=True, statement_until__gte=on):
            tasks.append(_veto(row, "陈述意见", "待陈述", row.statement_until, on))
    if not (actor.may_any(P.VETO_CONFIRM) or actor.may_any(P.VETO_SECOND)):
        return tasks
    heard = Veto.objects.to_sign(actor, on, recused_from(actor.user, on))
    found = list(heard.select_related("society", "rule").order_by("society__sort_key", "pk"))
    if not found:
        return tasks
    verb = "核定" if actor.may_any(P.VETO_CONFIRM) else "确认"
    if len(found) == 1:
        return [*tasks, _veto(found[0], verb, f"待{verb}", None, on)]
    title, why = f"一票否决建议，{verb} {len(found)} 件", "学会已陈述意见，或期限已过"
    url = reverse("starrating:vetoes")
    task = _task(title, why, f"待{verb}", url, f"去{verb}", None, on)
    return [*tasks, replace(task, count=len(found))]


def _veto(row: Veto, verb: str, label: str, due: date | None, on: date) -> Task:
    url = reverse("starrating:veto", args=[row.pk])
    title = f"一票否决建议，{verb}：{row.society.name}"
    return _task(title, f"{row.rule.code} {row.rule.title}", label, url, f"去{verb}", due, on)


TASKS = (society, assessor, member, ties, reviewer, posting, leader, vetoes, lifts)
