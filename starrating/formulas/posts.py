"""Lines read from terms and posts: B2, B3, and the veto V2 (rules §2.2).

Written as SQL: seats change within a year, and time between the changes is what is weighed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from branches.rules import BRANCH_TYPES, COMMITTEE_SEATS, MUST_HAVE_COMMITTEE_FROM
from common.computing import Select
from starrating.formulas.base import NoParams, ParamError, Window
from starrating.formulas.reads import upper

Societies = QuerySet[Any]
_SEATS = """
WITH standing AS (
    SELECT DISTINCT organisation, type = ANY (%s) AS is_branch,
           GREATEST(%s::date, established) AS first
    FROM upper_tier),
post AS (
    SELECT s.organisation, s.first, p.kind, p.person_name, p.valid_from, p.valid_to
    FROM standing s JOIN branches_post p ON p.organisation_id = s.organisation
    WHERE p.valid_from <= %s AND (p.valid_to IS NULL OR p.valid_to > s.first)),
term AS (
    SELECT s.organisation, s.first, t.seats, t.elected_on,
           lead(t.elected_on) OVER (PARTITION BY s.organisation ORDER BY t.elected_on) AS until
    FROM standing s JOIN branches_term t ON t.organisation_id = s.organisation
    WHERE t.elected_on <= %s),
-- Of a branch without a committee throughout, its full members: the register is read of no others,
-- branch by branch (OFFSET keeps the planner from reading it whole).
small AS (
    SELECT s.organisation, s.first
    FROM standing s LEFT JOIN term t ON t.organisation = s.organisation
     AND (t.until IS NULL OR t.until > s.first)
    WHERE s.is_branch GROUP BY s.organisation, s.first
    HAVING COALESCE(min(t.seats), 1) < %s OR min(t.elected_on) > s.first),
full_member AS (
    SELECT s.organisation, m.*
    FROM small s CROSS JOIN LATERAL (
        SELECT GREATEST(a.valid_from, m.full_since, s.first) AS since, a.valid_to AS after
        FROM branches_affiliation a JOIN branches_partymember m ON m.id = a.member_id
        WHERE a.organisation_id = s.organisation AND a.place = 'here'
          AND GREATEST(a.valid_from, m.full_since) <= %s
          AND m.full_since IS NOT NULL AND m.first_confirmed_on IS NOT NULL
          AND (a.valid_to IS NULL OR a.valid_to > GREATEST(a.valid_from, m.full_since, s.first))
        OFFSET 0) m),
register AS (
    SELECT organisation, at, sum(sum(n)) OVER (PARTITION BY organisation ORDER BY at) AS members,
           lead(at) OVER (PARTITION BY organisation ORDER BY at) AS until
    FROM (SELECT organisation, since AS at, 1 AS n FROM full_member
          UNION ALL SELECT organisation, after, -1 FROM full_member WHERE after <= %s) x
    GROUP BY organisation, at),
change AS (
    SELECT organisation, first AS at FROM standing
    UNION SELECT organisation, at FROM register
    UNION SELECT organisation, valid_from FROM post WHERE valid_from > first
    UNION SELECT organisation, valid_to FROM post WHERE valid_to <= %s
    UNION SELECT organisation, elected_on FROM term WHERE elected_on > first),
span AS (
    SELECT organisation, at,
           lead(at, 1, %s::date) OVER (PARTITION BY organisation ORDER BY at) - at AS days
    FROM change),
required AS (
    SELECT c.organisation, c.at, c.days, CASE WHEN r.members >= %s THEN GREATEST(t.seats, %s)
           ELSE COALESCE(t.seats, 1) END AS seats
    FROM span c
    LEFT JOIN term t ON t.organisation = c.organisation AND t.elected_on <= c.at
     AND (t.until IS NULL OR t.until > c.at)
    LEFT JOIN register r ON r.organisation = c.organisation AND r.at <= c.at
     AND (r.until IS NULL OR r.until > c.at)),
