"""Who has the hours the year asks for: the read behind two lines of the rating and the statistics.

    sql, params = hours_read(societies, on)

gives rows (society, organisation, line, num, den): for each Party organisation in which relations
of counted members lie on the day `on`, and each line, how many have the required hours (`num`) of
those of whom hours are required (`den`).

- line "member": every counted member whose relation lies there on the day (trap 4); required are
  the edition's hours of members for m months.
- line "officer": those of them who hold a post in an organisation of the society on the day and
  whom the post names as a member of the register; required are the hours of officers for m months.
- m (R-TRN-04): whole months of the year over by the end of `on` in which the relation lay in an
  organisation of the society, for "officer" in which a post was held. Months of several rows count
  together if they follow each other without a gap. Who has no whole month yet owes nothing and
  stands on neither side; so does an organisation with nobody left (不适用).
- The hours are those stored for the year of `on` (YearHours), as known today: on a past day of the
  running year they include later events. No stored row is no hour (D-4).
- A federation without an edition for the year gives no rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from common.shares import NO_VALUE, share

MEMBER, OFFICER = "member", "officer"
# Fewer people than this would let a share point at one of them.
LEAST = 5
TOO_FEW = f"不足 {LEAST} 人"

_SQL = """
WITH asked AS (
    SELECT d.on_day, date_trunc('year', d.on_day)::date AS first, d.on_day + 1 AS after
    FROM (SELECT %s::date AS on_day) d
), here AS MATERIALIZED (
    SELECT a.member_id AS member, a.society_id AS society, a.organisation_id AS organisation
    FROM asked, branches_affiliation a
    JOIN branches_partymember p ON p.id = a.member_id AND p.first_confirmed_on IS NOT NULL
    WHERE a.place = 'here' AND a.valid_from <= on_day
      AND (a.valid_to IS NULL OR a.valid_to > on_day) AND a.society_id IN ({societies})
), month AS (
    SELECT daterange(f::date, (f + interval '1 month')::date) AS span
    FROM asked, generate_series(first, on_day, interval '1 month') f
    WHERE (f + interval '1 month')::date <= after
), spell AS (
    SELECT 'member' AS line, h.member, daterange(a.valid_from, a.valid_to) AS span
    FROM asked, here h JOIN branches_affiliation a
      ON a.member_id = h.member AND a.place = 'here' AND a.society_id = h.society
    WHERE a.valid_to IS NULL OR a.valid_to > first
    UNION ALL
    SELECT 'officer', h.member, daterange(o.valid_from, o.valid_to)
    FROM asked, here h
    JOIN branches_post o ON o.member_id = h.member AND o.society_id = h.society
    WHERE (o.valid_to IS NULL OR o.valid_to > first)
      AND EXISTS (SELECT FROM branches_post n WHERE n.member_id = h.member
                  AND n.society_id = h.society AND n.valid_from <= on_day
                  AND (n.valid_to IS NULL OR n.valid_to > on_day))
), held AS (
    SELECT line, member, range_agg(span) AS spans FROM spell WHERE NOT isempty(span)
    GROUP BY line, member
), owed AS (
    SELECT line, member, COUNT(*) AS months FROM held JOIN month m ON held.spans @> m.span
    GROUP BY line, member
)
SELECT h.society, h.organisation, w.line,
       COUNT(*) FILTER (WHERE COALESCE(y.counted, 0) >= CEIL(
           CASE w.line WHEN 'member' THEN e.member_hours ELSE e.officer_hours END
           * w.months / 12.0 * 2) / 2) AS num,
       COUNT(*) AS den
FROM asked
CROSS JOIN owed w
JOIN here h ON h.member = w.member
JOIN societies_society s ON s.id = h.society
JOIN training_trainingedition e ON e.federation_id = s.federation_id
 AND (e.valid_from IS NULL OR e.valid_from <= asked.first)
 AND (e.valid_to IS NULL OR e.valid_to > asked.first)
LEFT JOIN training_yearhours y
  ON y.member_id = w.member AND y.year = EXTRACT(year FROM asked.first)
GROUP BY h.society, h.organisation, w.line
"""


@dataclass(frozen=True)
class HourShare:
    """How many of those who owe hours have them, in one organisation and one line."""

    society_id: int
    organisation_id: int
    line: str
    num: int
    den: int


def hours_read(societies: QuerySet[Any], on: date) -> tuple[str, tuple[Any, ...]]:
    """The SQL and its parameters, as `common.computing.Shared` takes them; see the module."""
    named, params = societies.order_by().values("pk").query.sql_with_params()
    return _SQL.format(societies=named), (on, *params)


def hour_shares(societies: QuerySet[Any], on: date) -> list[HourShare]:
    """The read, carried out, by one statement."""
    try:
        sql, params = hours_read(societies, on)
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [HourShare(*row) for row in cursor.fetchall()]


def totals(shares: Iterable[HourShare]) -> dict[tuple[int, str], tuple[int, int]]:
    """(society, line) → (num, den) over its organisations."""
    found: dict[tuple[int, str], tuple[int, int]] = {}
    for each in shares:
        key = (each.society_id, each.line)
        num, den = found.get(key, (0, 0))
        found[key] = (num + each.num, den + each.den)
    return found


def said(found: tuple[int, int] | None) -> str:
    """A share, 不足 5 人, or a dash where nobody owes hours (R-TRN-11)."""
    if found is None or not found[1]:
        return NO_VALUE
    return TOO_FEW if found[1] < LEAST else share(*found)
