"""Database triggers of the ledger: what was accepted or done stays as it is (R-LED-10)."""

from __future__ import annotations

import pgtrigger

_REFUSE = "RAISE EXCEPTION '%s的台账不能修改，更正请另立版本' USING ERRCODE = 'check_violation';"


def accepted_is_immutable() -> pgtrigger.Trigger:
    """On the ledger itself: neither an accepted nor an abandoned version is changed or deleted."""
    return pgtrigger.Trigger(
        name="accepted_is_immutable",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__state="accepted") | pgtrigger.Q(old__state="abandoned"),
        func=_REFUSE % "已通过或已放弃",
    )


def part_of_accepted_is_immutable() -> pgtrigger.Trigger:
    """On rows with `ledger_id`: nothing is added to, changed in or taken from it either."""
    return _part("SELECT 1 FROM ledgers_ledger l WHERE l.id = %s.ledger_id")


def measure_of_accepted_is_immutable() -> pgtrigger.Trigger:
    """On the measures of 5.5, which hang on the ledger through their row."""
    return _part(
        "SELECT 1 FROM ledgers_ledger l JOIN ledgers_ledgernotestablished r ON r.ledger_id = l.id"
        " WHERE r.id = %s.not_established_id"
    )


def _part(owner: str) -> pgtrigger.Trigger:
    refuse = [
        f"IF EXISTS ({owner % side} AND l.state = 'accepted') THEN {_REFUSE % '已通过'} END IF;"
        for side in ("OLD", "NEW")
    ]
    return pgtrigger.Trigger(
        name="accepted_is_immutable",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP <> 'INSERT' THEN {refuse[0]} END IF;
            IF TG_OP <> 'DELETE' THEN {refuse[1]} RETURN NEW; END IF;
            RETURN OLD;
        """,
    )
