"""Random ledgers as tuples, and their rows in the database."""

from datetime import date, datetime, timedelta
from random import Random

from common.clock import start_of
from ledgers.editions import load_editions
from ledgers.models import (
    ExpectedFiling,
    Ledger,
    LedgerOperations,
    LedgerPeriod,
    LedgerReturnRemark,
    LedgerStep,
)
from societies.models import DataQualityIssue, Federation, Society
from tests.factories import make_user
from tests.oracle.star_ledgers import Expected, Filing, Issue, Ledgers, Period, Step

PERIODS = (
    Period(date(2025, 6, 30), date(2025, 7, 14)),
    Period(date(2025, 12, 31), date(2026, 1, 15)),
    Period(date(2026, 6, 30), date(2026, 7, 14)),
    Period(date(2026, 12, 31), date(2027, 1, 15)),
)
TABLES = ("", "operations", "members")
STORIES = ("", "f", "fa", "fa", "fr", "frf", "frfa", "frfrfa")


def random_ledgers(bodies: int, random: Random) -> Ledgers:
    """Owed or not, exempted or not, filed early, on time, late or never, returned or accepted."""
    expected, filings = [], []
    for body in range(bodies):
        for number, period in enumerate(PERIODS):
            if random.random() < 0.85:
                exempt = random.random() < 0.15
                day = period.as_of + timedelta(days=random.randrange(40))
                expected.append(Expected(body, number, day if exempt else None))
            if story := random.choice(STORIES):
                filings.append(_filing(body, number, period, story, random))
    issues = [
        _issue(body, random) for body in range(bodies) for _ in range(random.choice((0, 0, 1, 2)))
    ]
    return Ledgers(PERIODS, tuple(expected), tuple(filings), tuple(issues))


def _filing(body: int, number: int, period: Period, story: str, random: Random) -> Filing:
    day = period.as_of + timedelta(days=random.choice((0, 3, 13, 14, 15, 16, 25)))
    first, counted, steps = day, day, []
    for place, letter in enumerate(story):
        if letter == "f":
            # Mended soon, the first filing counts; else the later one (R-LED-08).
            counted = first if place == 0 or random.random() < 0.5 else day
            steps.append(Step("filed", day, on_time=counted <= period.due))
        elif letter == "a":
            steps.append(Step("accepted", day))
        else:
            mend = day + timedelta(days=random.choice((0, 7)))
            steps.append(Step("returned", day, figure=random.random() < 0.7, mend=mend))
        day += timedelta(days=random.choice((0, 1, 30)))
    charter = random.choice(("yes", "yes", "no", "missing"))
    return Filing(body, number, tuple(steps), counted, charter)


def _issue(body: int, random: Random) -> Issue:
    opened = date(2026, 1, 1) + timedelta(days=random.randrange(300))
    closed = opened + timedelta(days=random.randrange(1, 200)) if random.random() < 0.5 else None
    return Issue(body, random.choice(TABLES), opened, closed)


def write_ledgers(ledgers: Ledgers, federation: Federation, bodies: list[Society]) -> None:
    """Insert the rows; states follow from the last step."""
    edition = load_editions(federation)[0]
    periods = [
        LedgerPeriod.objects.create(
            federation=federation,
            edition=edition,
            key=f"{p.as_of.year}H{1 if p.as_of.month == 6 else 2}",
            as_of=p.as_of,
            due_on=p.due,
            grace_until=p.due + timedelta(days=7),
            closes_on=p.due + timedelta(days=28),
            opened_at=start_of(p.as_of),
        )
        for p in ledgers.periods
    ]
    people = [make_user() for _ in range(4)]
    for row in ledgers.expected:
        _write_expected(row, periods, bodies, people)
    for number, filing in enumerate(ledgers.filings):
        _write_filing(number, filing, periods, bodies, people)
    DataQualityIssue.objects.bulk_create(
        DataQualityIssue(
            society=bodies[issue.body],
            code=f"DQ-{n}",
            section=issue.table,
            severity="error",
            message="不一致",
            opened_on=issue.opened,
            closed_on=issue.closed,
        )
        for n, issue in enumerate(ledgers.issues)
    )


def _write_expected(row: Expected, periods: list, bodies: list, people: list) -> None:
    at = noon(row.exempted) if row.exempted else None
    ExpectedFiling.objects.create(
        period=periods[row.period],
        society=bodies[row.body],
        exempt_reason="整顿" if at else "",
        exemption_proposed_by=people[2] if at else None,
        exemption_proposed_at=at,
        exemption_decided_by=people[3] if at else None,
        exemption_decided_at=at,
    )


def _write_filing(number: int, filing: Filing, periods: list, bodies: list, people: list) -> None:
    clerk, secretary, reviewer, _ = people
    ledger = Ledger.objects.create(
        society=bodies[filing.body], period=periods[filing.period], number=f"TZ-{number}"
    )
    LedgerOperations.objects.create(ledger=ledger, charter_has_party_building=filing.charter)
    for place, step in enumerate(filing.steps):
        row = LedgerStep.objects.create(
            ledger=ledger,
            society=bodies[filing.body],
            verb=step.state,
            to_state=step.state,
            stage="committee" if step.state == "returned" else "",
            on_time=step.on_time if step.state == "filed" else None,
            mend_until=step.mend,
            by=reviewer,
            # Steps of one day keep their order.
            at=noon(step.day) + timedelta(minutes=place),
        )
        if step.state == "returned":
            LedgerReturnRemark.objects.create(
                step=row,
                ledger=ledger,
                society=bodies[filing.body],
                section="staff" if step.figure else "leaders",
                field="x",
                by=reviewer,
                at=row.at,
                text="请核对",
            )
    state, first = filing.steps[-1].state, noon(filing.steps[0].day)
    judged = {
        "filed": {},
        "accepted": {"reviewed_by": reviewer, "reviewed_at": first},
        "returned": {
            "returned_by": reviewer,
            "returned_at": first,
            "returned_by_stage": "committee",
            "return_reason": "请核对",
        },
    }[state]
    Ledger.objects.filter(pk=ledger.pk).update(
        state=state,
        sent_by=clerk,
        sent_at=first,
        signed_by=secretary,
        signed_at=first,
        first_filed_at=first,
        counted_filed_at=noon(filing.counted),
        **judged,
    )


def noon(day: date) -> datetime:
    return start_of(day) + timedelta(hours=12)
