"""Who has the hours the year asks for: the read behind two lines of the rating and the statistics.

`hours_read` gives rows (society, organisation, line, num, den, coming): for each Party organisation
in which relations of counted members lie on the day, and each line, how many have the required
hours (`num`) of those of whom hours are required (`den`).

- line "member": every counted member whose relation lies there on the day (trap 4); required are
  the edition's hours of members for m months.
- line "officer": those of them who hold a post in an organisation of the society on the day and
  whom the post names as a member of the register; required are the hours of officers for m months,
  never fewer than those of a member for the months here, and the year's 集中培训 (R-TRN-01).
- m (R-TRN-04): whole months of the year over by the end of the day in which the relation lay in an
  organisation of the society, for "officer" in which a post was held. Months of several rows count
  together if they follow each other without a gap. Who has no whole month yet owes nothing and
  stands on neither side; so does an organisation with nobody left (不适用). coming: how many of
  those will have one within the year, as far as is known.
- The hours are those of events held by the end of the day and confirmed by the end of `known_on`,
  the day itself if not given. The stored year (YearHours) says them, unless something later is
  among it: then the events are added up anew. No stored row is no hour (D-4).
- A federation without an edition for the year gives no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from common.clock import start_of
from common.shares import NO_VALUE, share
from training.recompute import CREDITS, RULES, YEAR

MEMBER, OFFICER = "member", "officer"
# Fewer people than this would let a share point at one of them.
LEAST = 5
TOO_FEW = f"不足 {LEAST} 人"
HELD_BACK = "不单独显示"

# relation (owner, part, member, first, after): where counted members' relations lay in the year.
_RELATION = """
SELECT a.society_id, a.organisation_id, a.member_id, a.valid_from, a.valid_to
FROM branches_affiliation a
JOIN branches_partymember p ON p.id = a.member_id AND p.first_confirmed_on IS NOT NULL
WHERE a.place = 'here' AND a.valid_from <= %s AND (a.valid_to IS NULL OR a.valid_to > %s)
  AND a.society_id IN ({societies})"""
_READ = """
WITH asked AS (
    SELECT d.on_day, d.known, date_trunc('year', d.on_day)::date AS first, d.on_day + 1 AS after
    FROM (SELECT %s::date AS on_day, %s::timestamptz AS known) d
), here AS MATERIALIZED (
    SELECT r.member, r.owner, r.part, s.federation_id
    FROM asked, relation r JOIN societies_society s ON s.id = r.owner
    WHERE r.first <= on_day AND (r.after IS NULL OR r.after > on_day)
), edition AS MATERIALIZED (
    SELECT e.* FROM asked, training_trainingedition e
    WHERE (e.valid_from IS NULL OR e.valid_from <= asked.first)
      AND (e.valid_to IS NULL OR e.valid_to > asked.first)
), later AS MATERIALIZED (
    SELECT DISTINCT c.member_id AS member
    FROM asked, training_hourevent e JOIN training_hourcredit c ON c.event_id = e.id
    WHERE e.state = 'confirmed' AND e.held_on >= first
      AND e.held_on < first + interval '1 year'
      AND (e.held_on > on_day OR COALESCE(e.confirmed_at, e.filed_at) >= known)
), rule AS MATERIALIZED (
    SELECT h.member, {rules}
    FROM later l JOIN here h ON h.member = l.member
    JOIN edition t ON t.federation_id = h.federation_id
), credit AS MATERIALIZED ({credits}
      AND COALESCE(e.confirmed_at, e.filed_at) < (SELECT known FROM asked)
), hours AS (
    SELECT y.member_id AS member, y.counted, y.concentrated
    FROM asked, training_yearhours y
    WHERE y.year = EXTRACT(year FROM asked.first) AND y.member_id IN (SELECT member FROM here)
      AND y.member_id NOT IN (SELECT member FROM rule)
    UNION ALL SELECT member, counted, times FROM ({year}) a
), post AS MATERIALIZED (
    SELECT o.member_id AS member, o.society_id AS owner, o.valid_from, o.valid_to
    FROM asked, branches_post o
    WHERE o.member_id IN (SELECT member FROM here) AND (o.valid_to IS NULL OR o.valid_to > first)
), spell AS (
    SELECT 'member' AS line, h.member, daterange(r.first, r.after) AS span
    FROM here h JOIN relation r ON r.member = h.member AND r.owner = h.owner
    UNION ALL
    SELECT 'officer', h.member, daterange(o.valid_from, o.valid_to)
    FROM asked, here h JOIN post o ON o.member = h.member AND o.owner = h.owner
    WHERE EXISTS (SELECT FROM post n WHERE n.member = h.member AND n.owner = h.owner
                  AND n.valid_from <= on_day AND (n.valid_to IS NULL OR n.valid_to > on_day))
), held AS (
    SELECT line, member, unnest(range_agg(span)) AS span FROM spell WHERE NOT isempty(span)
    GROUP BY line, member
), owed AS (
    SELECT line, member, SUM({until_today}) AS months
    FROM asked, held
    GROUP BY line, member HAVING SUM({until_new_year}) > 0
), duty AS (
    SELECT line, member, months,
           MAX(months) FILTER (WHERE line = 'member') OVER (PARTITION BY member) AS here_months
    FROM owed
)
SELECT h.owner, h.part, w.line,
       COUNT(*) FILTER (WHERE w.months > 0 AND COALESCE(y.counted, 0) >= CEIL(
           GREATEST(e.member_hours * w.here_months,
                    CASE w.line WHEN 'officer' THEN e.officer_hours * w.months END)
           / 12.0 * 2) / 2
         AND (w.line = 'member' OR COALESCE(y.concentrated, 0) >= e.officer_concentrated)) AS num,
       COUNT(*) FILTER (WHERE w.months > 0) AS den,
       COUNT(*) FILTER (WHERE w.months = 0) AS coming
