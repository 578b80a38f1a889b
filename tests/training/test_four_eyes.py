"""Four eyes over a row's whole history; a class that fell through (R-ROLE-01, R-TRN-05)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from branches.actions.life import withdraw_record
from common.errors import ActionRefused, NotAllowed
from tests.factories import file_life, make_actor, make_obligations
from tests.training.conftest import NOW, TODAY
from tests.training.test_classes import OVER, enrol, opened, planned, step
from tests.training.test_filing import DAY, confirm, counted, facts, file
from training import actions, desk, states
from training.actions import Marks
from training.models import HourEvent, SessionAttendance, TrainingClass

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def same_user(role, owner, actor):
    return make_actor(role, owner, user=actor.user)


# --- plans ---------------------------------------------------------------------------------------


def test_the_drafter_does_not_approve_what_another_sent(school, monkeypatch):
    """roles.md §3, R-ROLE-01: TM plans, CL decides; users are compared, not the last step alone."""
    chosen = planned(school)
    sender = make_actor(Role.TRAINING_MANAGER, school.federation)
    step(actions.send_plan, chosen, sender)
    drafter = same_user(Role.COMMITTEE_LEADER, school.federation, school.manager)
    assert desk.leader(drafter, TODAY) == []
    with pytest.raises(NotAllowed, match="另一人"):
        step(actions.approve_plan, chosen, drafter)
    with pytest.raises(NotAllowed, match="另一人"):
        step(actions.return_plan, chosen, drafter, reason="人数太少")
    # Negative control: without the bar of the table the database still refuses.
    monkeypatch.setattr(states, "APPROVE", replace(states.APPROVE, distinct_from=("planned_by",)))
    with (
        pytest.raises(IntegrityError, match="class_drafter_is_not_decider"),
        transaction.atomic(),
    ):
        step(actions.approve_plan, chosen, drafter)
    assert [t.button for t in desk.leader(school.leader, TODAY)] == ["去批准"]
    assert step(actions.approve_plan, chosen, school.leader).state == "open"


# --- hours ---------------------------------------------------------------------------------------


def corrected_by_others(school, member):
    """Filed by the branch, corrected by two others one after the other."""
    event = file(school, member)
    for _ in range(2):
        step_ = {"event": event, "row_version": None, "now": NOW}
        actions.return_hours(**step_, reason="时长有误", by=school.secretary)
        by = make_actor(Role.BRANCH_SECRETARY, school.branch)
        actions.correct_hours(**step_, facts=facts(member), by=by)
        yield by
    event.refresh_from_db()


def test_nobody_who_filed_once_confirms(school, monkeypatch):
    """roles.md §3: UB files, US confirms, two users; also after corrections by others."""
    member = school.member()
    first, last = corrected_by_others(school, member)
    event = HourEvent.objects.get()
    assert event.filed_by == last.user
    for actor in (school.filer, first, last):
        again = same_user(Role.SOCIETY_SECRETARY, school.society, actor)
        assert desk.secretary(again, TODAY) == []
        with pytest.raises(NotAllowed, match="另一人"):
            confirm(school, event, again)
        with pytest.raises(NotAllowed, match="另一人"):
            actions.return_hours(event=event, row_version=None, reason="误", by=again, now=NOW)
    # Negative control: without the comparison the database still refuses.
    monkeypatch.setattr(HourEvent, "was_filed_by", lambda self, user_id: False)
    again = same_user(Role.SOCIETY_SECRETARY, school.society, first)
    with (
        pytest.raises(IntegrityError, match="hours_former_filer_is_not_confirmer"),
        transaction.atomic(),
    ):
        confirm(school, event, again)
    monkeypatch.undo()
    confirm(school, event)
    assert counted(member) == 4


def test_hours_of_a_withdrawn_record_are_not_confirmed(school, client, monkeypatch):
    """R-TRN-03: what counts is an activity that was held; its record stands behind it."""
    make_obligations(school.federation)
    member = school.member()
    record = file_life(
        school.branch, held_on=DAY, by=school.filer, attendees=((member.pk, "present"),)
    )
    event = file(school, member, record=record)
    client.force_login(school.secretary.user, BACKEND)
    url = reverse("training:event", args=[event.pk])
    assert "确认，计入学时" in client.get(url).content.decode()
    withdraw_record(record=record, row_version=None, reason="误登", by=school.filer, now=NOW)
    with pytest.raises(ActionRefused, match="组织生活记录已退回或撤回"):
        confirm(school, event)
    assert counted(member) is None
    assert "确认，计入学时" not in client.get(url).content.decode()
    # Negative control.
    monkeypatch.setattr("training.actions.hours._check_record_stands", lambda row: None)
    confirm(school, event)
    assert counted(member) == 4


# --- a class that fell through -------------------------------------------------------------------


def test_a_grid_without_a_tick_leads_to_no_dead_end(school, client):
    """R-TRN-05: a class nobody came to is called off, with a reason."""
    chosen = opened(school)
    one, two = (enrol(school, chosen, school.member()) for _ in range(2))
    marks = {each.pk: Marks(frozenset(), "failed") for each in (one, two)}
    chosen = step(actions.record_attendance, chosen, school.manager, marks=marks, now=OVER)
    assert chosen.state == "open"
    # A place is still given back, though a result was noted.
    assert actions.withdraw_enrolment(enrolment=one, by=school.clerk, now=OVER).result == ""
    both = frozenset(s.pk for s in chosen.sessions.all())
    marks = {two.pk: Marks(both)}
    chosen = step(actions.record_attendance, chosen, school.manager, marks=marks, now=OVER)
    assert chosen.state == "held"
    with pytest.raises(ActionRefused, match="已有人到课，不能取消"):
        step(actions.cancel_class, chosen, school.manager, reason="未办成", now=OVER)
    client.force_login(school.manager.user, BACKEND)
    url = reverse("training:class", args=[chosen.pk])
    assert reverse("training:cancel", args=[chosen.pk]) not in client.get(url).content.decode()
    marks = {two.pk: Marks(frozenset())}
    chosen = step(actions.record_attendance, chosen, school.manager, marks=marks, now=OVER)
    later = OVER + timedelta(days=60)
    cancelled = step(actions.cancel_class, chosen, school.manager, reason="未办成", now=later)
    assert cancelled.state == "cancelled"


def test_a_class_held_without_anybody_may_be_called_off(school, monkeypatch):
    """What an earlier version left so; and without the check a class with people would go."""
    chosen = opened(school)
    one = enrol(school, chosen, school.member())
    TrainingClass.objects.update(state="held")
    SessionAttendance.objects.create(enrolment=one, session=chosen.sessions.first())
    with pytest.raises(ActionRefused, match="已有人到课"):
        step(actions.cancel_class, chosen, school.manager, reason="未办成")
    with monkeypatch.context() as control:
        control.setattr(TrainingClass, "attended", lambda self: False)
        with transaction.atomic():
            gone = step(actions.cancel_class, chosen, school.manager, reason="未办成")
            transaction.set_rollback(True)
        assert gone.state == "cancelled"
    SessionAttendance.objects.all().delete()
    step(actions.cancel_class, chosen, school.manager, reason="未办成")
    assert TrainingClass.objects.get().state == "cancelled"
