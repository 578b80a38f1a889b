"""Training: the shipped settings for any federation, classes, events with their credits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from typing import Any

from branches.models import PartyMember
from common.toml_lines import TomlFile
from societies.models import Federation
from tests.factories.accounts import make_user
from tests.factories.life import moment_of
from training.editions import FOLDER, create_edition
from training.models import (
    HourCredit,
    HourEvent,
    HourEventState,
    TrainingClass,
    TrainingEdition,
    TrainingSession,
)

_numbers = count(1)


def make_training(
    federation: Federation, file: str = "cast-training-2026", **fields: Any
) -> TrainingEdition:
    """A shipped edition as this federation's own."""
    fields = {"key": f"training-test-{next(_numbers)}"} | fields
    return create_edition(federation, TomlFile(FOLDER / f"{file}.toml"), **fields)


def make_event(
    members: Iterable[PartyMember],
    held_on: date = date(2026, 3, 5),
    *,
    lecturer: PartyMember | None = None,
    **fields: Any,
) -> HourEvent:
    """A confirmed event written as a plain fact; stored hours do not follow by themselves."""
    found = list(members)
    at = moment_of(held_on)
    organisation = found[0].organisation
    fields = {
        "society_id": organisation.society_id,
        "organisation": organisation,
        "kind": "study",
        "title": f"第{next(_numbers)}次学习",
        "portion": "half_day",
        "state": HourEventState.CONFIRMED,
        "filed_at": at,
        "filed_by": make_user(),
        "confirmed_at": at,
        "confirmed_by": make_user(),
    } | fields
    event = HourEvent.objects.create(held_on=held_on, **fields)
    HourCredit.objects.bulk_create(
        HourCredit(
            event=event, member=each, society_id=each.society_id, as_lecturer=each == lecturer
        )
        for each in found
    )
    return event


def make_class(
    federation: Federation, *, sessions: int = 1, starts_on: date = date(2026, 5, 11), **fields: Any
) -> TrainingClass:
    """An approved class of whole days that takes enrolments, written as a plain fact."""
    at = moment_of(starts_on - timedelta(days=60))
    n = next(_numbers)
    fields = {
        "code": f"PX-{starts_on.year}-{n:03}",
        "title": f"第{n}期培训班",
        "course": "officers",
        "mode": "on_site",
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=sessions - 1),
        "capacity": 50,
        "enrol_by": starts_on - timedelta(days=1),
        "state": "open",
        "drafted_at": at,
        "drafted_by": make_user(),
        "planned_at": at,
        "planned_by": make_user(),
        "decided_at": at,
        "decided_by": make_user(),
    } | fields
    chosen = TrainingClass.objects.create(federation=federation, **fields)
    TrainingSession.objects.bulk_create(
        TrainingSession(
            training_class=chosen,
            number=number + 1,
            held_on=starts_on + timedelta(days=number),
            portion="day",
        )
        for number in range(sessions)
    )
    return chosen
