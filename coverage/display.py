"""How coverage figures are printed (R-COV-04, R-COV-10, D-20); comparisons use integers."""

from __future__ import annotations

from typing import Protocol

from coverage.models import FigureState

NO_VALUE = "—"
_WHOLE = 10_000


class Figure(Protocol):
    """Anything with a numerator, a denominator and a state."""

    state: str
    covered: int
    total: int


def rate(covered: int, total: int) -> str:
    """A coverage rate, half rounded up to two decimals: `79.51%`; a dash for an empty total.

    Never 100.00% while one is uncovered, never 0.00% while one is covered.
    """
    if total <= 0:
        return NO_VALUE
    hundredths = (2 * covered * _WHOLE + total) // (2 * total)
    if covered < total:
        hundredths = min(hundredths, _WHOLE - 1)
    if covered > 0:
        hundredths = max(hundredths, 1)
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def why_empty(state: str, owners: int | None = None) -> str:
    """The word beside a dash: 未报, 暂无学会 (an empty universe) or 不适用; empty for a value.

    owners: how many societies the figure is about, where it is an aggregate.
    """
    if state == FigureState.VALUE:
        return ""
    if state == FigureState.NOT_APPLICABLE and owners == 0:
        return "暂无学会"
    return str(FigureState(state).label)
