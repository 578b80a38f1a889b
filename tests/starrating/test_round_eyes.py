"""Four eyes in a round (R-STAR-06, R-ROLE-01, -02): by action, by constraint, by recusal."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from starrating import actions
from starrating.forms.rounds import candidates
from starrating.models import EntryState, RatingEntry
from tests.factories import make_actor, make_posting, make_user
from tests.factories.coverage import at
from tests.factories.rounds import (
    ASSESSED,
    DELIBERATED,
    FINAL,
    RATED,
    SELF,
    apply,
    confirmed,
    deliberate,
    finalise,
    make_round,
    post,
    walk,
)
from tests.starrating.test_round import objected, re_examined

pytestmark = pytest.mark.django_db


def as_secretary(actor, society):
    return make_actor(Role.SOCIETY_SECRETARY, society, user=actor.user)


def as_member(user, world):
    return make_actor(Role.COMMITTEE_MEMBER, world.round.federation, user=user)


def as_reviewer(user, world):
    return make_actor(Role.COMMITTEE_REVIEWER, world.round.federation, user=user)


def sent(world):
    entry = world.entry()
    return actions.send_application(
        entry=entry,
        row_version=None,
        target_stars=4,
        measures="措施",
        by=world.cast.clerk(entry),
        now=at(date(2026, 2, 3)),
    )


def test_the_clerk_does_not_sign():
    world = make_round()
    entry = sent(world)
    both = as_secretary(world.cast.clerk(entry), entry.society)
    for step in (actions.sign_application, actions.hand_back):
        reason = {"reason": "退"} if step is actions.hand_back else {}
        with pytest.raises(NotAllowed):
            step(entry=entry, row_version=None, by=both, now=SELF, **reason)


def test_the_clerk_of_the_application_does_not_sign_the_self_assessment():
    world = make_round()
    entry = apply(world.entry(), world.cast)
    second = make_actor(Role.SOCIETY_CLERK, entry.society)
    entry = actions.send_self_assessment(
        entry=entry, row_version=None, said=confirmed(entry), by=second, now=SELF
    )
    both = as_secretary(world.cast.clerk(entry), entry.society)
    with pytest.raises(NotAllowed):
        actions.sign_self_assessment(entry=entry, row_version=None, by=both, now=SELF)


def test_the_secretary_does_not_file():
    world = make_round()
    entry = apply(world.entry(), world.cast)
    user = world.cast.secretary(entry).user
    both = make_actor(Role.SOCIETY_CLERK, entry.society, user=user)
    with pytest.raises(NotAllowed):
        actions.send_self_assessment(
            entry=entry, row_version=None, said=confirmed(entry), by=both, now=SELF
        )


@pytest.mark.parametrize("side", ["clerk", "secretary", "posted"])
def test_nobody_of_the_society_assesses_it(side):
    """回避: office or posting in the society."""
    world = make_round()
    cast = world.cast
    entry = walk(world.entry(), cast, EntryState.SELF_ASSESSED)
    if side == "posted":
        make_posting(entry.society, user=cast.assessor)
        user = cast.assessor
    else:
        user = getattr(cast, side)(entry).user
    with pytest.raises(ActionRefused, match="应当回避"):
        actions.assign(
            chosen=world.round, entries=[entry], user=user, by=cast.reviewer, now=ASSESSED
        )


def assign(world, user, by):
    entry = world.entry()
    return actions.assign(chosen=world.round, entries=[entry], user=user, by=by, now=ASSESSED)


@pytest.mark.parametrize("seated", [False, True])
def test_nobody_assigns_to_himself(seated):
    """roles.md §2.3: asker ≠ granter, also where the seat stands already."""
    world = make_round()
    reviewer = world.cast.reviewer
    walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    other = as_reviewer(make_user("审核乙"), world)
    if seated:
        assign(world, reviewer.user, other)
    with pytest.raises(ActionRefused, match="不能分派给自己"):
        assign(world, reviewer.user, reviewer)
    offered = candidates(world.round, reviewer.user, ASSESSED.date())
    assert (reviewer.user in offered, other.user in offered) == (False, True)


def test_without_the_comparison_a_seated_reviewer_would_assign_to_himself(monkeypatch):
    """Negative control; the first seat is still refused by the appointment."""
    world = make_round()
    reviewer = world.cast.reviewer
    walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    monkeypatch.setattr("starrating.actions.rounds._refuse_oneself", lambda *_: None)
    with pytest.raises(ValidationError), transaction.atomic():
        assign(world, reviewer.user, reviewer)
    assign(world, reviewer.user, as_reviewer(make_user("审核乙"), world))
    assert assign(world, reviewer.user, reviewer) == 1


def test_only_the_assigned_assessor_assesses():
    world = make_round()
    cast = world.cast
    entry = walk(world.entry(), cast, EntryState.SELF_ASSESSED)
    stranger = make_actor(Role.ASSESSOR, entry.organisation)
    with pytest.raises(NotAllowed):
        actions.submit_assessment(
            entry=entry, row_version=None, puts=RATED, opinion="属实", by=stranger, now=ASSESSED
        )


@pytest.mark.parametrize("who", ["assessor", "secretary"])
def test_assessor_and_society_do_not_deliberate(who):
    world = make_round()
    entry = walk(world.entry(), world.cast, EntryState.PRELIMINARY)
    cast = world.cast
    user = cast.assessor if who == "assessor" else cast.secretary(entry).user
    member = as_member(user, world)
    for step, more in ((actions.agree, {}), (actions.refer_back, {"text": "退"})):
        with pytest.raises(NotAllowed):
            step(entry=entry, row_version=None, by=member, now=DELIBERATED, **more)


@pytest.mark.parametrize("who", ["assessor", "member"])
def test_assessor_and_first_members_do_not_re_examine(who):
    """R-STAR-06: 复核 by people other than these."""
    world = make_round()
    user = world.cast.assessor if who == "assessor" else world.cast.members[0].user
    with pytest.raises(NotAllowed):
        re_examined(world, as_reviewer(user, world))


def test_first_members_do_not_deliberate_the_re_examination():
    world = make_round()
    entry = re_examined(world)
    for member in world.cast.members[:2]:
        with pytest.raises(NotAllowed):
            deliberate(entry, [member])
    examiner = as_member(world.cast.reviewer.user, world)
    with pytest.raises(NotAllowed):
        deliberate(entry, [examiner])
    # Others may refer it back and speak again in the next turn.
    third, fourth = world.cast.members[2:]
    entry = actions.refer_back(
        entry=entry, row_version=None, text="再核", by=third, now=at(date(2026, 3, 24))
    )
    assert entry.state == EntryState.OBJECTED
    entry = actions.re_examine(
        entry=entry,
        row_version=None,
        puts={},
        opinion="维持",
        by=world.cast.reviewer,
        now=at(date(2026, 3, 24)),
    )
    assert deliberate(entry, [third, fourth]).state == EntryState.DELIBERATED


@pytest.mark.parametrize("who", ["member", "publisher", "assessor"])
def test_who_took_part_does_not_decide(who):
    world = make_round()
    walk(world.entry(), world.cast)
    post(world)
    cast = world.cast
    users = {
        "member": cast.members[0].user,
        "publisher": cast.reviewer.user,
        "assessor": cast.assessor,
    }
    leader = make_actor(Role.COMMITTEE_LEADER, world.round.federation, user=users[who])
    with pytest.raises(NotAllowed):
        actions.finalise(chosen=world.round, row_version=None, number="8号", by=leader, now=FINAL)
    assert finalise(world).finalised_by == cast.leader.user


def test_without_the_check_the_database_still_refuses(monkeypatch):
    """Negative control: the constraint stands behind the action."""
    world = make_round()
    entry = sent(world)
    both = as_secretary(world.cast.clerk(entry), entry.society)
    monkeypatch.setattr("starrating.actions.common.check_step", lambda *_, **__: None)
    with pytest.raises(IntegrityError, match="clerk_is_not_secretary"), transaction.atomic():
        actions.sign_application(entry=entry, row_version=None, by=both, now=SELF)


COLUMNS = ("application_signed_by", "assessed_by", "tie_decided_by", "re_examined_by")


@pytest.mark.parametrize("column", [*COLUMNS, "finalised_by"])
def test_no_user_stands_in_two_columns(column):
    world = make_round()
    entry = sent(world)
    values = {column: entry.applied_by}
    values |= {"tie_reason": "理由"} if column == "tie_decided_by" else {}
    with pytest.raises(IntegrityError, match="clerk_is_not"), transaction.atomic():
        RatingEntry.objects.filter(pk=entry.pk).update(**values)


def test_history_cannot_be_changed_or_deleted():
    """R-STAR-07: kept for ever."""
    entry = objected(make_round())
    step, vote = entry.steps.first(), entry.votes.first()
    for row in (step, vote):
        with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(text="改")
        with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
            row.delete()
