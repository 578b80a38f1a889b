"""The checks of ledger_fields.md, in explicit tuples, one file per table."""

from __future__ import annotations

from ledgers.checks import cross, leaders, members, not_established, operations, staff
from ledgers.checks.base import Check, Finding, Severity, strike
from ledgers.checks.general import general_findings
from ledgers.snapshot import Snapshot

CHECKS: tuple[Check, ...] = (
    *operations.CHECKS,
    *staff.CHECKS,
    *members.CHECKS,
    *leaders.CHECKS,
    *not_established.CHECKS,
    *cross.CHECKS,
)


def run_checks(snapshot: Snapshot) -> list[Finding]:
    """Every finding, errors first, then by table as filed."""
    found = list(general_findings(snapshot))
    for check in CHECKS:
        found += strike(check, snapshot)
    return sorted(found, key=lambda finding: not finding.is_error)


__all__ = ["CHECKS", "Check", "Finding", "Severity", "run_checks"]
