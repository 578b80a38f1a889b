"""Lines read from the member records: D3 and D4."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Value

from starrating.formulas.base import NoParams, Result, Window

Societies = QuerySet[Any]


def development_cases(societies: Societies, window: Window, params: NoParams) -> Result:
    """D3: cases without error ÷ cases; no case: 不适用.

    The portal keeps no development files yet, so no case has occurred for any society. The line
    stays supplied, since EX-11 counts its points among those that apply early on.
    """
    return societies.annotate(num=Value(0), den=Value(0))


def relations_clear(societies: Societies, window: Window, params: NoParams) -> Result:
    """D4: members with relation here without a transfer open past its validity ÷ all of them.

    No member is on a register yet: 不适用.
    """
    return societies.annotate(num=Value(0), den=Value(0))
