"""Classes from plan to hours: four eyes, places under contention, settling (R-TRN-05)."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.permissions import Role
from common.clock import start_of
from common.errors import ActionRefused, Conflict, NotAllowed
from societies.models import DirtySociety
from tests.factories import make_actor, make_class, make_post, make_society
from tests.training.conftest import NOW, make_school
from training import actions
from training.actions import ClassPlan, Marks, SessionPlan, enrolling
from training.models import (
    ClassQuota,
    ClassState,
    Enrolment,
    HourCredit,
    HourEvent,
    SessionAttendance,
    TrainingClass,
    YearHours,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 6)
PLAN = ClassPlan(
    title="党务干部培训班",
    course="officers",
    mode="on_site",
    starts_on=DAY,
    ends_on=DAY + timedelta(days=1),
    place="北京",
    capacity=3,
    enrol_by=date(2026, 6, 30),
    sessions=(SessionPlan(DAY + timedelta(days=1), "half_day"), SessionPlan(DAY, "day")),
)


def planned(school, plan=PLAN, places=2):
    chosen = actions.plan_class(federation=school.federation, plan=plan, by=school.manager, now=NOW)
    return actions.set_quotas(
        chosen=chosen,
        row_version=chosen.row_version,
        places={school.society.pk: places},
        by=school.manager,
        now=NOW,
    )


def step(action, chosen, by, **more):
    return action(
        chosen=chosen,
        row_version=more.pop("version", None),
        by=by,
        now=more.pop("now", NOW),
        **more,
    )


def opened(school, plan=PLAN, places=2):
    chosen = step(actions.send_plan, planned(school, plan, places), school.manager)
    return step(actions.approve_plan, chosen, school.leader)


def enrol(school, chosen, member, by=None, now=NOW):
    return actions.enrol(
        chosen=chosen, society=school.society, name=member.name, by=by or school.clerk, now=now
    )


# --- plan and approval ---------------------------------------------------------------------------


def test_codes_run_by_year_and_federation(school):
    """R-TRN-05: PX-2026-001, -002, and anew for another year or federation."""
    later = replace(
        PLAN,
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 3, 1),
        sessions=(SessionPlan(date(2027, 3, 1), "day"),),
    )
    codes = [
        actions.plan_class(federation=school.federation, plan=p, by=school.manager, now=NOW).code
        for p in (PLAN, PLAN, later)
    ]
    assert codes == ["PX-2026-001", "PX-2026-002", "PX-2027-001"]
    other = make_school()
    made = actions.plan_class(federation=other.federation, plan=PLAN, by=other.manager, now=NOW)
    assert made.code == "PX-2026-001"


def test_sessions_are_numbered_in_the_order_of_days(school):
    chosen = planned(school)
    assert [(s.number, s.held_on, s.portion) for s in chosen.sessions.all()] == [
        (1, DAY, "day"),
        (2, DAY + timedelta(days=1), "half_day"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on"),
        ({"enrol_by": DAY + timedelta(days=1)}, "enrol_by"),
        ({"capacity": 0}, "capacity"),
        ({"sessions": ()}, "sessions"),
        ({"sessions": (SessionPlan(DAY - timedelta(days=1), "day"),)}, "sessions"),
    ],
)
def test_a_wrong_plan_is_refused_at_its_field(school, changes, field):
    with pytest.raises(ActionRefused) as refused:
        planned(school, replace(PLAN, **changes))
    assert field in refused.value.errors


def test_the_planner_does_not_approve(school):
    """roles.md §3: TM plans, CL decides, two users; also in the database."""
    chosen = step(actions.send_plan, planned(school), school.manager)
    both = make_actor(Role.COMMITTEE_LEADER, school.federation, user=school.manager.user)
    with pytest.raises(NotAllowed, match="另一人"):
        step(actions.approve_plan, chosen, both)
    with pytest.raises(NotAllowed):
        step(actions.approve_plan, chosen, school.manager)
    with pytest.raises(IntegrityError, match="class_planner_is_not_decider"), transaction.atomic():
        TrainingClass.objects.filter(pk=chosen.pk).update(
            decided_by=school.manager.user, decided_at=NOW, drafted_by=school.leader.user
        )
    assert step(actions.approve_plan, chosen, school.leader).state == ClassState.OPEN


def test_handed_back_it_is_changed_and_sent_again(school):
    chosen = step(actions.send_plan, planned(school), school.manager)
    with pytest.raises(ActionRefused):
        step(actions.return_plan, chosen, school.leader, reason=" ")
    chosen = step(actions.return_plan, chosen, school.leader, reason="人数太少")
    assert (chosen.state, chosen.return_reason) == ("draft", "人数太少")
    with pytest.raises(Conflict):
        step(actions.change_class, chosen, school.manager, version=1, plan=PLAN)
    chosen = step(actions.change_class, chosen, school.manager, plan=replace(PLAN, capacity=5))
    assert step(actions.send_plan, chosen, school.manager).return_reason == ""


def test_without_places_or_after_the_enrolment_nothing_is_sent(school):
    chosen = actions.plan_class(federation=school.federation, plan=PLAN, by=school.manager, now=NOW)
    with pytest.raises(ActionRefused, match="先分配名额"):
        step(actions.send_plan, chosen, school.manager)
    late = start_of(date(2026, 7, 1))
    with pytest.raises(ActionRefused, match="报名截止日期 2026-06-30 已过"):
        step(actions.send_plan, planned(school), school.manager, now=late)


def test_a_society_sees_a_class_from_its_approval_on(school):
    """roles.md: a plan is the committee's; only societies with places see the class."""
    chosen = planned(school)
    assert not TrainingClass.objects.visible_to(school.clerk).exists()
    step(actions.send_plan, chosen, school.manager)
    assert not TrainingClass.objects.visible_to(school.clerk).exists()
    step(actions.approve_plan, chosen, school.leader)
    assert TrainingClass.objects.visible_to(school.clerk).get() == chosen
    assert TrainingClass.objects.visible_to(school.filer).get() == chosen
    neighbour = make_actor(Role.SOCIETY_CLERK, make_society(school.federation))
    assert not TrainingClass.objects.visible_to(neighbour).exists()


