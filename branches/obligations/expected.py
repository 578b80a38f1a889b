"""Writing the expected sets of the running periods, and counting what is held (R-LIFE-01, D-5).

The duty of a period is written while the period runs, follows the organisations and the matrix,
and is frozen the night after the period's last day: only then is known whether the organisation
existed throughout (R-LIFE-01), and from then on no later entry can change who was expected. What
is held stays a count of records filed by `counts_until`, so a return or withdrawal still lowers
it, and nothing filed later raises it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import transaction

from branches.models import ExpectedLifeDay, ObligationPeriod
from branches.obligations.conditions import CONDITIONS
from common.computing import execute, rows
from common.periods import Period, periods_touching

_WANTED = """
WITH period (length, key, first_day, last_day) AS (VALUES {periods}),
condition (name, first_day, organisation_id, times) AS ({conditions}),
wanted AS (
    SELECT o.id AS organisation_id, s.society_id, r.id AS rule_id, r.kind, p.key AS period,
           p.first_day, p.last_day,
           p.last_day + COALESCE(r.grace_days, e.grace_days)::int AS counts_until,
           r.required * COALESCE(c.times, 1) AS required
    FROM branches_obligationedition e
    JOIN branches_obligationrule r ON r.edition_id = e.id
    JOIN period p ON p.length = r.period
     AND (e.valid_from IS NULL OR e.valid_from <= p.first_day)
     AND (e.valid_to IS NULL OR e.valid_to > p.first_day)
    JOIN branches_partyorganisation o ON o.type = r.organisation_type
     AND o.established_on <= p.first_day
     AND (o.dissolved_on IS NULL OR o.dissolved_on > p.last_day)
    JOIN societies_society w ON w.id = o.society_id AND w.federation_id = e.federation_id
    LEFT JOIN condition c ON c.name = r.condition AND c.first_day = p.first_day
     AND c.organisation_id = o.id
    CROSS JOIN LATERAL (
        SELECT o.society_id UNION
        SELECT v.society_id FROM branches_organisationservice v
        WHERE v.organisation_id = o.id AND v.valid_from <= p.first_day
          AND (v.valid_to IS NULL OR v.valid_to > p.last_day)) s (society_id)
    WHERE o.id = ANY (%s) AND (r.condition = '' OR c.times > 0)),
gone AS (
    DELETE FROM branches_expectedlife x USING period p
    WHERE x.organisation_id = ANY (%s) AND x.period = p.key AND x.frozen_at IS NULL
      AND NOT EXISTS (
        SELECT FROM wanted w WHERE (w.organisation_id, w.society_id, w.kind, w.period)
                                 = (x.organisation_id, x.society_id, x.kind, x.period)))
INSERT INTO branches_expectedlife AS x
    (organisation_id, society_id, rule_id, kind, period, first_day, last_day, counts_until,
     required, held)
SELECT w.*, 0 FROM wanted w
ON CONFLICT (organisation_id, society_id, kind, period) DO UPDATE SET
    rule_id = EXCLUDED.rule_id, counts_until = EXCLUDED.counts_until,
    required = EXCLUDED.required
WHERE x.frozen_at IS NULL AND (x.rule_id, x.counts_until, x.required)
    IS DISTINCT FROM (EXCLUDED.rule_id, EXCLUDED.counts_until, EXCLUDED.required)"""

# 谈心谈话 counts the classes of pairs that talked (art. 19), 党小组会 what each group owes at most
# (art. 13: one group's second meeting excuses no other group), everything else the events.
# Counted once before the join: over tables without statistics the planner would count for each row.
_RECOUNT = """
WITH h AS MATERIALIZED (
    SELECT y.id, CASE WHEN y.kind = 'heart_talk'
             THEN (COALESCE(sum(l.talks_in_committee), 0) > 0)::int
                + (COALESCE(sum(l.talks_with_members), 0) > 0)::int
                + (COALESCE(sum(l.talks_between_members), 0) > 0)::int
             WHEN y.kind = 'party_group_meeting' THEN (
                SELECT COALESCE(sum(LEAST(g.n, r.required)), 0) FROM (
                    SELECT count(*) AS n FROM branches_liferecord m
                    WHERE m.organisation_id = y.organisation_id AND m.kind = y.kind
                      AND m.held_on BETWEEN y.first_day AND y.last_day AND m.state = 'filed'
                      AND m.counted_on <= y.counts_until GROUP BY m.group_id) g)
             ELSE count(l.id) END AS held
    FROM branches_expectedlife y
    JOIN branches_obligationrule r ON r.id = y.rule_id
    LEFT JOIN branches_liferecord l ON l.organisation_id = y.organisation_id
     AND l.held_on BETWEEN y.first_day AND y.last_day AND l.state = 'filed'
     AND l.counted_on <= y.counts_until AND (l.kind = y.kind OR l.also_kind = y.kind)
    WHERE y.organisation_id = ANY (%s) AND y.first_day <= %s AND y.last_day >= %s
    GROUP BY y.id, r.required)
