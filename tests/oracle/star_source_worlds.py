"""Random findings with their history and random hours, as tuples, and their rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from accounts.permissions import Role
from common.clock import start_of
from supervision.models import Finding as FindingRow
from supervision.models import FindingExtension, FindingStep, SeverityRule
from tests.factories import make_user
from tests.factories.societies import make_actor
from tests.factories.supervision import make_checklist
from tests.factories.training import make_training
from tests.oracle.star_check_worlds import origin
from tests.oracle.star_sources import FINISH, PLAN, Credit, Finding
from training.models import HourCredit, HourEvent
from training.recompute import recompute

YEAR = 2026
MOST = 180
# Verb of the oracle → verb and state of the portal.
STEPS = {
    "plan": ("sign_plan", "plan_filed"),
    "decline": ("decline_plan", "accepted"),
    "agree": ("agree_date", "rectifying"),
    "extend": ("decide_extension", "rectifying"),
    "submit": ("sign_evidence", "submitted"),
    "back": ("send_back", "sent_back"),
    "close": ("close", "closed"),
}


def random_findings(bodies: int, random: Random) -> list[Finding]:
    """Of every body none to three, on every part of their way."""
    return [_finding(body, random) for body in range(bodies) for _ in range(random.randrange(4))]


def _finding(body: int, random: Random) -> Finding:
    issued = date(YEAR - 1, 9, 1) + timedelta(days=random.randrange(480))
    severity = random.choice(sorted(FINISH))
    days, day = FINISH[severity], issued
    due = None if days is None else issued + timedelta(days=days)
    steps: list[tuple[date, str, date | None]] = []

    def after(most: int) -> date:
        return day + timedelta(days=random.randrange(1, most))

    if due is None and random.random() < 0.8:
        steps.append((day := after(30), "plan", None))
        if random.random() < 0.4:
            steps += [(day := after(9), "decline", None), (day := after(30), "plan", None)]
        last = issued + timedelta(days=MOST)
        if random.random() < 0.8 and day + timedelta(days=9) < last:
            day = after(8)
            due = day + timedelta(days=random.randrange((last - day).days + 1))
            steps.append((day, "agree", due))
    if due is not None and random.random() < 0.3:
        due += timedelta(days=random.randrange(1, 16))
        steps.append((day := after(50), "extend", due))
    while due is not None and random.random() < 0.75:
        day = max(after(120), random.choice([due, due + timedelta(days=1), day]))
        steps.append((day, "submit", None))
        if random.random() < 0.7:
            if random.random() < 0.8:
                steps.append((after(40), "close", None))
            break
        steps.append((back := after(20), "back", None))
        due, day = due + (back - day), back
    return Finding(body, severity, issued, tuple(steps))


def random_credits(persons: list, random: Random) -> list[Credit]:
    """Events of every kind; half of the people come to each of their organisation's."""
    found, number = [], 0
    for organisation in sorted({person.organisation for person in persons}):
        mine = [n for n, person in enumerate(persons) if person.organisation == organisation]
        for _ in range(random.randrange(9)):
            # Few days, so that several events fall on one.
            held = date(YEAR, 1, 1) + timedelta(days=9 * random.randrange(41))
            kind = random.choice(["concentrated", "study", "lecture", "online", "online"])
            portion = random.choice(["day", "day", "half_day", "minutes"])
            minutes = random.randrange(1, 500) if portion == "minutes" else None
            confirmed = held + timedelta(days=random.choice((0, 0, 3, 60)))
            came = [n for n in mine if random.random() < 0.8]
            lecturer = random.choice([*came, None]) if kind == "lecture" else None
            found += [
                Credit(n, number, held, kind, portion, minutes, n == lecturer, confirmed)
                for n in came
            ]
            number += 1
    return found


