"""Who closes what: a committee of two reviewers and a leader is enough (roles.md §1, R-SUP-06)."""

import pytest

from accounts.permissions import Role
from common.errors import NotAllowed
from supervision import actions, desk, finding_desk, finding_states
from supervision.finding_page import extension_of, open_verbs
from supervision.models import FindingState
from tests.factories import make_actor, make_batch_finding, make_finding
from tests.factories.findings import ISSUED_ON, take, walk
from tests.factories.supervision import conclude

pytestmark = pytest.mark.django_db
S = FindingState


def offered(actor, world):
    finding = world.fresh()
    return {"close", "verify_again"} & open_verbs(actor, finding, extension_of(actor, finding))


def asked(actor):
    return [task.title[:2] for task in finding_desk.findings(actor, ISSUED_ON)]


@pytest.mark.parametrize("severity", ["general", "serious"])
def test_the_leader_closes_what_was_registered(severity):
    """roles.md §1: two reviewers; finder, verifier and closer are three."""
    world = walk(make_finding(severity), S.VERIFIED)
    cast = world.cast
    for barred in (cast.author, cast.verifier):
        assert not offered(barred, world)
        with pytest.raises(NotAllowed):
            take(world, actions.close_finding, barred)
    assert offered(cast.leader, world) == offered(cast.closer, world) == {"close", "verify_again"}
    assert (asked(cast.leader), asked(cast.closer)) == ([], ["销号"]), "a reviewer is left"
    cast.closer.user.is_active = False
    cast.closer.user.save()
    assert asked(cast.leader) == ["销号"], "nobody else is"
    take(world, actions.verify_again, cast.leader, reason="未见记录")
    walk(world, S.VERIFIED)
    take(world, actions.close_finding, cast.leader)
    assert world.fresh().state == S.CLOSED


def test_the_leader_who_found_or_verified_it_closes_nothing(monkeypatch):
    """Four eyes compare users, not appointments (roles.md §2.1)."""
    world = walk(make_finding(), S.SUBMITTED)
    both = make_actor(
        Role.COMMITTEE_LEADER, world.finding.federation, user=world.cast.verifier.user
    )
    walk(world, S.VERIFIED)
    assert not offered(both, world) and not asked(both)
    with pytest.raises(NotAllowed):
        take(world, actions.close_finding, both)


def test_what_a_batch_found_reviewers_close(monkeypatch):
    """roles.md §3: CR closes; there the inspectors verify."""
    world = walk(make_batch_finding(), S.VERIFIED)
    leader = world.cast.leader
    assert not offered(leader, world) and "销号" not in asked(leader)
    with pytest.raises(NotAllowed):
        take(world, actions.close_finding, leader)
    found = finding_states.LEADERS
    monkeypatch.setattr(finding_states, "as_taken", lambda t, *_: found.get(t.verb, t))
    take(world, actions.close_finding, leader)
    assert world.fresh().state == S.CLOSED, "negative control"


def test_a_batch_is_ended_when_its_findings_are():
    """R-SUP-01: the leader's desk asks for what the action takes."""
    world = make_batch_finding()
    conclude(world.batch)
    leader = world.batch.cast.leader

    def ends():
        return [t.title for t in desk.tasks(leader, ISSUED_ON) if t.title.startswith("结束批次")]

    assert not ends()
    walk(world)
    assert len(ends()) == 1
