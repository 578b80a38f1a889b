"""What every verb of the ledger does first and last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.permissions import Permission
from common.errors import ActionRefused, Conflict
from common.states import Transition, check_step
from ledgers.models import Ledger, LedgerSection, LedgerState, LedgerStep
from societies.access import Actor


class StaleSection(Conflict):
    """Somebody else saved the table since it was read.

    theirs: field → text now stored; yours: field → text that was not saved. Both for the page that
    shows them side by side; `row_version` is the present one.
    """

    def __init__(self, row_version: int, theirs: dict[str, str], yours: dict[str, str]) -> None:
        super().__init__("本表已由他人修改，请对照两边内容后再保存")
        self.row_version, self.theirs, self.yours = row_version, theirs, yours


def lock_ledger(pk: int) -> Ledger:
    """The version, locked until the transaction ends; every verb works on what this returns."""
    return (
        Ledger.objects.select_for_update(of=("self",))
        .select_related("period__edition", "society")
        .get(pk=pk)
    )


def require(by: Actor, permission: Permission, ledger: Ledger) -> None:
    """Raise NotAllowed without the right on the society's ledger."""
    by.require(permission, ledger)


def require_editable(by: Actor, ledger: Ledger) -> None:
    """Clerk and signer edit drafts and returned versions (R-LED-08)."""
    by.require(Permission.LEDGER_EDIT, ledger)
    if not ledger.is_editable:
        raise ActionRefused(f"台账{LedgerState(ledger.state).label}，现在不能修改")


def check(transition: Transition, ledger: Ledger, by: Actor, **inputs: Any) -> None:
    """`common.states.check_step` for a locked ledger."""
    check_step(
        transition,
        state=ledger.state,
        row=ledger,
        may=by.may(Permission(transition.permission), ledger),
        user_id=by.user.pk,
        **inputs,
    )


def move(
    ledger: Ledger, target: str, verb: str, by: Actor | None, now: datetime, **step: Any
) -> LedgerStep:
    """Save the ledger in its new state and write the step."""
    source = ledger.state if ledger.pk else ""
    ledger.state = target
    ledger.row_version += 1
    ledger.save()
    return write_step(ledger, verb, source, by, now, **step)


def write_step(
    ledger: Ledger, verb: str, source: str, by: Actor | None, now: datetime, **step: Any
) -> LedgerStep:
    """One line of the history."""
    return LedgerStep.objects.create(
        ledger=ledger,
        society_id=ledger.society_id,
        verb=verb,
        from_state=source,
        to_state=ledger.state,
        by=by.user if by else None,
        appointment=by.appointment if by else None,
        at=now,
        **step,
    )


def locked_section(ledger: Ledger, code: str) -> LedgerSection:
    """The state row of one table; the ledger's lock guards it."""
    return LedgerSection.objects.get(ledger=ledger, code=code)
