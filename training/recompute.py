"""Bringing stored hours up to their events: one set statement for the touched members of a year.

Called in the transaction of whatever changed an event or its credits. The statement says in SQL
what `training.hours` says over plain values; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection

from branches.models import PartyMember
from societies.actions import mark_dirty
from training.models import HourCredit, HourEvent, TrainingEdition

# What credits amount to, for whoever has a row of the year's rules. Before it stand `rule` (member,
# RULES) and `credit` (CREDITS).
YEAR = """
SELECT member, offline, online, lectured, times,
       offline + lectured + LEAST(online, CASE WHEN percent >= 100 THEN online
           ELSE FLOOR((offline + lectured) * percent * 2 / (100 - percent)) / 2 END) AS counted
FROM (
    SELECT r.member, r.percent, COALESCE(SUM(o), 0) AS offline,
           LEAST(COALESCE(SUM(l), 0), r.lecturer_most) AS lectured,
           COALESCE(SUM(n), 0) AS online, COALESCE(MAX(c.times), 0) AS times
    FROM rule r
    LEFT JOIN (
        SELECT member, LEAST(heard, daily) AS o,
               LEAST(lecture, daily - LEAST(heard, daily)) AS l,
               LEAST(screen, daily - LEAST(heard + lecture, daily)) AS n
        FROM (
            SELECT k.member, k.held_on, q.daily,
                   COALESCE(SUM(k.hours) FILTER (WHERE NOT k.lecturer AND k.kind <> 'online'), 0)
                       AS heard,
                   COALESCE(SUM(k.hours * q.factor) FILTER (WHERE k.lecturer), 0) AS lecture,
                   COALESCE(SUM(k.hours) FILTER (WHERE NOT k.lecturer AND k.kind = 'online'), 0)
                       AS screen
            FROM credit k JOIN rule q ON q.member = k.member
            GROUP BY k.member, k.held_on, q.daily
        ) d
    ) x ON x.member = r.member
    LEFT JOIN (
        SELECT member, COUNT(DISTINCT training) AS times
        FROM credit WHERE kind = 'concentrated' AND NOT lecturer GROUP BY member
    ) c ON c.member = r.member
    GROUP BY r.member, r.percent, r.lecturer_most
) s"""
# A class's sessions are one training; an event filed by an organisation is one by itself.
CREDITS = """
SELECT c.member_id AS member, e.held_on, e.kind, c.as_lecturer AS lecturer,
       COALESCE(-s.training_class_id, e.id) AS training,
       CASE e.portion WHEN 'day' THEN r.day_hours WHEN 'half_day' THEN r.half_day_hours
            ELSE FLOOR(e.minutes / 30.0) / 2 END AS hours
FROM rule r
JOIN training_hourcredit c ON c.member_id = r.member
JOIN training_hourevent e ON e.id = c.event_id
LEFT JOIN training_trainingsession s ON s.id = e.session_id
WHERE e.state = 'confirmed' AND e.held_on >= {first} AND e.held_on <= {last}"""
# The columns of `rule` but the member, from an edition.
RULES = """
t.daily_most AS daily, t.online_percent AS percent, t.lecturer_factor AS factor,
t.lecturer_most, t.day_hours, t.half_day_hours"""
_UPSERT = """
WITH rule AS MATERIALIZED (
    SELECT m.member, {rules}
    FROM unnest(%(members)s::bigint[]) AS m(member), training_trainingedition t
    WHERE t.id = %(edition)s
), credit AS MATERIALIZED ({credits})
INSERT INTO training_yearhours
    (member_id, society_id, year, counted, offline, online, lectured, concentrated)
SELECT m.id, m.society_id, %(year)s, y.counted, y.offline, y.online, y.lectured, y.times
FROM branches_partymember m JOIN ({year}) y ON y.member = m.id
ORDER BY m.id
ON CONFLICT (member_id, year) DO UPDATE SET
    society_id = excluded.society_id, counted = excluded.counted, offline = excluded.offline,
    online = excluded.online, lectured = excluded.lectured, concentrated = excluded.concentrated
"""
_SQL = _UPSERT.format(
    rules=RULES, credits=CREDITS.format(first="%(first)s", last="%(last)s"), year=YEAR
)


def recompute(members: Collection[int], year: int, edition: TrainingEdition) -> None:
    """Write the year's hours of these members, zero for whoever has none left.

    The members are locked in the order of their ids, so that two who recompute the same people
    wait for each other instead of overwriting.
    """
    if not members:
        return
    ids = sorted(set(members))
    rows = PartyMember.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL,
            {
                "members": ids,
                "year": year,
                "edition": edition.pk,
                "first": date(year, 1, 1),
                "last": date(year, 12, 31),
            },
        )


def bring_up(
    events: Iterable[HourEvent], edition: TrainingEdition, *, today: date, more: Iterable[int] = ()
) -> None:
    """Recompute everybody credited by events of one year, and mark their societies dirty.

    more: members who were credited until now.
    """
    found = list(events)
    if not found:
        return
    credited = HourCredit.objects.filter(event__in=found).values_list("member_id", flat=True)
    members = {*credited, *more}
    recompute(members, found[0].held_on.year, edition)
    owners = PartyMember.objects.filter(pk__in=members).values_list("society_id", flat=True)
    societies = {*owners, *(event.society_id for event in found)}
    mark_dirty(societies, since=min(event.held_on for event in found), today=today)
