"""Reads of rating editions and scores. Pages read stored rows and never compute."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.apps import apps

from accounts.permissions import ScopeKind
from common.querysets import valid_on_q
from societies.access import Scope, ScopedQuerySet


class FederationWideQuerySet(ScopedQuerySet):
    """Rows of a federation that each of its societies reads."""

    def within(self, scope: Scope) -> Self:
        """As for every model; several societies of one federation read a row once, not each."""
        if scope.kind != ScopeKind.SOCIETY or not scope.ids:
            return super().within(scope)
        societies = apps.get_model("societies.Society").objects.filter(pk__in=sorted(scope.ids))
        path = self.model.scope_paths.federation
        return self.filter(**{f"{path}__in": societies.order_by().values("federation_id")})


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
