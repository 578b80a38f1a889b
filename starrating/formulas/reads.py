"""Reads that lines share: each big table once, however many lines ask it (P2).

A line is then SQL over these relations. As querysets of their own the lines of organisation life
alone read its two tables thirteen times.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from branches.models import (
    Affiliation,
    ExpectedLife,
    LifeRecord,
    OrganisationService,
    Participation,
    PartyMember,
    Place,
)
from common.computing import Shared
from coverage.reads import living_units
from societies.models import Tier
from starrating.formulas.base import Window

Societies = QuerySet[Any]
_BY = ("society_id", "organisation_id")
_PART = {"owner": "bigint", "part": "bigint"}

# An organisation may serve two units of a society at a time: their days are joined, so that an
# event counts once for each society (R-LIFE-10). Only those few are joined: a relation whose size
# the planner cannot guess makes it sort every record.
_DAYS = """
SELECT organisation, owner, first, after FROM service_link s WHERE NOT {overlaps}
UNION ALL
SELECT organisation, owner, lower(days), COALESCE(upper(days), 'infinity')
FROM (SELECT organisation, owner, unnest(range_agg(daterange(first, after))) AS days
      FROM service_link s WHERE {overlaps} GROUP BY organisation, owner) d""".format(
    overlaps="""EXISTS (
    SELECT FROM service_link o
    WHERE o.organisation = s.organisation AND o.owner = s.owner AND o.link <> s.link
      AND o.first < s.after AND o.after > s.first)"""
)

# after_year: days after the year's end on which a record was filed. percent keeps thirty decimals.
_HELD = """
SELECT l.owner, r.organisation, r.kind, r.first_topic, GREATEST(r.counted_on - %s::date, 0),
       count(*), count(*) FILTER (WHERE r.expected > 0),
       sum(100.000000000000000000000000000000 * r.present / r.expected)
           FILTER (WHERE r.expected > 0)
FROM ({records}) r (organisation, kind, first_topic, held_on, counted_on, expected, present)
JOIN served_days l ON l.organisation = r.organisation
 AND r.held_on >= l.first AND r.held_on < l.after
GROUP BY 1, 2, 3, 4, 5"""

_MEMBERS = """
SELECT x.owner, x.part, x.here, count(*)
FROM (SELECT a.*, true FROM ({relations}) a UNION ALL SELECT p.*, false FROM ({participations}) p)
     x (member, owner, part, here)
WHERE NOT EXISTS (SELECT FROM ({unconfirmed}) m (id) WHERE m.id = x.member)
GROUP BY x.owner, x.part, x.here"""

_UPPER = """
SELECT DISTINCT u.owner, v.organisation
FROM ({links}) v (unit, organisation) JOIN living_unit u ON u.unit = v.unit"""


def owed(societies: Societies, window: Window) -> Shared:
    """Duties of whole periods inside the window, met and owed (R-LIFE-01, -02)."""
    columns = {**_PART, "kind": "varchar", "met": "bigint", "required": "bigint"}

    def build() -> QuerySet[Any]:
        rows = ExpectedLife.objects.in_window(window.first, window.last)
        sums = rows.filter(society__in=societies).summed(*_BY, "kind")
        found: QuerySet[Any] = sums.values_list(*_BY, "kind", "num", "den")
        return found

    return Shared("owed", columns, build)


def served_days(societies: Societies, window: Window) -> Shared:
    """From which day to before which one an organisation served a society."""

    def links() -> QuerySet[Any]:
        rows = OrganisationService.objects.filter(
            society__in=societies, valid_from__lte=window.last
        )
        until = Coalesce("valid_to", Cast(Value("infinity"), DateField()))
        return rows.order_by().values_list(
            "pk", "organisation_id", "society_id", "valid_from", until
        )

    ids = {"organisation": "bigint", "owner": "bigint"}
    days = {"first": "date", "after": "date"}
    link = Shared("service_link", {"link": "bigint", **ids, **days}, links)
    return Shared("served_days", {**ids, **days}, lambda: (_DAYS, ()), after=(link,))


def held(societies: Societies, window: Window) -> Shared:
    """Records held in the window that count, for every society served on the day."""
    names = ("organisation_id", "kind", "first_topic", "held_on", "counted_on")

    def build() -> tuple[str, tuple[Any, ...]]:
        records = LifeRecord.objects.counting().filter(held_on__range=(window.first, window.last))
        found = records.order_by().values_list(*names, "expected", "present")
        sql, args = found.query.sql_with_params()
        return _HELD.format(records=sql), (window.last.replace(month=12, day=31), *args)

    counts = {"records": "bigint", "rated": "bigint", "percent": "numeric"}
    columns = {**_PART, "kind": "varchar", "first_topic": "boolean", "after_year": "integer"}
    return Shared("held", columns | counts, build, after=(served_days(societies, window),))


def upper(societies: Societies, window: Window) -> Shared:
    """The organisations that cover council or secretariat at the end of the window."""

    def build() -> tuple[str, tuple[Any, ...]]:
        tiers = [Tier.COUNCIL, Tier.SECRETARIAT]
        links = OrganisationService.objects.standing(window.last, tiers)
        found = links.filter(society__in=societies).order_by()
        sql, args = found.values_list("unit_id", "organisation_id").query.sql_with_params()
        return _UPPER.format(links=sql), args

    columns = {"owner": "bigint", "organisation": "bigint"}
    return Shared("upper_tier", columns, build, after=(living_units(societies, window.last),))


def members(societies: Societies, window: Window) -> Shared:
    """Counted members by society and organisation: relation here, or only taking part."""

    def build() -> tuple[str, tuple[Any, ...]]:
        rows = {
            "relations": Affiliation.objects.valid_on(window.last).filter(place=Place.HERE),
            "participations": Participation.objects.valid_on(window.last),
        }
        parts: dict[str, str] = {}
        args: list[Any] = []
        for name, found in rows.items():
            mine = found.filter(society__in=societies).order_by().values_list("member_id", *_BY)
            parts[name], more = mine.query.sql_with_params()
            args += more
        # The few who do not count yet are looked up faster than the many who do.
        unconfirmed = PartyMember.objects.filter(first_confirmed_on__isnull=True).order_by()
        parts["unconfirmed"], more = unconfirmed.values_list("pk").query.sql_with_params()
        return _MEMBERS.format(**parts), (*args, *more)

    return Shared("membership", {**_PART, "here": "boolean", "members": "bigint"}, build)
