"""Who stands behind a batch that a worker writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Confirmer:
    """The user who confirmed a batch; rights were checked when they did."""

    user: Any


def confirmer_of(batch: Any) -> Confirmer:
    """The person whose decision a worker carries out."""
    return Confirmer(batch.confirmed_by)
