"""Rectification and hours once more, from rules §7.2, 8 and 9 alone; imports nothing of the portal.

A finding is walked step by step to a day, an officer's months are counted day by day.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.oracle import hours

F = Fraction
NOT_DUE = "not_due"
FINISH = {"general": 30, "serious": 60, "grave": None}
PLAN = {"general": 10, "serious": 7, "grave": 3}


class Finding(NamedTuple):
    """steps: (day, verb, date) in order.

    Verbs: plan, decline, agree, extend, submit, back, close. item: of the checklist, of a spot
    check; "" for one that was registered.
    """

    body: int
    severity: str
    issued: date
    steps: tuple[tuple[date, str, date | None], ...] = ()
    item: str = ""


class Refusal(NamedTuple):
    """A spot check that the lead recorded as refused; upheld: what the conclusion made of it."""

    body: int
    recorded: date
    concluded: date | None = None
    upheld: bool | None = None


class Credit(NamedTuple):
    """One person's part in an event; person: the place in the world's persons, or `who`."""

    person: int
    event: int
    held: date
    kind: str
    portion: str
    minutes: int | None
    lecturer: bool
    confirmed: date


class Standing(NamedTuple):
    """A finding as it stood at the end of a day."""

    due: date | None
    sent: date | None
    closed: bool


def standing(finding: Finding, known: date) -> Standing:
    days = FINISH[finding.severity]
    due = None if days is None else finding.issued + timedelta(days=days)
    sent, closed, with_leader = None, False, False
    plan_due, given = finding.issued + timedelta(days=PLAN[finding.severity]), finding.issued
    for day, verb, value in finding.steps:
        if day > known:
            break
        if verb in ("plan", "decline"):
            with_leader = verb == "plan"
            # The days of whoever has to look at it are not the society's.
            plan_due += timedelta() if with_leader else day - given
            given = day
        elif verb in ("agree", "extend"):
            due = value
        elif verb == "submit":
            sent = day
        elif verb == "back":
            due, sent = due and sent and due + (day - sent), None
        else:
            closed = True
    if due is None and not with_leader:
        due = plan_due
    return Standing(due, sent, closed)


def of(findings: list[Finding], body: int, last: date, known: date) -> list[Standing]:
    mine = [f for f in findings if f.body == body and f.issued <= last]
    return [each for each in (standing(f, known) for f in mine) if each.due]


def late_days(one: Standing, last: date) -> list[date]:
    """Every day on which it was late, up to the submission."""
    until = min(one.sent or last, last)
    count = (until - one.due).days if one.due else 0
    return [one.due + timedelta(days=n) for n in range(1, count + 1)] if one.due else []


def rectified(findings: list[Finding], body: int, last: date, known: date) -> Fraction | str | None:
    """G4."""
    good = bad = coming = 0
    for one in of(findings, body, last, known):
        if any(day.year == last.year for day in late_days(one, last)):
            bad += 1
        elif one.due and one.due.year == last.year:
            if one.closed and one.sent and one.sent <= one.due:
                good += 1
            elif not one.closed and one.due >= last and (last.month, last.day) != (12, 31):
                coming += 1
    if good + bad:
        return F(good, good + bad)
    return NOT_DUE if coming else None


def overdue(findings: list[Finding], body: int, last: date, known: date) -> int:
    """N3: full thirty days that became full in the year, five at most."""
    full = 0
    for one in of(findings, body, last, known):
        days = late_days(one, last)
        full += sum(1 for n, day in enumerate(days, 1) if n % 30 == 0 and day.year == last.year)
    return min(full, 5)


def beyond(findings: list[Finding], body: int, last: date, known: date) -> bool:
    """V4: on a day of the year more than ninety days late."""
    return any(
        n > 90 and day.year == last.year
        for one in of(findings, body, last, known)
        for n, day in enumerate(late_days(one, last), 1)
    )


def refused(refusals: list[Refusal], body: int, last: date) -> bool:
    """V4's other case: a conclusion of the year, by the day, that found a refusal."""
    return any(
        one.body == body and one.upheld is True and one.concluded.year == last.year
        for one in refusals
        if one.concluded is not None and one.concluded <= last
    )


def mismatched(findings: list[Finding], body: int, last: date) -> int:
    """E3: what spot checks of the year found not to be as filed (items 7.1, 7.2)."""
    mine = [f for f in findings if f.body == body and f.item in ("7.1", "7.2")]
    return sum(f.issued.year == last.year and f.issued <= last for f in mine)


Spans = list[tuple[date, date | None]]


def whole_months(spans: Spans, first: date, last: date) -> int:
    """Months between two days, each day of which some span holds."""
    found, day = 0, first
    while day <= last:
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        if after - timedelta(days=1) <= last:
            each = [day + timedelta(days=n) for n in range((after - day).days)]
            found += all(any(a <= d and (b is None or d < b) for a, b in spans) for d in each)
        day = after
    return found


def hours_done(
    people: dict[int, Spans],
    credits: list[Credit],
    asked: int,
    last: date,
    known: date,
    members: dict[int, Spans] | None = None,
) -> Fraction | str | None:
    """D1, D2: people are those of whom hours may be required, with the spans that count.

    members: for officers, their spans as members; who leads owes a member's hours as well, and one
    training (R-TRN-01).
    """
    first, end = last.replace(month=1, day=1), last.replace(month=12, day=31)
    done = owing = coming = 0
    for person, spans in people.items():
        months = whole_months(spans, first, last)
        if not months:
            coming += whole_months(spans, first, end) > 0
            continue
        mine = [
            (c.held, c.kind, c.portion, c.minutes, c.lecturer, c.event)
            for c in credits
            if c.person == person and first <= c.held <= last and c.confirmed <= known
        ]
        owing += 1
        total, *_, trainings = hours.year(mine)
        enough = total >= hours.owed(asked, months)
        if members is not None:
            as_member = hours.owed(32, whole_months(members[person], first, last))
            enough = enough and total >= as_member and trainings > 0
        done += enough
    if owing:
        return F(done, owing)
    return NOT_DUE if coming else None
