"""Lines read from the member records: D3, D4, and the weights of organisations (R-STAR-10)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Value

from common.computing import Select
from starrating.formulas.base import PARTS, NoParams, Result, Window
from starrating.formulas.reads import members

Societies = QuerySet[Any]


def weights(societies: Societies, window: Window) -> Select:
    """Members of a society in each organisation, of whatever relation (R-STAR-10)."""
    sql = "SELECT owner, sum(members), 1, part FROM membership GROUP BY owner, part"
    return Select(sql, columns=PARTS, uses=(members(societies, window),))


def development_cases(societies: Societies, window: Window, params: NoParams) -> Result:
    """D3: cases without error ÷ cases; no case: 不适用.

    The portal keeps no development files yet, so no case has occurred for any society. The line
    stays supplied, since EX-11 counts its points among those that apply early on.
    """
    return societies.annotate(num=Value(0), den=Value(0))


def relations_clear(societies: Societies, window: Window, params: NoParams) -> Select:
    """D4: members with relation here without a transfer open past its validity ÷ all of them.

    Transfers are not filed in the portal yet, so none is open: whoever has members is clear.
    """
    sql = "SELECT owner, sum(members), sum(members) FROM membership WHERE here GROUP BY owner"
    return Select(sql, uses=(members(societies, window),))
