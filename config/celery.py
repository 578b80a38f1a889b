"""The Celery app and its schedule.

Correctness lies in PostgreSQL (run rows, advisory locks, dirty societies); the broker may lose,
double or delay any message without harm.
"""

from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

from config.environment import use_settings

use_settings()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Asia/Shanghai (rules §12.8). One beat; a second one doubles messages, not effects.
app.conf.beat_schedule = {
    "live-day-turns": {
        "task": "coverage.tasks.turn_live_day",
        "schedule": crontab(hour="0", minute="0"),
    },
    "ledger-periods-open": {
        "task": "ledgers.tasks.open_periods",
        "schedule": crontab(hour="0", minute="1"),
    },
    "facts-are-swept": {
        "task": "coverage.tasks.drain_dirty",
        "schedule": crontab(),
    },
    "night": {
        "task": "coverage.tasks.run_night",
        "schedule": crontab(hour="2", minute="0"),
        "kwargs": {"step": "coverage"},
    },
    "night-of-stars": {
        "task": "coverage.tasks.run_night",
        "schedule": crontab(hour="2", minute="30"),
        "kwargs": {"step": "stars"},
    },
    "closing-scores-are-taken": {
        "task": "starrating.tasks.take_closing_scores",
        "schedule": crontab(hour="3", minute="0"),
    },
    "missed-nights": {
        "task": "coverage.tasks.run_night",
        "schedule": crontab(hour="7", minute="0"),
    },
    "member-imports-are-swept": {
        "task": "branches.tasks.sweep_member_imports",
        "schedule": crontab(),
    },
    "member-imports-are-forgotten": {
        "task": "branches.tasks.forget_member_imports",
        "schedule": crontab(hour="3", minute="40"),
    },
    "attendance-imports-are-swept": {
        "task": "training.tasks.sweep_attendance_imports",
        "schedule": crontab(),
    },
    "attendance-imports-are-forgotten": {
        "task": "training.tasks.forget_attendance_imports",
        "schedule": crontab(hour="3", minute="45"),
    },
    "old-forms-are-forgotten": {
        "task": "common.tasks.forget_old_forms",
        "schedule": crontab(hour="3", minute="30"),
    },
    # The demonstration, where there is one: after the periods of the day; before the night.
    "demonstration-can-be-walked": {
        "task": "dashboards.tasks.keep_walkable",
        "schedule": crontab(minute="2"),
    },
    "demonstration-goes-on": {
        "task": "dashboards.tasks.go_on",
        "schedule": crontab(hour="1", minute="0"),
    },
}


@worker_ready.connect
def catch_up(sender: Any, **_: Any) -> None:
    """A worker that starts asks for what it slept through (R-COV-07)."""
    for name in ("coverage.tasks.run_night", "dashboards.tasks.keep_walkable"):
        sender.app.send_task(name)
