"""更换组长: a batch is led on by another when its lead falls ill or leaves (D-10, R-ROLE-02)."""

import pytest

from accounts.models import User
from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from supervision import actions
from supervision.models import BatchState, InspectionBatch
from tests.factories import make_actor, make_batch, make_federation, make_user
from tests.factories.supervision import NOTIFIED, notified, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_lead():
    """Makes another lead of a batch's federation."""
    return lambda world: make_actor(Role.INSPECTION_LEAD, world.batch.federation)


def test_another_lead_takes_a_batch_over(other_lead):
    """D-10: the former lead reads it no more, the new one goes on where it stands."""
    world = notified(make_batch())
    new, reason = other_lead(world), "调离"
    step(world, actions.change_lead, world.cast.leader, user=new.user, reason=reason)
    assert world.fresh().lead == new.user and world.batch.state == BatchState.NOTIFIED
    assert f"→ {new.user}；调离" in world.batch.steps.latest("pk").text
    assert not InspectionBatch.objects.visible_to(world.cast.lead).exists()
    assert InspectionBatch.objects.visible_to(new).get() == world.batch
    seat = world.seats(world.checks()[0])[0]
    given = {"seat": seat, "user": world.cast.inspectors[3], "reason": "出差", "row_version": None}
    with pytest.raises(NotAllowed):
        actions.replace_inspector(by=world.cast.lead, now=NOTIFIED, **given)
    actions.replace_inspector(by=new, now=NOTIFIED, **given)


def test_who_has_another_part_or_none_does_not_lead(other_lead):
    """R-ROLE-02: nor does an inspector of the batch, nor somebody who is no lead."""
    world = notified(make_batch())
    federation, cast = world.batch.federation, world.cast
    seated = cast.inspectors[0]
    for user in (seated, cast.reviewer.user, cast.leader.user):
        make_actor(Role.INSPECTION_LEAD, federation, user=user)
    foreign = make_actor(Role.INSPECTION_LEAD, make_federation()).user
    for user in (seated, cast.reviewer.user, cast.leader.user, foreign, make_user()):
        with pytest.raises(ActionRefused, match="须是现任督导组组长"):
            step(world, actions.change_lead, cast.leader, user=user, reason="调离")
    with pytest.raises(ActionRefused, match="与原组长相同"):
        step(world, actions.change_lead, cast.leader, user=cast.lead.user, reason="调离")
    for by in (cast.lead, cast.reviewer):
        with pytest.raises(NotAllowed):
            step(world, actions.change_lead, by, user=other_lead(world).user, reason="调离")
    with pytest.raises(ActionRefused):
        step(world, actions.change_lead, cast.leader, user=other_lead(world).user, reason=" ")


def test_a_former_lead_takes_no_other_part(other_lead):
    """What he did for the batch stays done."""
    world = make_batch()
    step(world, actions.send_batch, world.cast.lead)
    new = other_lead(world)
    step(world, actions.change_lead, world.cast.leader, user=new.user, reason="调离")
    former = make_actor(Role.COMMITTEE_REVIEWER, world.batch.federation, user=world.cast.lead.user)
    with pytest.raises(NotAllowed, match="其他环节"):
        step(world, actions.review_batch, former)


def test_without_the_choice_of_leads_anybody_would_lead(monkeypatch):
    """Negative control."""
    world = notified(make_batch())
    monkeypatch.setattr("supervision.actions.leading.leads", lambda batch, on: User.objects.all())
    seated = world.cast.inspectors[0]
    step(world, actions.change_lead, world.cast.leader, user=seated, reason="调离")
    assert world.fresh().lead == seated
