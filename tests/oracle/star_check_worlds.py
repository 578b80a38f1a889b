"""Which random findings a spot check issued, random refusals, and their rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from common.clock import start_of
from supervision.models import ChecklistEdition, InspectionBatch, SpotCheck
from tests.factories import make_checklist, make_user
from tests.oracle.star_sources import Finding, Refusal

YEAR = 2026
ITEMS = ("", "2.6", "7.1", "7.2")
_numbers = count(1)


def of_checks(findings: list[Finding], random: Random) -> list[Finding]:
    """The same findings, most of them issued by a spot check."""
    return [finding._replace(item=random.choice(ITEMS)) for finding in findings]


def random_refusals(bodies: int, random: Random) -> list[Refusal]:
    """Of every body none or one or two: recorded, concluded, found so or not."""
    found = []
    for body in range(bodies):
        for _ in range(random.choice((0, 0, 1, 2))):
            recorded = date(YEAR - 1, 11, 15) + timedelta(days=random.randrange(400))
            concluded, upheld = recorded + timedelta(days=random.randrange(7, 60)), None
            if random.random() < 0.8:
                upheld = random.random() < 0.6
            found.append(Refusal(body, recorded, None if upheld is None else concluded, upheld))
    return found


def origin(finding: Finding, society: Any, author: Any) -> dict[str, Any]:
    """Where a finding comes from, as columns of its row."""
    if not finding.item:
        return {"source": "self"}
    check = _check(society, finding.issued, author)
    check.state, check.concluded_by, check.concluded_at = "concluded", author, _at(finding.issued)
    check.save()
    facts = {"batch": check.batch, "spot_check": check, "item_code": finding.item}
    return {"source": "batch", **facts}


def write_refusals(refusals: list[Refusal], federation: Any, bodies: list) -> None:
    """Spot checks of a batch each, in the state to which they came."""
    if not refusals:
        return
    if not ChecklistEdition.objects.filter(federation=federation).exists():
        make_checklist(federation)
    lead, reviewer = make_user(), make_user()
    for refusal in refusals:
        row = _check(bodies[refusal.body], refusal.recorded, lead)
        row.state, row.reply_due = "confirmed", refusal.recorded + timedelta(days=7)
        row.barred_reason, row.barred_by = "拒绝督导组进入", lead
        row.barred_at = row.confirmed_at = _at(refusal.recorded)
        if refusal.concluded:
            row.state, row.barred_upheld = "concluded", refusal.upheld
            row.concluded_by, row.concluded_at = reviewer, _at(refusal.concluded)
        row.save()


def _check(society: Any, day: date, lead: Any) -> SpotCheck:
    number = next(_numbers)
    edition = ChecklistEdition.objects.get(federation=society.federation)
    batch = InspectionBatch.objects.create(
        federation=society.federation,
        edition=edition,
        code=f"DC-{number}",
        name=f"第{number}批",
        on_site_from=day,
        on_site_to=day,
        sample_size=1,
        lead=lead,
    )
    return SpotCheck.objects.create(
        batch=batch,
        federation=society.federation,
        society=society,
        code=f"DC-{number}-1",
        part="random",
        position=1,
    )


def _at(day: date) -> datetime:
    return start_of(day) + timedelta(hours=10)
