"""Reads of vetoes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Self

from django.db.models import Q

from accounts.permissions import Permission
from societies.access import Actor, ScopedQuerySet

_PEOPLE = ("proposed_by", "stated_by", "confirmed_by", "seconded_by")


class VetoQuerySet(ScopedQuerySet):
    """Vetoes of societies."""

    def acting(self, year: int) -> Self:
        """Confirmed by leader and second member, not lifted, for a rating year."""
        return self.filter(state="confirmed", year=year)

    def waiting(self) -> Self:
        """Proposals nobody has decided."""
        return self.filter(state="proposed")

    def to_lift(self) -> Self:
        """Confirmed ones that the leader proposes to lift; they act until a member confirms it."""
        return self.filter(state="confirmed", lift_by__isnull=False)

    def decidable(self, on: date) -> Self:
        """Proposals whose society has spoken or had its days."""
        return self.waiting().filter(Q(stated_at__isnull=False) | Q(statement_until__lt=on))

    def to_sign(self, actor: Actor, on: date, recused: Collection[int]) -> Self:
        """What waits for the leader's 核定 or a member's 确认, and may be given by this actor.

        recused: keys of societies that a seconding member stays out of (R-SUP-03).
        """
        rows = self.visible_to(actor).decidable(on)
        for column in _PEOPLE:
            rows = rows.exclude(**{column: actor.user})
        if actor.may_any(Permission.VETO_CONFIRM):
            return rows.filter(confirmed_by__isnull=True)
        if actor.may_any(Permission.VETO_SECOND):
            return rows.filter(seconded_by__isnull=True).exclude(society__in=recused)
        return self.none()
