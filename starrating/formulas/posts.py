"""Lines read from terms and posts: B2, B3, and the veto V2 (rules §2.2).

Written as SQL: seats change within a year, and time between the changes is what is weighed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from branches.models import OrganisationService
from common.computing import Select
from societies.models import Tier
from starrating.formulas.base import NoParams, ParamError, Window

Societies = QuerySet[Any]
# The organisations of council and secretariat at the end of the window, once for each society.
_ORGANISATIONS = "SELECT DISTINCT society_id, organisation_id FROM ({services}) v"
_NOBODY = "SELECT NULL::bigint, NULL::bigint WHERE false"

_SEATS = """
WITH served (owner, organisation) AS ({organisations}),
standing AS (
    SELECT DISTINCT s.organisation, GREATEST(%s::date, o.established_on) AS first
    FROM served s JOIN branches_partyorganisation o ON o.id = s.organisation),
change AS (
    SELECT organisation, first AS at FROM standing
    UNION SELECT s.organisation, p.valid_from FROM standing s
      JOIN branches_post p ON p.organisation_id = s.organisation
     WHERE p.valid_from > s.first AND p.valid_from <= %s
    UNION SELECT s.organisation, p.valid_to FROM standing s
      JOIN branches_post p ON p.organisation_id = s.organisation
     WHERE p.valid_to > s.first AND p.valid_to <= %s
    UNION SELECT s.organisation, t.elected_on FROM standing s
      JOIN branches_term t ON t.organisation_id = s.organisation
     WHERE t.elected_on > s.first AND t.elected_on <= %s),
span AS (
    SELECT organisation, at,
           lead(at, 1, %s::date) OVER (PARTITION BY organisation ORDER BY at) - at AS days
    FROM change),
filled AS (
    SELECT c.organisation, c.days,
           COALESCE((SELECT t.seats FROM branches_term t
                     WHERE t.organisation_id = c.organisation AND t.elected_on <= c.at
                     ORDER BY t.elected_on DESC LIMIT 1), 1) AS seats,
           (SELECT count(DISTINCT p.person_name) FROM branches_post p
            WHERE p.organisation_id = c.organisation AND p.valid_from <= c.at
              AND (p.valid_to IS NULL OR p.valid_to > c.at)) AS persons
    FROM span c)
SELECT s.owner, sum(f.days * LEAST(f.persons, f.seats)), sum(f.days * f.seats)
FROM served s JOIN filled f ON f.organisation = s.organisation
GROUP BY s.owner, s.organisation"""

_OVERDUE = """
WITH served (owner, organisation) AS ({organisations}),
run AS (
    SELECT t.organisation_id, t.runs_to,
           LEAST(lead(t.elected_on) OVER (PARTITION BY t.organisation_id ORDER BY t.elected_on),
                 %s::date) AS until
    FROM branches_term t
    WHERE t.elected_on <= %s AND t.organisation_id IN (SELECT organisation FROM served))
SELECT s.owner, max(GREATEST(r.until - 1 - r.runs_to, 0)) AS days
FROM served s JOIN run r ON r.organisation_id = s.organisation
WHERE r.until > %s GROUP BY s.owner"""


def seats_filled(societies: Societies, window: Window, params: NoParams) -> Select:
    """B2: seats filled, weighed by days of the year; a row for each T1 and T2 organisation.

    Required are the seats of the term that stands on a day, without one the secretary's alone. A
    person in two posts fills one seat. Counted from the organisation's first day on.
    """
    sql, args = _organisations(societies, window)
    last = window.last
    days = (window.first, last, last, last, last + timedelta(days=1))
    return Select(_SEATS.format(organisations=sql), (*args, *days))


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
    sql, args = _overdue(societies, window)
    part, whole = params.late_share
    judged = (
        "SELECT owner, CASE WHEN days = 0 THEN %s WHEN days <= %s THEN %s ELSE 0 END, %s::int "
        f"FROM ({sql}) d"
    )
    return Select(judged, (whole, params.late_days, part, whole, *args))


@dataclass(frozen=True)
class Overdue:
    """days: beyond how many the proposal is made."""

    days: int


def term_overdue(societies: Societies, window: Window, params: Overdue) -> Select:
    """V2: a term overdue by more than 365 days, without an approved extension."""
    sql, args = _overdue(societies, window)
    judged = f"SELECT owner, (days > %s)::int, 1 FROM ({sql}) d"
    return Select(judged, (params.days, *args))


def _overdue(societies: Societies, window: Window) -> tuple[str, tuple[Any, ...]]:
    """SQL of (owner, days): the longest time overdue, up to the end of the window."""
    sql, args = _organisations(societies, window)
    after = window.last + timedelta(days=1)
    days = (after, window.last, window.first)
    return _OVERDUE.format(organisations=sql), (*args, *days)


def _organisations(societies: Societies, window: Window) -> tuple[str, tuple[Any, ...]]:
    services = OrganisationService.objects.covering(window.last, [Tier.COUNCIL, Tier.SECRETARIAT])
    chosen = services.filter(society__in=societies).order_by()
    try:
        sql, args = chosen.values("society_id", "organisation_id").query.sql_with_params()
    except EmptyResultSet:
        return _NOBODY, ()
    return _ORGANISATIONS.format(services=sql), tuple(args)
