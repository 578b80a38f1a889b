"""Handing work to Celery. The broker may be away: facts are already safe in PostgreSQL."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

from common import clock, once

log = logging.getLogger(__name__)


@shared_task
def forget_old_forms() -> None:
    """Each night: keys of forms sent more than a week ago."""
    once.forget_old(clock.now())


def enqueue_on_commit(name: str, **kwargs: Any) -> None:
    """Send a task by name once the transaction commits (the task may lie in a room above).

    A lost message costs a minute at most: the beat sweeps what is left in PostgreSQL.
    """
    transaction.on_commit(lambda: _send(name, kwargs))


def _send(name: str, kwargs: dict[str, Any]) -> None:
    try:
        current_app.send_task(name, kwargs=kwargs, retry=False, ignore_result=True)
    except (BrokerError, *current_app.connection().connection_errors, OSError) as error:
        log.warning("task %s was not sent, the next sweep does its work: %s", name, error)
