"""Reads that formulas of coverage and stars share: each table once, however many lines ask it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.models import OrganisationService
from common.computing import Shared
from ledgers.models import ExpectedFiling, LedgerPeriod
from ledgers.querysets.ledgers import end_of
from societies.models import SocietyUnit

Societies = QuerySet[Any]

_TIERS = """
SELECT c.owner, COALESCE(bool_or(u.covered) FILTER (WHERE u.tier = 1), false),
       COALESCE(bool_or(u.covered) FILTER (WHERE u.tier = 2), false),
       count(*) FILTER (WHERE u.tier = 2) > 0, count(*) FILTER (WHERE u.tier = 3),
       count(*) FILTER (WHERE u.tier = 3 AND u.covered)
FROM counted c LEFT JOIN living_unit u ON u.owner = c.owner GROUP BY c.owner"""


def counted(societies: Societies) -> Shared:
    """The societies asked about."""
    return Shared("counted", {"owner": "bigint"}, lambda: societies.order_by().values_list("pk"))


def living_units(societies: Societies, on: date) -> Shared:
    """Their units valid on a day, and whether an organisation covers each (rules §6)."""

    def build() -> QuerySet[Any]:
        covers = OrganisationService.objects.standing(on).filter(unit=OuterRef("pk"))
        rows = SocietyUnit.objects.valid_on(on).filter(society__in=societies).order_by()
        covered = rows.annotate(covered=Exists(covers.order_by()))
        return covered.values_list("society_id", "pk", "tier", "covered")

    columns = {"owner": "bigint", "unit": "bigint", "tier": "smallint", "covered": "boolean"}
    return Shared("living_unit", columns, build)


def tiers(societies: Societies, on: date) -> Shared:
    """A row for each society: which tiers are covered, and how many society branches of how many.

    office: whether the secretariat is covered; has_office: whether there is one (R-FED-03).
    """
    columns = {
        **dict.fromkeys(("council", "office", "has_office"), "boolean"),
        **dict.fromkeys(("branches", "covered_branches"), "bigint"),
    }
    return Shared(
        "tiers",
        {"owner": "bigint", **columns},
        lambda: (_TIERS, ()),
        after=(counted(societies), living_units(societies, on)),
    )


def owing(societies: Societies, on: date) -> Shared:
    """Societies that owed the latest ledger whose due day has passed."""

    def build() -> QuerySet[Any]:
        rows = ExpectedFiling.objects.filter(
            Q(exemption_decided_at__isnull=True) | Q(exemption_decided_at__gte=end_of(on)),
            society__in=societies,
            period__in=LedgerPeriod.objects.required_on(on).filter(due_on__lt=on),
        )
        return rows.order_by().values_list("society_id").distinct()

    return Shared("owing_society", {"owner": "bigint"}, build)
