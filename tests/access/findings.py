"""Findings of the access world: one of an open batch, one 严重 that a reviewer registered.

The inspector under test sits at the own society's check, the lead under test leads the batch.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pgtrigger

from accounts.permissions import Role
from common.clock import day_of, start_of
from societies.access import Actor
from societies.models import Appointment
from supervision import actions
from supervision.models import (
    BatchState,
    ChecklistEdition,
    CheckState,
    Finding,
    FramePart,
    FrameRow,
    InspectionBatch,
    InspectorSeat,
    SpotCheck,
)
from tests.access.places import FAR, NEAR, OWN
from tests.factories import make_actor, make_checklist, make_user
from tests.factories.findings import DRAFT, PDF, PLAN
from tests.factories.ledgers import AS_OF

NOW = start_of(AS_OF).replace(hour=10)
EARLIER = NOW - timedelta(days=5)
DAY = date(2026, 7, 10)


def add_findings(world: Any) -> None:
    """A running batch in each federation, a check and two findings of each society."""
    for place in (OWN, FAR):
        holding = world.holdings[place]
        federation = holding.society.federation
        edition = ChecklistEdition.objects.filter(federation=federation).first()
        edition = edition or make_checklist(federation)
        lead = world.users["IL"] if place == OWN else make_user()
        holding.objects["running"] = _batch(edition, lead, holding.cast)
        reviewers = [make_actor(Role.COMMITTEE_REVIEWER, federation) for _ in range(2)]
        holding.objects["verifier"], holding.objects["closer"] = reviewers
    for place, holding in world.holdings.items():
        home = world.holdings[OWN if place == NEAR else place].objects
        holding.objects |= {name: home[name] for name in ("running", "verifier", "closer")}
        check = _check(holding)
        user = world.users["IN"] if place == OWN else make_user()
        InspectorSeat.objects.create(
            spot_check=check, place=1, user=user, appointment=_appointment(user)
        )
        holding.objects["finding"] = _issue(holding, check)
        holding.objects["grave_finding"] = actions.register_finding(
            society=holding.society,
            source="negative_list",
            severity="grave",
            by=holding.cast.reviewer,
            now=EARLIER,
            **DRAFT,
        )
        proof = _upload(holding)
        holding.objects["evidence"] = proof


def _batch(edition: ChecklistEdition, lead: Any, cast: Any) -> InspectionBatch:
    """Drawn and notified without its procedure, which has tests of its own."""
    by, at = cast.leader.user, EARLIER - timedelta(days=20)
    stamps = {
        f"{act}_{what}": value
        for act in ("decided", "committed", "drawn", "notified")
        for what, value in (("by", by), ("at", at))
    }
    return InspectionBatch.objects.create(
        federation=edition.federation,
        edition=edition,
        code="DC-2026-B7",
        name="上半年第二批",
        on_site_from=day_of(EARLIER),
        on_site_to=DAY,
        sample_size=2,
        sample=2,
        lead=lead,
        state=BatchState.NOTIFIED,
        frame_digest="0" * 64,
        seed_digest="1" * 64,
        seed="DC-2026-B7-0",
        **stamps,
    )


def _check(holding: Any) -> SpotCheck:
    society = holding.society
    with pgtrigger.ignore("supervision.FrameRow:frozen_stays"):
        FrameRow.objects.create(
            batch=holding.objects["running"],
            society=society,
            name=society.name,
            discipline=society.discipline_class,
            part=FramePart.RANDOM,
            drawn=True,
            position=1,
        )
    return SpotCheck.objects.create(
        batch=holding.objects["running"],
        federation_id=society.federation_id,
        society=society,
        code=f"DC-2026-7{society.pk}",
        part="random",
        position=1,
        state=CheckState.IN_PROGRESS,
    )


def _appointment(user: Any) -> Appointment | None:
    return Appointment.objects.filter(user=user).first()


def _issue(holding: Any, check: SpotCheck) -> Finding:
    author = holding.objects.setdefault("author", make_user())
    draft = actions.FindingDraft("2.6", "general", author=author, **DRAFT)
    (row,) = actions.issue_findings(
        check=check, drafts=[draft], by=holding.cast.reviewer, now=EARLIER
    )
    return row


def _step(holding: Any, act: Any, by: Actor, kind: str = "finding", **inputs: Any) -> Any:
    row = Finding.objects.get(pk=holding.objects[kind].pk)
    return act(finding=row, row_version=None, by=by, now=EARLIER, **inputs)


def _upload(holding: Any) -> Any:
    """A closed finding of its own with a file: what the download's address names."""
    check = holding.objects["finding"].spot_check
    draft = actions.FindingDraft(
        "8.1", "general", author=holding.objects["author"], **(DRAFT | {"title": "章程"})
    )
    (row,) = actions.issue_findings(
        check=check, drafts=[draft], by=holding.cast.reviewer, now=EARLIER
    )
    holding.objects["filed_finding"] = row
    accepted(holding, "filed_finding")
    planned(holding, "filed_finding", done=("accepted",))
    _step(holding, actions.sign_plan, holding.cast.secretary, "filed_finding")
    return _step(
        holding,
        actions.add_evidence,
        holding.cast.clerk,
        "filed_finding",
        upload=("整改报告.pdf", PDF),
    )


def accepted(holding: Any, kind: str = "finding") -> None:
    """确认收到."""
    _step(holding, actions.accept_finding, holding.cast.secretary, kind)


def planned(holding: Any, kind: str = "finding", done: tuple[str, ...] = ()) -> None:
    """方案 before the secretary."""
    if not done:
        accepted(holding, kind)
    _step(holding, actions.send_plan, holding.cast.clerk, kind, planned_on=DAY, **PLAN)


def filed(holding: Any) -> None:
    """严重: the plan before the leader."""
    planned(holding, "grave_finding")
    _step(holding, actions.sign_plan, holding.cast.secretary, "grave_finding")


def measured(holding: Any) -> None:
    """严重: the immediate measure before the secretary."""
    accepted(holding, "grave_finding")
    _step(holding, actions.send_measure, holding.cast.clerk, "grave_finding", measure="已停用")


def rectifying(holding: Any, kind: str = "finding") -> None:
    """整改中, with one evidence."""
    planned(holding, kind)
    _step(holding, actions.sign_plan, holding.cast.secretary, kind)
    _step(holding, actions.add_evidence, holding.cast.clerk, kind, title="说明", text="已办")


def evidenced(holding: Any) -> None:
    """整改情况 before the secretary."""
    rectifying(holding)
    _step(holding, actions.send_evidence, holding.cast.clerk, result="已按要求召开")


def submitted(holding: Any) -> None:
    """待复查."""
    evidenced(holding)
    _step(holding, actions.sign_evidence, holding.cast.secretary)


def verified(holding: Any) -> None:
    """待销号."""
    submitted(holding)
    _step(holding, actions.verify_finding, holding.objects["verifier"], opinion="属实")


def asked(holding: Any) -> None:
    """An extension before the reviewer."""
    rectifying(holding)
    day = DAY + timedelta(days=20)
    by = holding.cast.secretary
    _step(holding, actions.ask_extension, by, due_asked=day, reason="会议推迟")


def reviewed(holding: Any) -> None:
    """An extension before the leader."""
    asked(holding)
    by = holding.objects["verifier"]
    _step(holding, actions.review_extension, by, opinion="属实")
