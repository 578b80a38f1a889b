"""The tabs of the review queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledgers.models import LedgerState

S = LedgerState
TABS: dict[str, str] = {S.FILED: "待审核", S.RETURNED: "已退回", S.ACCEPTED: "已通过"}


@dataclass(frozen=True)
class Tab:
    """One state of the queue with its number."""

    state: str
    label: str
    count: int
    current: bool


def tabs(counts: Mapping[str, int], current: str) -> Sequence[Tab]:
    """待审核 18, 已退回 5, 已通过 38: as many as each tab lists, restatements included."""
    return [
        Tab(state, label, counts.get(state, 0), state == current) for state, label in TABS.items()
    ]
