"""R1 with stars: a kill before any statement leaves no half score, and a rerun finishes."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.db import connection

from branches.models import LifeKind
from coverage import live, night
from coverage.models import LiveCoverage, NightRun, NightState, NightStep
from societies.actions import mark_dirty
from societies.models import DirtySociety
from starrating.models import FrozenLine, FrozenTotal, LiveLine, LiveTotal
from tests.factories import (
    at,
    freeze,
    freeze_stars,
    make_edition,
    make_organisation,
    make_society,
    make_standard,
)
from tests.factories.life import file_life, make_obligations, turn_life
from tests.faults.test_night_faults import Barrier, Killed
from tests.starrating.conftest import EDITIONS

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 20)
NAMES = ("society__code", "state", "points")


def build():
    """A score that changes on the day, one that ends and one that begins."""
    federation = make_standard(make_edition().federation, "eight", EDITIONS).federation
    bare, leaving = make_society(federation), make_society(federation)
    freeze_stars(federation, DAY - timedelta(days=1))
    make_organisation(bare, established_on=DAY)
    make_society(federation)
    leaving.left_on = DAY
    leaving.save()
    freeze(federation, DAY)
    return federation


def build_shipped():
    """The same under a shipped edition, with organisation life owed, held and not due yet."""
    federation = make_standard(make_edition().federation, "star-start").federation
    make_obligations(federation)
    meeting, leaving = make_society(federation), make_society(federation)
    committee = make_organisation(
        meeting, *meeting.units.filter(kind="council"), type="functional_committee"
    )
    turn_life(federation, DAY, since=date(DAY.year, 1, 1))
    freeze_stars(federation, DAY - timedelta(days=1))
    file_life(committee, LifeKind.COMMITTEE_MEETING, DAY, first_topic=True)
    make_society(federation)
    leaving.left_on = DAY
    leaving.save()
    freeze(federation, DAY)
    return federation


def stored():
    lines = FrozenLine.objects.values_list(*NAMES, "criterion", "valid_from", "valid_to")
    totals = FrozenTotal.objects.values_list(*NAMES, "score", "valid_from", "valid_to")
    return sorted(lines, key=str), sorted(totals, key=str)


def kill_at(statement, act):
    """Do something and be killed before a statement; whether it got that far."""
    try:
        with connection.execute_wrapper(Barrier(statement)):
            act()
    except Killed:
        return True
    return False


@pytest.mark.parametrize("made", [build, build_shipped])
def test_a_kill_before_any_statement_of_the_night_leaves_nothing_half(made):
    federation = made()
    before, statement = stored(), 0

    def run():
        freeze(federation, DAY, step=NightStep.STARS)

    while kill_at(statement, run):
        assert stored() == before, f"half written before statement {statement}"
        assert not NightRun.objects.frozen(NightStep.STARS).filter(on=DAY).exists()
        statement += 1
    assert statement > 10
    assert stored() != before
    assert NightRun.objects.get(on=DAY, step=NightStep.STARS).state == NightState.DONE
    finished = stored()
    run()
    assert stored() == finished


def test_without_the_one_transaction_a_kill_shows(monkeypatch):
    """Negative control: each statement committed by itself."""
    federation = build()
    monkeypatch.setattr(night, "one_snapshot", nullcontext)
    monkeypatch.setattr(night, "try_lock", lambda name: True)
    monkeypatch.setattr(
        night.NightRun.objects, "select_for_update", lambda **_: night.NightRun.objects.all()
    )
    before, torn = stored(), 0
    for statement in range(200):
        if not kill_at(statement, lambda: freeze(federation, DAY, step=NightStep.STARS)):
            break
        # The temporary tables forget at each commit here, so a rewrite shows as rows ended.
        torn += stored() != before
    assert torn


def live_rows():
    """Coverage and scores must move together or not at all."""
    return (
        sorted(LiveCoverage.objects.values_list("society", "indicator", "covered", "total")),
        sorted(LiveLine.objects.values_list("society", "criterion", "points")),
        sorted(LiveTotal.objects.values_list("society", "score")),
    )


def test_a_killed_drain_keeps_the_society_dirty_and_both_figures_old():
    """R3, R4: what a fact asks for is never half done."""
    federation = make_standard(make_edition().federation, "eight", EDITIONS).federation
    society = make_society(federation)
    live.turn_live_day(at(DAY, 0))
    make_organisation(society, established_on=DAY)
    mark_dirty([society.pk], since=DAY, today=DAY)
    before, statement, states = live_rows(), 0, set()
    while kill_at(statement, lambda: live.drain_dirty(at(DAY, 10))):
        states.add((live_rows() == before, DirtySociety.objects.exists()))
        statement += 1
    assert statement > 10
    # Old figures and still to be done, or all done: nothing between.
    assert states == {(True, True), (False, False)}
    for old, new in zip(before, live_rows(), strict=True):
        assert old != new
