"""Reads of rating rounds. An assessor reads what is assigned in an open round, nothing after it."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db.models import Count, Q

from accounts.permissions import Role, ScopeKind
from societies.access import Actor, Scope, ScopedQuerySet
from societies.querysets import FederationWideQuerySet


class SeatQuerySet(ScopedQuerySet):
    """Seats of assessors."""


class RatingRoundQuerySet(FederationWideQuerySet):
    """Rounds of a federation, the latest first."""

    def within(self, scope: Scope) -> Self:
        """As everywhere; an assessor's organisations lead to rounds through their entries."""
        if scope.kind != ScopeKind.ORGANISATION:
            return super().within(scope)
        entries: Any = apps.get_model("starrating.RatingEntry").objects
        return self.filter(pk__in=entries.within(scope).values("round"))

    def visible_to(self, actor: Actor | None) -> Self:
        """An assessor's: open rounds in which something is assigned to this user."""
        rows = super().visible_to(actor)
        if actor is not None and actor.role == Role.ASSESSOR:
            entries: Any = apps.get_model("starrating.RatingEntry").objects
            rows = rows.filter(pk__in=entries.visible_to(actor).values("round"))
        return rows

    def open(self) -> Self:
        """Not yet final."""
        return self.filter(finalised_at__isnull=True)

    def to_compute(self, on: date) -> Self:
        """Open rounds whose freeze date has come and whose scores are not taken."""
        return self.open().filter(computed_at__isnull=True, freeze_on__lte=on)


class RatingEntryQuerySet(ScopedQuerySet):
    """Societies in rounds."""

    def visible_to(self, actor: Actor | None) -> Self:
        """An assessor's: assigned to this user, while the round is open (R-STAR-06)."""
        rows = super().visible_to(actor)
        if actor is not None and actor.role == Role.ASSESSOR:
            rows = rows.filter(assessor=actor.user, round__finalised_at__isnull=True)
        return rows

    def undone(self, on: date) -> Self:
        """What assessor or committee still have to do before the list is posted.

        A self-assessment given back belongs to it as long as its society may answer, to the end of
        the assessor's days (R-STAR-06).
        """
        working = ("self_assessed", "preliminary", "objected", "re_examined")
        return self.filter(
            Q(state__in=working)
            | Q(
                state__in=("applied", "self_to_sign"),
                self_signed_by__isnull=False,
                round__assess_by__gte=on,
            )
        )

    def count_by_state(self) -> dict[str, int]:
        """State → how many; one query."""
        counted = self.order_by().values("state").annotate(n=Count("pk"))
        return {row["state"]: row["n"] for row in counted}


class EntryPartQuerySet(ScopedQuerySet):
    """Lines, steps, votes and objections: read with their entry."""

    def visible_to(self, actor: Actor | None) -> Self:
        """As the entry."""
        rows = super().visible_to(actor)
        if actor is not None and actor.role == Role.ASSESSOR:
            rows = rows.filter(entry__assessor=actor.user, entry__round__finalised_at__isnull=True)
        return rows


class StarAwardQuerySet(FederationWideQuerySet):
    """The list everybody of the federation reads once it is posted."""

    def listed(self) -> Self:
        """Posted or official, not withdrawn before it became official."""
        return self.exclude(state="dropped")
