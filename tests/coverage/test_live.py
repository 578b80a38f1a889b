"""Live: at once after a fact, turned at midnight, checked by the night (R-COV-06, EX-09)."""

from datetime import date, timedelta

import pytest
import time_machine

from coverage import live
from coverage.models import (
    CoverageRevision,
    LiveCoverage,
    LiveDay,
    NightRun,
    SocietyCoverage,
)
from societies.actions import mark_dirty
from societies.models import BackdatedFact, DirtySociety
from tests.coverage.test_night import figures
from tests.factories import (
    at,
    freeze,
    make_edition,
    make_organisation,
    make_posting,
    make_society,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
OCTOBER = date(2026, 10, 31)


def enter_branch(society, established_on, today):
    """What the reviewer's action does: the fact and its mark in one transaction."""
    organisation = make_organisation(society, established_on=established_on)
    mark_dirty([society.pk], since=established_on, today=today)
    return organisation


def live_totals(federation):
    rows = LiveCoverage.objects.filter(society__federation=federation)
    return {k: (v["covered"], v["total"]) for k, v in rows.totals().items()}


@pytest.fixture
def world():
    """Three societies, one covered by organisation, one visited, one neither; live on DAY."""
    edition = make_edition()
    covered, visited, bare = (make_society(edition.federation) for _ in range(3))
    make_organisation(covered)
    make_posting(visited)
    live.turn_live_day(at(DAY, 0))
    for day in (OCTOBER, DAY - timedelta(days=1)):
        freeze(edition.federation, day)
    return edition.federation, bare


def test_a_branch_for_an_uncovered_society_moves_one_society_only(world):
    """EX-09: ORG +1, WORK +1, one row leaves the gap list, all other rows unchanged."""
    federation, bare = world
    others = LiveCoverage.objects.exclude(society=bare).order_by("pk").values()
    before, rest = live_totals(federation), list(others)
    gap = LiveCoverage.objects.filter(indicator="ORG").gap()
    assert gap.count() == 2
    enter_branch(bare, date(2026, 11, 18), DAY)
    assert live.drain_dirty(at(DAY, 10)) == 1
    after = live_totals(federation)
    assert after["ORG"] == (before["ORG"][0] + 1, 3) == (2, 3)
    assert after["WORK"] == (before["WORK"][0] + 1, 3) == (3, 3)
    assert gap.count() == 1
    assert list(others) == rest
    assert not DirtySociety.objects.exists()


def test_the_night_freezes_what_live_said_at_24_00(world):
    """EX-09: yesterday's snapshot stays, tonight's equals the live row."""
    federation, bare = world
    enter_branch(bare, date(2026, 11, 18), DAY)
    live.drain_dirty(at(DAY, 10))
    said = live_totals(federation)
    live.turn_live_day(at(DAY + timedelta(days=1), 0))
    run = freeze(federation, DAY)
    assert run.differences == 0
    assert figures(federation, DAY) == said
    assert figures(federation, DAY - timedelta(days=1))["ORG"] == (1, 3)


def test_a_fact_pending_at_midnight_belongs_to_the_old_day(world):
    """Recorded 23:59, not yet drained at 00:00: the closing knows it, so nothing differs."""
    federation, bare = world
    enter_branch(bare, DAY, DAY)
    live.turn_live_day(at(DAY + timedelta(days=1), 0))
    run = freeze(federation, DAY)
    assert run.differences == 0
    assert figures(federation, DAY)["ORG"] == (2, 3)


def test_a_fact_without_its_mark_is_reported(world):
    """R-COV-06: a difference that no later fact explains is a fault."""
    federation, bare = world
    make_organisation(bare, established_on=DAY)
    live.turn_live_day(at(DAY + timedelta(days=1), 0))
    run = freeze(federation, DAY)
    assert {(d["society"], d["indicator"]) for d in run.difference_rows} == {
        (bare.pk, "ORG"),
        (bare.pk, "ORG_T2"),
        (bare.pk, "WORK"),
    }
    assert run.differences == 3


@pytest.mark.parametrize("drained", [True, False])
def test_a_fact_recorded_after_24_00_explains_the_difference(world, drained):
    federation, bare = world
    tomorrow = DAY + timedelta(days=1)
    live.turn_live_day(at(tomorrow, 0))
    enter_branch(bare, DAY, tomorrow)
    if drained:
        live.drain_dirty(at(tomorrow, 1))
    run = freeze(federation, DAY)
    assert run.differences == 0
    assert figures(federation, DAY)["ORG"] == (2, 3)


def test_without_the_memory_of_touched_societies_the_check_cries_wolf(world, monkeypatch):
    """Negative control of the test above."""
    monkeypatch.setattr(live, "remember_touched", lambda day, societies: None)
    federation, bare = world
    tomorrow = DAY + timedelta(days=1)
    live.turn_live_day(at(tomorrow, 0))
    enter_branch(bare, DAY, tomorrow)
    live.drain_dirty(at(tomorrow, 1))
    assert freeze(federation, DAY).differences == 3


def test_live_rows_turn_with_the_first_sweep_if_midnight_was_lost(world):
    federation, _ = world
    live.drain_dirty(at(DAY + timedelta(days=1), 0, 1))
    assert set(LiveCoverage.objects.values_list("on", flat=True)) == {DAY + timedelta(days=1)}
    assert LiveDay.objects.get(federation=federation).closing_on == DAY


def test_a_clock_behind_turns_nothing_back(world):
    """R13: beat and worker ten minutes apart."""
    federation, bare = world
    assert live.turn_live_day(at(DAY - timedelta(days=1), 23, 55)) == 0
    enter_branch(bare, DAY, DAY)
    live.drain_dirty(at(DAY - timedelta(days=1), 23, 55))
    assert set(LiveCoverage.objects.values_list("on", flat=True)) == {DAY}
    assert live_totals(federation)["ORG"] == (2, 3)


def test_a_society_that_leaves_takes_its_live_rows_along(world):
    federation, bare = world
    bare.left_on = DAY
    bare.save()
    mark_dirty([bare.pk], since=DAY, today=DAY)
    live.drain_dirty(at(DAY, 10))
    assert not LiveCoverage.objects.filter(society=bare).exists()
    assert live_totals(federation)["ORG"] == (1, 2)


def test_backdated_fact_revises_the_month_end_unpublished(world):
    """EX-09: established 2026-10-20 instead."""
    federation, bare = world
    assert figures(federation, OCTOBER)["ORG"] == (1, 3)
    with time_machine.travel(at(DAY, 10), tick=False):
        enter_branch(bare, date(2026, 10, 20), DAY)
    freeze(federation, DAY)
    assert figures(federation, OCTOBER)["ORG"] == (1, 3)
    (waiting,) = CoverageRevision.objects.waiting()
    assert (waiting.on, waiting.number, waiting.shown) == (OCTOBER, 2, False)
    assert waiting.figures.get(indicator="ORG", dimension="all").covered == 2
    corrected = {(c.society_id, c.indicator, c.covered) for c in waiting.corrections.all()}
    assert corrected == {(bare.pk, i, 1) for i in ("ORG", "ORG_T2", "WORK")}
    assert figures(federation, DAY)["ORG"] == (2, 3)
    assert (
        SocietyCoverage.objects.at(DAY - timedelta(days=1))
        .get(society=bare, indicator="ORG")
        .covered
        == 0
    )
    assert not BackdatedFact.objects.exists()
    freeze(federation, DAY + timedelta(days=1))
    assert CoverageRevision.objects.filter(on=OCTOBER).count() == 2
    assert NightRun.objects.get(on=DAY + timedelta(days=1)).changed == 0
