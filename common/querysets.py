"""Reading dated facts."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def valid_on_q(on: date, start: str = "valid_from", end: str = "valid_to", prefix: str = "") -> Q:
    """Rows of half-open validity `[start, end)` that hold on a day; NULL is unbounded (§6)."""
    return (Q(**{f"{prefix}{start}__isnull": True}) | Q(**{f"{prefix}{start}__lte": on})) & (
        Q(**{f"{prefix}{end}__isnull": True}) | Q(**{f"{prefix}{end}__gt": on})
    )
