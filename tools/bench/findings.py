"""A society's findings with their steps: closed in time or late, submitted, or left open."""

from __future__ import annotations

from datetime import date, timedelta

from tools.bench.society import Society, Tables

ISSUED = (date(2026, 9, 7), date(2027, 2, 1), date(2027, 4, 12))
FINISH = 30  # calendar days of 一般 (R-SUP-06)
PLAN = 10
# After how many days: planned, submitted, verified and closed. None: not.
COURSES = ((5, 25, 32), (5, 40, 52), (5, 28, None), (5, None, None), (None, None, None))
EACH = len(ISSUED)


def write_findings(society: Society, tables: Tables) -> None:
    """Of a hundred times thirty something was found."""
    for n, issued in enumerate(ISSUED):
        if society.chance(30):
            _finding(society, tables, n, issued)


def _finding(society: Society, tables: Tables, n: int, issued: date) -> None:
    pk = society.number * EACH + n + 1
    course = COURSES[society.random.randrange(len(COURSES))]
    days = [None if after is None else issued + timedelta(days=after) for after in course]
    planned, submitted, closed = days
    due = issued + timedelta(days=FINISH)
    state = "closed" if closed else "submitted" if submitted else "rectifying"
    late = bool(closed and submitted and submitted > due)
    people = society.frame.users
    tables.add(
        "supervision.Finding",
        *(pk, society.pk, society.frame.federation.pk, f"ZG-{issued.year}-{pk:06}", "self"),
        *(society.frame.general.pk, "general", "会议记录不完整", "现场未见记录", "按季召开并记录"),
        *(state if planned else "issued", society.reviewer, society.reviewer, _at(issued), issued),
        *(issued + timedelta(days=PLAN), due, planned, submitted, late),
        *_act(planned, society.filer),
        *_act(planned, society.confirmer),
        *_act(submitted, society.filer),
        *_act(submitted, society.confirmer),
        *_act(closed, people[3]),
        *_act(closed, people[4]),
    )
    _steps(society, tables, pk, issued, days)


def _steps(
    society: Society, tables: Tables, pk: int, issued: date, days: list[date | None]
) -> None:
    planned, submitted, closed = days
    people = society.frame.users
    steps = (
        (issued, "issue", "issued", society.reviewer),
        (planned, "accept", "accepted", society.confirmer),
        (planned, "send_plan", "plan_to_sign", society.filer),
        (planned, "sign_plan", "rectifying", society.confirmer),
        (submitted, "send_evidence", "evidence_to_sign", society.filer),
        (submitted, "sign_evidence", "submitted", society.confirmer),
        (closed, "verify", "verified", people[3]),
        (closed, "close", "closed", people[4]),
    )
    source = ""
    for day, verb, target, by in steps:
        if day is not None:
            tables.add(
                "supervision.FindingStep",
                *(pk, society.pk, verb, source, target, by, society.frame.appointment, _at(day)),
            )
            source = target


def _act(day: date | None, by: int) -> tuple[object, object]:
    """Who acted and when, or nobody."""
    return (None, None) if day is None else (by, _at(day))


def _at(day: date) -> str:
    return f"{day} 10:00+08"
