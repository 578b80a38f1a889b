"""Running numbers of a federation, such as DC-2026-061: one after the other, none twice."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from common.locks import wait_lock


def next_numbers(
    rows: QuerySet[Any], federation_id: int, prefix: str, count: int = 1, width: int = 1
) -> list[str]:
    """The next codes with this prefix; concurrent takers wait until the transaction ends.

    rows: all that carry such a code in the column `code`, unscoped. width: of the number, filled
    with zeros. Without gaps as long as no row is deleted.
    """
    wait_lock(f"supervision {federation_id} {prefix}")
    taken = rows.filter(federation_id=federation_id, code__startswith=prefix)
    codes = taken.order_by().values_list("code", flat=True)
    last = max((int(code.removeprefix(prefix)) for code in codes), default=0)
    return [f"{prefix}{last + n:0{width}}" for n in range(1, count + 1)]
