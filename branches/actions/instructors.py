"""The desk of a posted person: a posting opens and ends the appointment itself (roles.md §2.5)."""

from __future__ import annotations

from datetime import date

from accounts.models import PortalSession
from accounts.permissions import Role
from branches.models import Posting, PostingKind
from common.refusals import refusals
from societies.access import Actor
from societies.actions import appoint
from societies.models import Appointment

# 选派书记 acts as the Party secretary, not as an instructor.
KINDS = (PostingKind.INSTRUCTOR, PostingKind.LIAISON)
_PLACES = {
    "appointment_duties_apart": "user",
    "appointment_granter_is_another": "user",
}


def follow_posting(posting: Posting, *, by: Actor, today: date) -> None:
    """Bring the appointment to what the saved posting says; it gives nothing outside its dates.

    Raises ActionRefused at `user` where the person may not hold the role.
    """
    wanted = posting.user if posting.kind in KINDS else None
    current: Appointment | None = posting.appointment
    if current and (wanted is None or current.user_id != wanted.pk):
        posting.appointment = None
        posting.save(update_fields=["appointment"])
        _end(current, today)
        current = None
    if wanted is None:
        return
    with refusals(Appointment, fields=_PLACES):
        if current is None:
            posting.appointment = appoint(
                user=wanted,
                role=Role.INSTRUCTOR,
                objects=[posting.society],
                valid_from=posting.valid_from,
                valid_to=posting.valid_to,
                by=by,
            )
            posting.save(update_fields=["appointment"])
        elif (current.valid_from, current.valid_to) != (posting.valid_from, posting.valid_to):
            current.valid_from, current.valid_to = posting.valid_from, posting.valid_to
            current.full_clean()
            current.save()
            PortalSession.objects.filter(user_id=current.user_id).delete()


def _end(appointment: Appointment, today: date) -> None:
    """From today on it gives nothing; one that never gave anything goes."""
    if appointment.valid_from >= today:
        appointment.delete()
    elif appointment.valid_to is None or appointment.valid_to > today:
        appointment.valid_to = today
        appointment.save(update_fields=["valid_to"])
    PortalSession.objects.filter(user_id=appointment.user_id).delete()
