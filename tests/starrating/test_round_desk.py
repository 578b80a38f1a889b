"""Whose task the list and the decision of a round are, as its results move."""

from datetime import date

import pytest

from starrating import desk
from starrating.models import Outcome
from tests.factories.coverage import at
from tests.factories.rounds import POSTED, apply, finalise, make_round, post
from tests.starrating.test_round_places import propose, propose_and_confirm, rate

pytestmark = pytest.mark.django_db
OVER = date(2026, 3, 24)


def titles(actor, on):
    return [task.title for give in (desk.posting, desk.leader) for task in give(actor, on)]


def test_a_veto_during_publicity_is_a_new_list_before_it_is_a_decision():
    """R-STAR-05: what is posted no longer says what would be decided."""
    world = make_round(2)
    rate(world, 92, 75)
    post(world)
    cast = world.cast
    assert titles(cast.leader, OVER) == [f"评定：{world.round}"]
    propose_and_confirm(world)
    assert titles(cast.reviewer, OVER) == [f"重新公示：{world.round}"]
    assert titles(cast.leader, OVER) == []
    post(world, at(OVER))
    assert titles(cast.reviewer, OVER) == []
    later = date(2026, 4, 1)
    assert titles(cast.leader, later) == [f"评定：{world.round}"]
    finalise(world, at(later))
    assert titles(cast.leader, later) == titles(cast.reviewer, later) == []


def test_without_the_look_at_the_results_the_leader_would_be_told(monkeypatch):
    """Negative control."""
    world = make_round(2)
    rate(world, 92, 75)
    post(world)
    propose_and_confirm(world)
    monkeypatch.setattr("starrating.desk_places.stands", lambda *_: True)
    assert titles(world.cast.leader, OVER) == [f"评定：{world.round}"]


def test_a_proposed_veto_keeps_the_list_waiting():
    world = make_round()
    rate(world, 92)
    assert titles(world.cast.reviewer, POSTED.date()) == [f"公示：{world.round}"]
    propose(world)
    assert titles(world.cast.reviewer, POSTED.date()) == []


def test_a_round_in_which_nobody_took_part_is_posted_and_decided():
    """R-STAR-03: 不定星 all of them, one after its application, one without."""
    world = make_round(2)
    apply(world.entry(1), world.cast)
    reviewer, leader = world.cast.reviewer, world.cast.leader
    assert titles(reviewer, date(2026, 2, 20)) == []
    assert titles(reviewer, date(2026, 2, 21)) == [f"公示：{world.round}"]
    post(world, at(date(2026, 2, 24)))
    assert [entry.outcome for entry in world.entries()] == [Outcome.ABSENT] * 2
    over = date(2026, 3, 3)
    assert titles(leader, over) == [f"评定：{world.round}"]
    finalise(world, at(over))
    assert not world.fresh().is_open
    assert titles(leader, over) == []
