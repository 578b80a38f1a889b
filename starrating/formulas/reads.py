"""Reads that lines share: each big table once, however many lines ask it (P2).

A line is then SQL over these relations. As querysets of their own the lines of organisation life
alone read its two tables thirteen times.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.models import (
    Affiliation,
    ExpectedLife,
    LifeRecord,
    Participation,
    PartyMember,
    Place,
)
from common.computing import Shared
from coverage.reads import living_units, services
from starrating.formulas.base import Window

Societies = QuerySet[Any]
_BY = ("society_id", "organisation_id")
_PART = {"owner": "bigint", "part": "bigint"}

# after_year: days after the year's end on which a record was filed. An organisation may serve two
# units of a society on a day: the event counts once for each society (R-LIFE-10).
_HELD = """
SELECT s.owner, r.organisation, r.id, r.kind, r.first_topic, r.held_on,
       GREATEST(r.counted_on - %s::date, 0), r.expected, r.present
FROM ({records}) r (id, organisation, kind, first_topic, held_on, counted_on, expected, present)
JOIN service s ON s.organisation = r.organisation
 AND s.first <= r.held_on AND (s.after IS NULL OR s.after > r.held_on)
WHERE NOT EXISTS (
    SELECT FROM service o
    WHERE o.organisation = r.organisation AND o.owner = s.owner AND o.link < s.link
      AND o.first <= r.held_on AND (o.after IS NULL OR o.after > r.held_on))"""

_MEMBERS = """
SELECT owner, part, here, count(*)
FROM (SELECT r.owner, r.part, true FROM relation r WHERE r.after IS NULL OR r.after > %s
      UNION ALL SELECT p.*, false FROM ({participations}) p) x (owner, part, here)
GROUP BY owner, part, here"""

_UPPER = """
SELECT DISTINCT s.owner, s.organisation, s.established
FROM service s JOIN living_unit u ON u.unit = s.unit
WHERE s.stands AND s.tier IN (1, 2) AND u.tier IN (1, 2)"""


def owed(societies: Societies, window: Window) -> Shared:
    """Duties of whole periods inside the window, met and owed (R-LIFE-01, -02)."""
    columns = {**_PART, "kind": "varchar", "met": "bigint", "required": "bigint"}

    def build() -> QuerySet[Any]:
        rows = ExpectedLife.objects.in_window(window.first, window.last)
        sums = rows.filter(society__in=societies).summed(*_BY, "kind")
        found: QuerySet[Any] = sums.values_list(*_BY, "kind", "num", "den")
        return found

    return Shared("owed", columns, build)


def held(societies: Societies, window: Window) -> Shared:
    """Records held in the window that count, for every society served on the day."""
    names = ("pk", "organisation_id", "kind", "first_topic", "held_on", "counted_on")

    def build() -> tuple[str, tuple[Any, ...]]:
        records = LifeRecord.objects.counting().filter(held_on__range=(window.first, window.last))
        found = records.order_by().values_list(*names, "expected", "present")
        sql, args = found.query.sql_with_params()
        return _HELD.format(records=sql), (window.last.replace(month=12, day=31), *args)

    event = {"id": "bigint", "kind": "varchar", "first_topic": "boolean", "held_on": "date"}
    counts = dict.fromkeys(("after_year", "expected", "present"), "integer")
    reads = (services(societies, window.last),)
    return Shared("held", {**_PART, **event, **counts}, build, after=reads)


def upper(societies: Societies, window: Window) -> Shared:
    """The organisations that cover council or secretariat at the end of the window."""
    columns = {"owner": "bigint", "organisation": "bigint", "established": "date"}
    reads = services(societies, window.last), living_units(societies, window.last)
    return Shared("upper_tier", columns, lambda: (_UPPER, ()), after=reads)


def relations(societies: Societies, window: Window) -> Shared:
    """Where counted members' relations lay in the window, of those that lay in an organisation."""

    def build() -> QuerySet[Any]:
        rows = Affiliation.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=window.first),
            _counts(),
            place=Place.HERE,
            valid_from__lte=window.last,
            society__in=societies,
        )
        return rows.order_by().values_list(*_BY, "member_id", "valid_from", "valid_to")

    columns = {**_PART, "member": "bigint", "first": "date", "after": "date"}
    return Shared("relation", columns, build)


def members(societies: Societies, window: Window) -> Shared:
    """Counted members by society and organisation: relation here, or only taking part."""

    def build() -> tuple[str, tuple[Any, ...]]:
        rows = Participation.objects.valid_on(window.last).filter(_counts(), society__in=societies)
        sql, args = rows.order_by().values_list(*_BY).query.sql_with_params()
        return _MEMBERS.format(participations=sql), (window.last, *args)

    columns = {**_PART, "here": "boolean", "members": "bigint"}
    return Shared("membership", columns, build, after=(relations(societies, window),))


def _counts() -> Q:
    """Of a row's member; the few who do not count yet are looked up faster than the many who do."""
    unconfirmed = PartyMember.objects.filter(first_confirmed_on__isnull=True)
    return ~Q(Exists(unconfirmed.filter(pk=OuterRef("member")).order_by()))
