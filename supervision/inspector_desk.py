"""What an inspector's desk shows: the checks of his seats, each with its next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.urls import reverse

from common.desk import days_left
from societies.access import Actor
from supervision.check_page import ANSWERABLE, is_early, with_progress
from supervision.models import CheckSignature, CheckState, InspectorSeat, SpotCheck

_ORDER: dict[str, int] = {
    CheckState.IN_PROGRESS: 0,
    CheckState.TO_SIGN: 1,
    CheckState.PLANNED: 2,
}


@dataclass(frozen=True)
class Visit:
    """A check as a line of the desk.

    facts: number, discipline, part, who else inspects, the declaration. state: a word of
    common.status; due_text: from when it can be begun, then how long is left; url and button:
    where it goes on. now: it is answered now.
    """

    check: SpotCheck
    facts: str
    state: str
    due_text: str
    url: str
    button: str
    now: bool


def visits(actor: Actor, on: date) -> list[Visit]:
    """His checks of open batches: those under way, those to come, those that are answered."""
    seats = InspectorSeat.objects.living().select_related("user").order_by("place")
    rows = SpotCheck.objects.visible_to(actor).select_related("society", "batch")
    rows = rows.prefetch_related(Prefetch("seats", seats, to_attr="living"))
    signed = set(
        CheckSignature.objects.visible_to(actor)
        .filter(signed_by=actor.user)
        .values_list("spot_check_id", flat=True)
    )
    found = list(with_progress(rows, actor).order_by("batch__on_site_to", "batch_id", "position"))
    found.sort(key=lambda row: _ORDER.get(row.state, len(_ORDER)))
    return [_visit(row, actor, row.pk in signed, on) for row in found]


def _visit(row: SpotCheck, actor: Actor, signed: bool, on: date) -> Visit:
    living: list[InspectorSeat] = getattr(row, "living", [])
    mates = "、".join(str(seat.user) for seat in living if seat.user_id != actor.user.pk)
    mine = next((seat for seat in living if seat.user_id == actor.user.pk), None)
    facts = [
        row.code,
        row.society.get_discipline_class_display(),
        row.method,
        f"同组 {mates}" if mates else "",
        _declared(mine),
        row.remark,
    ]
    begun = mine is not None and mine.declared_at is not None
    early = is_early(row, on)
    page, button = ("check_answers", "查看安排") if early else _next(row, begun, signed)
    until = days_left(row.batch.on_site_to, on) if row.state in ANSWERABLE else ""
    return Visit(
        check=row,
        facts=" · ".join(fact for fact in facts if fact),
        state=row.get_state_display(),
        due_text=f"{row.batch.on_site_from} 起检查" if early else until,
        url=reverse(f"supervision:{page}", args=[row.pk]),
        button=button,
        now=begun and not early and row.state == CheckState.IN_PROGRESS,
    )


def _declared(seat: InspectorSeat | None) -> str:
    if seat is None or not (seat.declared_at or seat.recusal):
        return "尚未声明回避情形"
    return "已声明无回避情形" if seat.declared_at else "已提出回避，待调换"


def _whole(row: SpotCheck) -> bool:
    """Nothing is left to answer; the figures are those of `with_progress`."""
    total: int = getattr(row, "total", 0)
    return 0 < total == getattr(row, "answered", 0)


def _next(row: SpotCheck, begun: bool, signed: bool) -> tuple[str, str]:
    if begun and row.state in ANSWERABLE and _whole(row):
        return "check", "核对并签字"
    if row.state in ANSWERABLE:
        return "check_answers", "继续检查" if begun else "开始检查"
    if row.state == CheckState.TO_SIGN and not signed:
        return "check", "去签字"
    return "check", "查看结果"
