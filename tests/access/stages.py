"""Where a procedure must stand for a body to succeed: the same for every society of the world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from branches.actions import suspend
from societies.grants import actors_for
from tests.access import checks, findings, ledgers, members, posts, stars, supervision, training
from tests.access.ledgers import AS_OF
from tests.access.life import draft_each
from tests.access.places import FAR, NEAR, OWN, SIBLING
from tests.access.world import NOW, World


def _suspended(world: World) -> None:
    places = [*world.holdings, SIBLING]
    for organisation in (*map(world.organisation, places), world.joint):
        by = world.holding_of(organisation).cast.reviewer
        suspend(
            organisation=organisation, on=date(2018, 1, 1), document_number="1号", by=by, now=NOW
        )


Step = Callable[[Any, Any], Any]


def _each_ledger(step: Step, keep: str = "") -> Callable[[World], None]:
    """Take every society's ledger through a step; keep: the object that the step gives."""

    def walk(world: World) -> None:
        for holding in world.holdings.values():
            found = step(holding.objects["ledger"], holding.cast)
            if keep:
                holding.objects[keep] = found

    return walk


def _each_filing(step: Step, keep: str = "") -> Callable[[World], None]:
    """Take every society's filing through a step; keep: the object that the step gives."""

    def walk(world: World) -> None:
        for holding in world.holdings.values():
            found = step(holding.objects["filing"], holding.cast)
            if keep:
                holding.objects[keep] = found

    return walk


def _imported(world: World) -> None:
    for holding in world.holdings.values():
        members.imported(holding)


def _proposed(world: World, by_role: str = "") -> None:
    """Proposed by reviewers not under test, or in the own federation by the role that is."""
    own, near, far = (world.holdings[place] for place in (OWN, NEAR, FAR))
    tried = actors_for(world.users[by_role], AS_OF)[0] if by_role else None
    for holding in (own, near, far):
        by = tried if tried and holding is not far else holding.cast.reviewer
        ledgers.propose_exemption(holding.objects, by)
        if holding is not near:
            ledgers.propose_closing(holding.objects, by)


def _locks(steps: int) -> Callable[[World], None]:
    def ask(world: World) -> None:
        for holding in world.holdings.values():
            holding.objects["lock"] = ledgers.lock(holding.objects, holding.cast, steps)

    return ask


STAGES: dict[str, Callable[[World], None]] = {
    "-": lambda world: None,
    "suspended": _suspended,
    "drafted": draft_each,
    "imported": _imported,
    "class_draft": training.drafted,
    "class_planned": training.planned,
    "class_held": training.held,
    "class_imported": training.imported,
    "to_sign": _each_ledger(ledgers.to_sign),
    "filed": _each_ledger(ledgers.filed),
    "accepted": _each_ledger(ledgers.accepted),
    "unchanged": _each_ledger(ledgers.unchanged),
    "restated": _each_ledger(ledgers.restated, keep="version"),
    "to_decide": _each_ledger(ledgers.to_decide, keep="version"),
    "leaders": _each_ledger(ledgers.leaders),
    "removed": _each_ledger(ledgers.removed),
    "proposed": _proposed,
    "proposed_cr": lambda world: _proposed(world, "CR"),
    "withdrawn": _each_filing(posts.withdrawn),
    "post_sent": _each_filing(posts.sent),
    "post_filed": _each_filing(posts.filed),
    "extension": _each_filing(posts.extension, keep="asked_extension"),
    "extension_reviewed": _each_filing(posts.reviewed, keep="asked_extension"),
    "star_applying": stars.each(stars.applying),
    "star_applied": stars.each(stars.applied),
    "star_self_sent": stars.each(stars.self_sent),
    "star_assigned": stars.each(stars.assigned),
    "star_preliminary": stars.each(stars.preliminary),
    "star_ready": stars.ready,
    "star_tied": stars.tied,
    "star_posted": stars.posted,
    "star_over": stars.over,
    "star_objected": stars.objected,
    "star_decided": stars.decided,
    "veto_heard": stars.each(stars.heard),
    "veto_acting": stars.each(stars.acting),
    "veto_lifting": stars.each(stars.lifting),
    **{
        f"batch_{step.__name__}": supervision.each(step)
        for step in (
            supervision.sent,
            supervision.reviewed,
            supervision.approved,
            supervision.committed,
            supervision.drawn,
            supervision.paired,
            supervision.notified,
            supervision.concluded,
        )
    },
    **{f"check_{step.__name__}": stars.each(step) for step in checks.STEPS},
    "finding_accepted": stars.each(findings.accepted),
    "finding_planned": stars.each(findings.planned),
    "finding_filed": stars.each(findings.filed),
    "finding_measured": stars.each(findings.measured),
    "finding_rectifying": stars.each(findings.rectifying),
    "finding_evidenced": stars.each(findings.evidenced),
    "finding_submitted": stars.each(findings.submitted),
    "finding_verified": stars.each(findings.verified),
    "finding_asked": stars.each(findings.asked),
    "finding_reviewed": stars.each(findings.reviewed),
    "asked": _locks(0),
    "signed": _locks(1),
    "reviewed": _locks(2),
}