filled AS (
    SELECT c.organisation, c.days, c.seats, count(DISTINCT p.person_name) AS persons,
           count(DISTINCT p.person_name) FILTER (WHERE p.kind = 'secretary'
               OR p.kind = 'discipline_officer' AND c.seats >= %s) AS named
    FROM required c
    LEFT JOIN post p ON p.organisation = c.organisation AND p.valid_from <= c.at
     AND (p.valid_to IS NULL OR p.valid_to > c.at)
    GROUP BY c.organisation, c.at, c.days, c.seats),
mean AS (
    SELECT organisation, sum(days * (named + LEAST(
               persons - named, seats - CASE WHEN seats >= %s THEN 2 ELSE 1 END
           )))::numeric(60,30) / sum(days) AS held,
           sum(days * seats)::numeric(60,30) / sum(days) AS seats
    FROM filled GROUP BY organisation)
SELECT s.owner, CASE WHEN count(*) > 1 THEN avg(m.held / m.seats) * sum(m.seats)
                     ELSE min(m.held) END, sum(m.seats)
FROM upper_tier s JOIN mean m ON m.organisation = s.organisation GROUP BY s.owner"""

_OVERDUE = """
WITH run AS (
    SELECT t.organisation_id, t.runs_to,
           LEAST(lead(t.elected_on) OVER (PARTITION BY t.organisation_id ORDER BY t.elected_on),
                 %s::date) AS until
    FROM branches_term t
    WHERE t.elected_on <= %s AND t.organisation_id IN (SELECT organisation FROM upper_tier))
SELECT s.owner, max(GREATEST(r.until - 1 - r.runs_to, 0)) AS days
FROM upper_tier s JOIN run r ON r.organisation_id = s.organisation
WHERE r.until > %s GROUP BY s.owner"""


def seats_filled(societies: Societies, window: Window, params: NoParams) -> Select:
    """B2: seats filled of those required, means over the days of the year and then over the T1 and
    T2 organisations, which count alike.

    Required are the seats of the term that stands on a day, without one the secretary's alone; in a
    branch of seven full members or more a committee's three at least (R-ORG-06). Nobody but the
    secretary fills the secretary's seat, in a committee nobody but the 纪检委员 theirs. A person in
    two posts fills one seat. Counted from the organisation's first day on.
    """
    last, least = window.last, COMMITTEE_SEATS
    register = (least, last, last)
    spans = (last, last + timedelta(days=1), MUST_HAVE_COMMITTEE_FROM, least, least, least)
    args = (list(BRANCH_TYPES), window.first, last, last, *register, *spans)
    return Select(_SEATS, args, uses=(upper(societies, window),))


@dataclass(frozen=True)
class Lateness:
    """late_days: up to how many days overdue the late share is given, as a ratio."""

    late_days: int
    late_share: tuple[int, int]

    def __post_init__(self) -> None:
        if not 0 <= self.late_share[0] <= self.late_share[1]:
            raise ParamError("late_share", "参数 late_share 须为不超过 1 的比")


def terms_on_time(societies: Societies, window: Window, params: Lateness) -> Select:
    """B3: 1 if no term was overdue in the window, 1/3 if by 180 days or less, else 0.

    The worst of the T1 and T2 organisations; an overdue begun before the window counts in full. An
    organisation without a term owes no election.
    """
    part, whole = params.late_share
    judged = (
        "SELECT owner, CASE WHEN days = 0 THEN %s WHEN days <= %s THEN %s ELSE 0 END, %s::int "
        f"FROM ({_OVERDUE}) d"
    )
    args = whole, params.late_days, part, whole, *_days(window)
    return Select(judged, args, uses=(upper(societies, window),))


@dataclass(frozen=True)
class Overdue:
    """days: beyond how many the proposal is made."""

    days: int


def term_overdue(societies: Societies, window: Window, params: Overdue) -> Select:
    """V2: a term overdue by more than 365 days, without an approved extension."""
    judged = f"SELECT owner, (days > %s)::int, 1 FROM ({_OVERDUE}) d"
    return Select(judged, (params.days, *_days(window)), uses=(upper(societies, window),))


def _days(window: Window) -> tuple[date, date, date]:
    """The parameters of `_OVERDUE`: the day after the window, its last and its first."""
    return window.last + timedelta(days=1), window.last, window.first
