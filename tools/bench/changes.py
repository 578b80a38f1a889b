"""What happens between two nights: facts of one society in a hundred."""

from __future__ import annotations

from datetime import date

from branches.models import LifeRecord, OrganisationService, Post
from branches.obligations.expected import recount
from common.clock import start_of
from societies.models import DirtySociety, Federation

STEP = 100


def change_some(federation: Federation, today: date, number: int) -> None:
    """Change every hundredth society, other ones for each number.

    A link to the secretariat ends, a post falls vacant, a record of this year is withdrawn.
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


def wait(ids: list[int]) -> None:
    """Let societies wait to be computed again, as a fact does; there is no broker to tell."""
    DirtySociety.objects.bulk_create(DirtySociety(society_id=pk) for pk in ids)
