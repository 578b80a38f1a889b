"""Organisation life of the access world: a record of each organisation, a visit of each society."""

from __future__ import annotations

from typing import Any

from branches.models import LifeDraft, Posting, VisitReport
from tests.access.ledgers import NOW
from tests.access.places import FAR, NEAR, OWN, SIBLING
from tests.factories import file_life, make_obligations, make_user, turn_life
from tests.factories.ledgers import AS_OF

FACTS = {
    "kind": "theme_day",
    "held_on": "2026-06-25",
    "agenda": "学习党章",
    "learning": "学习党章第五章",
    "expected": "4",
    "present": "3",
}


def add_life(world: Any) -> None:
    """Matrix, expected sets and a record everywhere; filed today, so that it may be returned."""
    for place in (OWN, FAR):
        federation = world.holdings[place].society.federation
        make_obligations(federation)
        turn_life(federation, AS_OF)
    for place, holding in world.holdings.items():
        listed = ((holding.objects["participation"].member_id, "present"),)
        file_life(world.organisation(place), held_on=AS_OF, on=AS_OF, attendees=listed)
    for organisation in (world.organisation(SIBLING), world.joint):
        file_life(organisation, held_on=AS_OF, on=AS_OF)
    for place in (NEAR, FAR):
        holding = world.holdings[place]
        holding.objects["visit"] = make_visit(holding.objects["posting"])


def make_visit(posting: Posting) -> VisitReport:
    """A report filed by the posted person."""
    report: VisitReport = VisitReport.objects.create(
        posting=posting,
        society_id=posting.society_id,
        visited_on=AS_OF,
        work="指导学习",
        filed_at=NOW,
        filed_by=posting.user or make_user(),
    )
    return report


def draft_each(world: Any) -> None:
    """The branch secretary under test has something typed for every organisation."""
    for place in (*world.holdings, SIBLING):
        organisation = world.organisation(place)
        LifeDraft.objects.create(
            organisation=organisation,
            society_id=organisation.society_id,
            saved_by=world.users["UB"],
            saved_at=NOW,
            values={"agenda": "草稿"},
        )
