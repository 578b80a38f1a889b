"""Lines read from the member records: D3, D4, and the weights of organisations (R-STAR-10)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet, Value

from branches.models import Affiliation, Participation
from starrating.formulas.base import NoParams, Result, Window, one

Societies = QuerySet[Any]
_BY = ("society_id", "organisation_id")


def relations_here(societies: Societies, window: Window) -> Result:
    """Members of a society whose relation is in an organisation, a row for each organisation."""
    rows = Affiliation.objects.here_on(window.last).filter(society__in=societies)
    return _counted(rows)


def participants(societies: Societies, window: Window) -> Result:
    """Members of a society who take part in an organisation with their relation elsewhere."""
    rows = Participation.objects.counted_on(window.last).filter(society__in=societies)
    return _counted(rows)


def _counted(rows: QuerySet[Any]) -> Result:
    grouped = rows.order_by().values(*_BY)
    return grouped.annotate(
        owner=F("society_id"), part=F("organisation_id"), num=Count("pk"), den=one()
    )


def development_cases(societies: Societies, window: Window, params: NoParams) -> Result:
    """D3: cases without error ÷ cases; no case: 不适用.

    The portal keeps no development files yet, so no case has occurred for any society. The line
    stays supplied, since EX-11 counts its points among those that apply early on.
    """
    return societies.annotate(num=Value(0), den=Value(0))


def relations_clear(societies: Societies, window: Window, params: NoParams) -> Result:
    """D4: members with relation here without a transfer open past its validity ÷ all of them.

    Transfers are not filed in the portal yet, so none is open: whoever has members is clear.
    """
    here = Affiliation.objects.here_on(window.last).filter(society__in=societies)
    return (
        here.order_by()
        .values("society_id")
        .annotate(owner=F("society_id"), num=Count("pk"), den=Count("pk"))
    )
