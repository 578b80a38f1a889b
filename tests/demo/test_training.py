"""Training of the demonstration by the ordinary actions: whole, once, and after a kill."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from accounts.permissions import Role
from common import clock
from dashboards.demo import SEED, class_plan, reset, training_plan, training_writer, working_life
from dashboards.demo.accounts import ACCOUNTS, OPTICS
from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.class_writer import TrainingClasses
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.facts import enter_chunk
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.happenings import Established
from dashboards.demo.meetings import Event
from dashboards.demo.plan import plan
from dashboards.demo.rolls import has_roll
from dashboards.demo.roster import care, roster
from dashboards.demo.staff import hire_staff
from dashboards.demo.standing_hours import keep_learning
from dashboards.demo.training_writer import LearningHours
from dashboards.demo.working_life import WorkingLife
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from dashboards.desks import desk_of
from tests.demo.test_running import at, writes
from training.actions import withdraw_hours
from training.models import (
    ClassState,
    CourseResult,
    Enrolment,
    HourCredit,
    HourEvent,
    HourEventState,
    HourKind,
    TrainingClass,
    YearHours,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
SHOWN = [body_of(word).code for word in (WALKED, SECOND, OPTICS)]
E, C = HourEventState, ClassState


def careful() -> str:
    """Another society that sends people to classes."""
    codes = [o.code for o in roster(SEED, TODAY) if has_roll(o) and o.code not in SHOWN]
    return next(code for code in codes if care(SEED, code) > 0.9)


@pytest.fixture
def world(monkeypatch) -> World:
    """Four societies with their terms, rolls and lectures; no training."""
    codes = [*SHOWN, careful()]
    held = WorkingLife._held
    monkeypatch.setattr(working_life, "in_turn", lambda: codes)
    monkeypatch.setattr(WorkingLife, "_held", lambda self, o: lectures(held(self, o)))
    monkeypatch.setattr(WorkingLife, "_owe", lambda self: None)
    monkeypatch.setattr(working_life, "visits", lambda *given: [])
    monkeypatch.setattr(working_life, "keep_busy", lambda *given: None)
    there = build_register(TODAY)
    call_command("load_editions", verbosity=0)
    now = clock.start_of(TODAY)
    open_accounts(ACCOUNTS, now)
    appoint_accounts(there, ACCOUNTS)
    upper = [h for h in plan(SEED, TODAY).upper if isinstance(h, Established)]
    enter_chunk(World(there.federation), [h for h in upper if h.code in codes], now)
    branch = [a for a in ACCOUNTS if a.username == "branch"]
    appoint_accounts(World(there.federation), branch, organisations=True)
    hire_staff(World(there.federation), now)
    with at(TODAY, hour=9):
        writer = FilingWriter(World(there.federation), SEED)
        WorkingLife(writer, clock.now(), str).enter()
    return World(there.federation)


def lectures(events: list[Event]) -> list[Event]:
    """The only meetings that hours hang on."""
    return [event for event in events if event.kind == "party_lecture"]


def learn(world: World, day: date = TODAY, since: date | None = None) -> None:
    """What the loader does at noon of a day."""
    with at(day, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        LearningHours(writer, clock.now(), str, since).enter()
        TrainingClasses(writer, clock.now(), str).enter()
        keep_learning(writer, clock.now())


def facts() -> dict[str, list[Any]]:
    """What there is, by names instead of numbers."""
    organisation = "organisation__approval_number"
    return {
        "events": sorted(
            HourEvent.objects.values_list("society__code", "held_on", "title", "state", "filed_at")
        ),
        "credits": sorted(
            HourCredit.objects.values_list("event__title", "event__held_on", "member__name", "pk")
        ),
        "of": sorted(
            HourEvent.objects.exclude(organisation=None).values_list(organisation, "held_on")
        ),
        "classes": sorted(TrainingClass.objects.values_list("code", "title", "state", "taken")),
        "people": sorted(Enrolment.objects.values_list("training_class__code", "person_name")),
    }


@pytest.mark.slow
def test_training_is_entered_once(world, caplog):
    """R-TRN-01, R-TRN-03, R-TRN-05: hours by care, classes in every state, tasks on the desks.

    A second run, on a later day too, writes nothing; what somebody withdrew stays withdrawn.
    """
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        learn(world)
    assert "left" not in caplog.text
    check_hours()
    check_classes()
    check_desks(world)
    assert set(HourEvent.objects.values_list("society__federation__code", flat=True)) == {"demo"}
    before = facts()
    learn_again(world)
    withdrawn = HourEvent.objects.filter(state=E.FILED, filed_by__username="branch")[0]
    branch = world.actor("branch", Role.BRANCH_SECRETARY)
    withdraw_hours(event=withdrawn, row_version=None, by=branch, now=clock.start_of(TODAY + DAY))
    learn_again(world)
    assert len(facts()["events"]) == len(before["events"])
    withdrawn.refresh_from_db()
    assert withdrawn.state == E.WITHDRAWN
    assert reset.remove() > 1000
    assert not any(model._base_manager.exists() for model in (HourEvent, TrainingClass))


def learn_again(world: World) -> None:
    before = facts()
    with at(TODAY + 2 * DAY, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        until = clock.start_of(TODAY + DAY)
        assert writes(LearningHours(writer, until, str).enter) == []
        assert writes(TrainingClasses(writer, clock.now(), str).enter) == []
        assert writes(lambda: keep_learning(writer, clock.now())) == []
    assert facts() == before


def check_hours() -> None:
    confirmed = HourEvent.objects.filter(state=E.CONFIRMED)
    assert confirmed.filter(kind=HourKind.LECTURE, life_record__isnull=False).exists()
    assert confirmed.filter(held_on__year=TODAY.year - 1, kind=HourKind.STUDY).exists()
    assert not HourEvent.objects.filter(held_on__gt=TODAY).exists()
    year = YearHours.objects.filter(year=TODAY.year - 1, society__code=SHOWN[0])
    assert year.filter(counted__gte=Decimal(32)).count() * 2 > year.count()
    assert year.filter(concentrated__gte=1).exists()


def check_classes() -> None:
    rows = TrainingClass.objects.all()
    assert rows.filter(state=C.SETTLED, mode="on_site").count() == 2
    assert rows.filter(state=C.SETTLED, mode="online").count() == 1
    settled = Enrolment.objects.filter(training_class__state=C.SETTLED)
    assert settled.exclude(certificate_no="").exists()
    assert not settled.filter(result=CourseResult.NONE).exists()
    present = rows.get(state=C.OPEN)
    assert present.starts_on >= TODAY + 18 * DAY
    left = {quota.society.code: quota.places - quota.taken for quota in present.quotas.all()}
    assert all(left[code] for code in SHOWN)
    assert present.taken > 0
    assert rows.filter(state=C.PLANNED).count() == rows.filter(state=C.DRAFT).count() == 1


def check_desks(world: World) -> None:
    """Issue: the desk of every role along training has its task; hours wait for the secretary."""
    wanted = {
        "clerk": ("培训班报名",),
        "secretary": ("确认学时", "确认学时"),
        "branch": ("更正被退回的学时",),
        "leader": ("批准培训班计划",),
    }
    with at(TODAY, hour=12):
        for username, heads in wanted.items():
            role = next(a for a in ACCOUNTS if a.username == username).duties[0].role
            desk = desk_of(World(world.federation).actor(username, role), TODAY)
            titles = [task.title for task in desk.context["tasks"]]
            for head in heads:
                found = [title for title in titles if title.startswith(head)]
                assert len(found) == heads.count(head), (username, titles)


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on(world, monkeypatch):
    """R1: what a killed run leaves is whole societies; the next one files all that is planned."""
    original, calls = training_writer.confirm_hours, []

    def dies(**given: Any) -> Any:
        calls.append(given)
        if len(calls) == 15:
            raise KeyboardInterrupt
        return original(**given)

    monkeypatch.setattr(training_writer, "confirm_hours", dies)
    with pytest.raises(KeyboardInterrupt):
        learn(world)
    monkeypatch.setattr(training_writer, "confirm_hours", original)
    half = HourEvent.objects.count()
    learn(world)
    assert 0 < half < HourEvent.objects.count()
    filed = HourEvent.objects.values_list("organisation__approval_number", "held_on", "title")
    now = clock.start_of(TODAY) + timedelta(hours=12)
    for organisation in roster(SEED, TODAY):
        if organisation.number in World(world.federation).organisations:
            for study in training_plan.studies(SEED, organisation, TODAY):
                key = organisation.number, study.held_on, study.title
                assert study.filed_at > now or key in set(filed)
    learn_again(world)


@pytest.mark.slow
def test_a_running_portal_enters_only_what_came_since(world):
    """What was filed before the last weeks is left to the loader."""
    with at(TODAY, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        LearningHours(writer, clock.now(), str, TODAY - 20 * DAY).enter()
    filed = HourEvent.objects.values_list("filed_at", flat=True)
    assert filed.exists()
    assert min(clock.day_of(moment) for moment in filed) >= TODAY - 20 * DAY


def test_hours_follow_care():
    """R-TRN-01: a careful society plans 32 hours a year, a careless one few or none."""
    hours = {training_plan.DAY: 8, training_plan.HALF: 4}
    for organisation in roster(SEED, date(2026, 12, 31)):
        found = training_plan.studies(SEED, organisation, date(2026, 12, 31))
        planned = sum(hours[s.portion] for s in found if s.held_on.year == 2025)
        hand = care(SEED, organisation.code)
        if has_roll(organisation) and organisation.since.year < 2025 < organisation.ends.year:
            assert (planned >= 32) == (hand >= 0.88)
        for study in found:
            assert study.held_on < study.filed_at.date() <= study.confirmed_at.date()
            assert study.filed_at < study.confirmed_at


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 4, 20), TODAY, date(2028, 2, 29)])
def test_classes_lie_in_order(today):
    """Nothing but the plans of classes lies ahead of the day of the load."""
    now = clock.start_of(today) + timedelta(hours=9)
    settled = class_plan.finished(SEED, now)
    assert settled
    assert all(course.settled_at <= now for course in settled)
    for course in (*settled, *class_plan.standing(SEED, today)):
        steps = [course.drafted_at, course.sent_at, course.approved_at]
        taken = [moment for moment in steps if moment]
        assert taken == sorted(taken)
        assert taken[-1] < now
        assert course.enrol_by <= course.days[0] <= course.days[-1]
        if course.enrolled:
            assert taken[-1].date() < course.enrolled[0]
            assert course.enrolled[1] + 2 * DAY <= course.enrol_by
            assert course.enrolled[1] + 2 * DAY < today
    assert any(class_plan.invited(SEED, body.code) for body in bodies())
