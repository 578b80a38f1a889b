"""Lines read from credit hours: D1, D2 (R-TRN-01, -04)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.computing import Select, Shared
from starrating.formulas.base import Window, only
from starrating.formulas.reads import relations
from training.shares import MEMBER, OFFICER, over_relations

Societies = QuerySet[Any]

_DONE = """
SELECT owner, CASE WHEN sum(den) > 0 THEN sum(num) ELSE sum(coming) END, sum(den)
FROM hour_share WHERE line = %s GROUP BY owner"""


@dataclass(frozen=True)
class Who:
    """of: every member, or the secretaries and committee members among them."""

    of: str

    def __post_init__(self) -> None:
        only("of", (self.of,), (MEMBER, OFFICER))


def hours_done(societies: Societies, window: Window, params: Who) -> Select:
    """Members with the hours that their months of the year ask ÷ members who owe any.

    Of members whose relation is here; required and months as `training.shares` says. Hours are
    those held in the window and confirmed by the day the year is looked at. Nobody here: 不适用;
    nobody's first whole month is over: 尚未到期.
    """
    return Select(_DONE, (params.of,), uses=(_shares(societies, window),))


def _shares(societies: Societies, window: Window) -> Shared:
    """Who has the hours asked, of each organisation and line."""
    columns = {"owner": "bigint", "part": "bigint", "line": "varchar"}
    counts = dict.fromkeys(("num", "den", "coming"), "bigint")
    return Shared(
        "hour_share",
        {**columns, **counts},
        lambda: over_relations(window.last, window.known_on),
        after=(relations(societies, window),),
    )
