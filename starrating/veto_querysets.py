"""Reads of vetoes."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db.models import Q

from societies.access import ScopedQuerySet


class VetoQuerySet(ScopedQuerySet):
    """Vetoes of societies."""

    def acting(self, year: int) -> Self:
        """Confirmed by leader and second member, not lifted, for a rating year."""
        return self.filter(state="confirmed", year=year)

    def waiting(self) -> Self:
        """Proposals nobody has decided."""
        return self.filter(state="proposed")

    def decidable(self, on: date) -> Self:
        """Proposals whose society has spoken or had its days."""
        return self.waiting().filter(Q(stated_at__isnull=False) | Q(statement_until__lt=on))