# --- places --------------------------------------------------------------------------------------


def test_enrolling_counts_in_class_and_quota(school):
    chosen, member = opened(school), school.member()
    enrolment = enrol(school, chosen, member)
    quota = ClassQuota.objects.get()
    chosen.refresh_from_db()
    assert (enrolment.person_name, quota.taken, chosen.taken) == (member.name, 1, 1)
    with pytest.raises(ActionRefused, match="已报名"):
        enrol(school, chosen, member)
    actions.withdraw_enrolment(enrolment=enrolment, by=school.secretary, now=NOW)
    with pytest.raises(ActionRefused, match="已经退报"):
        actions.withdraw_enrolment(enrolment=enrolment, by=school.clerk, now=NOW)
    assert ClassQuota.objects.get().taken == 0
    enrol(school, chosen, member)
    assert Enrolment.objects.standing().count() == 1


def test_full_is_full(school):
    chosen = opened(school, places=1)
    enrol(school, chosen, school.member())
    with pytest.raises(ActionRefused, match="本学会名额已满"):
        enrol(school, chosen, school.member())
    small = opened(school, replace(PLAN, capacity=1), places=2)
    enrol(school, small, school.member())
    with pytest.raises(ActionRefused, match="本班名额已满"):
        enrol(school, small, school.member())


def test_the_database_holds_the_places(school):
    """Negative control of the counters: without the action the constraints still refuse."""
    chosen = opened(school, places=1)
    with pytest.raises(IntegrityError, match="quota_taken_up_to_places"), transaction.atomic():
        ClassQuota.objects.update(taken=2)
    with pytest.raises(IntegrityError, match="class_taken_up_to_capacity"), transaction.atomic():
        TrainingClass.objects.filter(pk=chosen.pk).update(taken=4)


def test_places_given_are_not_taken_from_who_enrolled(school):
    chosen = opened(school)
    enrol(school, chosen, school.member())
    with pytest.raises(ActionRefused, match="已有 1 人报名"):
        step(actions.set_quotas, chosen, school.manager, places={})
    step(actions.set_quotas, chosen, school.manager, places={school.society.pk: 1})
    assert ClassQuota.objects.get().places == 1


