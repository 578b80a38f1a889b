"""Checklists, and batches of a small federation walked by their people through the actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from common.clock import day_of
from societies.access import Actor
from societies.actions import appoint
from societies.grants import actors_for
from societies.models import DisciplineClass, Federation, FederationRelation, Society
from supervision import actions, editions
from supervision.models import (
    ChecklistEdition,
    CheckState,
    InspectionBatch,
    InspectorSeat,
    SpotCheck,
)
from tests.factories.accounts import make_user
from tests.factories.coverage import at
from tests.factories.societies import make_actor, make_federation, make_society

_numbers = count(1)
NOW = at(date(2026, 11, 16))  # a Monday
NOTIFIED = at(date(2026, 11, 17))
VALUES: dict[str, Any] = {
    "name": "2026 下半年第一批",
    "on_site_from": date(2026, 11, 23),
    "on_site_to": date(2026, 12, 11),
    "disciplines": [],
    "sample_size": 3,
    "sample_percent": None,
    "exclude_recent": True,
    "include_open": True,
}
CLASSES = (DisciplineClass.SCIENCE, DisciplineClass.ENGINEERING, DisciplineClass.MEDICINE)


def make_checklist(
    federation: Federation, file: str = "checklist-cast-2026", **fields: Any
) -> ChecklistEdition:
    """A shipped checklist as this federation's own."""
    fields = {"key": f"checklist-test-{next(_numbers)}"} | fields
    return editions.create_edition(
        federation, editions.read(editions.FOLDER / f"{file}.toml"), **fields
    )


@dataclass
class BatchCast:
    """Who acts along a batch; inspectors as plain users until the notice appoints them."""

    lead: Actor
    reviewer: Actor
    leader: Actor
    inspectors: list[User]


def make_batch_cast(federation: Federation, inspectors: int = 4) -> BatchCast:
    """A lead, a reviewer, a leader, and inspectors of an earlier time."""
    users = [make_user(f"督导{n}") for n in "甲乙丙丁戊己"[:inspectors]]
    outside = make_society(federation, relation=FederationRelation.INTERNATIONAL)
    for user in users:
        appoint(
            user=user,
            role=Role.INSPECTOR,
            objects=[outside],
            valid_from=date(2020, 1, 1),
            valid_to=date(2021, 1, 1),
            by=None,
        )
    return BatchCast(
        make_actor(Role.INSPECTION_LEAD, federation),
        make_actor(Role.COMMITTEE_REVIEWER, federation),
        make_actor(Role.COMMITTEE_LEADER, federation),
        users,
    )


@dataclass
class BatchWorld:
    """A batch on its way. seed: what the leader wrote down at the commitment."""

    batch: InspectionBatch
    cast: BatchCast
    societies: list[Society]
    seed: str = ""
    now: datetime = NOW

    def fresh(self) -> InspectionBatch:
        """The batch as it stands."""
        self.batch = InspectionBatch.objects.select_related("federation", "edition").get(
            pk=self.batch.pk
        )
        return self.batch

    def checks(self) -> list[SpotCheck]:
        """Its spot checks in printed order."""
        rows = SpotCheck.objects.filter(batch=self.batch).select_related("society", "batch")
        return list(rows.order_by("position"))

    def seats(self, check: SpotCheck) -> list[InspectorSeat]:
        """The living seats of a check."""
        rows = InspectorSeat.objects.living().filter(spot_check=check)
        return list(rows.select_related("user", "appointment", "spot_check__batch"))

    def inspector(self, user: User, on: date | None = None) -> Actor | None:
        """A user under the appointment that the batch opened, None where it gives none."""
        seats = InspectorSeat.objects.filter(spot_check__batch=self.batch, user=user)
        mine = set(seats.values_list("appointment_id", flat=True))
        found = actors_for(user, on or day_of(NOTIFIED))
        return next((actor for actor in found if actor.appointment.pk in mine), None)


def make_batch(
    sizes: Sequence[int] = (3, 4, 2), cast: BatchCast | None = None, **values: Any
) -> BatchWorld:
    """A draft over a federation with so many societies of each of CLASSES."""
    federation = make_federation()
    make_checklist(federation)
    societies = [
        make_society(federation, discipline_class=discipline)
        for discipline, size in zip(CLASSES, sizes, strict=False)
        for _ in range(size)
    ]
    cast = cast or make_batch_cast(federation)
    batch = actions.draft_batch(
        federation=federation, values=VALUES | values, by=cast.lead, now=NOW
    )
    return BatchWorld(batch, cast, societies)


def step(world: BatchWorld, act: Callable[..., Any], by: Actor, **inputs: Any) -> Any:
    """One action on the batch as it stands."""
    return act(
        **({"batch": world.fresh(), "row_version": None, "by": by, "now": world.now} | inputs)
    )


def approve(world: BatchWorld, **inputs: Any) -> BatchWorld:
    """Sent, reviewed, approved: the frame is frozen."""
    step(world, actions.send_batch, world.cast.lead)
    step(world, actions.review_batch, world.cast.reviewer)
    step(world, actions.approve_batch, world.cast.leader, **inputs)
    return world


def commit(world: BatchWorld) -> BatchWorld:
    """And the seed's digest made known."""
    _, world.seed = step(approve(world), actions.commit_seed, world.cast.leader)
    return world


def drawn(world: BatchWorld) -> BatchWorld:
    """And drawn."""
    step(commit(world), actions.draw_batch, world.cast.leader, seed=world.seed)
    return world


def paired(world: BatchWorld) -> BatchWorld:
    """And paired."""
    step(drawn(world), actions.propose_pairs, world.cast.lead, users=world.cast.inspectors)
    return world


def notified(world: BatchWorld) -> BatchWorld:
    """And the societies told; the inspectors are appointed."""
    paired(world)
    step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    return world


def conclude(world: BatchWorld, checks: Sequence[SpotCheck] | None = None) -> None:
    """Conclude checks without their procedure: what the draw and the closing look at."""
    pks = [check.pk for check in (world.checks() if checks is None else checks)]
    SpotCheck.objects.filter(pk__in=pks).update(
        state=CheckState.CONCLUDED, concluded_by=world.cast.reviewer.user, concluded_at=NOTIFIED
    )
