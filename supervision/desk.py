"""Open tasks of a batch, of its lead, the reviewer, the leader: queries, no rows (D-19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from accounts.permissions import Permission as P
from common.desk import Task, days_left
from societies.access import Actor
from supervision.models import BatchState as S
from supervision.models import CheckState, Finding, InspectionBatch, InspectorSeat
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


def tasks(actor: Actor, on: date) -> list[Task]:
    """What waits in open batches for a lead, a reviewer or a leader; one query."""
    if not actor.may_any(P.BATCH_VIEW):
        return []
    living = InspectorSeat.objects.filter(ended_at__isnull=True).order_by()
    seated = living.values("spot_check").annotate(n=Count("pk")).filter(n__gte=SEATS)
    rows = InspectionBatch.objects.visible_to(actor).open()
    rows = rows.annotate(
        unpaired=Count("checks", filter=~Q(checks__pk__in=seated.values("spot_check"))),
        unconcluded=Count("checks", filter=~Q(checks__state=CheckState.CONCLUDED)),
        unclosed=Exists(Finding.objects.open().filter(batch=OuterRef("pk"))),
    )
    found: list[Task] = []
    for batch in rows:
        if actor.may_any(P.BATCH_DRAFT):
            found += _lead(batch, on)
        if actor.may_any(P.BATCH_REVIEW) and actor.user.pk != batch.lead_id:
            found += _waiting(batch, _REVIEWER, on)
        if actor.may_any(P.BATCH_DECIDE):
            if actor.user.pk not in (batch.lead_id, batch.reviewed_by_id):
                found += _leader(batch, on)
    return found


def _waiting(
    batch: InspectionBatch, words: Mapping[str, tuple[str, str, str]], on: date
) -> list[Task]:
    if batch.state not in words:
        return []
    what, why, label = words[batch.state]
    url = reverse("supervision:batch", args=[batch.pk])
    return [_task(batch, what, batch.return_reason or why, label, url, batch.on_site_from, on)]


def _lead(batch: InspectionBatch, on: date) -> list[Task]:
    """Drafts, and pairs that are not complete."""
    short = batch.unpaired  # type: ignore[attr-defined]
    if batch.state != S.SAMPLED or not short:
        return _waiting(batch, _LEAD, on)
    url = reverse("supervision:batch_pair", args=[batch.pk])
    why = f"还有 {short} 家未配齐两名督导组成员"
    return [_task(batch, "督导组配对", why, "待配对", url, batch.on_site_from, on)]


def _leader(batch: InspectionBatch, on: date) -> list[Task]:
    """Approve, commit, draw, notify, close."""
    url = reverse("supervision:batch", args=[batch.pk])
    if batch.state == S.SAMPLED and not batch.unpaired:  # type: ignore[attr-defined]
        due = batch.on_site_from
        return [_task(batch, "通知被抽学会", "督导组已配齐", "待通知", url, due, on)]
    left = batch.unconcluded or batch.unclosed  # type: ignore[attr-defined]
    if batch.notified_at and not left:
        return [_task(batch, "结束批次", "每家都有结论，问题都已销号", "待结束", url, None, on)]
    return _waiting(batch, _LEADER, on)


TASKS = (tasks,)
