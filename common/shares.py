"""Shares in percent with one decimal (D-20), for everything but coverage rates."""

from __future__ import annotations

NO_VALUE = "—"
_WHOLE = 1_000


def share(part: int, whole: int) -> str:
    """A share, half rounded up to one decimal: `66.7%`; a dash where there is no whole (trap 7).

    Never 100.0% while something is missing, never 0.0% while there is something (R-COV-04).
    """
    if whole <= 0:
        return NO_VALUE
    tenths = (2 * part * _WHOLE + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, _WHOLE - 1)
    if part > 0:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"
