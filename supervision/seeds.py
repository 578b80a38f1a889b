"""Seeds: made by the portal, shown once, typed in again at the draw."""

from __future__ import annotations

import re
import secrets

# Crockford's digits: none that is read for another.
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_MISREAD = str.maketrans("OIL", "011")


def new_seed(code: str) -> str:
    """A seed for a batch: its code as prefix, then 12 random digits (60 bits).

    DC-2026-B2 → DC2026B2-7Q4M-2KX9-FT3H.
    """
    return _grouped(_prefix(code), "".join(secrets.choice(DIGITS) for _ in range(LENGTH)))


def typed_seed(code: str, text: str) -> str:
    """A seed as typed, in its own writing: hyphens, blanks, case, O, I and L do not matter.

    What is no seed of this batch comes back as typed, and so fits no digest.
    """
    plain = re.sub(r"[\s\-－—]", "", text).upper()
    prefix = _prefix(code)
    rest = plain.removeprefix(prefix).translate(_MISREAD)
    whole = plain.startswith(prefix) and len(rest) == LENGTH and set(rest) <= set(DIGITS)
    return _grouped(prefix, rest) if whole else text.strip()


def _prefix(code: str) -> str:
    return code.replace("-", "")


def _grouped(prefix: str, rest: str) -> str:
    return "-".join([prefix, *(rest[n : n + 4] for n in range(0, LENGTH, 4))])
