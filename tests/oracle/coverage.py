"""Coverage once more, from rules §6 alone: plain tuples and loops, no import of the portal.

Slow on purpose and written society by society, so that it shares no thought with the set-based
formulas it checks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

COUNCIL_TYPES = {
    "committee",
    "functional_committee",
    "general_branch",
    "branch",
    "joint_branch",
    "working_group",
}
SECRETARIAT_TYPES = {
    "committee",
    "general_branch",
    "branch",
    "joint_branch",
    "temporary_branch",
    "functional_branch",
    "working_group",
}
BRANCH_TYPES = {"working_group", "branch", "functional_branch", "joint_branch"}
UNIVERSE_KINDS = {"society", "association", "research_association"}
UNIVERSE_RELATIONS = {"member", "entrusted"}


class Body(NamedTuple):
    key: int
    kind: str
    relation: str
    discipline: str
    joined: date | None
    left: date | None
    deregistered: date | None


class Unit(NamedTuple):
    key: int
    body: int
    kind: str
    opened: date | None
    closed: date | None


class Organisation(NamedTuple):
    key: int
    type: str
    established: date
    dissolved: date | None


class Service(NamedTuple):
    organisation: int
    unit: int
    begins: date
    ends: date | None


class Suspension(NamedTuple):
    organisation: int
    begins: date
    ends: date | None


class Posted(NamedTuple):
    body: int
    kind: str
    begins: date
    ends: date | None


class Event(NamedTuple):
    """A record of organisation life: of which organisation, when, and whether it stands filed."""

    organisation: int
    held: date
    filed: bool


class Visit(NamedTuple):
    """A visit report of a posting, by its place in `postings`."""

    posting: int
    held: date
    filed: bool


@dataclass
class World:
    bodies: list[Body] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    postings: list[Posted] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    evidence_days: int = 0


class Count(NamedTuple):
    covered: int
    total: int
    gap: tuple[int, ...] = ()


def holds(begins: date | None, ends: date | None, day: date) -> bool:
    """“A fact counts if valid_from ≤ D and (valid_to is null or valid_to > D)”."""
    if begins is not None and day < begins:
        return False
    return ends is None or day < ends


def is_counted(body: Body, day: date) -> bool:
    if body.kind not in UNIVERSE_KINDS or body.relation not in UNIVERSE_RELATIONS:
        return False
    if not holds(body.joined, body.left, day):
        return False
    return body.deregistered is None or day < body.deregistered


def unit_is_covered(world: World, unit: Unit, day: date) -> bool:
    """oc(u, D)."""
    if not holds(unit.opened, unit.closed, day):
        return False
    for service in world.services:
        if service.unit != unit.key or not holds(service.begins, service.ends, day):
            continue
        organisation = next(o for o in world.organisations if o.key == service.organisation)
        if not holds(organisation.established, organisation.dissolved, day):
            continue
        if any(
            s.organisation == organisation.key and holds(s.begins, s.ends, day)
            for s in world.suspensions
        ):
            continue
        if unit.kind == "council":
            types = COUNCIL_TYPES
        elif unit.kind == "secretariat":
            types = SECRETARIAT_TYPES
        else:
            types = BRANCH_TYPES
        if organisation.type in types:
            return True
    return False


def has_work_record(world: World, body: Body, day: date) -> bool:
    """“a work record of s in [D − (n − 1), D]”, of any organisation that served s that day."""
    first = date.fromordinal(day.toordinal() - (world.evidence_days - 1))
    for event in world.events:
        if not event.filed or not first <= event.held <= day:
            continue
        for service in world.services:
            unit = next(u for u in world.units if u.key == service.unit)
            if (
                service.organisation == event.organisation
                and unit.body == body.key
                and holds(service.begins, service.ends, event.held)
            ):
                return True
    for visit in world.visits:
        posting = world.postings[visit.posting]
        if (
            visit.filed
            and first <= visit.held <= day
            and posting.body == body.key
            and holds(posting.begins, posting.ends, visit.held)
        ):
            return True
    return False


def of_body(world: World, body: Body, day: date) -> dict[str, Count]:
    """The five indicators' part of one society."""
    units = [u for u in world.units if u.body == body.key]
    council = any(unit_is_covered(world, u, day) for u in units if u.kind == "council")
    offices = [u for u in units if u.kind == "secretariat" and holds(u.opened, u.closed, day)]
    office = any(unit_is_covered(world, u, day) for u in offices)
    branches = [
        u
        for u in units
        if u.kind not in ("council", "secretariat") and holds(u.opened, u.closed, day)
    ]
    lacking = tuple(sorted(u.key for u in branches if not unit_is_covered(world, u, day)))
    visited = any(
        p.body == body.key and p.kind == "GM03" and holds(p.begins, p.ends, day)
        for p in world.postings
    )
    if visited and world.evidence_days:
        visited = has_work_record(world, body, day)
    covered = council or office
    return {
        "ORG": Count(int(covered), 1),
        "ORG_T1": Count(int(council), 1),
        "ORG_T2": Count(int(office), len(offices)),
        "ORG_T3": Count(len(branches) - len(lacking), len(branches), lacking),
        "WORK": Count(int(covered or visited), 1),
    }


def figures(world: World, day: date) -> dict[tuple[int, str], Count]:
    """(society, indicator) → count, for every society of the universe."""
    return {
        (body.key, indicator): count
        for body in world.bodies
        if is_counted(body, day)
        for indicator, count in of_body(world, body, day).items()
    }


def whole(parts: Iterable[Count]) -> Count:
    parts = list(parts)
    return Count(sum(p.covered for p in parts), sum(p.total for p in parts))