FROM duty w
JOIN here h ON h.member = w.member
JOIN edition e ON e.federation_id = h.federation_id
LEFT JOIN hours y ON y.member = w.member
GROUP BY h.owner, h.part, w.line
"""

# Whole months of the asked year within a span, up to a day that is out of it.
_MONTHS = """GREATEST(
    EXTRACT(year FROM {end}) * 12 + EXTRACT(month FROM {end})
    - EXTRACT(year FROM {begin}) * 12 - EXTRACT(month FROM {begin})
    - (EXTRACT(day FROM {begin}) > 1)::int, 0)"""


def _months(until: str) -> str:
    begin, end = "GREATEST(lower(span), first)", f"LEAST(upper(span), {until})"
    return _MONTHS.format(begin=begin, end=end)


_SHARES = _READ.format(
    until_today=_months("after"),
    until_new_year=_months("(first + interval '1 year')::date"),
    rules=RULES,
    credits=CREDITS.format(first="(SELECT first FROM asked)", last="(SELECT on_day FROM asked)"),
    year=YEAR,
)


@dataclass(frozen=True)
class HourShare:
    """How many of those who owe hours have them, in one organisation and one line."""

    society_id: int
    organisation_id: int
    line: str
    num: int
    den: int


def over_relations(on: date, known_on: date) -> tuple[str, tuple[Any, ...]]:
    """The read over a relation that stands already, named `relation` (see above), as SQL."""
    return _SHARES, (on, start_of(known_on + timedelta(days=1)))


def hours_read(
    societies: QuerySet[Any], on: date, known_on: date | None = None
) -> tuple[str, tuple[Any, ...]]:
    """The whole read of some societies as SQL with its parameters; see the module."""
    named, params = societies.order_by().values("pk").query.sql_with_params()
    relation = _RELATION.format(societies=named)
    sql, days = over_relations(on, known_on or on)
    with_ = f"WITH relation (owner, part, member, first, after) AS MATERIALIZED ({relation})"
    return " ".join((with_, "SELECT * FROM (", sql, ") s")), (
        on,
        on.replace(month=1, day=1),
        *params,
        *days,
    )


def hour_shares(
    societies: QuerySet[Any], on: date, known_on: date | None = None
) -> list[HourShare]:
    """The read, carried out, by one statement; only where hours are required of somebody."""
    try:
        sql, params = hours_read(societies, on, known_on)
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [HourShare(*row[:5]) for row in cursor.fetchall() if row[4]]


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


def said_apart(parts: Mapping[int, tuple[int, int]]) -> dict[int, str]:
    """The shares of the parts of a whole that is told beside them (R-TRN-11).

    What is not told must not follow by subtraction: the next smallest parts are held back too,
    until those held back are at least two with five people between them.
    """
    found = {key: said(part) for key, part in parts.items()}
    order = sorted(parts, key=lambda key: (parts[key][1], key))
    hidden = [key for key in order if 0 < parts[key][1] < LEAST]
    more = [key for key in order if parts[key][1] >= LEAST]
    while hidden and more and (len(hidden) < 2 or sum(parts[key][1] for key in hidden) < LEAST):
        hidden.append(more.pop(0))
        found[hidden[-1]] = HELD_BACK
    return found
