"""Findings walked by their people through the ordinary actions, of a batch or registered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.permissions import Role
from societies.access import Actor
from societies.models import Society
from supervision import actions
from supervision.models import Finding, FindingState
from tests.factories.coverage import at
from tests.factories.societies import make_actor, make_federation, make_society
from tests.factories.supervision import BatchWorld, make_batch, make_checklist, notified

S = FindingState
ISSUED_ON = date(2026, 12, 1)
ISSUED = at(ISSUED_ON)
DRAFT = {
    "title": "第三季度支部党员大会无记录",
    "facts": "现场未见第三季度支部党员大会记录",
    "requirement": "按季召开支部党员大会，记录时间、人员、议题、决议",
}
PLAN = {"responsible_post": "学会办公室主任", "plan": "12 月底前补齐制度并按季召开"}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
PATH = (S.ACCEPTED, S.PLAN_TO_SIGN, S.RECTIFYING, S.EVIDENCE_TO_SIGN, S.SUBMITTED, S.VERIFIED)


@dataclass
class FindingCast:
    """Who acts along a finding: the society's two, the committee's four."""

    clerk: Actor
    secretary: Actor
    author: Actor
    verifier: Actor
    closer: Actor
    leader: Actor


@dataclass
class FindingWorld:
    """A finding on its way. batch: where it came from, if from one."""

    finding: Finding
    cast: FindingCast
    batch: BatchWorld | None = None
    now: datetime = ISSUED

    def fresh(self) -> Finding:
        """The finding as it stands."""
        rows = Finding.objects.select_related("society", "rule", "batch")
        self.finding = rows.get(pk=self.finding.pk)
        return self.finding


def make_finding_cast(society: Society) -> FindingCast:
    """One user each."""
    federation = society.federation
    reviewers = [make_actor(Role.COMMITTEE_REVIEWER, federation) for _ in range(3)]
    return FindingCast(
        make_actor(Role.SOCIETY_CLERK, society),
        make_actor(Role.SOCIETY_SECRETARY, society),
        *reviewers,
        make_actor(Role.COMMITTEE_LEADER, federation),
    )


def make_finding(severity: str = "general", now: datetime = ISSUED, **said: Any) -> FindingWorld:
    """A finding that a reviewer registered."""
    federation = make_federation()
    make_checklist(federation)
    society = make_society(federation)
    cast = make_finding_cast(society)
    finding = actions.register_finding(
        society=society,
        source="self",
        severity=severity,
        by=cast.author,
        now=now,
        **(DRAFT | said),
    )
    return FindingWorld(finding, cast, now=now)


def make_batch_finding(severity: str = "general", now: datetime = ISSUED) -> FindingWorld:
    """A finding of the first check of a batch; its verifier is the second inspector."""
    world = notified(make_batch((2, 1), sample_size=1))
    check = world.checks()[0]
    cast = make_finding_cast(check.society)
    first, second = world.seats(check)
    draft = actions.FindingDraft(item_code="2.6", severity=severity, author=first.user, **DRAFT)
    (finding,) = actions.issue_findings(check=check, drafts=[draft], by=cast.author, now=now)
    inspector = world.inspector(second.user, now.date())
    assert inspector is not None
    cast.verifier = inspector
    return FindingWorld(finding, cast, world, now)


def take(world: FindingWorld, act: Callable[..., Any], by: Actor, **inputs: Any) -> Any:
    """One action on the finding as it stands."""
    given = {"finding": world.fresh(), "row_version": None, "by": by, "now": world.now}
    return act(**(given | inputs))


def plan(world: FindingWorld) -> None:
    """Filed by the clerk."""
    day = world.now.date() + timedelta(days=7)
    take(world, actions.send_plan, world.cast.clerk, planned_on=day, **PLAN)


def evidence(world: FindingWorld) -> None:
    """One text and what was done, filed by the clerk."""
    cast = world.cast
    take(world, actions.add_evidence, cast.clerk, title="会议记录", text="12 月 5 日已召开")
    take(world, actions.send_evidence, cast.clerk, result="已按要求召开并记录")


def _to_rectifying(world: FindingWorld) -> None:
    take(world, actions.sign_plan, world.cast.secretary)
    if world.fresh().is_grave:
        day = world.now.date() + timedelta(days=90)
        take(world, actions.agree_date, world.cast.leader, finish_due=day)
        take(world, actions.send_measure, world.cast.clerk, measure="已停止使用")
        take(world, actions.sign_measure, world.cast.secretary)


_STEPS: dict[str, Callable[[FindingWorld], Any]] = {
    S.ACCEPTED: lambda w: take(w, actions.accept_finding, w.cast.secretary),
    S.PLAN_TO_SIGN: plan,
    S.RECTIFYING: _to_rectifying,
    S.EVIDENCE_TO_SIGN: evidence,
    S.SUBMITTED: lambda w: take(w, actions.sign_evidence, w.cast.secretary),
    S.VERIFIED: lambda w: take(
        w, actions.verify_finding, w.cast.verifier, opinion="抽核 2 次会议属实"
    ),
    S.CLOSED: lambda w: take(
        w, actions.close_finding, w.cast.leader if w.fresh().is_grave else w.cast.closer
    ),
}


def walk(world: FindingWorld, state: str = S.CLOSED) -> FindingWorld:
    """The finding walked to a state, from wherever it stands before."""
    stages = list(_STEPS)
    here = world.fresh().state.replace(S.SENT_BACK, S.RECTIFYING)
    done = -1 if here == S.ISSUED else stages.index(here)
    for stage in stages[done + 1 : stages.index(state) + 1]:
        _STEPS[stage](world)
    assert world.fresh().state == state
    return world
