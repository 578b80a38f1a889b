"""The batches of the demonstration by the ordinary actions: whole, once, and after a kill."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.permissions import Role
from common import clock
from dashboards.demo import SEED, inspections, reset
from dashboards.demo.accounts import ACCOUNTS, INSPECTORS
from dashboards.demo.bodies import body_of
from dashboards.demo.check_writer import CheckWriter
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.inspection_plan import (
    CONCLUDE,
    TOXICOLOGY,
    BatchPlan,
    again,
    last_autumn,
    present,
)
from dashboards.demo.inspections import Inspections
from dashboards.demo.staff import hire_staff
from dashboards.demo.world import SINCE, World, appoint_accounts, build_register, open_accounts
from dashboards.desks.tasks import tasks_of
from societies.actions import appoint
from societies.models import Appointment
from supervision.models import (
    BatchState,
    CheckState,
    CheckStep,
    Finding,
    FindingState,
    FindingStep,
    FrameRow,
    InspectionBatch,
    InspectorSeat,
    SpotCheck,
)
from supervision.replay import replay
from tests.demo.test_running import at, writes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
INSPECTED = reverse("supervision:batches").rsplit("/", 2)[0]
F, K = FindingState, CheckState


@pytest.fixture
def world() -> World:
    """The register and everybody's account; an inspector appointed on the first day, as once."""
    there = build_register(TODAY)
    call_command("load_editions", verbosity=0)
    now = clock.start_of(TODAY)
    open_accounts(ACCOUNTS, now)
    appoint_accounts(there, ACCOUNTS)
    hire_staff(World(there.federation), now)
    return World(there.federation)


def inspect(world: World, day: date = TODAY) -> None:
    """What the loader does at noon of a day."""
    with at(day, hour=12):
        Inspections(FilingWriter(World(world.federation), SEED), clock.now(), str).enter()


def batches() -> tuple[InspectionBatch, InspectionBatch]:
    """Last autumn's, and the one under way."""
    old, new = InspectionBatch.objects.order_by("drafted_at")
    return old, new


@pytest.mark.slow
def test_one_batch_is_closed_and_one_is_on_site(world, caplog):
    """R-SUP-01, R-SUP-02, R-SUP-06: a batch from draw to closing, one with every state to be seen.

    A second run, on a later day too, writes nothing.
    """
    user = World(world.federation).actor("inspectionlead", Role.INSPECTION_LEAD).user
    inspector = next(u for u in type(user).objects.filter(username="inspector"))
    appoint(
        user=inspector,
        role=Role.INSPECTOR,
        objects=[world.societies[body_of(TOXICOLOGY).code]],
        valid_from=SINCE,
        by=None,
    )
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        inspect(world)
    assert "left" not in caplog.text
    check_old()
    check_present()
    check_findings()
    check_appointments()
    check_desks(world)
    federations = SpotCheck.objects.values_list("society__federation__code", flat=True)
    assert set(federations) == {"demo"}
    with at(TODAY + 3 * DAY, hour=12):
        writer = FilingWriter(World(world.federation), SEED)
        assert writes(Inspections(writer, clock.now(), str).enter) == []
    assert reset.remove() > 1000
    assert not any(model._base_manager.exists() for model in (Finding, InspectionBatch, SpotCheck))


def check_old() -> None:
    old, _ = batches()
    assert old.state == BatchState.CLOSED
    assert old.closed_at is not None
    assert set(old.checks.values_list("state", flat=True)) == {K.CONCLUDED}
    assert set(Finding.objects.filter(batch=old).values_list("state", flat=True)) == {F.CLOSED}
    assert replay(old, old.seed).agrees


def check_present() -> None:
    _, new = batches()
    assert new.state == BatchState.RECTIFYING
    assert replay(new, new.seed).agrees
    states = set(new.checks.values_list("state", flat=True))
    assert states == {K.PLANNED, K.TO_SIGN, K.CONFIRMED, K.PASSED_ON, K.CONCLUDED}
    walked = new.checks.get(society__code=body_of(WALKED).code)
    assert walked.state == K.TO_SIGN
    assert walked.signatures.count() == 2
    ready = new.checks.get(society__code=body_of(TOXICOLOGY).code)
    assert ready.state == K.PLANNED
    seats = InspectorSeat.objects.living().filter(spot_check=ready)
    assert set(seats.values_list("user__username", flat=True)) == {"inspector", "twohats"}
    # Who was inspected last autumn is left out for twelve months.
    recent = FrameRow.objects.filter(batch=new, part="excluded")
    assert recent.filter(society__code=body_of(SECOND).code).exists()


def check_findings() -> None:
    _, new = batches()
    mine = Finding.objects.filter(batch=new)
    assert {
        *(F.ISSUED, F.ACCEPTED, F.PLAN_TO_SIGN, F.PLAN_FILED, F.RECTIFYING, F.SUBMITTED),
        *(F.SENT_BACK, F.VERIFIED, F.CLOSED),
    } == set(mine.values_list("state", flat=True))
    late = [finding for finding in mine if finding.is_open and finding.days_late(TODAY)]
    assert late
    assert mine.filter(extension__decided_at__isnull=True, extension__isnull=False).exists()
    beside = Finding.objects.filter(batch__isnull=True)
    walked = beside.get(society__code=body_of(WALKED).code)
    assert walked.state == F.ACCEPTED
    assert walked.plan_due >= TODAY
    closed = beside.get(state=F.CLOSED)
    users = {closed.issued_by.username, closed.verified_by.username, closed.closed_by.username}
    assert users == {"reviewer", "reviewer2", "reviewer3"}
    assert max(FindingStep.objects.values_list("at", flat=True)) < clock.start_of(TODAY)
    assert max(CheckStep.objects.values_list("at", flat=True)) < clock.start_of(TODAY)


