"""Who ever took one part of an entry's way takes no other (R-STAR-06; roles.md §2.3, §3)."""

from datetime import date

import pytest

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from starrating import actions, desk, states
from starrating.entry_page import open_verbs
from starrating.eyes import part_of
from starrating.models import EntryState, RatingObjection
from tests.factories import make_actor, make_user
from tests.factories.coverage import at
from tests.factories.rounds import (
    ASSESSED,
    DELIBERATED,
    FINAL,
    POSTED,
    assess,
    deliberate,
    finalise,
    make_round,
    post,
    walk,
)
from tests.starrating.test_round import re_examined

pytestmark = pytest.mark.django_db
OBJECTED = at(date(2026, 3, 20))
SECOND = at(date(2026, 3, 27))


def acting(role, user, world):
    return make_actor(role, world.round.federation, user=user)


@pytest.fixture
def world():
    """Assessed by one, referred back by the fourth member, assessed anew by another."""
    world = make_round()
    cast = world.cast
    entry = walk(world.entry(), cast, EntryState.PRELIMINARY)
    world.former = cast.assessor
    entry = actions.refer_back(
        entry=entry, row_version=None, text="请核 A1", by=cast.members[3], now=ASSESSED
    )
    cast.assessor = make_user("初评乙")
    given = {"chosen": world.round, "by": cast.reviewer, "now": ASSESSED}
    actions.assign(entries=[entry], user=cast.assessor, **given)
    assess(world.entry(), cast)
    return world


def agree(world, by, now=ASSESSED):
    return actions.agree(entry=world.entry(), row_version=None, by=by, now=now)


def objected(world, now=OBJECTED):
    entry = world.entry()
    by = world.cast.secretary(entry)
    return actions.object_to(entry=entry, row_version=None, text="有异议", by=by, now=now)


def re_examine(world, by, now=OBJECTED):
    return actions.re_examine(
        entry=world.entry(), row_version=None, puts={}, opinion="维持", by=by, now=now
    )


def test_a_former_assessor_does_not_deliberate(world):
    member = acting(Role.COMMITTEE_MEMBER, world.former, world)
    with pytest.raises(NotAllowed, match="其他环节"):
        agree(world, member)
    assert "agree" not in open_verbs(member, world.entry())
    assert desk.member(member, DELIBERATED.date()) == []
    third = world.cast.members[2]
    assert "agree" in open_verbs(third, world.entry())
    assert len(desk.member(third, DELIBERATED.date())) == 1


def test_without_the_look_at_the_steps_a_former_assessor_would(world, monkeypatch):
    """Negative control: the columns know the last assessor only."""
    monkeypatch.setattr("starrating.actions.common.refuse_other_parts", lambda *_: None)
    agree(world, acting(Role.COMMITTEE_MEMBER, world.former, world))
    assert world.entry().votes.filter(by=world.former, agreed=True).exists()


def test_a_former_assessor_does_not_re_examine(world):
    deliberate(world.entry(), world.cast.members[:2])
    post(world)
    objected(world)
    reviewer = acting(Role.COMMITTEE_REVIEWER, world.former, world)
    with pytest.raises(NotAllowed, match="其他环节"):
        re_examine(world, reviewer)
    assert "re_examine" not in open_verbs(reviewer, world.entry())
    titles = [task.title for task in desk.reviewer(reviewer, OBJECTED.date())]
    assert not any(title.startswith("复核异议") for title in titles)
    assert re_examine(world, world.cast.reviewer).re_examined_by == world.cast.reviewer.user


def test_a_former_assessor_does_not_decide_the_round(world):
    deliberate(world.entry(), world.cast.members[:2])
    post(world)
    leader = acting(Role.COMMITTEE_LEADER, world.former, world)
    with pytest.raises(NotAllowed, match="另一位负责人"):
        actions.finalise(chosen=world.round, row_version=None, number="8号", by=leader, now=FINAL)
    assert finalise(world).finalised_by == world.cast.leader.user


def test_a_member_who_referred_it_back_does_not_assess_it(world):
    entry = actions.refer_back(
        entry=world.entry(),
        row_version=None,
        text="再核",
        by=world.cast.members[0],
        now=DELIBERATED,
    )
    with pytest.raises(ActionRefused, match="应当回避"):
        actions.assign(
            chosen=world.round,
            entries=[entry],
            user=world.cast.members[3].user,
            by=world.cast.reviewer,
            now=DELIBERATED,
        )


def test_a_member_who_deliberated_does_not_re_examine(world):
    deliberate(world.entry(), world.cast.members[:2])
    post(world)
    objected(world)
    for number in (0, 3):
        user = world.cast.members[number].user
        with pytest.raises(NotAllowed):
            re_examine(world, acting(Role.COMMITTEE_REVIEWER, user, world))


