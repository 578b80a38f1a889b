"""Terms, posts and filings of the access world, at each stage of their procedure."""

from __future__ import annotations

from datetime import date
from typing import Any

from branches.actions import begin_filing, forward_filing, send_filing, sign_filing, withdraw_filing
from branches.models import FilingKind, PartyOrganisation, PostFiling, PostKind
from common.clock import start_of
from tests.factories import make_party_group, make_post, make_term
from tests.factories.ledgers import AS_OF, Cast

NOW = start_of(AS_OF).replace(hour=10)
MEETING = {
    "held_on": date(2026, 5, 9),
    "mode": "elected",
    "entitled": 10,
    "present": 9,
    "document_number": "",
}
PERSON = {"kind": "discipline_officer", "also_kind": "", "mode": "elected", "votes": 9}


def add(holding: dict[str, Any], organisation: PartyOrganisation) -> None:
    """A present term with a secretary, an empty seat, a 党小组, a by-election in draft."""
    make_term(organisation, date(2024, 2, 1), seats=3)
    post = make_post(organisation, PostKind.SECRETARY, valid_from=date(2024, 2, 1))
    holding |= {"post": post, "party_group": make_party_group(organisation)}
    holding["filing"] = begin_filing(
        organisation=organisation,
        kind=FilingKind.BY_ELECTION,
        values=MEETING,
        rows=[PERSON | {"position": 0, "person_name": "周某"}],
        by=holding["cast"].clerk,
        now=NOW,
    )


def withdrawn(filing: PostFiling, cast: Cast) -> None:
    """Given up, so that another of its kind may begin."""
    withdraw_filing(filing=filing, by=cast.clerk, now=NOW)


def sent(filing: PostFiling, cast: Cast) -> None:
    """送审签."""
    send_filing(filing=filing, by=cast.clerk, now=NOW)


def filed(filing: PostFiling, cast: Cast) -> None:
    """报送."""
    sent(filing, cast)
    sign_filing(filing=filing, by=cast.secretary, now=NOW)


def extension(filing: PostFiling, cast: Cast) -> PostFiling:
    """An extension that waits for review; returns it."""
    asked = begin_filing(
        organisation=filing.organisation,
        kind=FilingKind.EXTENSION,
        values={"extended_to": date(2027, 12, 31), "reason": "推迟"},
        by=cast.clerk,
        now=NOW,
    )
    filed(asked, cast)
    return asked


def reviewed(filing: PostFiling, cast: Cast) -> PostFiling:
    """An extension that waits for the leader; returns it."""
    asked = extension(filing, cast)
    forward_filing(filing=asked, by=cast.reviewer, now=NOW)
    return asked