def check_appointments() -> None:
    """roles.md §2.5: opened by the notice, ended by the closing; none of the first day stands."""
    old, new = batches()
    held = Appointment.objects.filter(role=Role.INSPECTOR, user__username__in=INSPECTORS)
    assert not held.filter(valid_from=SINCE, valid_to__isnull=True).exists()
    standing = held.filter(valid_to__isnull=True)
    assert standing.count() == len(INSPECTORS)
    assert set(standing.values_list("valid_from", flat=True)) == {clock.day_of(new.notified_at)}
    ended = held.filter(valid_to=clock.day_of(old.closed_at))
    assert ended.count() == len(INSPECTORS)


def check_desks(world: World) -> None:
    """Issue: everybody along a check and a finding has a task."""
    wanted = {
        "inspector": Role.INSPECTOR,
        "twohats": Role.INSPECTOR,
        "inspector2": Role.INSPECTOR,
        "clerk": Role.SOCIETY_CLERK,
        "secretary": Role.SOCIETY_SECRETARY,
        "secretary2": Role.SOCIETY_SECRETARY,
        "reviewer": Role.COMMITTEE_REVIEWER,
        "reviewer2": Role.COMMITTEE_REVIEWER,
        "reviewer3": Role.COMMITTEE_REVIEWER,
        "leader": Role.COMMITTEE_LEADER,
    }
    with at(TODAY, hour=12):
        for username, role in wanted.items():
            tasks = tasks_of(World(world.federation).actor(username, role), TODAY)
            urls = [task.url for task in tasks]
            assert any(url.startswith(INSPECTED) for url in urls), (username, urls)


@pytest.mark.slow
def test_killed_anywhere_it_goes_on(world, monkeypatch):
    """R1: what a killed run leaves is whole pieces; the next one does the rest, once."""
    original, calls, deaths = CheckWriter._take, [], {4}

    def dies(self: Any, step: int, *given: Any) -> None:
        calls.append(step)
        if calls.count(CONCLUDE) in deaths:
            raise KeyboardInterrupt
        original(self, step, *given)

    monkeypatch.setattr(CheckWriter, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        inspect(world)
    assert InspectionBatch.objects.count() == 1
    deaths = {9}
    with pytest.raises(KeyboardInterrupt):
        inspect(world)
    monkeypatch.setattr(CheckWriter, "_take", original)
    seeds = list(InspectionBatch.objects.order_by("pk").values_list("seed", flat=True))
    half = CheckStep.objects.count()
    # Resumed on another day, the running batch keeps the days it was planned with.
    inspect(world, TODAY + DAY)
    assert half < CheckStep.objects.count()
    old, new = batches()
    assert [old.seed, new.seed][: len(seeds)] == seeds
    assert old.state == BatchState.CLOSED
    assert new.checks.filter(state=K.PLANNED).count() == 2
    assert Finding.objects.filter(batch__isnull=True).count() == 4


@pytest.mark.slow
def test_what_somebody_moved_is_left_alone(world, monkeypatch):
    """A batch of somebody else stays his; a check that somebody began is not walked."""
    monkeypatch.setattr(inspections.Inspections, "_check", lambda *given: 0)
    monkeypatch.setattr(inspections.Inspections, "_close", lambda *given: 0)
    inspect(world)
    monkeypatch.undo()
    _, new = batches()
    begun = new.checks.order_by("position").first()
    SpotCheck.objects.filter(pk=begun.pk).update(state=K.IN_PROGRESS)
    inspect(world, TODAY + DAY)
    assert InspectionBatch.objects.count() == 2
    assert not CheckStep.objects.filter(spot_check=begun).exists()
    assert new.checks.filter(state=K.CONCLUDED).exists()


def moments(plan: BatchPlan) -> list[Any]:
    return [plan.at(ago, place) for ago, place in ((74, 0), (73, 1), (72, 2), (70, 3), (69, 4))]


@pytest.mark.parametrize("today", [date(2026, 1, 24), date(2026, 1, 25), TODAY, date(2028, 2, 29)])
def test_the_plans_keep_their_own_days(today):
    """R-SUP-01: the notice comes in time; nothing lies ahead of the day of the load."""
    for plan in (last_autumn(today), present(today)):
        steps = [plan.drafted_at, *moments(plan)[1:], plan.at(67, 5), plan.notified_at]
        assert steps == sorted(steps)
        first = plan.values["on_site_from"]
        for each in (*plan.drawn, *plan.must.values()):
            if each.far:
                assert first <= plan.at(each.ago, 0).date() < today
    assert last_autumn(today).at(-10, 0).date() < today


def test_the_running_batch_is_known_again():
    """On whatever day of the week it was first planned."""
    for n in range(21):
        plan = present(TODAY + n * DAY)
        found = again(plan.drafted_at)
        assert found is not None
        assert found.anchor == plan.anchor
        assert again(last_autumn(TODAY + n * 30 * DAY).drafted_at) is None
    assert again(present(TODAY).drafted_at + timedelta(minutes=7)) is None
