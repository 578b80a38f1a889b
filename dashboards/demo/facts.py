"""Makes happenings happen: each through its ordinary action, in small transactions.

What is there already is left alone, so a killed run goes on where it was and two runs do no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from branches import actions
from branches.actions.postings import day_after
from common.errors import ActionRefused
from common.locks import wait_lock
from coverage.models import NightRun
from dashboards.demo.happenings import (
    SECRETARIAT,
    BranchClosed,
    BranchOpened,
    Dissolved,
    Established,
    Happening,
    Posted,
    Recalled,
    Resumed,
    SecretariatClosed,
    Suspended,
)
from dashboards.demo.world import World

log = logging.getLogger(__name__)
LOCK = "dashboards.demo"
CHUNK = 150
T = TypeVar("T")


def chunks(found: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The sequence in pieces, each worth a transaction."""
    for start in range(0, len(found), size):
        yield found[start : start + size]


@transaction.atomic
def enter_chunk(world: World, chunk: Sequence[Happening], now: datetime) -> int:
    """Enter what is missing of a chunk; how many were entered. `world` is fresh.

    A refused one is left out and said so: somebody may have used the demonstration meanwhile, so
    that a later plan does not fit any more.
    """
    wait_lock(LOCK)
    missing = [h for h in chunk if not WRITERS[type(h)][0](world, h)]
    frozen = NightRun.objects.filter(federation=world.federation).latest_day() if missing else None
    done = 0
    for happening in missing:
        try:
            WRITERS[type(happening)][1](world, happening, moment(happening, frozen, now))
            done += 1
        except (ActionRefused, KeyError) as refusal:
            log.warning("demonstration: %r left out: %s", happening, refusal)
    return done


def moment(happening: Happening, frozen: date | None, now: datetime) -> datetime:
    """When it is entered: as planned, but now if its day is frozen already.

    Then it is a fact entered late like any other, and the next night revises month-ends (R-COV-02).
    """
    late = frozen is not None and happening.on <= frozen
    return max(happening.at, now) if late else happening.at


def _open_branch(world: World, h: BranchOpened, now: datetime) -> None:
    code, name = h.unit
    world.units[h.unit] = actions.open_society_branch(
        society=world.societies[code],
        kind=h.kind,
        name=name,
        valid_from=h.on,
        by=world.reviewer,
        now=now,
    )


def _close_branch(world: World, h: BranchClosed, now: datetime) -> None:
    world.units[h.unit] = actions.close_society_branch(
        unit=world.units[h.unit], on=h.on, note=h.note, by=world.reviewer, now=now
    )


def _close_secretariat(world: World, h: SecretariatClosed, now: datetime) -> None:
    unit = world.units[h.code, SECRETARIAT]
    world.units[h.code, SECRETARIAT] = actions.close_secretariat(
        unit=unit, on=h.on, note=h.note, by=world.reviewer, now=now
    )


def _establish(world: World, h: Established, now: datetime) -> None:
    world.organisations[h.number] = actions.enter_organisation(
        society=world.societies[h.code],
        units=[world.units[unit] for unit in h.units],
        type=h.type,
        name=h.name,
        approval_number=h.number,
        approved_on=h.approved_on,
        established_on=h.on,
        form=h.form,
        basis=h.basis,
        supporting_unit=h.supporting_unit,
        belongs_to_cast=h.belongs_to_cast,
        by=world.reviewer,
        now=now,
    )


def _dissolve(world: World, h: Dissolved, now: datetime) -> None:
    world.organisations[h.organisation] = actions.dissolve_organisation(
        organisation=world.organisations[h.organisation],
        on=h.on,
        number=h.number,
        by=world.reviewer,
        now=now,
    )


def _suspend(world: World, h: Suspended, now: datetime) -> None:
    world.suspensions[h.number] = actions.suspend(
        organisation=world.organisations[h.organisation],
        on=h.on,
        document_number=h.number,
        by=world.reviewer,
        now=now,
    )


def _resume(world: World, h: Resumed, now: datetime) -> None:
    organisation = world.organisations[h.organisation]
    world.suspensions[h.suspension] = actions.resume(
        organisation=organisation, on=h.on, by=world.reviewer, now=now
    )


def _post(world: World, h: Posted, now: datetime) -> None:
    world.postings[h.number] = actions.enter_posting(
        society=world.societies[h.code],
        kind=h.kind,
        person_name=h.person,
        home_unit=h.home_unit,
        document_number=h.number,
        valid_from=h.on,
        last_day=h.last_day,
        by=world.reviewer,
        now=now,
    )


def _recall(world: World, h: Recalled, now: datetime) -> None:
    world.postings[h.posting] = actions.end_posting(
        posting=world.postings[h.posting], last_day=h.last_day, by=world.reviewer, now=now
    )


# Kind of happening → (is it there, enter it).
Writer = tuple[Callable[[World, Any], bool], Callable[[World, Any, datetime], None]]
WRITERS: dict[type[Happening], Writer] = {
    BranchOpened: (lambda w, h: h.unit in w.units, _open_branch),
    BranchClosed: (lambda w, h: w.has_ended(h.unit), _close_branch),
    SecretariatClosed: (lambda w, h: w.has_ended((h.code, SECRETARIAT)), _close_secretariat),
    Established: (lambda w, h: h.number in w.organisations, _establish),
    Dissolved: (lambda w, h: w.is_dissolved(h.organisation), _dissolve),
    Suspended: (lambda w, h: h.number in w.suspensions, _suspend),
    Resumed: (lambda w, h: w.is_resumed(h.suspension), _resume),
    Posted: (lambda w, h: h.number in w.postings, _post),
    Recalled: (lambda w, h: w.ends(h.posting) == day_after(h.last_day), _recall),
}
