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
from branches.obligations.expected import HELD_UNTIL
from common.computing import Shared
from coverage.reads import living_units, services
from starrating.formulas.base import Window

Societies = QuerySet[Any]
_BY = ("society_id", "organisation_id")
_PART = {"owner": "bigint", "part": "bigint"}

# A period is due by the days of it that have passed; what is held counts as far as it was held by
# then, which is counted anew where the stored number may hold something later.
_OWED = """
SELECT owner, part, kind, sum(LEAST(done, due)), sum(due), sum(coming)
FROM (
    SELECT x.owner, x.part, x.kind, d.due,
           CASE WHEN x.last_day <= %s OR d.due = 0 OR x.held = 0 OR n.newest <= %s THEN x.held
                ELSE ({held}) END AS done,
           CASE WHEN x.last_day < %s THEN 0 ELSE x.required - d.due + x.required
                * ((12 - EXTRACT(month FROM x.last_day)::int)
                   / (EXTRACT(month FROM x.last_day)::int
                      - EXTRACT(month FROM x.first_day)::int + 1)) END AS coming
    FROM (SELECT max(held_on) AS newest FROM branches_liferecord WHERE state = 'filed') n,
         ({rows}) x (owner, part, kind, first_day, last_day, counts_until, rule_id, required, held)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN x.last_day <= %s THEN x.required
               ELSE x.required * (%s::date - x.first_day + 1)
                    / (x.last_day - x.first_day + 1) END AS due) d) y
GROUP BY owner, part, kind"""

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
SELECT DISTINCT s.owner, s.organisation, s.established, s.type
FROM service s JOIN living_unit u ON u.unit = s.unit
WHERE s.stands AND s.tier IN (1, 2) AND u.tier IN (1, 2)"""


def owed(societies: Societies, window: Window) -> Shared:
    """Duties of the window, met and required as far as they are due (R-LIFE-01, -02, R-STAR-08).

    coming: what is still to fall due in the year, of duties of which a period runs. Whoever is new
    owes nothing before its first whole period begins (R-LIFE-01).
    """
    columns = {**_PART, "kind": "varchar", **dict.fromkeys(("met", "required", "coming"), "bigint")}

    def build() -> tuple[str, tuple[Any, ...]]:
        rows = ExpectedLife.objects.begun_in(window.first, window.last)
        names = ("kind", "first_day", "last_day", "counts_until", "rule_id", "required", "held")
        found = rows.filter(society__in=societies).order_by().values_list(*_BY, *names)
        sql, args = found.query.sql_with_params()
        on = window.last
        return _OWED.format(rows=sql, held=HELD_UNTIL), (*(on,) * 4, *args, on, on)

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
    ids = {"owner": "bigint", "organisation": "bigint"}
    columns = {**ids, "established": "date", "type": "varchar"}
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