def test_who_is_meant(school):
    """roles.md §2.9: the clerk names somebody known; the register is not shown."""
    chosen = opened(school, replace(PLAN, capacity=9), places=9)
    with pytest.raises(ActionRefused, match="名册中没有已确认的“某某某”"):
        actions.enrol(
            chosen=chosen, society=school.society, name="某某某", by=school.clerk, now=NOW
        )
    first = school.member(name="王小明")
    school.member(name="王小明", birth_month=date(1980, 5, 1))
    with pytest.raises(ActionRefused, match="填写出生年月"):
        enrol(school, chosen, first)
    found = actions.enrol(
        chosen=chosen,
        society=school.society,
        name="王小明",
        birth_month=date(1980, 5, 1),
        by=school.clerk,
        now=NOW,
    )
    assert found.member.birth_month == date(1980, 5, 1)
    officer = school.member()
    post = make_post(school.branch, member=officer, person_name=officer.name)
    by_post = actions.enrol(
        chosen=chosen, society=school.society, post=post, by=school.clerk, now=NOW
    )
    assert by_post.member == officer
    neighbour = make_society(school.federation)
    with pytest.raises(NotAllowed):
        actions.enrol(chosen=chosen, society=neighbour, name="王小明", by=school.clerk, now=NOW)


def test_enrolment_ends_with_its_day(school):
    chosen, member = opened(school), school.member()
    late = start_of(date(2026, 7, 1))
    with pytest.raises(ActionRefused, match="已于 2026-06-30 截止"):
        enrol(school, chosen, member, now=late)
    assert enrol(school, chosen, member, now=late - timedelta(minutes=1))


THREADS, LAST = 50, 3


@pytest.fixture
def crowd(transactional_db, monkeypatch):
    """Fifty members of one society before a class with three places."""
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    school = make_school()
    people = [school.member() for _ in range(THREADS)]
    chosen = make_class(school.federation, starts_on=DAY, enrol_by=date(2026, 6, 30))
    ClassQuota.objects.create(training_class=chosen, society=school.society, places=LAST)
    return school, chosen, people


def race(school, chosen, people):
    """Everybody at the same moment; what each got."""
    gate, results = threading.Barrier(len(people)), [None] * len(people)

    def run(place, member):
        try:
            gate.wait(timeout=30)
            results[place] = enrol(school, chosen, member)
        except (ActionRefused, IntegrityError) as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_fifty_at_once_for_the_last_three_places(crowd):
    """“50 parallel enrolments for the last 3 places give exactly 3”."""
    results = race(*crowd)
    won = [each for each in results if isinstance(each, Enrolment)]
    lost = [each for each in results if isinstance(each, ActionRefused)]
    assert (len(won), len(lost)) == (LAST, THREADS - LAST)
    assert Enrolment.objects.count() == LAST
    assert (ClassQuota.objects.get().taken, TrainingClass.objects.get().taken) == (LAST, LAST)
    assert {str(each) for each in lost} == {"本学会名额已满；有人退报后可以再报"}


def test_without_the_locks_the_places_are_overrun(crowd, monkeypatch):
    """Negative control: unlocked and uncounted, more than three get in."""
    school, chosen, people = crowd
    monkeypatch.setattr(
        enrolling, "begin_class_step", lambda step, row, by: TrainingClass.objects.get(pk=row.pk)
    )
    monkeypatch.setattr(enrolling, "_count", lambda *args: None)
    results = race(school, chosen, people)
    assert sum(isinstance(each, Enrolment) for each in results) > LAST


# --- attendance and settling ---------------------------------------------------------------------

OVER = start_of(DAY + timedelta(days=1)).replace(hour=18)


def attended(school, plan=PLAN):
    """Two people: one at both sessions and passed, one at the first and failed."""
    chosen = opened(school, plan)
    one, two = (enrol(school, chosen, school.member()) for _ in range(2))
    both, first = (s.pk for s in chosen.sessions.all()), chosen.sessions.first().pk
    marks = {one.pk: Marks(frozenset(both), "passed"), two.pk: Marks(frozenset((first,)), "failed")}
    chosen = step(actions.record_attendance, chosen, school.manager, marks=marks, now=OVER)
    return chosen, one, two


