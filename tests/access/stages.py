"""Where a procedure must stand for a body to succeed: the same for every society of the world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from branches.actions import suspend
from tests.access.places import SIBLING
from tests.access.world import NOW, World


def _suspended(world: World) -> None:
    places = [*world.holdings, SIBLING]
    for organisation in (*map(world.organisation, places), world.joint):
        by = world.holding_of(organisation).cast.reviewer
        suspend(
            organisation=organisation, on=date(2018, 1, 1), document_number="1号", by=by, now=NOW
        )


STAGES: dict[str, Callable[[World], None]] = {
    "-": lambda world: None,
    "suspended": _suspended,
}
