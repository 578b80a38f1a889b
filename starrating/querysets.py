"""Reads of rating editions and scores. Pages read stored rows and never compute."""

from __future__ import annotations

from datetime import date
from typing import Self

from common.querysets import valid_on_q
from societies.access import ScopedQuerySet
from societies.querysets import FederationWideQuerySet


class RatingEditionQuerySet(FederationWideQuerySet):
    """Editions; at most one of a federation is valid on a day."""

    def valid_on(self, on: date) -> Self:
        """Editions valid on that day."""
        return self.filter(valid_on_q(on))


class FrozenScoreQuerySet(ScopedQuerySet):
    """Intervals of as-of dates."""

    def at(self, on: date) -> Self:
        """The rows of one frozen day."""
        return self.filter(valid_on_q(on))

    def current(self) -> Self:
        """The rows of the newest frozen day."""
        return self.filter(valid_to__isnull=True)
