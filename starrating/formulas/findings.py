"""Figures read from findings: the line G4, the deduction N3, the veto V4 (R-SUP-06, R-STAR-02).

A finding is taken as it stood at the end of the day that is looked at: what was sent back, agreed,
extended or closed later is read back from its history. Late are the calendar days after its finish
day, up to the standing submission, else to the last day of the window; on the finish day itself it
is not late. 严重 without an agreed day: while the society owes its plan, the plan's day stands for
it, so that nobody is better off for not filing; while the leader has the plan, there is none. What
the committee sent back moved its day by the days it had it (R-SUP-06a), from the sending back on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from common.clock import start_of
from common.computing import Select, Shared
from coverage.reads import counted
from starrating.formulas.base import NoParams, ParamError, Window
from supervision.models import Finding, FindingState, SpotCheck

Societies = QuerySet[Any]

_FINDING = """
SELECT owner, due, sent, is_closed, GREATEST(LEAST(COALESCE(sent, last), last) - due, 0)
FROM (
    SELECT f.owner, %s::date AS last, COALESCE(h.is_closed, false) AS is_closed,
           (h.sent_at AT TIME ZONE zone)::date AS sent,
           CASE WHEN f.agreed_at >= known OR f.finish_due IS NULL
                THEN CASE WHEN h.state = %s THEN NULL ELSE f.plan_due - w.plan END
                ELSE f.finish_due - w.verdict - CASE WHEN e.decided_at >= known
                     THEN e.due_asked - e.due_before ELSE 0 END END AS due
    FROM (SELECT %s::timestamptz AS known, %s::text AS zone) k
    CROSS JOIN ({findings}) f (owner, id, plan_due, finish_due, agreed_at)
    LEFT JOIN supervision_findingextension e ON e.finding_id = f.id AND e.granted
    LEFT JOIN LATERAL (
        SELECT (array_agg(t.to_state ORDER BY t.at DESC, t.id DESC))[1] AS state,
               bool_or(t.verb = 'close') AS is_closed,
               (array_agg(CASE t.verb WHEN 'sign_evidence' THEN t.at END
                          ORDER BY t.at DESC, t.id DESC)
                FILTER (WHERE t.verb IN ('sign_evidence', 'send_back')))[1] AS sent_at
        FROM supervision_findingstep t WHERE t.finding_id = f.id AND t.at < known) h ON true
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(day - since) FILTER (WHERE verb = 'send_back'), 0)::int AS verdict,
               COALESCE(sum(day - since) FILTER (WHERE verb = 'decline_plan'), 0)::int AS plan
        FROM (
            SELECT t.verb, t.at, (t.at AT TIME ZONE zone)::date AS day,
                   lag((t.at AT TIME ZONE zone)::date) OVER (
                       PARTITION BY t.verb IN ('sign_plan', 'decline_plan')
                       ORDER BY t.at, t.id) AS since
            FROM supervision_findingstep t WHERE t.finding_id = f.id
            AND t.verb IN ('sign_plan', 'decline_plan', 'sign_evidence', 'send_back')) d
        WHERE d.at >= known) w) x"""
# A finding that was late counts in every year in which it was, one in time in the year of its day.
_LATE = "late > 0 AND (sent IS NULL OR sent >= %s)"
_CLOSED = """
SELECT owner, CASE WHEN in_time + too_late > 0 THEN in_time ELSE coming END, in_time + too_late
FROM (
    SELECT owner, count(*) FILTER (WHERE {late}) AS too_late,
           count(*) FILTER (WHERE is_closed AND sent <= due AND due BETWEEN %s AND %s) AS in_time,
           count(*) FILTER (WHERE NOT is_closed AND due >= %s AND due <= %s) AS coming
    FROM finding GROUP BY owner) g"""
_OVERDUE = """
SELECT owner, sum(late / %s - GREATEST(LEAST(COALESCE(sent, late_before), late_before) - due, 0)
                  / %s), 1
FROM finding CROSS JOIN (SELECT %s::date AS late_before) b
WHERE late >= %s GROUP BY owner"""
_BEYOND = """
SELECT c.owner, (EXISTS (SELECT FROM finding f WHERE f.owner = c.owner
                         AND late > %s AND ({late}))
                 OR EXISTS (SELECT FROM barred b WHERE b.owner = c.owner))::int, 1
FROM counted c"""


def closed_in_time(societies: Societies, window: Window, params: NoParams) -> Select:
    """G4: findings closed whose accepted submission was in time ÷ these and the late ones.

    A finding submitted in time that nobody has verified and closed says nothing yet: the committee
    has it. No finding: 不适用; none due yet, but one within the year: 尚未到期.
    """
    end = window.year_end
    # At the year's end nothing is to come.
    from_ = window.last if window.last < end else end + timedelta(days=1)
    args = window.first, window.first, end, from_, end
    return Select(_CLOSED.format(late=_LATE), args, uses=(findings(societies, window),))


@dataclass(frozen=True)
class Span:
    """days: so many full ones."""

    days: int

    def __post_init__(self) -> None:
        if not self.days:
            raise ParamError("days", "参数 days 须大于 0")


def rectification_overdue(societies: Societies, window: Window, params: Span) -> Select:
    """N3: full 30 days of lateness per finding, each in the year in which it became full."""
    before = window.first - timedelta(days=1)
    args = params.days, params.days, before, params.days
    return Select(_OVERDUE, args, uses=(findings(societies, window),))


def rectification_beyond(societies: Societies, window: Window, params: Span) -> Select:
    """V4: a rectification more than 90 days late on a day of the window, or an inspection refused.

    A refusal counts in the year in which a conclusion found it (R-SUP-03b).
    """
    reads = counted(societies), findings(societies, window), barred(societies, window)
    return Select(_BEYOND.format(late=_LATE), (params.days, window.first), uses=reads)


def barred(societies: Societies, window: Window) -> Shared:
    """Societies of which a conclusion within the window found that they refused a spot check."""

    def build() -> QuerySet[Any]:
        rows = SpotCheck.objects.upheld_in(window.starts_at, window.ends_at)
        rows = rows.filter(society__in=societies)
        return rows.order_by().values_list("society_id").distinct()

    return Shared("barred", {"owner": "bigint"}, build)


def findings(societies: Societies, window: Window) -> Shared:
    """Findings issued by the last day that have a finish day, as known on the day looked at."""

    def build() -> tuple[str, tuple[Any, ...]]:
        rows = Finding.objects.filter(issued_on__lte=window.last, society__in=societies)
        found = rows.order_by().values_list(
            "society_id", "pk", "plan_due", "finish_due", "agreed_at"
        )
        sql, args = found.query.sql_with_params()
        known = start_of(window.known_on + timedelta(days=1))
        before = window.last, FindingState.PLAN_FILED.value, known, settings.TIME_ZONE
        return _FINDING.format(findings=sql), (*before, *args)

    days = {"due": "date", "sent": "date"}
    columns = {"owner": "bigint", **days, "is_closed": "boolean", "late": "integer"}
    return Shared("finding", columns, build)
