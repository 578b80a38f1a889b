"""The night under faults (R1, R6): nothing half visible, one effect, a rerun that finishes."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection, connections

from coverage import night, revisions
from coverage.models import (
    CoverageRevision,
    CoverageSnapshot,
    NightRun,
    NightState,
    SocietyCoverage,
    SocietyCoverageCorrection,
)
from coverage.night import run_night
from societies.actions import mark_dirty
from societies.models import BackdatedFact
from tests.factories import (
    freeze,
    make_edition,
    make_organisation,
    make_posting,
    make_society,
    two_o_clock,
)

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = date(2026, 10, 31)
DAY = date(2026, 11, 20)


class Killed(BaseException):
    """The process is gone: no handler of the portal may run on it."""


class Barrier:
    """Cuts the database connection before the n-th statement."""

    def __init__(self, at):
        self.left = at

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0:
            connection.close()
            raise Killed
        self.left -= 1
        return execute(sql, params, many, context)


def build():
    """One backdated and one new fact since the frozen days, so that every kind of row is due."""
    edition = make_edition()
    bare, late, visited = (make_society(edition.federation) for _ in range(3))
    for day in (OCTOBER, DAY - timedelta(days=1)):
        freeze(edition.federation, day)
    make_organisation(bare, established_on=DAY)
    make_organisation(late, established_on=date(2026, 10, 20))
    make_posting(visited, valid_from=DAY)
    mark_dirty([late.pk], since=date(2026, 10, 20), today=DAY)
    return edition.federation


def stored():
    """Every figure, without keys and moments."""
    names = "society__code", "indicator", "state", "covered", "total"
    return (
        sorted(SocietyCoverage.objects.values_list(*names, "valid_from", "valid_to"), key=str),
        sorted(
            CoverageSnapshot.objects.values_list(
                "on", "revision__number", "indicator", "dimension", "value", "covered", "total"
            )
        ),
        sorted(SocietyCoverageCorrection.objects.values_list(*names, "revision__on"), key=str),
        sorted(CoverageRevision.objects.values_list("on", "number", "shown")),
        BackdatedFact.objects.count(),
    )


def relative(figures, federation):
    """Codes are numbered over all tests: count them from the world's first."""
    codes = sorted(federation.societies.values_list("code", flat=True))
    text = repr(figures)
    for n, code in enumerate(codes):
        text = text.replace(repr(code), f"<{n}>")
    return text


def clear():
    for model in (SocietyCoverage, NightRun, BackdatedFact):
        model.objects.all().delete()


def kill_at(federation, statement):
    """Run the night and kill it before a statement; whether it got that far."""
    try:
        with connection.execute_wrapper(Barrier(statement)):
            freeze(federation, DAY)
    except Killed:
        return True
    return False


def facts_of(federation):
    BackdatedFact.objects.create(
        society=federation.societies.order_by("pk")[1], since=date(2026, 10, 20)
    )


def test_a_kill_before_any_statement_leaves_nothing_half_and_a_rerun_finishes():
    """R1, row for row as if uninterrupted."""
    federation = build()
    before = stored()
    statement, uninterrupted = 0, None
    while kill_at(federation, statement):
        assert stored() == before, f"half written before statement {statement}"
        assert NightRun.objects.frozen().filter(on=DAY).count() == 0
        statement += 1
    uninterrupted = stored()
    assert statement > 15
    assert uninterrupted != before
    run = NightRun.objects.get(on=DAY)
    assert run.state == NightState.DONE
    assert run.attempt > 10
    reference = relative(uninterrupted, federation)
    clear()
    assert relative(_without_faults(), NightRun.objects.first().federation) == reference


def _without_faults():
    freeze(build(), DAY)
    other = NightRun.objects.first().federation
    mine = {"society__federation": other}
    assert SocietyCoverage.objects.filter(**mine).exists()
    return stored()


def test_without_the_one_transaction_a_kill_shows(monkeypatch):
    """Negative control of R1: the same night with each statement committed by itself."""
    from contextlib import nullcontext

    federation = build()
    monkeypatch.setattr(night, "one_snapshot", nullcontext)
    monkeypatch.setattr(night, "try_lock", lambda name: True)
    monkeypatch.setattr(
        night.NightRun.objects, "select_for_update", lambda **_: night.NightRun.objects.all()
    )
    before, torn, statement = stored(), 0, 0
    while kill_at(federation, statement):
        torn += stored() != before
        if stored() != before:
            break
        statement += 1
    assert torn


def test_a_failed_night_says_so_and_keeps_the_old_figures(monkeypatch):
    federation = build()
    before = stored()

    def broken(*args, **kwargs):
        raise RuntimeError("磁盘已满")

    monkeypatch.setattr(revisions.FIGURES.__class__, "aggregate", broken)
    with pytest.raises(RuntimeError):
        freeze(federation, DAY)
    run = NightRun.objects.get(on=DAY)
    assert (run.state, run.computed_at) == (NightState.FAILED, None)
    assert "磁盘已满" in run.note
    assert stored() == before
    monkeypatch.undo()
    assert freeze(federation, DAY).state == NightState.DONE


