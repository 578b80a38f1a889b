"""Reads of members, their relations and participations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.permissions import ScopeKind
from common.querysets import valid_on_q
from societies.access import DatedQuerySet, Scope, ScopedQuerySet

HERE = "here"


def _model(name: str) -> Any:
    return apps.get_model(f"branches.{name}").objects


class PartyMemberQuerySet(ScopedQuerySet):
    """Members on a society's register."""

    def within(self, scope: Scope) -> Self:
        """As for every model; an organisation also sees those who take part in its life."""
        if scope.kind != ScopeKind.ORGANISATION or not scope.ids:
            return super().within(scope)
        ids = sorted(scope.ids)
        kept = _model("PartyMember").filter(organisation_id__in=ids).order_by().values("pk")
        joined = _model("Participation").filter(organisation_id__in=ids).order_by()
        # Two index reads joined by UNION; an OR across tables would read all members.
        return self.filter(pk__in=kept.union(joined.values("member_id")))

    def counted(self) -> Self:
        """Members once confirmed by the society's secretary, those who left included."""
        return self.filter(first_confirmed_on__isnull=False)

    def present_on(self, on: date) -> Self:
        """Members who had not left by the end of a day."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=on))

    def of_organisation(self, organisation_id: int, on: date) -> Self:
        """Who belongs to an organisation's life on a day: relation there, or taking part.

        Annotates `relation_here`: only these count for attendance rates (trap 4). Includes members
        not confirmed yet; add `counted()` for figures.
        """
        here = _model("Affiliation").filter(
            valid_on_q(on), member_id=OuterRef("pk"), organisation_id=organisation_id
        )
        ids = _model("Affiliation").filter(valid_on_q(on), organisation_id=organisation_id)
        joined = _model("Participation").filter(valid_on_q(on), organisation_id=organisation_id)
        both = ids.order_by().values("member_id").union(joined.order_by().values("member_id"))
        return self.filter(pk__in=both).annotate(relation_here=Exists(here))

    def full_on(self, on: date) -> Self:
        """正式党员 on a day."""
        return self.filter(full_since__lte=on)

    def alike(self, society_id: int, keys: Iterable[tuple[str, date, date]]) -> Self:
        """Members of a society with one of these (name, birth month, joining month) (R-MEM-07).

        Narrowed by name in the database; the caller compares the months.
        """
        return self.filter(society_id=society_id, name__in=sorted({key[0] for key in keys}))

    def matching(self, text: str) -> Self:
        """Search by name or its initials."""
        text = text.strip()
        return self.filter(Q(name__icontains=text) | Q(initials__icontains=text.lower()))


class AffiliationQuerySet(DatedQuerySet):
    """Relations of members."""

    def here_on(self, on: date) -> Self:
        """Relations in an organisation of the society on a day, of members who count."""
        return self.valid_on(on).filter(place=HERE, member__first_confirmed_on__isnull=False)

    def open(self) -> Self:
        """Relations without an end."""
        return self.filter(valid_to__isnull=True)


class ParticipationQuerySet(DatedQuerySet):
    """Who takes part where besides the own relation."""

    def counted_on(self, on: date) -> Self:
        """Participations on a day, of members who count."""
        return self.valid_on(on).filter(member__first_confirmed_on__isnull=False)

    def open(self) -> Self:
        """Participations without an end."""
        return self.filter(valid_to__isnull=True)
