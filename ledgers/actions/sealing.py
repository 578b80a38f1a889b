"""Sealing: from the signature on, the database keeps the arithmetic of each row too."""

from __future__ import annotations

from ledgers.loading import SECTION_MODELS
from ledgers.models import Ledger, LedgerLeader, LedgerMeasure, LedgerNotEstablished


def seal(ledger: Ledger, *, sealed: bool = True) -> None:
    """Set or lift the seal on every row of values."""
    for model in SECTION_MODELS.values():
        model._default_manager.filter(ledger=ledger).update(sealed=sealed)
    LedgerLeader.objects.filter(ledger=ledger).update(sealed=sealed)
    LedgerNotEstablished.objects.filter(ledger=ledger).update(sealed=sealed)
    LedgerMeasure.objects.filter(not_established__ledger=ledger).update(sealed=sealed)
