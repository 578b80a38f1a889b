"""Reads of the register."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import Q

from accounts.permissions import Permission, ScopeKind
from common.querysets import valid_on_q
from societies.access import Actor, DatedQuerySet, Scope, ScopedQuerySet


class FederationQuerySet(ScopedQuerySet):
    """Tenants."""


class SocietyQuerySet(ScopedQuerySet):
    """Registered bodies."""

    def in_universe(
        self, on: date, body_kinds: Collection[str], relations: Collection[str]
    ) -> Self:
        """The universe U(F, D) of rules §6 under an edition's kinds and relations.

        `joined_on` NULL means member before records began; nobody is left out for missing data.
        """
        return self.filter(
            valid_on_q(on, "joined_on", "left_on"),
            Q(deregistered_on__isnull=True) | Q(deregistered_on__gt=on),
            body_kind__in=body_kinds,
            relation__in=relations,
        )

    def matching(self, text: str) -> Self:
        """Search by name, code, English name or pinyin initials."""
        text = text.strip()
        if not text:
            return self
        return self.filter(
            Q(name__icontains=text)
            | Q(code__iexact=text)
            | Q(name_en__icontains=text)
            | Q(initials__icontains=text.lower())
        )

    def declarable_by(self, actor: Actor) -> Self:
        """Those about which a person of the committee's side may declare an interest.

        The whole federation, also for who reads one society of it: names are public, and 回避 is
        declared before anything is assigned. An expert is bound to none and names any.
        """
        return self.filter(federation=actor.federation) if actor.federation else self.all()


class SocietyUnitQuerySet(DatedQuerySet):
    """Councils, secretariats, society branches."""


class AppointmentQuerySet(DatedQuerySet):
    """Dated appointments."""


class DeclaredInterestQuerySet(DatedQuerySet):
    """Relations of people to societies that keep them out of judging these."""

    def visible_to(self, actor: Actor | None) -> Self:
        """One's own, and the federation's for its committee; never the society's."""
        if actor is None or not actor.may_any(Permission.INTEREST_DECLARE):
            return self.none()
        scope = actor.scope(Permission.INTEREST_VIEW)
        return self.filter(Q(user=actor.user) | Q(society__federation__in=sorted(scope.ids)))


class DataQualityIssueQuerySet(ScopedQuerySet):
    """Facts that do not fit together."""

    def visible_to(self, actor: Actor | None) -> Self:
        """Those in scope, for the society and the committee alone (roles.md §3)."""
        if actor is None or not actor.spec.inside:
            return self.none()
        return super().visible_to(actor)

    def open(self) -> Self:
        """Not closed yet."""
        return self.filter(closed_on__isnull=True)

    def open_on(self, on: date) -> Self:
        """Found by the end of that day and not closed by then."""
        return self.filter(valid_on_q(on, "opened_on", "closed_on"))


class FederationWideQuerySet(ScopedQuerySet):
    """Rows of a federation that each of its societies reads."""

    def within(self, scope: Scope) -> Self:
        """As for every model; several societies of one federation read a row once, not each."""
        if scope.kind != ScopeKind.SOCIETY or not scope.ids:
            return super().within(scope)
        societies = apps.get_model("societies.Society").objects.filter(pk__in=sorted(scope.ids))
        path = self.model.scope_paths.federation
        return self.filter(**{f"{path}__in": societies.order_by().values("federation_id")})
