"""A self-assessment given back (退回学会补充依据): time, posting, outcome (R-STAR-03, -06)."""

from datetime import date

import pytest

from common.errors import ActionRefused
from starrating import actions, desk
from starrating.models import EntryState, Outcome, StarAward
from starrating.round_querysets import RatingEntryQuerySet
from tests.factories.coverage import at
from tests.factories.rounds import ASSESSED, assess_self, finalise, make_round, post, walk

pytestmark = pytest.mark.django_db
# The assessor's last day, and the day after.
LAST, AFTER = at(date(2026, 3, 10)), at(date(2026, 3, 11))


@pytest.fixture
def world():
    """One society deliberated, another's self-assessment given back after its own deadline."""
    world = make_round(2)
    walk(world.entry(0), world.cast)
    entry = walk(world.entry(1), world.cast, EntryState.SELF_ASSESSED)
    cast = world.cast
    actions.assign(
        chosen=world.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=ASSESSED
    )
    by = cast.assessing(world.round)
    actions.give_back(entry=entry, row_version=None, reason="请补充", by=by, now=ASSESSED)
    return world


def invited(world, now):
    """Whether the reviewer's desk invites to post the list."""
    tasks = desk.posting(world.cast.reviewer, now.date())
    return any(task.title.startswith("公示") for task in tasks)


@pytest.mark.parametrize("sent", [False, True])
def test_nothing_is_posted_while_the_society_may_still_answer(world, sent):
    """R-STAR-06: sent to the secretary or not, the time runs to the end of the assessor's days."""
    if sent:
        entry = assess_self(world.entry(1), world.cast, ASSESSED)
        by = world.cast.assessing(world.round)
        entry = actions.give_back(
            entry=entry, row_version=None, reason="再补充", by=by, now=ASSESSED
        )
        said = {line.code: actions.Said("confirmed") for line in entry.lines.all()}
        by = world.cast.clerk(entry)
        actions.send_self_assessment(entry=entry, row_version=None, said=said, by=by, now=ASSESSED)
    with pytest.raises(ActionRefused, match="还有 1 家未办完退回补充的自评"):
        post(world, LAST)
    assert not invited(world, LAST)
    assert world.entry(1).outcome == ""


def test_without_its_answer_a_society_has_no_stars_and_the_round_ends(world):
    """R-STAR-03: 不定星, not 不予评定; the round can be decided on it."""
    assert invited(world, AFTER)
    post(world, AFTER)
    entry = world.entry(1)
    assert (entry.state, entry.outcome, entry.stars) == ("publicity", Outcome.ABSENT, None)
    finalise(world)
    assert world.entry(1).outcome == Outcome.ABSENT
    assert list(StarAward.objects.values_list("society", "state")) == [
        (world.societies[0].pk, "official")
    ]


def test_an_answer_in_time_is_assessed_as_any_other(world):
    assert assess_self(world.entry(1), world.cast, LAST).state == EntryState.SELF_ASSESSED
    with pytest.raises(ActionRefused, match="还有 1 家"):
        post(world, AFTER)


def test_the_secretary_is_told_the_prolonged_day(world):
    entry = world.entry(1)
    said = {line.code: actions.Said("confirmed") for line in entry.lines.all()}
    by = world.cast.clerk(entry)
    actions.send_self_assessment(entry=entry, row_version=None, said=said, by=by, now=ASSESSED)
    tasks = desk.society(world.cast.secretary(entry), ASSESSED.date())
    assert [(task.due, task.overdue) for task in tasks] == [(LAST.date(), False)]


def test_without_the_look_at_what_was_given_back_it_would_be_posted(world, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(RatingEntryQuerySet, "undone", lambda rows, on: rows.none())
    post(world, LAST)
    assert world.entry(1).state == EntryState.PUBLICITY
