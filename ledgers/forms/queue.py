"""The tabs of the review queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledgers.models import LedgerState
from ledgers.querysets.figures import FilingFigures

S = LedgerState
TABS: dict[str, str] = {S.FILED: "待审核", S.RETURNED: "已退回", S.ACCEPTED: "已通过"}


@dataclass(frozen=True)
class Tab:
    """One state of the queue with its number."""

    state: str
    label: str
    count: int
    current: bool


def tabs(stats: FilingFigures, current: str) -> Sequence[Tab]:
    """待审核 18, 已退回 5, 已通过 38."""
    counts = {S.FILED: stats.awaiting, S.RETURNED: stats.returned, S.ACCEPTED: stats.accepted}
    return [
        Tab(state, label, counts[LedgerState(state)], state == current)
        for state, label in TABS.items()
    ]
