"""Open tasks of the member register: queries, never rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.permissions import Permission as P
from branches.models import (
    MemberImport,
    MemberState,
    Participation,
    PartyMember,
    PartyOrganisation,
)
from common import clock
from common.desk import Task
from common.imports.batches import BatchState
from societies.access import Actor

RECENT = timedelta(days=7)


def _task(title: str, why: str, status: tuple[str, str], url: str, button: str, n: int) -> Task:
    kind, label = status
    return Task(
        title=title,
        why=why,
        status_kind=kind,
        status_label=label,
        due=None,
        due_text="",
        overdue=False,
        url=url,
        button=button,
        count=n,
    )


def returned(actor: Actor, on: date) -> list[Task]:
    """Branch secretary: records that the society's secretary sent back."""
    if not actor.may_any(P.MEMBER_FILE):
        return []
    own = actor.scope(P.MEMBER_FILE).ids
    rows = PartyMember.objects.filter(organisation__in=own, state=MemberState.RETURNED)
    found = list(rows.values_list("pk", "return_reason").order_by("returned_at"))
    if not found:
        return []
    pk, reason = found[0]
    one = reverse("branches:member", args=[pk])
    url = one if len(found) == 1 else f"{reverse('branches:members')}?state=returned"
    why = f"书记退回：{reason}"
    return [
        _task(
            f"更正被退回的党员记录 {len(found)} 条",
            why,
            ("bad", "已退回"),
            url,
            "去更正",
            len(found),
        )
    ]


def missing(actor: Actor, on: date) -> list[Task]:
    """Branch secretary: living organisations whose roll is empty."""
    if not actor.may_any(P.MEMBER_FILE):
        return []
    kept = PartyMember.objects.present_on(on).filter(organisation=OuterRef("pk"))
    joined = Participation.objects.open().filter(organisation=OuterRef("pk"))
    rows = (
        PartyOrganisation.objects.within(actor.scope(P.MEMBER_FILE))
        .existing_on(on)
        .filter(~Exists(kept), ~Exists(joined))
    )
    url, why = reverse("branches:member_enter"), "逐人登记，或下载模板批量导入；书记确认后计入"
    return [
        _task(f"登记{name}的党员名册", why, ("idle", "未开始"), url, "去登记", 1)
        for name in rows.order_by("pk").values_list("name", flat=True)
    ]


def imports(actor: Actor, on: date) -> list[Task]:
    """Branch secretary: a workbook checked in the last week and not confirmed."""
    if not actor.may_any(P.MEMBER_FILE):
        return []
    rows = MemberImport.objects.visible_to(actor).filter(
        state=BatchState.CHECKED,
        uploaded_by=actor.user,
        uploaded_at__gte=clock.start_of(on) - RECENT,
    )
    return [
        _task(
            f"核对并导入“{batch.file_name}”",
            "上传后尚未确认，未写入任何数据；7 天后自动放弃",
            ("warn", "待确认导入"),
            reverse("branches:import", args=[batch.pk]),
            "去核对",
            1,
        )
        for batch in rows.order_by("pk")[:3]
    ]


def to_confirm(actor: Actor, on: date) -> list[Task]:
    """Society's secretary: records filed by somebody else."""
    if not actor.may_any(P.MEMBER_CONFIRM):
        return []
    rows = PartyMember.objects.within(actor.scope(P.MEMBER_CONFIRM))
    count = rows.filter(state=MemberState.FILED).exclude(filed_by=actor.user).count()
    if not count:
        return []
    url = reverse("branches:member_queue")
    why = "党支部书记登记或更正的党员记录，确认后计入，有误的退回"
    return [_task(f"确认党员记录 {count} 条", why, ("warn", "待确认"), url, "去确认", count)]


TASKS: tuple[Callable[[Actor, date], list[Task]], ...] = (returned, missing, imports, to_confirm)
