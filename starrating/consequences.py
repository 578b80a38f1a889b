"""What two weak years in a row mean: bulletin, rectification, a contact person (R-STAR-07).

Read from the decided rounds; who is posted as 党建联络员 is the contact person. Bulletin and
rectification are the committee's own documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from branches.models import Posting, PostingKind
from societies.access import Actor
from starrating.models import Outcome, RatingEntry, RatingRound

# Below so many stars a year is weak.
ENOUGH = 3


@dataclass(frozen=True)
class Weak:
    """A society below three stars for the second year. contact: the posted one's name, or empty."""

    entry: RatingEntry
    before: int
    contact: str


def _low(rows: QuerySet[RatingEntry]) -> QuerySet[RatingEntry]:
    """Rated or vetoed below three stars: 不定星 and 不予评定 say nothing of stars."""
    return rows.filter(
        outcome__in=(Outcome.RATED, Outcome.VETOED),
        stars__lt=ENOUGH,
        round__finalised_at__isnull=False,
    )


def weak_twice(actor: Actor, chosen: RatingRound) -> QuerySet[RatingEntry]:
    """Entries of a decided round that are low as their society was the year before (`former`)."""
    former = _low(RatingEntry.objects.filter(society=OuterRef("society"))).filter(
        round__federation=chosen.federation_id,
        round__year=chosen.year - 1,
    )
    mine = RatingEntry.objects.visible_to(actor).filter(round=chosen)
    found = _low(mine).annotate(former=Subquery(former.order_by().values("stars")[:1]))
    return found.filter(former__isnull=False).select_related("society")


def consequences(actor: Actor, chosen: RatingRound, on: date) -> list[Weak]:
    """Each of them with its contact person of the day; two queries."""
    rows: list[Any] = list(weak_twice(actor, chosen).order_by("society__sort_key", "pk"))
    contacts = _contacts([row.society_id for row in rows], on)
    return [Weak(row, row.former, contacts.get(row.society_id, "")) for row in rows]


def without_contact(actor: Actor, chosen: RatingRound, on: date) -> int:
    """How many still lack their contact person."""
    return sum(not weak.contact for weak in consequences(actor, chosen, on))


def _contacts(societies: list[int], on: date) -> dict[int, str]:
    postings = Posting.objects.valid_on(on).filter(society__in=societies, kind=PostingKind.LIAISON)
    return dict(postings.order_by("valid_from").values_list("society_id", "person_name"))
