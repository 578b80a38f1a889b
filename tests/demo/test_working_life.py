"""The working life made real by the ordinary actions: nothing lost, nothing twice, desks filled."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from accounts.permissions import Role
from branches import actions
from branches.models import (
    Attendance,
    ExpectedLife,
    LifeDraft,
    LifeRecord,
    LifeState,
    MemberState,
    PartyGroup,
    PartyMember,
    Post,
    PostFiling,
    Term,
    VisitReport,
)
from common import clock
from common.errors import ActionRefused
from coverage.live import drain_dirty
from dashboards.demo import SEED, meeting_writer, standing_life, working_life
from dashboards.demo.accounts import ACCOUNTS, INSTRUCTED, INSTRUCTORS
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.facts import enter_chunk
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.happenings import Established, Posted
from dashboards.demo.plan import plan
from dashboards.demo.staff import hire_staff
from dashboards.demo.working_life import WorkingLife
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from dashboards.desks import desk_of
from starrating.models import LiveTotal
from tests.demo.test_running import at, writes
from tests.factories import make_organisation, make_society

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
CODES = [body_of(word).code for word in (WALKED, SECOND, INSTRUCTED)]
FACTS: tuple[Any, ...] = (Term, Post, PartyGroup, PartyMember, LifeRecord, Attendance, VisitReport)


@pytest.fixture
def three(monkeypatch):
    """Three societies instead of 205."""
    monkeypatch.setattr(working_life, "in_turn", lambda: CODES)


@pytest.fixture
def world(three) -> World:
    """Their organisations and postings of today, everybody's account, no working life."""
    there = build_register(TODAY)
    call_command("load_editions", verbosity=0)
    now = clock.start_of(TODAY)
    open_accounts(ACCOUNTS, now)
    appoint_accounts(there, ACCOUNTS)
    upper = [h for h in plan(SEED, TODAY).upper if isinstance(h, Established | Posted)]
    posted = {body_of(word).code for word in INSTRUCTORS}
    mine = [h for h in upper if h.code in CODES or (isinstance(h, Posted) and h.code in posted)]
    enter_chunk(World(there.federation), mine, now)
    there = World(there.federation)
    branch = [a for a in ACCOUNTS if a.username == "branch"]
    appoint_accounts(there, branch, organisations=True)
    hire_staff(there, now)
    return World(there.federation)


