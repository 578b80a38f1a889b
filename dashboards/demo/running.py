"""The demonstration while the portal runs: days pass and periods close without a new start.

Only in the demonstration's own federation, and only once its loader has begun the history: before
that the loader itself sees to all of this.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pghistory
from django.core.exceptions import ObjectDoesNotExist

from common import clock
from common.errors import ActionRefused, NotAllowed
from dashboards.demo import chosen_seed, standing
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.fill import RECENT_DAYS, AnotherSeed, Filler
from dashboards.demo.nights import last_frozen
from dashboards.demo.periods import open_periods
from dashboards.demo.world import World, demo_federation
from ledgers.models import Ledger

log = logging.getLogger(__name__)
# Somebody may have used the demonstration: closed accounts, ended appointments.
IN_THE_WAY = (ActionRefused, NotAllowed, LookupError, ObjectDoesNotExist)


def keep_walkable(now: datetime) -> Ledger | None:
    """The exception for the last closed period, from the first minutes after a closing day on.

    Returns the ledger to be walked, None without a demonstration or if it is in no state for it.
    """
    federation = demo_federation()
    if federation is None or last_frozen(federation) is None:
        return None
    try:
        with pghistory.context(command="demo"):
            writer = FilingWriter(World(federation), chosen_seed())
            return standing.keep_walkable(writer, open_periods(federation, now), now)
    except IN_THE_WAY as reason:
        log.warning("demonstration: cannot be walked today: %s", reason)
        return None


def go_on(now: datetime) -> bool:
    """Enter what came to pass up to yesterday, as a start of today would; whether it was done.

    A history that lacks more than the last weeks is left to the loader, which is at work.
    """
    federation = demo_federation()
    newest = last_frozen(federation) if federation else None
    if newest is None or newest < clock.day_of(now) - timedelta(days=RECENT_DAYS):
        return False
    try:
        with pghistory.context(command="demo"):
            Filler(chosen_seed(), now, log.info).go_on()
        return True
    except (AnotherSeed, *IN_THE_WAY) as reason:
        log.warning("demonstration: does not go on: %r", reason)
        return False