def write_credits(world: Any, federation: Any, members: list) -> None:
    """Events with their credits, and the stored year as an action would leave it."""
    edition = make_training(federation)
    filer, confirmer = make_user(), make_user()
    by_event: dict[int, list[Credit]] = {}
    for credit in world.credits:
        by_event.setdefault(credit.event, []).append(credit)
    for number, credits in by_event.items():
        one = credits[0]
        organisation = members[one.person].organisation
        event = HourEvent.objects.create(
            society_id=organisation.society_id,
            organisation=organisation,
            kind=one.kind,
            title=f"第{number}次",
            held_on=one.held,
            portion=one.portion,
            minutes=one.minutes,
            state="confirmed",
            filed_at=_at(one.held),
            filed_by=filer,
            confirmed_at=_at(one.confirmed),
            confirmed_by=confirmer,
        )
        HourCredit.objects.bulk_create(
            HourCredit(
                event=event,
                member=members[c.person],
                society_id=members[c.person].society_id,
                as_lecturer=c.lecturer,
            )
            for c in credits
        )
    recompute([member.pk for member in members], YEAR, edition)


def write_findings(findings: list[Finding], federation: Any, bodies: list) -> None:
    """Findings in the state to which their steps led them."""
    if not findings:
        return
    checklist = make_checklist(federation)
    rules = {r.severity: r for r in SeverityRule.objects.filter(edition=checklist)}
    cast = [make_actor(Role.COMMITTEE_REVIEWER, federation) for _ in range(4)]
    for n, finding in enumerate(findings):
        _write(n, finding, rules[finding.severity], bodies[finding.body], cast)


def _write(n: int, finding: Finding, rule: SeverityRule, society: Any, cast: list) -> None:
    author, secretary, verifier, closer = cast
    days = FINISH[finding.severity]
    due = None if days is None else finding.issued + timedelta(days=days)
    plan_due = finding.issued + timedelta(days=PLAN[finding.severity])
    facts: dict[str, Any] = {"state": "issued"}
    extension, steps = None, [("issue", "issued", _at(finding.issued), author)]
    for day, verb, value in finding.steps:
        at, (name, state) = _at(day), STEPS[verb]
        facts["state"] = state
        by = closer if verb in ("agree", "decline", "close", "extend") else secretary
        if verb == "plan":
            facts |= {"plan_filed_on": day, "plan_signed_by": by.user, "plan_signed_at": at}
        elif verb == "decline":
            plan_due += day - facts["plan_filed_on"]
            facts["plan_filed_on"] = None
        elif verb == "agree":
            due = value
            facts |= {"agreed_by": by.user, "agreed_at": at}
        elif verb == "extend":
            extension, due = (due, value, at), value
        elif verb == "submit":
            facts |= {"submitted_on": day, "signed_by": by.user, "signed_at": at}
        elif verb == "back":
            by = verifier
            due += day - facts["submitted_on"]
            facts |= {"submitted_on": None, "signed_by": None, "signed_at": None}
        elif verb == "close":
            steps.append(("verify", "verified", at, verifier))
            facts |= {"verified_by": verifier.user, "verified_at": at}
            facts |= {"closed_by": by.user, "closed_at": at}
            facts["closed_late"] = facts["submitted_on"] > due
        steps.append((name, state, at, by))
    row = FindingRow.objects.create(
        society=society,
        federation=society.federation,
        code=f"ZG-{YEAR}-{n:04}",
        rule=rule,
        severity=finding.severity,
        title="问题",
        facts="事实",
        requirement="要求",
        author=author.user,
        issued_by=author.user,
        issued_at=_at(finding.issued),
        issued_on=finding.issued,
        plan_due=plan_due,
        finish_due=due,
        **origin(finding, society, author.user),
        **facts,
    )
    FindingStep.objects.bulk_create(
        FindingStep(
            finding=row,
            society=society,
            verb=verb,
            to_state=state,
            by=by.user,
            appointment=by.appointment,
            at=at,
        )
        for verb, state, at, by in steps
    )
    if extension:
        before, asked, at = extension
        FindingExtension.objects.create(
            finding=row,
            society=society,
            due_before=before,
            due_asked=asked,
            reason="理由",
            asked_by=secretary.user,
            asked_at=at,
            reviewed_by=verifier.user,
            reviewed_at=at,
            granted=True,
            decided_by=closer.user,
            decided_at=at,
        )


def _at(day: date) -> datetime:
    return start_of(day) + timedelta(hours=10)