def test_attendance_ends_the_enrolment(school):
    chosen, one, _ = attended(school)
    assert (chosen.state, SessionAttendance.objects.count()) == (ClassState.HELD, 3)
    with pytest.raises(ActionRefused, match="当前状态已变化"):
        enrol(school, chosen, school.member())
    with pytest.raises(ActionRefused, match="当前状态已变化"):
        actions.withdraw_enrolment(enrolment=one, by=school.clerk, now=NOW)
    step(
        actions.record_attendance,
        chosen,
        school.manager,
        marks={one.pk: Marks(frozenset(), "")},
        now=OVER,
    )
    assert SessionAttendance.objects.count() == 1


def test_nothing_is_recorded_before_its_day(school):
    chosen = opened(school)
    one = enrol(school, chosen, school.member())
    marks = {one.pk: Marks(frozenset(s.pk for s in chosen.sessions.all()))}
    with pytest.raises(ActionRefused, match="开班后登记"):
        step(actions.record_attendance, chosen, school.manager, marks=marks)
    first_day = start_of(DAY).replace(hour=12)
    with pytest.raises(ActionRefused, match="尚未开课"):
        step(actions.record_attendance, chosen, school.manager, marks=marks, now=first_day)
    with pytest.raises(ActionRefused, match="名单已变化"):
        step(
            actions.record_attendance,
            chosen,
            school.manager,
            marks={one.pk + 999: Marks(frozenset())},
            now=OVER,
        )
    assert not SessionAttendance.objects.exists()


def test_settling_gives_certificates_and_hours(school):
    """R-TRN-05: certificate numbers without gaps; R-TRN-02: 8 + 4 and 8 hours."""
    chosen, one, two = attended(school)
    DirtySociety.objects.all().delete()
    chosen = step(actions.settle_class, chosen, school.manager, now=OVER)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.certificate_no, two.certificate_no) == ("PX-2026-001-001", "")
    hours = dict(YearHours.objects.values_list("member", "counted"))
    assert hours == {one.member_id: Decimal(12), two.member_id: Decimal(8)}
    assert set(YearHours.objects.values_list("concentrated", flat=True)) == {1}
    assert HourEvent.objects.filter(kind="concentrated", state="confirmed").count() == 2
    assert DirtySociety.objects.get().society == school.society
    with pytest.raises(ActionRefused, match="当前状态已变化"):
        step(actions.settle_class, chosen, school.manager, now=OVER)


def test_of_an_online_class_only_who_passed_gets_hours(school):
    """R-TRN-03: 线上课程 with completion; alone they count nothing, being more than half."""
    chosen, one, two = attended(school, replace(PLAN, mode="online"))
    step(actions.settle_class, chosen, school.manager, now=OVER)
    assert set(HourCredit.objects.values_list("member", flat=True)) == {one.member_id}
    row = YearHours.objects.get()
    assert (row.online, row.counted) == (Decimal(12), Decimal(0))
    assert two.member_id != row.member_id


def test_settling_waits_for_the_end_and_the_results(school):
    chosen, one, _ = attended(school)
    with pytest.raises(ActionRefused, match="结束后办理结业"):
        step(actions.settle_class, chosen, school.manager, now=start_of(DAY).replace(hour=20))
    marks = {one.pk: Marks(frozenset((chosen.sessions.first().pk,)), "")}
    chosen = step(actions.record_attendance, chosen, school.manager, marks=marks, now=OVER)
    with pytest.raises(ActionRefused, match="还没有考核结果"):
        step(actions.settle_class, chosen, school.manager, now=OVER)
    assert not HourEvent.objects.exists()


def test_called_off_with_a_reason(school):
    chosen = opened(school)
    enrol(school, chosen, school.member())
    with pytest.raises(NotAllowed):
        step(actions.cancel_class, chosen, school.leader, reason="疫情")
    chosen = step(actions.cancel_class, chosen, school.manager, reason="场地原因")
    assert (chosen.state, chosen.cancelled_by) == ("cancelled", school.manager.user)
    with pytest.raises(ActionRefused):
        enrol(school, chosen, school.member())
