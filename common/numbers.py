"""Ids as addresses and forms carry them: text that anybody may have written."""

from __future__ import annotations

import re

_ID = re.compile(r"[0-9]{1,18}")


def row_id(text: str) -> int | None:
    """The id that a text names; None for what can be no row's, such as ² or a thousand digits."""
    return int(text) if _ID.fullmatch(text) else None
