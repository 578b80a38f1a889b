"""The inspectors' appointments: the notice opens them, the end of the batch ends them.

A batch opens one appointment for each of its inspectors, with the societies of his seats
(roles.md §2.5). Replacing takes one society from it and gives it to another's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from branches.recusal import refuse_recused
from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.actions import appoint, end_appointment
from societies.grants import write_grants
from societies.models import Appointment, Society, SocietyGrant
from supervision import states
from supervision.actions.common import check, lock_batch, move
from supervision.actions.pairing import refuse_unfit
from supervision.models import CheckState, InspectionBatch, InspectorSeat, SpotCheck


def open_seats(batch: InspectionBatch, by: Actor, on: date) -> int:
    """Open an appointment for each inspector of the batch; how many.

    Raises ActionRefused if somebody would appoint himself.
    """
    seats: dict[User, list[InspectorSeat]] = {}
    rows = InspectorSeat.objects.living().filter(spot_check__batch=batch)
    for seat in rows.select_related("user", "spot_check__society").order_by("pk"):
        seats.setdefault(seat.user, []).append(seat)
    for user, mine in seats.items():
        appointment = _appoint(user, [seat.spot_check.society for seat in mine], by, on)
        rows.filter(user=user).update(appointment=appointment)
    return len(seats)


def _appoint(user: User, societies: Iterable[Society], by: Actor, on: date) -> Appointment:
    if user.pk == by.user.pk:
        raise ActionRefused(f"{user}是督导组成员，通知须由另一人办理")
    with refusals(Appointment):
        return appoint(user=user, role=Role.INSPECTOR, objects=societies, valid_from=on, by=by)


@transaction.atomic
def replace_inspector(
    *,
    seat: InspectorSeat,
    row_version: int | None,
    user: User,
    reason: str,
    by: Actor,
    now: datetime,
) -> InspectorSeat:
    """调换 one inspector after the notice: his right on the society ends, the other's begins.

    row_version: of the batch. Raises NotAllowed, Conflict; ActionRefused at `user`, `reason`, or
    where the society's result is signed already.
    """
    batch = lock_batch(seat.spot_check.batch, row_version)
    check(states.REPLACE, batch, by, reason=reason)
    spot_check = (
        SpotCheck.objects.select_for_update(of=("self",))
        .select_related("society")
        .get(pk=seat.spot_check_id)
    )
    seat = InspectorSeat.objects.select_related("user").get(pk=seat.pk)
    if seat.ended_at is not None:
        raise ActionRefused("这名成员已被调换，请刷新后查看")
    if spot_check.state not in (CheckState.PLANNED, CheckState.IN_PROGRESS):
        words = "已记录拒绝检查" if spot_check.is_barred else "已进入签字环节"
        raise ActionRefused(f"该学会的检查{words}，不能再调换")
    refuse_recused(by.user, spot_check.society, day_of(now))
    _refuse_new(user, seat, spot_check, batch, day_of(now))
    seat.ended_by, seat.ended_at, seat.ended_reason = by.user, now, reason
    seat.save()
    _take(seat, spot_check.society_id, day_of(now))
    fresh = InspectorSeat.objects.create(
        spot_check=spot_check,
        place=seat.place,
        user=user,
        appointment=_give(batch, user, spot_check.society, by, day_of(now)),
    )
    words = f"{spot_check.society.name}：{seat.user} → {user}；{reason}"
    move(batch, "", states.REPLACE.verb, by, now, words)
    return fresh


def _refuse_new(
    user: User, seat: InspectorSeat, spot_check: SpotCheck, batch: InspectionBatch, on: date
) -> None:
    other = spot_check.seats.living().exclude(pk=seat.pk).select_related("user")
    if user.pk == seat.user_id:
        raise ActionRefused({"user": ["与原成员相同，请另选一人"]})
    try:
        refuse_unfit([user, *(each.user for each in other)], spot_check, batch, on)
    except ActionRefused as refused:
        raise ActionRefused({"user": [str(refused)]}) from refused


def _give(batch: InspectionBatch, user: User, society: Society, by: Actor, on: date) -> Appointment:
    """The appointment that the batch opened for this user, now with the society."""
    mine = InspectorSeat.objects.filter(spot_check__batch=batch, user=user)
    seat = mine.filter(appointment__valid_to__isnull=True, appointment__isnull=False).first()
    if seat is None or seat.appointment is None:
        return _appoint(user, [society], by, on)
    write_grants(seat.appointment, [society])
    return seat.appointment


def _take(seat: InspectorSeat, society_id: int, on: date) -> None:
    """A replaced inspector loses the society, and the appointment with its last one."""
    if seat.appointment is None:
        return
    grants = SocietyGrant.objects.filter(appointment=seat.appointment)
    grants.filter(content_object=society_id).delete()
    if not grants.exists():
        _end(seat.appointment, on)


def end_seats(batch: InspectionBatch, on: date) -> None:
    """End the appointments of the batch; from this moment on they give nothing (roles.md §2.5)."""
    seats = InspectorSeat.objects.filter(spot_check__batch=batch, appointment__isnull=False)
    for appointment in Appointment.objects.filter(
        pk__in=seats.order_by().values("appointment"), valid_to__isnull=True
    ):
        _end(appointment, on)


def _end(appointment: Appointment, on: date) -> None:
    """An appointment of today cannot end today: it loses its objects at once, its day tomorrow."""
    if appointment.valid_from >= on:
        SocietyGrant.objects.filter(appointment=appointment).delete()
        on = appointment.valid_from + timedelta(days=1)
    end_appointment(appointment=appointment, on=on)
