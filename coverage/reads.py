"""Reads that formulas of coverage and stars share: each table once, however many lines ask it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from branches.models import OrganisationService
from common.computing import Shared
from ledgers.models import ExpectedFiling, LedgerPeriod
from ledgers.querysets.ledgers import end_of
from societies.models import SocietyUnit

Societies = QuerySet[Any]
Periods = QuerySet[LedgerPeriod]

_UNITS = """
SELECT u.owner, u.unit, u.tier,
       EXISTS (SELECT FROM service s WHERE s.unit = u.unit AND s.stands)
FROM ({units}) u (owner, unit, tier)"""
_TIERS = """
SELECT c.owner, COALESCE(bool_or(u.covered) FILTER (WHERE u.tier = 1), false),
       COALESCE(bool_or(u.covered) FILTER (WHERE u.tier = 2), false),
       count(*) FILTER (WHERE u.tier = 2) > 0, count(*) FILTER (WHERE u.tier = 3),
       count(*) FILTER (WHERE u.tier = 3 AND u.covered),
       array_agg(u.unit) FILTER (WHERE u.tier = 3 AND NOT u.covered)
FROM counted c LEFT JOIN living_unit u ON u.owner = c.owner GROUP BY c.owner"""


def counted(societies: Societies) -> Shared:
    """The societies asked about."""
    return Shared("counted", {"owner": "bigint"}, lambda: societies.order_by().values_list("pk"))


def services(societies: Societies, on: date) -> Shared:
    """Links of organisations to their units begun by a day; stands: it covers the unit then.

    established, dissolved: the organisation's own days.
    """
    names = ("organisation_id", "society_id", "unit_id", "tier", "organisation_type")
    days = ("valid_from", "valid_to", "organisation__established_on", "organisation__dissolved_on")

    def build() -> QuerySet[Any]:
        rows = OrganisationService.objects.filter(society__in=societies, valid_from__lte=on)
        return rows.order_by().judged_on(on).values_list("pk", *names, *days, "stands")

    columns = {
        **dict.fromkeys(("link", "organisation", "owner", "unit"), "bigint"),
        **{"tier": "smallint", "type": "varchar"},
        **dict.fromkeys(("first", "after", "established", "dissolved"), "date"),
    }
    return Shared("service", {**columns, "stands": "boolean"}, build)


def living_units(societies: Societies, on: date) -> Shared:
    """Their units valid on a day, and whether an organisation covers each (rules §6)."""

    def build() -> tuple[str, tuple[Any, ...]]:
        rows = SocietyUnit.objects.valid_on(on).filter(society__in=societies).order_by()
        sql, params = rows.values_list("society_id", "pk", "tier").query.sql_with_params()
        return _UNITS.format(units=sql), params

    columns = {"owner": "bigint", "unit": "bigint", "tier": "smallint", "covered": "boolean"}
    return Shared("living_unit", columns, build, after=(services(societies, on),))


def tiers(societies: Societies, on: date) -> Shared:
    """A row for each society: which tiers are covered, and how many society branches of how many.

    office: whether the secretariat is covered; has_office: whether there is one (R-FED-03). gap:
    society branches that none covers, in any order.
    """
    columns = {
        **dict.fromkeys(("council", "office", "has_office"), "boolean"),
        **dict.fromkeys(("branches", "covered_branches"), "bigint"),
        "gap": "bigint[]",
    }
    return Shared(
        "tiers",
        {"owner": "bigint", **columns},
        lambda: (_TIERS, ()),
        after=(counted(societies), living_units(societies, on)),
    )


def owing(societies: Societies, on: date, periods: Periods | None = None) -> Shared:
    """Societies that owed the latest ledger whose due day has passed; or one of these periods."""

    def build() -> QuerySet[Any]:
        rows = ExpectedFiling.objects.filter(
            Q(exemption_decided_at__isnull=True) | Q(exemption_decided_at__gte=end_of(on)),
            society__in=societies,
            period__in=LedgerPeriod.objects.required_on(on).filter(due_on__lt=on)
            if periods is None
            else periods,
        )
        return rows.order_by().values_list("society_id").distinct()

    return Shared("owing_society", {"owner": "bigint"}, build)
