"""即时数: every step's figures as of today, rewritten after each fact (R-COV-06).

Every live writer holds one lock, so that an older reading never overwrites a newer one. Facts wait
as dirty rows in PostgreSQL; a lost message costs a minute. When the day turns, pending facts are
computed into the old day first and its rows are kept as closing: the night checks against them.

The expected sets of organisation life (R-LIFE-01) follow the same dirty rows and turn with the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from branches.obligations import expected
from common import clock
from common.computing import for_everybody, rows
from common.locks import wait_lock
from coverage.models import LiveDay
from coverage.steps import all_steps
from societies.models import Federation, Society

LOCK = "coverage.live"
BATCH = 500

_TAKE = """
DELETE FROM societies_dirtysociety d USING societies_society s
WHERE s.id = d.society_id AND d.id IN (
    SELECT w.id FROM societies_dirtysociety w JOIN societies_society o ON o.id = w.society_id
    WHERE o.federation_id = ANY (%s) ORDER BY w.id LIMIT %s FOR UPDATE OF w SKIP LOCKED)
RETURNING s.id, s.federation_id"""


def drain_dirty(now: datetime) -> int:
    """Compute every waiting society again; how many. Turns the day first if that is due."""
    turn_live_day(now)
    done = 0
    while batch := _drain_batch():
        done += batch
    return done


def turn_live_day(now: datetime) -> int:
    """Bring each federation's live rows to the Shanghai day of `now`; how many turned.

    A clock that runs behind turns nothing back.
    """
    today = clock.day_of(now)
    due = Federation.objects.filter(Q(liveday__isnull=True) | Q(liveday__on__lt=today))
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    for federation_id in ids:
        _turn(federation_id, today, now)
    return len(ids)


def remember_touched(day: LiveDay, societies: Collection[int]) -> None:
    """Note that these societies have facts which the closing of the day before cannot know."""
    day.touched_ids = sorted({*day.touched_ids, *societies})
    day.save(update_fields=["touched_ids"])


@transaction.atomic
def _drain_batch() -> int:
    wait_lock(LOCK)
    days = {day.federation_id: day for day in LiveDay.objects.all()}
    taken = _take(list(days))
    for federation_id, societies in taken.items():
        day = days[federation_id]
        expected.refresh(societies, day.on)
        _write(federation_id, day.on, societies)
        remember_touched(day, societies)
    return sum(map(len, taken.values()))


@transaction.atomic
def _turn(federation_id: int, today: date, now: datetime) -> None:
    wait_lock(LOCK)
    day = LiveDay.objects.filter(federation=federation_id).first()
    if day is not None and day.on >= today:
        return
    pending = set().union(*_take([federation_id], limit=None).values())
    everybody = Society.objects.filter(federation=federation_id)
    if day is not None:
        if pending:
            _write(federation_id, day.on, pending)
        for step in all_steps():
            step.keep_closing(everybody)
    expected.turn(federation_id, today, now)
    for_everybody()
    _write(federation_id, today, None)
    LiveDay.objects.update_or_create(
        federation_id=federation_id,
        defaults={
            "on": today,
            "closing_on": day.on if day else None,
            "touched_ids": [],
            "computed_at": now,
        },
    )


def _take(federations: Collection[int], limit: int | None = BATCH) -> dict[int, set[int]]:
    """Take dirty societies of the federations off the queue, by federation."""
    taken: dict[int, set[int]] = defaultdict(set)
    for society_id, federation_id in rows(_TAKE, [list(federations), limit]):
        taken[federation_id].add(society_id)
    return taken


def _write(federation_id: int, on: date, societies: Collection[int] | None) -> None:
    """Compute and write live rows of some societies, or of all; none count without an edition."""
    owners = Society.objects.filter(federation=federation_id)
    if societies is not None:
        owners = owners.filter(pk__in=societies)
    for step in all_steps():
        step.compute(step.edition_on(federation_id, on), on, societies)
        step.store_live(owners, on)
