"""Terms, posts and party groups, written as plain facts."""

from datetime import date
from itertools import count
from typing import Any

from branches.models import PartyGroup, PartyOrganisation, Post, PostKind, Term

_numbers = count(1)


def make_term(
    organisation: PartyOrganisation,
    elected_on: date = date(2025, 2, 1),
    *,
    term_years: int = 3,
    seats: int = 1,
    **fields: Any,
) -> Term:
    """A term elected by 9 of 10, without posts; seats 3 or more make a committee."""
    fields = {
        "society_id": organisation.society_id,
        "term_no": organisation.terms.count() + 1,
        "entitled": 10,
        "present": 9,
    } | fields
    term = Term.objects.create(
        organisation=organisation,
        elected_on=elected_on,
        term_years=term_years,
        seats=seats,
        **fields,
    )
    term.refresh_from_db()
    return term


def make_post(
    organisation: PartyOrganisation,
    kind: PostKind = PostKind.SECRETARY,
    *,
    valid_from: date = date(2025, 2, 1),
    **fields: Any,
) -> Post:
    """A person in a post of the organisation, from the day the default term begins."""
    fields = {
        "society_id": organisation.society_id,
        "person_name": f"赵某{next(_numbers)}",
    } | fields
    return Post.objects.create(
        organisation=organisation, kind=kind, valid_from=valid_from, **fields
    )


def make_party_group(organisation: PartyOrganisation, **fields: Any) -> PartyGroup:
    """A 党小组 since 2016."""
    n = next(_numbers)
    fields = {
        "society_id": organisation.society_id,
        "name": f"第{n}党小组",
        "leader_name": f"孙某{n}",
        "valid_from": date(2016, 1, 1),
    } | fields
    return PartyGroup.objects.create(organisation=organisation, **fields)
