"""Lifting a veto is proposed by the leader and confirmed by a second member (roles.md §3)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from starrating import actions, desk
from starrating.models import Veto, VetoState
from tests.factories import make_actor, make_posting
from tests.factories.coverage import at
from tests.factories.rounds import YEAR, finalise, make_round, post
from tests.starrating.test_round_places import propose, propose_and_confirm, rate

pytestmark = pytest.mark.django_db
NOW = at(date(2026, 3, 11))


@pytest.fixture
def world():
    world = make_round()
    world.veto = propose_and_confirm(world)
    return world


def lift(world, by=None, reason="已补检"):
    by = by or world.cast.leader
    return actions.propose_lift(veto=world.veto, row_version=None, reason=reason, by=by, now=NOW)


def second(world, by):
    return actions.second_lift(veto=world.veto, row_version=None, by=by, now=NOW)


def acts():
    return Veto.objects.acting(YEAR).exists()


def test_it_acts_until_a_second_member_agrees(world):
    """The leader who confirmed may propose it, the member who confirmed may agree to it."""
    veto = lift(world)
    assert (veto.state, veto.lift_by) == (VetoState.CONFIRMED, world.cast.leader.user)
    assert acts()
    veto = second(world, world.cast.members[3])
    assert (veto.state, veto.reason) == (VetoState.LIFTED, "已补检")
    assert veto.closed_by == world.cast.members[3].user
    assert not acts()


def test_it_needs_a_reason_and_is_proposed_once(world):
    for reason, words in ((" ", "请写明理由"), ("字" * 301, "最多 300")):
        with pytest.raises(ActionRefused, match=words):
            lift(world, reason=reason)
    with pytest.raises(ActionRefused, match="尚未提出"):
        second(world, world.cast.members[0])
    lift(world)
    with pytest.raises(ActionRefused, match="已提出解除"):
        lift(world)


def test_a_proposal_is_not_lifted_nor_an_acting_veto_dismissed(world):
    leader = world.cast.leader
    with pytest.raises(ActionRefused, match="状态已变化"):
        actions.close_veto(veto=world.veto, row_version=None, reason="不实", by=leader, now=NOW)
    other = make_round()
    proposed = propose(other)
    with pytest.raises(ActionRefused, match="状态已变化"):
        actions.propose_lift(
            veto=proposed, row_version=None, reason="不实", by=other.cast.leader, now=NOW
        )


def as_member(world):
    """The leader under an appointment as a member."""
    return make_actor(Role.COMMITTEE_MEMBER, world.round.federation, user=world.cast.leader.user)


def test_leader_and_second_member_are_two_users(world):
    lift(world)
    with pytest.raises(NotAllowed, match="另一名委员"):
        second(world, as_member(world))
    for actor in (world.cast.leader, world.cast.reviewer):
        with pytest.raises(NotAllowed):
            second(world, actor)
    assert acts()


def test_without_the_comparison_the_database_refuses(world, monkeypatch):
    """Negative control."""
    lift(world)
    monkeypatch.setattr("starrating.actions.vetoes._refuse_same", lambda *_: None)
    with pytest.raises(IntegrityError, match="lift_by_not_closed_by"), transaction.atomic():
        second(world, as_member(world))


def test_the_database_asks_for_both(world):
    values = {"state": VetoState.LIFTED, "reason": "已补检", "closed_by": world.cast.leader.user}
    with pytest.raises(IntegrityError, match="veto_lifted_by_two"), transaction.atomic():
        Veto.objects.update(**values, closed_at=NOW)
    with pytest.raises(IntegrityError, match="veto_lift_has_reason"), transaction.atomic():
        Veto.objects.update(lift_by=world.cast.leader.user, lift_at=NOW)


def test_proposer_and_society_lift_nothing(world):
    proposer = world.cast.reviewer.user
    leader = make_actor(Role.COMMITTEE_LEADER, world.round.federation, user=proposer)
    with pytest.raises(NotAllowed):
        lift(world, leader)
    lift(world)
    with pytest.raises(NotAllowed):
        second(world, make_actor(Role.COMMITTEE_MEMBER, world.round.federation, user=proposer))


def test_a_recused_member_does_not_confirm_it(world, monkeypatch):
    lift(world)
    member = world.cast.members[0]
    make_posting(world.societies[0], user=member.user)
    assert titles(member) == []
    with pytest.raises(NotAllowed, match="回避"):
        second(world, member)
    monkeypatch.setattr("starrating.actions.vetoes.refuse_recused", lambda *_: None)
    assert second(world, member).state == VetoState.LIFTED


def titles(actor, on=None):
    return [task.title for task in desk.lifts(actor, on or NOW.date())]


def test_members_have_it_as_a_task_the_leader_has_none(world):
    cast = world.cast
    assert titles(cast.members[0]) == []
    lift(world)
    wanted = [f"一票否决，确认解除：{world.societies[0].name}"]
    assert titles(cast.members[0]) == titles(cast.members[3]) == wanted
    assert titles(cast.leader) == titles(as_member(world)) == []
    second(world, cast.members[0])
    assert titles(cast.members[3]) == []


def test_the_list_follows_what_is_lifted():
    world = make_round(2)
    rate(world, 92, 85)
    world.veto = propose_and_confirm(world)
    post(world)
    assert world.entry(0).stars == 0
    lift(world)
    second(world, world.cast.members[3])
    with pytest.raises(ActionRefused, match="请重新公示"):
        finalise(world)
    post(world, at(date(2026, 3, 25)))
    assert world.entry(0).stars == 5
