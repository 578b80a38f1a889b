"""What happens between two nights: facts of one society in a hundred."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from branches.models import LifeRecord, OrganisationService, Post
from branches.obligations.expected import recount
from common.clock import start_of
from societies.models import Appointment, DirtySociety, Federation
from supervision.models import Finding, FindingStep
from training.models import HourCredit, HourEvent, TrainingEdition
from training.recompute import recompute

STEP = 100


@transaction.atomic
def change_some(federation: Federation, today: date, number: int) -> None:
    """Change every hundredth society, other ones for each number.

    A link to the secretariat ends, a post falls vacant, a record of this year is withdrawn, hours
    are returned, a finding that waits for the committee is closed.
    """
    every = federation.societies.order_by("pk").values_list("pk", flat=True)
    ids = [pk for pk in every if pk % STEP == number % STEP]
    services = OrganisationService.objects.filter(society__in=ids, tier=2, valid_to=None)
    organisations = set(services.values_list("organisation_id", flat=True))
    touched = OrganisationService.objects.filter(organisation__in=organisations)
    served = set(touched.values_list("society_id", flat=True))
    services.update(valid_to=today)
    Post.objects.filter(organisation__in=organisations, kind="secretary", valid_to=None).update(
        valid_to=today
    )
    _withdraw(organisations, today)
    _return_hours(federation, ids, today)
    _close(ids, today)
    wait(sorted({*ids, *served}))


def _withdraw(organisations: set[int], today: date) -> None:
    first = date(today.year, 3, 1)
    records = LifeRecord.objects.filter(
        organisation__in=organisations,
        kind="theme_day",
        held_on__range=(first, today),
        state="filed",
    )
    filer = records.values_list("filed_by", flat=True).first()
    records.update(
        state="withdrawn",
        withdrawn_at=start_of(today),
        withdrawn_by=filer,
        withdrawal_reason="误报",
    )
    recount(organisations, first, today)


def _return_hours(federation: Federation, ids: list[int], today: date) -> None:
    """The first event of the year of each, as if it had not been."""
    edition = TrainingEdition.objects.of(federation.pk, today.year)
    events = HourEvent.objects.filter(society__in=ids, held_on__range=(first_of(today), today))
    chosen = list(events.order_by("society_id", "held_on").distinct("society_id"))
    members = HourCredit.objects.filter(event__in=chosen).values_list("member_id", flat=True)
    touched = sorted(set(members))
    for event in chosen:
        HourEvent.objects.filter(pk=event.pk).update(
            state="returned",
            returned_at=start_of(today),
            returned_by=event.confirmed_by,
            return_reason="误报",
        )
    recompute(touched, today.year, edition)


def _close(ids: list[int], today: date) -> None:
    """Verified and closed by two who had no part in it."""
    waiting = Finding.objects.filter(society__in=ids, state="submitted")
    verifier, closer = User.objects.filter(username__in=("bench3", "bench4")).order_by("pk")
    at, appointment = start_of(today), Appointment.objects.order_by("pk")[0]
    for finding in waiting:
        steps = (("verify", "verified", verifier), ("close", "closed", closer))
        for verb, target, by in steps:
            FindingStep.objects.create(
                finding=finding,
                society_id=finding.society_id,
                verb=verb,
                to_state=target,
                by=by,
                appointment=appointment,
                at=at,
            )
        finding.state, finding.closed_late = "closed", finding.days_late(today) > 0
        finding.verified_by, finding.verified_at = verifier, at
        finding.closed_by, finding.closed_at = closer, at
        finding.save()


def first_of(day: date) -> date:
    """1 January of a day's year."""
    return day.replace(month=1, day=1)


def wait(ids: list[int]) -> None:
    """Let societies wait to be computed again, as a fact does; there is no broker to tell."""
    DirtySociety.objects.bulk_create(DirtySociety(society_id=pk) for pk in ids)