def twice_objected():
    """Re-examined, deliberated and posted anew, then objected to a second time."""
    world = make_round()
    deliberate(re_examined(world), world.cast.members[2:], at(date(2026, 3, 24)))
    post(world, at(date(2026, 3, 25)))
    objected(world, SECOND)
    return world


def test_the_first_re_examiner_does_not_deliberate_the_second_objection():
    world = twice_objected()
    first = world.cast.reviewer.user
    other = acting(Role.COMMITTEE_REVIEWER, make_user("复核乙"), world)
    re_examine(world, other, SECOND)
    with pytest.raises(NotAllowed, match="其他环节"):
        agree(world, acting(Role.COMMITTEE_MEMBER, first, world), SECOND)


def test_the_first_re_examiner_takes_the_second_objection_again():
    """R-STAR-06 keeps away assessor and first deliberators, nobody else."""
    world = twice_objected()
    assert re_examine(world, world.cast.reviewer, SECOND).state == EntryState.RE_EXAMINED


def test_a_second_objection_is_judged_and_the_round_ends():
    """R-STAR-06: the first deliberators stay away, the second ones judge again, as in a third."""
    world = twice_objected()
    cast, later = world.cast, at(date(2026, 4, 3))
    re_examine(world, cast.reviewer, SECOND)
    assert [waits_for(member, SECOND) for member in cast.members] == [False, False, True, True]
    for member in cast.members[:2]:
        with pytest.raises(NotAllowed, match="参加过该学会的审议"):
            agree(world, member, SECOND)
    assert deliberate(world.entry(), cast.members[2:], SECOND).state == EntryState.DELIBERATED
    post(world, later)
    objected(world, later)
    re_examine(world, cast.reviewer, later)
    with pytest.raises(NotAllowed, match="参加过该学会的审议"):
        agree(world, cast.members[0], later)
    deliberate(world.entry(), cast.members[2:], later)
    post(world, at(date(2026, 4, 7)))
    assert finalise(world, at(date(2026, 4, 20))).finalised_by == cast.leader.user
    assert world.entry().state == EntryState.FINAL


def waits_for(member, now):
    return bool(desk.member(member, now.date()))


def test_without_the_look_at_the_turns_a_first_member_would_judge(monkeypatch):
    """Negative control."""
    world = twice_objected()
    re_examine(world, world.cast.reviewer, SECOND)
    monkeypatch.setattr("starrating.actions.deliberation.refuse_voters", lambda *_, **__: None)
    assert agree(world, world.cast.members[0], SECOND).state == EntryState.RE_EXAMINED


def test_who_posted_an_earlier_list_does_not_decide():
    """The column knows the last publisher only."""
    world = make_round(2)
    walk(world.entry(0), world.cast)
    other = acting(Role.COMMITTEE_REVIEWER, make_user("审核乙"), world)
    actions.post(chosen=world.round, row_version=None, by=other, now=POSTED)
    objected(world)
    re_examine(world, world.cast.reviewer)
    deliberate(world.entry(), world.cast.members[2:], OBJECTED)
    post(world, at(date(2026, 3, 23)))
    leader = acting(Role.COMMITTEE_LEADER, other.user, world)
    later = at(date(2026, 3, 28))
    with pytest.raises(NotAllowed, match="另一位负责人"):
        actions.finalise(chosen=world.round, row_version=None, number="8号", by=leader, now=later)
    assert finalise(world, later).finalised_by == world.cast.leader.user


def test_every_step_of_the_procedure_belongs_to_a_part():
    assert all(part_of(t.verb, t.sources[0]) for t in states.TRANSITIONS)
    assert part_of(states.ASSIGN, EntryState.APPLIED) is None


def rejected():
    """A 复核 that the members referred back."""
    world = make_round()
    entry = re_examined(world)
    text = {"text": "理由不足", "by": world.cast.members[2], "now": at(date(2026, 3, 24))}
    actions.refer_back(entry=entry, row_version=None, **text)
    return world


def test_an_objection_keeps_the_answer_that_the_members_accept():
    """R-STAR-06: the rejected answer is none; the second result is the objection's."""
    world = rejected()
    objection = RatingObjection.objects.get()
    assert (objection.answer, objection.answered_by, objection.answered_at) == ("", None, None)
    re_examine(world, world.cast.reviewer, SECOND)
    objection.refresh_from_db()
    assert (objection.answer, objection.answered_at) == ("维持", SECOND)
    assert world.entry().steps.filter(verb="re_examine", text="异议成立").exists()


def test_of_two_objections_the_newest_is_answered():
    world = twice_objected()
    re_examine(world, world.cast.reviewer, SECOND)
    found = RatingObjection.objects.order_by("pk").values_list("answer", "answered_at")
    assert list(found) == [("异议成立", at(date(2026, 3, 23))), ("维持", SECOND)]
