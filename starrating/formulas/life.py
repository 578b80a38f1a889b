"""Lines read from organisation life: A1, C1…C10, and the veto V3 (R-LIFE-02, -10, R-STAR-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from branches.models import LifeKind
from common.computing import Select
from coverage.reads import counted
from starrating.formulas.base import PARTS, NoParams, ParamError, Window, only
from starrating.formulas.reads import held, owed, relations

Societies = QuerySet[Any]

_COMPLIANCE = """
SELECT owner, CASE WHEN sum(required) > 0 THEN sum(met) ELSE sum(coming) END, sum(required), part
FROM owed WHERE kind = ANY (%s) GROUP BY owner, part"""
# Meetings are to come, none was due: nothing can be said of who attends. One row for the society.
_TO_COME = """
UNION ALL SELECT owner, 1, 0, min(part) FROM owed WHERE kind = ANY (%s)
GROUP BY owner HAVING sum(required) = 0 AND sum(coming) > 0"""
_ATTENDANCE = """
SELECT owner,
       GREATEST(LEAST(avg(100.000000000000000000000000000000 * present / expected) - %s, %s), 0),
       %s, part
FROM held WHERE kind = ANY (%s) AND expected > 0 GROUP BY owner, part"""
_FIRST_TOPIC = """
SELECT c.owner, CASE WHEN d.den > 0 THEN COALESCE(m.flagged, 0) ELSE (o.coming > 0)::int END, d.den
FROM counted c
LEFT JOIN (SELECT owner, count(*) AS meetings,
                  count(*) FILTER (WHERE first_topic) AS flagged
           FROM held WHERE kind = %s AND after_year <= %s GROUP BY owner) m ON m.owner = c.owner
LEFT JOIN (SELECT owner, sum(required) AS required, sum(coming) AS coming
           FROM owed WHERE kind = %s GROUP BY owner) o ON o.owner = c.owner
CROSS JOIN LATERAL (
    SELECT GREATEST(COALESCE(m.flagged, 0), COALESCE(o.required, 0),
                    COALESCE(m.meetings, 0) - COALESCE(o.coming, 0)) AS den) d"""
_NO_LIFE = """
SELECT c.owner, (EXISTS (SELECT FROM owed o WHERE o.owner = c.owner AND o.required > 0)
                 AND NOT EXISTS (SELECT FROM held h
                                 WHERE h.owner = c.owner AND h.kind <> %s))::int, 1
FROM counted c"""


@dataclass(frozen=True)
class Kinds:
    """Which kinds of organisation life a line is about."""

    kinds: tuple[str, ...]

    def __post_init__(self) -> None:
        only("kinds", self.kinds, LifeKind.values)


def compliance(societies: Societies, window: Window, params: Kinds) -> Select:
    """C1…C6, C8, C9: Σ min(held, required) / Σ required of what fell due in the window.

    A row for each organisation that owes something; no row: 不适用 (R-LIFE-02); nothing due yet:
    尚未到期.
    """
    return Select(_COMPLIANCE, (list(params.kinds),), PARTS, (owed(societies, window),))


@dataclass(frozen=True)
class Attendance:
    """kinds: of which meetings. least, span: from how many percent on, over how many more."""

    kinds: tuple[str, ...]
    least: int
    span: int

    def __post_init__(self) -> None:
        only("kinds", self.kinds, LifeKind.values)
        if not self.span or self.least + self.span > 100:
            raise ParamError("span", "参数 span 须大于 0，与 least 之和不超过 100")


def attendance(societies: Societies, window: Window, params: Attendance) -> Select:
    """C10: clip((mean attendance − 0.6) / 0.3), a row for each organisation that met.

    Attendance of an event: present / expected, excused members left out (R-LIFE-04). Counted are
    all whom the meeting called: nobody's relation lies in a 学会党委, so the record's counts, which
    follow from its list where there is one, say everything.
    """
    kinds = list(params.kinds)
    args = params.least, params.span, params.span, kinds, kinds
    reads = held(societies, window), owed(societies, window)
    return Select(_ATTENDANCE + _TO_COME, args, PARTS, reads)


# The lists of the events that have one: of its own members, those whose relation lay in the
# organisation that day (trap 4), once confirmed. Lists are read once for all.
_BY_NAME = """
WITH event AS MATERIALIZED (
    SELECT owner, part, id, held_on, present, expected
    FROM held WHERE kind = ANY (%s) AND expected > 0),
listed AS MATERIALIZED (
    SELECT a.record_id, a.society_id,
           count(r.member) FILTER (WHERE a.mark <> 'excused') AS expected,
           count(r.member) FILTER (WHERE a.mark = 'present') AS present
    FROM (SELECT DISTINCT id, part, held_on FROM event) e
    JOIN branches_attendance a ON a.record_id = e.id
    LEFT JOIN relation r ON r.member = a.member_id AND r.part = e.part
     AND r.first <= e.held_on AND (r.after IS NULL OR r.after > e.held_on)
    GROUP BY a.record_id, a.society_id),
rate AS (
    SELECT e.owner, e.part, CASE WHEN t.record_id IS NULL
           THEN 100.000000000000000000000000000000 * e.present / e.expected
           ELSE 100.000000000000000000000000000000 * t.present / NULLIF(t.expected, 0)
           END AS percent
    FROM event e LEFT JOIN listed t ON t.record_id = e.id AND t.society_id = e.owner
    WHERE t.record_id IS NOT NULL OR e.id NOT IN (SELECT record_id FROM listed))
SELECT owner, GREATEST(LEAST(avg(percent) - %s, %s), 0)::numeric(60,30), %s::int, part
FROM rate GROUP BY owner, part HAVING count(percent) > 0"""


def attendance_here(societies: Societies, window: Window, params: Attendance) -> Select:
    """C7: as `attendance`, of the members whose relation is in the organisation (trap 4).

    Read from the list of names where the record has one, of the society's own members (R-LIFE-10):
    a list tells who is counted elsewhere already. Without a list from the record's counts, which is
    all it says; the list stays optional (R-LIFE-06). A list on which nobody of them was expected
    says nothing of them, and the event leaves the mean.
    """
    kinds = list(params.kinds)
    args = kinds, params.least, params.span, params.span, kinds
    reads = held(societies, window), relations(societies, window), owed(societies, window)
    return Select(_BY_NAME + _TO_COME, args, PARTS, reads)


@dataclass(frozen=True)
class FirstTopic:
    """kind: the meetings concerned. grace_days: how long after the year a record still counts."""

    kind: str
    grace_days: int

    def __post_init__(self) -> None:
        only("kind", (self.kind,), LifeKind.values)


def first_topic(societies: Societies, window: Window, params: FirstTopic) -> Select:
    """A1: meetings whose first item is flagged ÷ max(meetings, required by the matrix) (EX-13).

    While the year runs an unflagged meeting stands for one still to come: as far as the year owes
    more, it weighs nothing, so that deleting it helps nobody on any day. At the year's end nothing
    is to come.
    """
    args = params.kind, params.grace_days, params.kind
    reads = counted(societies), held(societies, window), owed(societies, window)
    return Select(_FIRST_TOPIC, args, uses=reads)


def no_life(societies: Societies, window: Window, params: NoParams) -> Select:
    """V3: organisation life is owed in the window, and none at all is recorded.

    传达学习 is evidence of work but no organisation life (rules §6.5), like a visit report.
    """
    reads = counted(societies), held(societies, window), owed(societies, window)
    return Select(_NO_LIFE, (LifeKind.TRANSMISSION_STUDY.value,), uses=reads)
