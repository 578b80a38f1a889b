"""What an accepted version says that does not fit the register (rules §6, EX-05)."""

from __future__ import annotations

from datetime import datetime

from common.clock import day_of
from ledgers.fields import ValueState
from ledgers.models import Ledger, LedgerStaff, Section
from societies.actions import note_issue
from societies.models import Severity, SocietyUnit, UnitKind

# The tier 2 unit lives until it is closed, whatever headcount is reported (R-FED-03).
NO_STAFF = "T2-STAFF"


def compare_staff(ledger: Ledger, now: datetime) -> None:
    """A secretariat with nobody in it is an issue while its unit lives; a later version ends it.

    No error: nothing of the ledger's arithmetic is wrong, so the table stays clear.
    """
    if Ledger.objects.speaking_for(ledger).exists():
        return
    reports_nobody = LedgerStaff.objects.filter(
        ledger=ledger, secretariat_staff_state=ValueState.REPORTED, secretariat_staff=0
    )
    units = SocietyUnit.objects.filter(society=ledger.society, kind=UnitKind.SECRETARIAT)
    lives = units.valid_on(ledger.period.as_of).exists()
    note_issue(
        society=ledger.society,
        code=NO_STAFF,
        section=Section.STAFF,
        severity=Severity.WARNING,
        message=f"{ledger.period.label}台账填报办事机构工作人员 0 人，名录中办事机构未撤销",
        stands=lives and reports_nobody.exists(),
        today=day_of(now),
    )
