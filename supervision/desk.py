"""Open tasks of a batch, of its lead, the reviewer, the leader: queries, no rows (D-19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from accounts.permissions import Permission as P
from common.desk import Task, days_left
from societies.access import Actor
from supervision.models import BatchState as S
from supervision.models import CheckState, InspectionBatch, SpotCheck
from supervision.pairing import SEATS

# State → what to do, why, the label of the status.
_LEAD: Mapping[str, tuple[str, str, str]] = {
    S.DRAFT: ("送审核", "批次编报中，核对抽样框后送审核", "编报中"),
}
_REVIEWER: Mapping[str, tuple[str, str, str]] = {
    S.TO_REVIEW: ("审核", "督导组组长已送审核", "待审核"),
}
_LEADER: Mapping[str, tuple[str, str, str]] = {
    S.TO_DECIDE: ("批准", "审核员已报批；批准时冻结抽样框", "待批准"),
    S.FROZEN: ("公布种子摘要", "抽样框已冻结", "待公布"),
    S.COMMITTED: ("公开种子并抽取", "种子摘要已公布", "待抽取"),
}


def _task(
    batch: InspectionBatch, what: str, why: str, label: str, url: str, due: date | None, on: date
) -> Task:
    late = due is not None and due < on
    return Task(
        title=f"{what}：{batch.name}",
        why=why,
        status_kind="bad" if late else "warn",
        status_label="逾期" if late else label,
        due=due,
        due_text=days_left(due, on) if due else "",
        overdue=late,
        url=url,
        button=f"去{what}" if len(what) < 5 else "去办理",
    )


def _of_states(
    actor: Actor, on: date, words: Mapping[str, tuple[str, str, str]], apart: tuple[str, ...] = ()
) -> list[Task]:
    """Batches that wait at these states; not those in whose column `apart` the user stands."""
    rows = InspectionBatch.objects.visible_to(actor).in_state(*words)
    for column in apart:
        rows = rows.exclude(**{column: actor.user})
    return [
        _task(
            batch,
            words[batch.state][0],
            batch.return_reason or words[batch.state][1],
            words[batch.state][2],
            reverse("supervision:batch", args=[batch.pk]),
            batch.on_site_from,
            on,
        )
        for batch in rows
    ]


def lead(actor: Actor, on: date) -> list[Task]:
    """Lead: drafts, and pairs that are not complete."""
    if not actor.may_any(P.BATCH_DRAFT):
        return []
    tasks = _of_states(actor, on, _LEAD)
    for batch in InspectionBatch.objects.visible_to(actor).in_state(S.SAMPLED):
        short = _unpaired(actor, batch)
        if short:
            url = reverse("supervision:batch_pair", args=[batch.pk])
            why = f"还有 {short} 家未配齐两名督导组成员"
            tasks.append(_task(batch, "督导组配对", why, "待配对", url, batch.on_site_from, on))
    return tasks


def _unpaired(actor: Actor, batch: InspectionBatch) -> int:
    living = Count("seats", filter=Q(seats__ended_at__isnull=True))
    rows = SpotCheck.objects.visible_to(actor).filter(batch=batch)
    return rows.annotate(n=living).filter(n__lt=SEATS).count()


def reviewer(actor: Actor, on: date) -> list[Task]:
    """Reviewer: batches sent."""
    if not actor.may_any(P.BATCH_REVIEW):
        return []
    return _of_states(actor, on, _REVIEWER, ("lead",))


def leader(actor: Actor, on: date) -> list[Task]:
    """Leader: approve, commit, draw, notify, close."""
    if not actor.may_any(P.BATCH_DECIDE):
        return []
    tasks = _of_states(actor, on, _LEADER, ("lead", "reviewed_by"))
    rows = InspectionBatch.objects.visible_to(actor).exclude(lead=actor.user)
    rows = rows.exclude(reviewed_by=actor.user)
    for batch in rows.in_state(S.SAMPLED):
        if not _unpaired(actor, batch):
            url, due = reverse("supervision:batch", args=[batch.pk]), batch.on_site_from
            why = "督导组已配齐"
            tasks.append(_task(batch, "通知被抽学会", why, "待通知", url, due, on))
    for batch in rows.in_state(S.NOTIFIED, S.ON_SITE, S.FINDINGS_ISSUED, S.RECTIFYING):
        if not batch.checks.exclude(state=CheckState.CONCLUDED).exists():
            url = reverse("supervision:batch", args=[batch.pk])
            tasks.append(_task(batch, "结束批次", "每家都有结论", "待结束", url, None, on))
    return tasks


TASKS = (lead, reviewer, leader)
