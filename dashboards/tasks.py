"""The demonstration while the portal runs; without one these do nothing. Safe to run twice."""

from __future__ import annotations

from celery import shared_task

from common import clock
from dashboards.demo import running


@shared_task
def keep_walkable() -> None:
    """Each hour and when the worker starts: the named society can be walked."""
    running.keep_walkable(clock.now())


@shared_task
def go_on() -> None:
    """Each day at 01:00: what came to pass the day before is entered ahead of its night."""
    running.go_on(clock.now())
