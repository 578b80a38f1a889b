"""R-STAR-04: a tie across the cut is decided by as many members as must agree to an entry."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from starrating import desk
from starrating.models import TieVote
from starrating.places import results_of
from tests.factories import make_actor, make_interest, make_posting
from tests.factories.coverage import at
from tests.factories.rounds import DELIBERATED, POSTED, make_round, post
from tests.starrating.test_round_pages import Person, clock
from tests.starrating.test_round_places import choose, chosen_among_two, rate, score_again, stars

pytestmark = pytest.mark.django_db
__all__ = ["clock"]


@pytest.fixture
def world():
    """Two with the same score, one place for five stars."""
    world = make_round(2)
    rate(world, 92, 92)
    return world


def test_one_member_alone_decides_nothing(world):
    choose(world, 1, world.cast.members[3:])
    assert world.entry(1).tie_decided_by is None
    post(world)
    assert stars(world) == [3, 3]


def test_the_last_member_needed_decides(world):
    first, second = world.cast.members[0], world.cast.members[3]
    choose(world, 1, [first])
    # Another choice does not help this one.
    choose(world, 0, [second])
    assert not any(result.chosen for result in results_of(world.round).values())
    entry = choose(world, 1, [second], "两家相比更好")
    assert (entry.tie_decided_by, entry.tie_reason) == (second.user, "两家相比更好")
    assert [vote.by for vote in entry.tie_votes.all()] == [first.user, second.user]
    post(world)
    assert stars(world) == [3, 5]


def test_nobody_agrees_twice(world):
    member = world.cast.members[0]
    choose(world, 1, [member])
    with pytest.raises(ActionRefused, match="已同意"):
        choose(world, 1, [member])
    assert TieVote.objects.count() == 1
    assert world.entry(1).tie_decided_by is None


def test_without_the_look_at_the_votes_one_would_agree_twice(world, monkeypatch):
    """Negative control."""
    monkeypatch.setattr("starrating.actions.deliberation.agreed", lambda *_: {})
    choose(world, 1, world.cast.members[:1] * 2)
    assert TieVote.objects.count() == 2


def test_a_reason_is_asked_for(world):
    with pytest.raises(ActionRefused):
        choose(world, 1, world.cast.members[:1], " ")


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("tie", ["posted", "declared"])
def test_who_is_recused_of_one_of_the_equals_stays_out(world, number, tie):
    """Roles.md §2.4: to weigh two societies is to deal with both."""
    member, society = world.cast.members[2], world.societies[number]
    (make_posting if tie == "posted" else make_interest)(society, user=member.user)
    with pytest.raises(NotAllowed, match="回避"):
        choose(world, 1, [member])
    assert not TieVote.objects.exists()


@pytest.mark.parametrize("who", ["assessor", "secretary"])
def test_assessor_and_society_stay_out(world, who):
    cast, entry = world.cast, world.entry(1)
    user = cast.assessor if who == "assessor" else cast.secretary(entry).user
    member = make_actor(Role.COMMITTEE_MEMBER, world.round.federation, user=user)
    for number in (0, 1):
        with pytest.raises(NotAllowed):
            choose(world, number, [member])


def test_first_deliberators_stay_out_of_who_was_examined_again():
    """R-STAR-06: also of one of its equals."""
    world = chosen_among_two()
    score_again(world, 2, 92)
    now = at(date(2026, 3, 19))
    for number in (0, 2):
        with pytest.raises(NotAllowed, match="并列"):
            choose(world, number, world.cast.members[:1], "更好", now)
    assert choose(world, 2, world.cast.members[2:], "更好", now).tie_decided_by is not None


def test_without_the_look_at_the_equals_they_would_choose(monkeypatch):
    """Negative control."""
    world = chosen_among_two()
    score_again(world, 2, 92)
    monkeypatch.setattr("starrating.actions.deliberation.barred", lambda *_: set())
    assert choose(world, 0, world.cast.members[:1], "更好", at(date(2026, 3, 19))).tie_votes.count()


def test_a_vote_before_a_third_became_equal_counts_no_more():
    world = make_round(3)
    rate(world, 92, 92, 85)
    choose(world, 1, world.cast.members[2:3])
    post(world)
    score_again(world, 2, 92)
    entry = choose(world, 1, world.cast.members[3:], "更好", at(date(2026, 3, 19)))
    assert (entry.tie_decided_by, entry.tie_votes.count()) == (None, 2)


def test_votes_are_never_changed_and_have_a_reason(world):
    choose(world, 1, world.cast.members[:1])
    vote = TieVote.objects.get()
    with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
        TieVote.objects.update(text="改")
    vote.pk, vote.text = None, ""
    with pytest.raises(IntegrityError, match="tie_vote_has_reason"), transaction.atomic():
        vote.save()


def test_the_pages_show_who_has_agreed_and_ask_each_member_once(world, clock):
    clock(DELIBERATED)
    first, second = (Person(actor.user) for actor in world.cast.members[:2])
    chosen, pk = world.round.pk, world.entry(1).pk
    page = reverse("starrating:places", args=[chosen])
    assert first.send("choose", pk, page=page, text="成效更好").status_code == 302
    told = first.get("places", chosen).content.decode()
    assert "已同意列入 1 / 2" in told
    assert f"/entries/{pk}/choose/" not in told
    assert f"/entries/{pk}/choose/" in second.get("places", chosen).content.decode()
    assert "已同意列入名额 1 / 2" in second.get("entry", pk).content.decode()
    own = Person(world.cast.clerk(world.entry(1)).user)
    assert "成效更好" not in own.get("entry", pk).content.decode()
    assert second.send("choose", pk, page=page, text="同意").status_code == 302
    assert "审议决定列入名额" in first.get("places", chosen).content.decode()
    assert world.entry(1).tie_decided_by == second.user


def titles(actor, on):
    return [task.title for give in desk.TASKS for task in give(actor, on)]


def said(actor, on):
    return [task.why for give in desk.TASKS for task in give(actor, on)]


def test_a_tie_is_a_task_of_members_before_the_list_is_one_of_the_reviewer(world):
    """The committee has to its last day; then the list may be posted, and the task says how."""
    members, reviewer, on = world.cast.members, world.cast.reviewer, DELIBERATED.date()
    assert titles(members[0], on) == [f"并列审议 2 家：{world.round}"]
    assert titles(reviewer, on) == []
    choose(world, 1, members[:1])
    assert titles(members[0], on) == []
    assert titles(members[1], on) == [f"并列审议 2 家：{world.round}"]
    late = date(2026, 3, 26)
    assert titles(reviewer, late) == [f"公示：{world.round}"]
    assert "名额线上并列的 2 家审议未决定，公示后均列名额线以下" in said(reviewer, late)[0]
    choose(world, 1, members[1:2])
    assert titles(members[1], on) == []
    assert titles(reviewer, on) == [f"公示：{world.round}"]
    assert "并列" not in said(reviewer, on)[0]
    post(world, POSTED)
    assert titles(reviewer, POSTED.date()) == []


def test_who_stays_out_of_an_equal_has_no_task(world):
    member = world.cast.members[2]
    make_posting(world.societies[0], user=member.user)
    assert titles(member, DELIBERATED.date()) == []


def test_a_posted_tie_is_no_task_after_the_last_day(world):
    post(world, POSTED)
    member = world.cast.members[0]
    assert titles(member, POSTED.date()) == [f"并列审议 2 家：{world.round}"]
    assert titles(member, date(2026, 3, 26)) == []
