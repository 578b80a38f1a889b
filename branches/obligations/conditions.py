"""The conditions of the obligation matrix: which organisations meet one on a day, how many times.

The one place that reads posts and party groups for the matrix. A condition is judged on the first
day of a period, as R-LIFE-01 judges the organisation itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Value

from branches.models.obligations import ObligationCondition
from branches.models.organisations import OrganisationType, PartyOrganisation
from branches.models.terms import Term
from common.querysets import valid_on_q

# Types that may have a branch committee or party groups (art. 13, R-ORG-06).
BRANCHES = (
    OrganisationType.BRANCH,
    OrganisationType.JOINT_BRANCH,
    OrganisationType.FUNCTIONAL_BRANCH,
)
SMALLEST_COMMITTEE = 3
Organisations = QuerySet[Any]


def with_branch_committee(on: date) -> Organisations:
    """Branches in which a 支委会 of three or more seats stands that day; `times` 1."""
    terms = Term.objects.current_on(on).filter(seats__gte=SMALLEST_COMMITTEE)
    rows = PartyOrganisation.objects.filter(type__in=BRANCHES)
    return _once(rows.filter(pk__in=terms.order_by().values("organisation_id")))


def without_branch_committee(on: date) -> Organisations:
    """The other branches; `times` 1."""
    others = PartyOrganisation.objects.filter(type__in=BRANCHES)
    return _once(others.exclude(pk__in=with_branch_committee(on).values("pk")))


def with_party_groups(on: date) -> Organisations:
    """Branches with 党小组 that day; `times` is the number of groups."""
    rows = PartyOrganisation.objects.filter(type__in=BRANCHES)
    living = valid_on_q(on, prefix="party_groups__")
    return rows.annotate(times=Count("party_groups", filter=living)).filter(times__gt=0)


def _once(rows: Organisations) -> Organisations:
    return rows.annotate(times=Value(1, output_field=IntegerField()))


CONDITIONS: dict[str, Callable[[date], Organisations]] = {
    ObligationCondition.BRANCH_COMMITTEE: with_branch_committee,
    ObligationCondition.NO_BRANCH_COMMITTEE: without_branch_committee,
    ObligationCondition.PARTY_GROUPS: with_party_groups,
}
