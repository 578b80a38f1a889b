"""Handing work to Celery. The broker may be away: facts are already safe in PostgreSQL."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from celery import current_app, shared_task
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerError

from common import clock, once

log = logging.getLogger(__name__)


@shared_task
def forget_old_forms() -> None:
    """Each night: keys of forms sent more than a week ago."""
    once.forget_old(clock.now())


def enqueue_on_commit(name: str, **kwargs: Any) -> None:
    """Send a task by name once the transaction commits (the task may lie in a room above).

    One message of a kind per transaction: a thousand facts entered together ask once. A lost
    message costs a minute at most: the beat sweeps what is left in PostgreSQL.
    """
    message = Message(name, kwargs)
    # Whatever savepoint the waiting one was written in encloses this place, or is released.
    if not any(waiting == message for _, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(message)


@dataclass(frozen=True)
class Message:
    """A task to be sent; calling it sends it."""

    name: str
    kwargs: dict[str, Any]

    def __call__(self) -> None:
        try:
            current_app.send_task(self.name, kwargs=self.kwargs, retry=False, ignore_result=True)
        except (BrokerError, *current_app.connection().connection_errors, OSError) as error:
            log.warning("task %s was not sent, the next sweep does it: %s", self.name, error)
