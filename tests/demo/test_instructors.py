"""The posted instructors of the demonstration: the same person each year, with a real desk."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from accounts.permissions import Role
from branches.actions import file_visit
from branches.models import Posting, VisitReport
from common import clock
from common.errors import ActionRefused
from dashboards.demo import SEED
from dashboards.demo.accounts import ACCOUNTS, INSTRUCTED, INSTRUCTORS, demo_usernames
from dashboards.demo.bodies import body_of
from dashboards.demo.facts import enter_chunk
from dashboards.demo.happenings import Posted
from dashboards.demo.plan import plan
from dashboards.demo.staff import seat_instructors
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from societies.grants import actors_for
from societies.models import Appointment

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NOW = clock.start_of(TODAY) + timedelta(hours=10)
CODE = body_of(INSTRUCTED).code


def posted() -> list[Posted]:
    found = plan(SEED, TODAY).happenings
    return [h for h in found if isinstance(h, Posted) and h.code == CODE]


@pytest.fixture
def world() -> World:
    """The postings of one society, entered; its instructor's account, not yet seated."""
    there = build_register(TODAY)
    accounts = [a for a in ACCOUNTS if a.username in ("reviewer", "instructor")]
    open_accounts(accounts, NOW)
    appoint_accounts(there, accounts)
    enter_chunk(World(there.federation), posted(), NOW)
    return World(there.federation)


def test_the_person_is_the_account_and_always_posted():
    """One posting after the other without a gap, up to today and beyond."""
    found = sorted(posted(), key=lambda h: h.on)
    assert {h.person for h in found} == {"褚某壬"}
    assert all(b.on == a.last_day + timedelta(days=1) for a, b in pairwise(found))
    assert found[-1].on <= TODAY <= found[-1].last_day
    assert {"demo-instructor1", "demo-instructor2"} < set(demo_usernames())
    assert len(INSTRUCTORS) == 3


def test_the_instructor_can_really_report_a_visit(world):
    """roles.md §2.5: seated by the postings, for their days only."""
    assert not Appointment.objects.filter(role=Role.INSTRUCTOR).exists()
    seat_instructors(world, NOW)
    by = world.actor("instructor", Role.INSTRUCTOR)
    society = world.societies[CODE]
    earlier = TODAY - timedelta(days=400)
    for day in (earlier, TODAY):
        file_visit(society=society, visited_on=day, work="走访办事机构", by=by, now=NOW)
    used = VisitReport.objects.filter(society=society).values_list("posting", flat=True)
    assert len(set(used)) == 2
    with pytest.raises(ActionRefused, match="任期"):
        file_visit(society=society, visited_on=date(2016, 1, 4), work="走访", by=by, now=NOW)


def test_seating_twice_changes_nothing(world):
    seat_instructors(world, NOW)
    before = list(Posting.objects.order_by("pk").values())
    assert all(row["user_id"] and row["appointment_id"] for row in before)
    seat_instructors(World(world.federation), NOW)
    assert list(Posting.objects.order_by("pk").values()) == before
    assert Appointment.objects.filter(role=Role.INSTRUCTOR).count() == len(before)


def test_unseated_the_account_has_no_desk(world):
    """Negative control."""
    user = next(iter(a for a in ACCOUNTS if a.username == "instructor"))
    assert user.duties[0].role == Role.INSTRUCTOR
    with pytest.raises(LookupError):
        world.actor("instructor", Role.INSTRUCTOR)
    assert actors_for(world.reviewer.user, TODAY)
