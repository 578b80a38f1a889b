"""The one thing of coverage an acceptance may change: whether T2 applies (R-LED-11)."""

from __future__ import annotations

from datetime import date, datetime

from branches.actions import close_secretariat
from ledgers.models import Ledger, LedgerStaff
from societies.access import Actor
from societies.models import SocietyUnit, UnitKind


def close_if_gone(ledger: Ledger, by: Actor, now: datetime) -> date | None:
    """Close the secretariat unit from the as-of date if the version states that none exists.

    The day it is closed from, None if there was nothing to close, or if a later period's version
    was accepted before: that one says how things stand. Raises ActionRefused while an organisation
    serves it (X-05).
    """
    if Ledger.objects.speaking_for(ledger).exists():
        return None
    stated = LedgerStaff.objects.values_list("secretariat_exists", flat=True).get(ledger=ledger)
    on = ledger.period.as_of
    units = SocietyUnit.objects.filter(society=ledger.society, kind=UnitKind.SECRETARIAT)
    unit = units.valid_on(on).first()
    if stated != "no" or unit is None:
        return None
    close_secretariat(unit=unit, on=on, note=ledger.full_number, by=by, now=now)
    return on
