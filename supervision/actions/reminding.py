"""批量提醒: the committee reminds societies of findings that wait for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.permissions import Permission
from common.clock import day_of, start_of
from common.errors import ActionRefused, NotAllowed
from societies.access import Actor
from supervision import finding_states as steps
from supervision.actions.finding_common import write_step
from supervision.models import Finding, FindingStep


@transaction.atomic
def remind_societies(
    *, findings: Collection[int], text: str, by: Actor, now: datetime
) -> list[Finding]:
    """Write one reminder for each of these findings: a dated step of its history, never changed.

    findings: their keys. Nothing of a finding itself changes, so nobody's open page becomes stale.
    Raises NotAllowed for a key out of scope or without the right; ActionRefused without any key or
    text, and if one of them no longer waits for the society or was reminded of today already.
    """
    if not findings:
        raise ActionRefused({"findings": ["请至少选择一个问题"]})
    if not text.strip():
        raise ActionRefused({"text": ["请填写提醒内容"]})
    rows = list(_locked(findings, by))
    if len(rows) != len(set(findings)):
        raise NotAllowed("当前身份无权办理")
    _refuse_idle(rows, now)
    for row in rows:
        write_step(row, steps.REMIND.verb, by, now, source=row.state, text=text.strip())
    return rows


def _locked(findings: Collection[int], by: Actor) -> list[Finding]:
    """In the order of their keys, so that two who remind the same ones wait for each other."""
    allowed = Finding.objects.visible_to(by).within(by.scope(Permission.FINDING_ISSUE))
    locked = allowed.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(locked.filter(pk__in=findings).select_related("society"))


def _refuse_idle(rows: Collection[Finding], now: datetime) -> None:
    gone = [row.code for row in rows if row.state not in steps.REMIND.sources]
    if gone:
        raise ActionRefused({"findings": [f"已不在学会办理：{'、'.join(gone)}，请刷新后重新选择"]})
    today = FindingStep.objects.filter(
        finding__in=rows, verb=steps.REMIND.verb, at__gte=start_of(day_of(now))
    )
    codes = sorted(set(today.order_by().values_list("finding__code", flat=True)))
    if codes:
        raise ActionRefused({"findings": [f"今天已提醒过：{'、'.join(codes)}，每天只提醒一次"]})
