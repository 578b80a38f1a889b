"""通知被抽学会, and the end of a batch (R-SUP-01)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from common.clock import day_of
from common.errors import ActionRefused
from common.workdays import add_workdays
from societies.access import Actor
from supervision import states
from supervision.actions.common import check, lock_batch, move
from supervision.actions.pairing import refuse_unfit
from supervision.actions.seats import end_seats, open_seats
from supervision.models import CheckState, Finding, InspectionBatch, SpotCheck
from supervision.pairing import SEATS


@transaction.atomic
def notify_societies(
    *, batch: InspectionBatch, row_version: int | None, by: Actor, now: datetime
) -> InspectionBatch:
    """通知被抽学会: the societies see their check, the inspectors' appointments open.

    Raises NotAllowed, Conflict; ActionRefused if a society lacks two inspectors, one of them must
    stay out by now, or fewer working days are left than the checklist asks.
    """
    batch = lock_batch(batch, row_version)
    check(states.NOTIFY, batch, by)
    today = day_of(now)
    earliest = add_workdays(today, batch.edition.notice_workdays).day
    if batch.on_site_from < earliest:
        days = batch.edition.notice_workdays
        raise ActionRefused(
            f"须提前 {days} 个工作日通知：今天通知的，现场检查最早 {earliest} 开始，请先改期"
        )
    _refuse_unpaired(batch, now)
    count = open_seats(batch, by, today)
    batch.notified_by, batch.notified_at = by.user, now
    return move(batch, states.NOTIFY.target, states.NOTIFY.verb, by, now, f"督导组成员 {count} 人")


def _refuse_unpaired(batch: InspectionBatch, now: datetime) -> None:
    living = Count("seats", filter=Q(seats__ended_at__isnull=True))
    rows = SpotCheck.objects.filter(batch=batch).select_related("society")
    short = [row.society.name for row in rows.annotate(n=living).filter(n__lt=SEATS)]
    if short:
        raise ActionRefused(f"尚未配齐两名督导组成员：{'、'.join(short)}")
    for row in rows:
        users = [seat.user for seat in row.seats.living().select_related("user")]
        try:
            refuse_unfit(users, row, batch, day_of(now))
        except ActionRefused as refused:
            raise ActionRefused(f"{row.society.name}：{refused}") from refused


@transaction.atomic
def close_batch(
    *, batch: InspectionBatch, row_version: int | None, by: Actor, now: datetime
) -> InspectionBatch:
    """结束批次: every check concluded, every finding closed; inspectors' appointments end.

    Whoever concludes a check or issues a finding of it locks the batch first (`lock_batch`), so
    nothing can be opened beside it. Raises NotAllowed, Conflict, ActionRefused.
    """
    batch = lock_batch(batch, row_version)
    check(states.CLOSE, batch, by)
    open_checks = SpotCheck.objects.filter(batch=batch).exclude(state=CheckState.CONCLUDED)
    if count := open_checks.count():
        raise ActionRefused(f"还有 {count} 家的抽查没有结论，不能结束批次")
    if count := Finding.objects.filter(batch=batch).open().count():
        raise ActionRefused(f"还有 {count} 个问题没有销号，不能结束批次")
    batch.closed_by, batch.closed_at = by.user, now
    end_seats(batch, day_of(now))
    return move(batch, states.CLOSE.target, states.CLOSE.verb, by, now)