UPDATE branches_expectedlife x SET held = h.held
FROM h WHERE h.id = x.id AND x.held <> h.held"""

# The same count of one duty `x` (organisation as `part`), of records held by a day: for whoever
# looks at a period before its end.
HELD_UNTIL = """
SELECT CASE WHEN x.kind = 'heart_talk'
            THEN (COALESCE(sum(l.talks_in_committee), 0) > 0)::int
               + (COALESCE(sum(l.talks_with_members), 0) > 0)::int
               + (COALESCE(sum(l.talks_between_members), 0) > 0)::int
            WHEN x.kind = 'party_group_meeting' THEN COALESCE(sum(l.met), 0)
            ELSE COALESCE(sum(l.events), 0) END
FROM (SELECT count(*) AS events, LEAST(count(*), min(r.required)) AS met,
             sum(m.talks_in_committee) AS talks_in_committee,
             sum(m.talks_with_members) AS talks_with_members,
             sum(m.talks_between_members) AS talks_between_members
      FROM branches_liferecord m JOIN branches_obligationrule r ON r.id = x.rule_id
      WHERE m.organisation_id = x.part AND m.state = 'filed' AND m.counted_on <= x.counts_until
        AND m.held_on BETWEEN x.first_day AND %s AND (m.kind = x.kind OR m.also_kind = x.kind)
      GROUP BY m.group_id) l"""

_LOCK = """
SELECT id FROM branches_partyorganisation WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"""
_OF_FEDERATION = """
SELECT o.id FROM branches_partyorganisation o JOIN societies_society s ON s.id = o.society_id
WHERE s.federation_id = %s"""
_SERVING = """
SELECT id FROM branches_partyorganisation WHERE society_id = ANY (%s) UNION
SELECT organisation_id FROM branches_organisationservice WHERE society_id = ANY (%s)"""
_FREEZE = """
UPDATE branches_expectedlife x SET frozen_at = %s FROM societies_society s
WHERE s.id = x.society_id AND s.federation_id = %s AND x.frozen_at IS NULL AND x.last_day < %s"""


@transaction.atomic
def turn(federation_id: int, today: date, now: datetime, *, since: date | None = None) -> int:
    """Write the sets of every period that runs today or ended since the last turn; freeze those.

    since: how far back to begin, such as for a history being loaded; frozen sets stay as they are.
    Returns the rows touched; a turn to a day that was turned to already touches none.
    """
    day = ExpectedLifeDay.objects.select_for_update().filter(federation=federation_id).first()
    begin = min(day.on if day else today, since or today, today)
    ids = [pk for (pk,) in rows(_OF_FEDERATION, [federation_id])]
    touched = _write(ids, begin, today)
    touched += execute(_FREEZE, [now, federation_id, today])
    if day is None or day.on < today:
        ExpectedLifeDay.objects.update_or_create(
            federation_id=federation_id, defaults={"on": today}
        )
    return touched


@transaction.atomic
def refresh(societies: Collection[int], today: date) -> int:
    """Follow changed organisations of these societies in the periods that run today."""
    wanted = sorted(societies)
    return _write([pk for (pk,) in rows(_SERVING, [wanted, wanted])], today, today)


def recount(organisations: Iterable[int], first: date, last: date) -> int:
    """Count again what these organisations hold in periods with a day in [first, last].

    The caller holds the organisations' rows, so that two counts never overtake each other.
    """
    return execute(_RECOUNT, [sorted(set(organisations)), last, first])


def _write(organisations: list[int], begin: date, today: date) -> int:
    if not organisations:
        return 0
    execute(_LOCK, [organisations])
    periods = [
        period
        for length in ObligationPeriod.values
        for period in periods_touching(length, begin, today)
    ]
    values, args = _values(periods)
    conditions, more = _conditions({period.first_day for period in periods}, organisations)
    sql = _WANTED.format(periods=values, conditions=conditions)
    touched = execute(sql, [*args, *more, organisations, organisations])
    return touched + recount(organisations, begin, today)


def _values(periods: list[Period]) -> tuple[str, list[Any]]:
    row = "(%s, %s, %s::date, %s::date)"
    return ", ".join(row for _ in periods), [value for period in periods for value in period]


def _conditions(days: set[date], ids: list[int]) -> tuple[str, list[Any]]:
    """A query of (name, first_day, organisation_id, times) over every condition and first day."""
    parts, args = ["SELECT '', NULL::date, 0::bigint, 0 WHERE false"], []
    for name, organisations in CONDITIONS.items():
        for day in sorted(days):
            found = organisations(day).order_by().values_list("pk", "times")
            try:
                sql, params = found.query.sql_with_params()
            except EmptyResultSet:
                continue
            # Of all organisations the condition would cost more than the rest for one society.
            parts.append(
                f"SELECT %s, %s::date, q.* FROM ({sql}) q (organisation_id, times) "
                "WHERE q.organisation_id = ANY (%s)"
            )
            args += [str(name), day, *params, ids]
    return " UNION ALL ".join(parts), args
