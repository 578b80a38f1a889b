"""The broker away, emptied, slow or doubled (R3, R4, R7): facts wait in PostgreSQL."""

import time
from datetime import date

import pytest
from django.conf import settings
from django.db import connection, transaction
from kombu.transport import redis as redis_transport

from common import tasks as common_tasks
from config.celery import app
from coverage import live, tasks
from coverage.models import LiveCoverage, LiveDay
from societies import actions
from societies.actions import mark_dirty
from societies.models import DirtySociety
from tests.factories import at, make_edition, make_organisation, make_society

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 20)


@pytest.fixture
def bare():
    edition = make_edition()
    society = make_society(edition.federation)
    live.turn_live_day(at(DAY, 0))
    return society


def enter(society):
    """A fact and its mark, in one transaction, as an action writes them."""
    with transaction.atomic():
        make_organisation(society, established_on=DAY)
        mark_dirty([society.pk], since=DAY, today=DAY)


def covered(society):
    return LiveCoverage.objects.get(society=society, indicator="ORG").covered


def queued():
    with app.connection_for_read() as broker:
        return broker.default_channel.client.llen("celery")


def test_a_fact_is_safe_and_quick_while_the_broker_is_down(bare, valkey):
    """R3: committed, answered within a second more, computed by the next sweep."""
    valkey.stop()
    started = time.monotonic()
    enter(bare)
    assert time.monotonic() - started < 2
    assert covered(bare) == 0
    assert live.drain_dirty(at(DAY, 12)) == 1
    assert covered(bare) == 1


def test_without_the_guard_a_dead_broker_fails_the_request(bare, valkey, monkeypatch):
    """Negative control of R3."""
    monkeypatch.setattr(
        common_tasks.Message,
        "__call__",
        lambda self: app.send_task(self.name, kwargs=self.kwargs, retry=False),
    )
    valkey.stop()
    with pytest.raises(Exception, match="(?i)connect|refused|socket|No such file"):
        enter(bare)


def test_an_emptied_queue_loses_no_fact(bare, valkey):
    """R4."""
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushall()
    enter(bare)
    assert queued() == 1
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushall()
    assert queued() == 0
    assert live.drain_dirty(at(DAY, 12)) == 1
    assert covered(bare) == 1


def test_without_dirty_rows_an_emptied_queue_loses_it(bare, monkeypatch):
    """Negative control of R4."""
    monkeypatch.setattr(actions.DirtySociety.objects, "bulk_create", lambda rows: list(rows))
    enter(bare)
    assert live.drain_dirty(at(DAY, 12)) == 0
    assert covered(bare) == 0


def test_a_drain_that_dies_gives_its_societies_back(bare, monkeypatch):
    enter(bare)
    monkeypatch.setattr(live, "remember_touched", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        live.drain_dirty(at(DAY, 12))
    assert DirtySociety.objects.filter(society=bare).exists()
    assert covered(bare) == 0
    monkeypatch.undo()
    live.drain_dirty(at(DAY, 12))
    assert covered(bare) == 1


def test_a_task_ends_before_its_message_comes_again():
    """R7: the visibility timeout is more than twice the time limit."""
    timeout = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_TIME_LIMIT < timeout / 2
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_TASK_IGNORE_RESULT
    assert getattr(settings, "CELERY_RESULT_BACKEND", None) is None


def test_the_schedule_is_in_shanghai_and_names_real_tasks():
    assert app.conf.timezone == "Asia/Shanghai"
    known = {f"coverage.tasks.{n}" for n in ("drain_dirty", "turn_live_day", "run_night")}
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    app.loader.import_default_modules()
    assert known <= scheduled <= set(app.tasks)
    assert actions.DRAIN_TASK in known


def test_tasks_only_hand_over(bare):
    enter(bare)
    tasks.turn_live_day()
    tasks.drain_dirty()
    assert not DirtySociety.objects.exists()
    assert LiveDay.objects.get(federation=bare.federation).on >= DAY
    tasks.run_night("2026-11-01")
    assert bare.federation.night_runs.frozen().latest_day() == date(2026, 11, 1)
    assert connection.in_atomic_block is False


def copies_after(held, monkeypatch):
    """How often a message waits that a worker took `held` seconds ago and has not finished."""
    with app.connection_for_read() as broker:
        queue = broker.SimpleQueue("r7")
        queue.put("night")
        taken = queue.get(timeout=5)
        now = time.time()
        monkeypatch.setattr(redis_transport, "time", lambda: now + held)
        queue.channel.qos.restore_visible(interval=1)
        waiting = broker.default_channel.client.llen("r7")
        if not waiting:
            taken.ack()
        queue.clear()
        queue.close()
    return waiting


def test_the_longest_task_is_not_handed_out_again(valkey, monkeypatch):
    """R7, on the real broker: within the time limit no second worker gets the message."""
    assert copies_after(settings.CELERY_TASK_TIME_LIMIT, monkeypatch) == 0


def test_with_a_short_visibility_timeout_it_would_be(valkey, monkeypatch):
    """Negative control of R7."""
    monkeypatch.setitem(app.conf.broker_transport_options, "visibility_timeout", 600)
    assert copies_after(settings.CELERY_TASK_TIME_LIMIT, monkeypatch) == 1
