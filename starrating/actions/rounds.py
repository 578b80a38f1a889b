"""Taking the scores of a round, assigning its preliminary assessors."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission, Role
from branches.models import PartyOrganisationGrant
from branches.recusal import recused_from
from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from societies.actions import appoint, end_appointment
from societies.grants import write_grants
from starrating import states
from starrating.actions.common import lock_round, write_step
from starrating.closing import take_scores
from starrating.eyes import Part, parts_of
from starrating.models import (
    AssessorSeat,
    EntryState,
    RatingEntry,
    RatingRound,
    RatingStep,
)

ASSIGNABLE = (
    EntryState.APPLIED,
    EntryState.SELF_TO_SIGN,
    EntryState.SELF_ASSESSED,
)


@transaction.atomic
def compute_round(*, chosen: RatingRound, now: datetime) -> RatingRound:
    """Take the closing scores once the freeze date has come; again changes nothing.

    Raises ActionRefused before the freeze date.
    """
    chosen = lock_round(chosen.pk)
    if chosen.computed_at is not None:
        return chosen
    if day_of(now) < chosen.freeze_on:
        raise ActionRefused(f"系统测算分 {chosen.freeze_on.isoformat()} 定格")
    list(chosen.entries.select_for_update().order_by("pk").values_list("pk"))
    take_scores(chosen, now)
    chosen.computed_at = now
    chosen.row_version += 1
    chosen.save()
    RatingStep.objects.bulk_create(
        RatingStep(
            entry=entry,
            society_id=entry.society_id,
            verb=states.COMPUTE,
            from_state=entry.state,
            to_state=entry.state,
            text=f"系统测算分 {entry.computed_score}",
            at=now,
        )
        for entry in chosen.entries.filter(computed_score__isnull=False)
    )
    return chosen


@transaction.atomic
def assign(
    *, chosen: RatingRound, entries: Collection[RatingEntry], user: User, by: Actor, now: datetime
) -> int:
    """Give entries to a preliminary assessor; the round opens the appointment (roles.md §2.5).

    Returns how many were given. Raises NotAllowed; ActionRefused for oneself, or naming the
    societies for whom the user must stay out (回避) or that are past the preliminary assessment.
    """
    chosen = lock_round(chosen.pk)
    by.require(Permission.STAR_ROUND_OPEN, chosen)
    if not chosen.is_open:
        raise ActionRefused("评定已结束")
    ids = [entry.pk for entry in entries]
    rows = list(
        RatingEntry.objects.select_for_update(of=("self",))
        .filter(round=chosen, pk__in=ids)
        .select_related("society", "organisation")
        .order_by("pk")
    )
    today = day_of(now)
    _refuse_oneself(user, by)
    _refuse_unfit(rows, user, today)
    seat = _seat(chosen, user, rows, by, today)
    for row in rows:
        _take_from_former(chosen, row)
        row.assessor, row.assigned_by, row.assigned_at = user, by.user, now
        row.row_version += 1
        row.save()
        write_step(row, states.ASSIGN, by, now, source=row.state, text=f"初评人 {user}")
    held = PartyOrganisationGrant.objects.filter(appointment=seat.appointment)
    have = set(held.values_list("content_object_id", flat=True))
    write_grants(seat.appointment, {r.organisation for r in rows if r.organisation_id not in have})
    return len(rows)


def _refuse_oneself(user: User, by: Actor) -> None:
    """Nobody grants an appointment, or more of it, to himself (roles.md §2.3)."""
    if user.pk == by.user.pk:
        raise ActionRefused({"user": ["初评须由另一人办理，不能分派给自己"]})


def _refuse_unfit(rows: list[RatingEntry], user: User, today: date) -> None:
    if not rows:
        raise ActionRefused({"entries": ["请选择学会"]})
    late = [row.society.name for row in rows if row.state not in ASSIGNABLE]
    if late:
        raise ActionRefused({"entries": [f"尚未申报或已过初评：{'、'.join(late)}"]})
    acted = parts_of(RatingStep.objects.filter(entry__in=rows), user.pk)
    recused = recused_from(user, today)
    own = [
        row.society.name
        for row in rows
        if row.society_id in recused or acted.get(row.pk, set()) - {Part.ASSESSMENT}
    ]
    if own:
        raise ActionRefused({"user": [f"应当回避：{'、'.join(own)}"]})


def _seat(
    chosen: RatingRound, user: User, rows: list[RatingEntry], by: Actor, today: date
) -> AssessorSeat:
    seat = AssessorSeat.objects.filter(round=chosen, user=user).first()
    if seat is not None:
        return seat
    appointment = appoint(
        user=user,
        role=Role.ASSESSOR,
        objects=[rows[0].organisation],
        valid_from=today,
        by=by,
    )
    return AssessorSeat.objects.create(round=chosen, user=user, appointment=appointment)


def _take_from_former(chosen: RatingRound, row: RatingEntry) -> None:
    """A former assessor loses the organisation, not what another appointment gives."""
    others = chosen.entries.filter(assessor=row.assessor_id, organisation=row.organisation_id)
    if others.exclude(pk=row.pk).exists():
        return
    PartyOrganisationGrant.objects.filter(
        appointment__in=AssessorSeat.objects.filter(round=chosen, user=row.assessor_id).values(
            "appointment"
        ),
        content_object=row.organisation_id,
    ).delete()


def end_seats(chosen: RatingRound, on: date) -> None:
    """The assessors' appointments end with the round; from that day on they give nothing."""
    for seat in chosen.seats.select_related("appointment"):
        if seat.appointment.valid_to is None:
            end_appointment(appointment=seat.appointment, on=max(on, _next(seat, on)))


def _next(seat: AssessorSeat, on: date) -> date:
    begun = seat.appointment.valid_from
    return on if begun < on else date.fromordinal(begun.toordinal() + 1)