def test_a_failed_rerun_leaves_the_frozen_day_readable(monkeypatch):
    federation = build()
    freeze(federation, DAY)
    monkeypatch.setattr(night, "_check_live", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        freeze(federation, DAY, again=True)
    run = NightRun.objects.get(on=DAY)
    assert run.state == NightState.FAILED
    assert NightRun.objects.frozen().latest_day() == DAY


def two_at_once(federation):
    """Two beats fire at the same moment; the states their runs ended with."""
    gate, ended = threading.Barrier(2), []

    def beat():
        try:
            gate.wait(timeout=20)
            ended.append(run_night(federation, DAY, now=two_o_clock(DAY)).state)
        except Exception as error:
            ended.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=beat) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ended)


def test_two_beats_make_one_run_and_one_skip():
    """R6."""
    federation = build()
    assert two_at_once(federation) == [NightState.DONE, NightState.SKIPPED]
    assert NightRun.objects.exclude(state=NightState.SKIPPED).filter(on=DAY).count() == 1
    assert CoverageRevision.objects.filter(on=DAY).count() == 1
    assert NightRun.objects.get(on=DAY, state=NightState.SKIPPED).note


def test_without_the_lock_two_beats_collide(monkeypatch):
    """Negative control of R6: both compute at once, and only the database stops one."""
    federation = build()
    meeting = threading.Barrier(2)
    real = revisions.write_day

    def together(*args, **kwargs):
        meeting.wait(timeout=20)
        return real(*args, **kwargs)

    monkeypatch.setattr(night, "try_lock", lambda name: True)
    monkeypatch.setattr(night, "TRIES", 1)
    monkeypatch.setattr(
        night.NightRun.objects, "select_for_update", lambda **_: night.NightRun.objects.all()
    )
    monkeypatch.setattr(
        night, "step_named", lambda name: dataclasses.replace(revisions.STEP, write=together)
    )
    monkeypatch.setattr(night, "_claim", _claim_nothing)
    NightRun.objects.create(
        federation=federation, on=DAY, state=NightState.RUNNING, started_at=two_o_clock(DAY)
    )
    assert two_at_once(federation) != [NightState.DONE, NightState.SKIPPED]


def _claim_nothing(federation, on, edition, **options):
    return NightRun.objects.get(federation=federation, on=on)


class Overtaken:
    """Another connection changes the run row after the night took its snapshot, `times` times."""

    def __init__(self, times):
        self.left = times

    def __call__(self, execute, sql, params, many, context):
        if "FOR NO KEY UPDATE" in sql and self.left:
            self.left -= 1
            thread = threading.Thread(target=self.touch)
            thread.start()
            thread.join(timeout=20)
        return execute(sql, params, many, context)

    @staticmethod
    def touch():
        NightRun.objects.filter(on=DAY).update(note="another")
        connections.close_all()


def test_an_overtaken_snapshot_is_taken_again():
    federation, overtaken = build(), Overtaken(1)
    with connection.execute_wrapper(overtaken):
        assert freeze(federation, DAY).state == NightState.DONE
    assert overtaken.left == 0
    assert CoverageRevision.objects.filter(on=DAY).count() == 1


def test_without_patience_an_overtaken_snapshot_fails_the_night(monkeypatch):
    """Negative control."""
    monkeypatch.setattr(night, "TRIES", 1)
    federation = build()
    with connection.execute_wrapper(Overtaken(1)), pytest.raises(OperationalError):
        freeze(federation, DAY)
    assert NightRun.objects.get(on=DAY).state == NightState.FAILED


CHILD = """
import django; django.setup()
import os, sys
from datetime import date
from django.db import connection
from coverage.night import run_night
from societies.models import Federation
from common.clock import start_of
def barrier(execute, sql, params, many, context):
    if "coverage_coveragesnapshot" in sql and "INSERT" in sql:
        print("ready", flush=True); sys.stdin.read()
    return execute(sql, params, many, context)
with connection.execute_wrapper(barrier):
    run_night(Federation.objects.get(pk=int(sys.argv[1])), date(2026, 11, 20),
              now=start_of(date(2026, 11, 21)))
"""


@pytest.mark.slow
def test_sigkill_of_a_real_process():
    """R1 with a real kill -9, in the middle of the second transaction."""
    federation = build()
    before = stored()
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": re.sub(
            r"/portal$", f"/{connection.settings_dict['NAME']}", os.environ["DATABASE_URL"]
        ),
    }
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(federation.pk)],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline().strip() == "ready"
    assert NightRun.objects.get(on=DAY).state == NightState.RUNNING
    assert run_night(federation, DAY, now=two_o_clock(DAY)).state == NightState.SKIPPED
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=20)
    child.stdin.close()
    child.stdout.close()
    assert stored() == before
    assert freeze(federation, DAY).state == NightState.DONE
    assert NightRun.objects.frozen().filter(on=DAY).exists()