def work(world: World, day: date, since: date | None = None) -> None:
    """What the loader does at noon of a day, or the running portal with `since`."""
    with at(day, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        WorkingLife(writer, clock.now(), str, since).enter()


def facts() -> dict[str, list[Any]]:
    """What there is, by names instead of numbers."""
    organisation = "organisation__approval_number"
    return {
        "terms": list(Term.objects.values_list(organisation, "elected_on", "seats", "extended_to")),
        "posts": list(Post.objects.values_list(organisation, "kind", "person_name", "valid_from")),
        "filings": list(PostFiling.objects.values_list(organisation, "kind", "held_on", "state")),
        "groups": list(PartyGroup.objects.values_list(organisation, "name", "leader_name")),
        "members": list(PartyMember.objects.values_list(organisation, "name", "state")),
        "life": list(
            LifeRecord.objects.values_list(
                *(organisation, "kind", "held_on", "filed_at", "is_late", "present", "state")
            )
        ),
        "lists": list(Attendance.objects.values_list("record__held_on", "member__name", "mark")),
        "visits": list(VisitReport.objects.values_list("society__code", "visited_on", "filed_at")),
        "owed": list(
            ExpectedLife.objects.values_list(organisation, "kind", "period", "required", "held")
        ),
    }


def same(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> bool:
    return all(sorted(map(repr, one[key])) == sorted(map(repr, other[key])) for key in one)


def test_everything_is_entered_once(world, caplog):
    """A second run finds all of it; nothing of the plan is refused."""
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        work(world, TODAY)
    assert "left out" not in caplog.text
    assert "left alone" not in caplog.text
    before = facts()
    assert all(before.values())
    with at(TODAY, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        assert writes(WorkingLife(writer, clock.now(), str).enter) == []
    assert same(before, facts())


def test_without_asking_what_is_there_everything_came_twice(world, monkeypatch, caplog):
    """Negative control: the unique event is what refuses then."""
    work(world, TODAY)
    monkeypatch.setattr(meeting_writer, "_missing", lambda row, events: list(events))
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        work(world, TODAY)
    assert "left out" in caplog.text


def test_killed_in_the_middle_it_goes_on(world, monkeypatch):
    """R1: what a killed run leaves is whole societies; the next one does the rest."""
    original, calls = actions.file_records, []

    def dies(**given: Any) -> Any:
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return original(**given)

    monkeypatch.setattr(meeting_writer.actions, "file_records", dies)
    with pytest.raises(KeyboardInterrupt):
        work(world, TODAY)
    assert not VisitReport.objects.exists()
    monkeypatch.setattr(meeting_writer.actions, "file_records", original)
    work(world, TODAY)
    after_kill = facts()
    for model in (VisitReport, Attendance, LifeRecord):
        model.objects.all().delete()
    work(world, TODAY)
    assert same(after_kill | {"owed": []}, facts() | {"owed": []})


def test_day_by_day_comes_to_the_same_as_all_at_once(world, monkeypatch):
    """D-11: a portal left running has what a start of that day would load."""
    monkeypatch.setattr(working_life, "keep_busy", lambda writer, now: None)
    begin, end = date(2026, 6, 29), date(2026, 7, 8)
    work(world, begin)
    day = begin
    while day < end:
        day += DAY
        work(world, day, since=day - 5 * DAY)
    daily = facts()
    for model in (VisitReport, Attendance, LifeRecord, ExpectedLife, PostFiling):
        if model is PostFiling:
            PostFiling.objects.update(term=None)
        model.objects.all().delete()
    assert daily["life"]
    work(world, end)
    whole = facts()
    for key in ("life", "lists", "visits"):
        assert same({key: daily[key]}, {key: whole[key]}), key


def test_the_past_is_owed_from_2024_on(world):
    """D-5: the sets of past periods are written once and frozen; held is what was filed in time."""
    work(world, TODAY)
    rows = ExpectedLife.objects.filter(society__code=CODES[0])
    assert rows.order_by("first_day")[0].first_day == date(2024, 1, 1)
    past = rows.filter(last_day__lt=TODAY)
    assert past.exists()
    assert not past.filter(frozen_at=None).exists()
    share = rows.filter(last_day__lt=TODAY).summed("society_id").get()
    assert 0.6 < share["num"] / share["den"] <= 1


def test_only_the_demonstration_is_touched(world):
    """D-11: no evaluative row of a real society."""
    other = make_organisation(make_society())
    work(world, TODAY)
    for model in (*FACTS, ExpectedLife, PostFiling):
        owners = set(model.objects.values_list("society__federation__code", flat=True))
        assert owners == {"demo"}, model
    assert not other.life_records.exists()


def test_every_desk_of_the_working_life_has_something_to_do(world):
    """Issue: desks with real tasks; the instructor sees the society visited."""
    work(world, TODAY)
    with at(TODAY, hour=12):
        drain_dirty(clock.now())
        for username in ("branch", "secretary", "clerk", "reviewer"):
            role = next(a for a in ACCOUNTS if a.username == username).duties[0].role
            desk = desk_of(World(world.federation).actor(username, role), TODAY)
            assert desk.context["tasks"], username
    by = World(world.federation).actor("instructor", Role.INSTRUCTOR)
    assert VisitReport.objects.visible_to(by).count() > 12


def test_the_walked_branch_keeps_its_tasks(world):
    """A newcomer to confirm, one returned, a record sent back, a draft, a by-election to sign."""
    work(world, TODAY)
    branch = World(world.federation).actor("branch", Role.BRANCH_SECRETARY)
    (pk,) = (o.pk for o in branch.objects)
    mine = PartyMember.objects.filter(organisation=pk)
    assert mine.filter(state=MemberState.FILED).count() == 1
    assert mine.filter(state=MemberState.RETURNED).count() == 1
    assert mine.filter(state=MemberState.CONFIRMED).count() >= 10
    returned = LifeRecord.objects.filter(organisation=pk, state=LifeState.RETURNED)
    assert returned.count() == LifeDraft.objects.filter(organisation=pk).count() == 1
    assert PostFiling.objects.filter(organisation=pk, state="to_sign").count() == 1
    work(world, date(2026, 12, 3))
    assert mine.filter(state=MemberState.RETURNED).count() == 2
    assert returned.count() == 2


def test_somebody_in_the_way_leaves_the_desks_alone(world, monkeypatch, caplog):
    """The demonstration was used: the loader says so and goes on."""

    def refused(**given: Any) -> None:
        raise ActionRefused("该党组织已撤销")

    monkeypatch.setattr(standing_life.actions, "file_roll", refused)
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        writer = FilingWriter(World(world.federation), SEED)
        standing_life.keep_busy(writer, clock.start_of(TODAY))
    assert "left alone" in caplog.text
    assert not LifeDraft.objects.exists()


def test_scores_come_by_the_night_code_alone(world):
    """Filing changes no score by itself; the drain computes them."""
    work(world, TODAY)
    assert not LiveTotal.objects.filter(society__code__in=CODES).exists()
    with at(TODAY, hour=12):
        drain_dirty(clock.now())
    assert LiveTotal.objects.filter(society__code__in=CODES).count() == len(CODES)
