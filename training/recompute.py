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

_SQL = """
INSERT INTO training_yearhours
    (member_id, society_id, year, counted, offline, online, lectured, concentrated)
SELECT m.id, m.society_id, %(year)s,
       y.offline + y.lectured + LEAST(y.online, y.most), y.offline, y.online, y.lectured, y.times
FROM branches_partymember m
JOIN (
    SELECT member, offline, online, lectured, times,
           CASE WHEN %(percent)s >= 100 THEN online
                ELSE FLOOR((offline + lectured) * %(percent)s * 2
                           / NULLIF(100 - %(percent)s, 0)) / 2
           END AS most
    FROM (
        SELECT t.member, COALESCE(SUM(o), 0) AS offline,
               LEAST(COALESCE(SUM(l), 0), %(lecturer_most)s) AS lectured,
               COALESCE(SUM(n), 0) AS online, COALESCE(MAX(c.times), 0) AS times
        FROM unnest(%(members)s::bigint[]) AS t(member)
        LEFT JOIN (
            SELECT member, LEAST(heard, %(daily)s) AS o,
                   LEAST(lecture, %(daily)s - LEAST(heard, %(daily)s)) AS l,
                   LEAST(screen, %(daily)s - LEAST(heard + lecture, %(daily)s)) AS n
            FROM (
                SELECT member, held_on,
                       COALESCE(SUM(hours) FILTER (WHERE NOT lecturer AND NOT online), 0) AS heard,
                       COALESCE(SUM(hours * %(factor)s) FILTER (WHERE lecturer), 0) AS lecture,
                       COALESCE(SUM(hours) FILTER (WHERE online AND NOT lecturer), 0) AS screen
                FROM credit GROUP BY member, held_on
            ) d
        ) x ON x.member = t.member
        LEFT JOIN (
            SELECT member, COUNT(DISTINCT training) AS times
            FROM credit WHERE kind = 'concentrated' AND NOT lecturer GROUP BY member
        ) c ON c.member = t.member
        GROUP BY t.member
    ) s
) y ON y.member = m.id
ORDER BY m.id
ON CONFLICT (member_id, year) DO UPDATE SET
    society_id = excluded.society_id, counted = excluded.counted, offline = excluded.offline,
    online = excluded.online, lectured = excluded.lectured, concentrated = excluded.concentrated
"""
# A class's sessions are one training; an event filed by an organisation is one by itself.
_CREDITS = """
WITH credit AS (
    SELECT c.member_id AS member, e.held_on, e.kind, e.kind = 'online' AS online,
           c.as_lecturer AS lecturer, COALESCE(-s.training_class_id, e.id) AS training,
           CASE e.portion WHEN 'day' THEN %(day)s WHEN 'half_day' THEN %(half)s
                ELSE FLOOR(e.minutes / 30.0) / 2 END AS hours
    FROM training_hourcredit c
    JOIN training_hourevent e ON e.id = c.event_id
    LEFT JOIN training_trainingsession s ON s.id = e.session_id
    WHERE e.state = 'confirmed' AND c.member_id = ANY(%(members)s)
      AND e.held_on >= %(first)s AND e.held_on <= %(last)s
)
"""


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
            _CREDITS + _SQL,
            {
                "members": ids,
                "year": year,
                "first": date(year, 1, 1),
                "last": date(year, 12, 31),
                "day": edition.day_hours,
                "half": edition.half_day_hours,
                "daily": edition.daily_most,
                "percent": edition.online_percent,
                "factor": edition.lecturer_factor,
                "lecturer_most": edition.lecturer_most,
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
