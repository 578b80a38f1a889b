"""Random worlds within the register's constraints, as tuples, and their rows in the database."""

from datetime import date, timedelta
from random import Random

from branches.models import (
    LifeRecord,
    OrganisationService,
    OrganisationSuspension,
    PartyOrganisation,
    Posting,
    VisitReport,
)
from common.clock import start_of
from societies.models import Federation, Society, SocietyUnit
from tests.factories import make_user
from tests.oracle.coverage import (
    Body,
    Event,
    Organisation,
    Posted,
    Service,
    Suspension,
    Unit,
    Visit,
    World,
)

FIRST = date(2026, 6, 25)
DAYS = 12
TYPES = (
    "committee",
    "functional_committee",
    "general_branch",
    "branch",
    "joint_branch",
    "temporary_branch",
    "functional_branch",
    "working_group",
)


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(DAYS)]


def _begin(random: Random) -> date:
    return FIRST + timedelta(days=random.randrange(-3, DAYS))


def _end(random: Random, begins: date | None) -> date | None:
    if random.random() < 0.5:
        return None
    return (begins or FIRST) + timedelta(days=random.randrange(1, DAYS))


def _overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    far = date(9999, 1, 1)
    return a[0] < (b[1] or far) and b[0] < (a[1] or far)


def random_world(random: Random) -> World:
    """Up to five societies with branches, joint and suspended organisations, postings."""
    world = World()
    for key in range(random.randrange(0, 6)):
        joined = None if random.random() < 0.7 else _begin(random)
        world.bodies.append(
            Body(
                key,
                random.choice(["society", "association", "society", "foundation"]),
                random.choice(["member", "member", "entrusted", "international"]),
                random.choice(["science", "medicine"]),
                joined,
                _end(random, joined) if random.random() < 0.2 else None,
                _begin(random) if random.random() < 0.1 else None,
            )
        )
        _add_units(world, key, random)
    for key in range(random.randrange(0, 8)) if world.bodies else ():
        _add_organisation(world, key, random)
    for _ in range(random.randrange(0, 3)) if world.bodies else ():
        begins = _begin(random)
        body = random.choice(world.bodies).key
        kind = random.choice(["GM03", "GM03", "GM04", "GM09"])
        world.postings.append(Posted(body, kind, begins, _end(random, begins)))
    _add_work_records(world, random)
    return world


def _add_work_records(world: World, random: Random) -> None:
    """Some worlds ask for evidence of a few days; events may lie outside everything."""
    world.evidence_days = random.choice([0, 2, 3, 6])
    for body in world.bodies:
        if random.random() < 0.4:
            world.postings.append(Posted(body.key, "GM03", FIRST, None))
    for organisation in world.organisations:
        for _ in range(random.randrange(0, 4)):
            world.events.append(Event(organisation.key, _begin(random), random.random() < 0.6))
    for number in range(len(world.postings)):
        if random.random() < 0.6:
            world.visits.append(Visit(number, _begin(random), random.random() < 0.5))


def _add_units(world: World, body: int, random: Random) -> None:
    world.units.append(Unit(len(world.units), body, "council", None, None))
    if random.random() < 0.8:
        closed = _begin(random) if random.random() < 0.3 else None
        world.units.append(Unit(len(world.units), body, "secretariat", None, closed))
    for _ in range(random.randrange(0, 4)):
        opened = None if random.random() < 0.5 else _begin(random)
        kind = random.choice(["division", "professional_committee", "working_committee"])
        world.units.append(Unit(len(world.units), body, kind, opened, _end(random, opened)))


def _add_organisation(world: World, key: int, random: Random) -> None:
    established = _begin(random)
    dissolved = _end(random, established)
    kind = random.choice(TYPES)
    world.organisations.append(Organisation(key, kind, established, dissolved))
    for unit in random.sample(world.units, min(len(world.units), random.randrange(1, 4))):
        begins = max(established, _begin(random))
        service = Service(key, unit.key, begins, _end(random, begins))
        if _fits(world, service, unit, kind):
            world.services.append(service)
    if random.random() < 0.3:
        begins = max(established, _begin(random))
        world.suspensions.append(Suspension(key, begins, _end(random, begins)))


def _fits(world: World, new: Service, unit: Unit, kind: str) -> bool:
    """At most one committee per council at a time (R-ORG-16)."""
    committees = {"committee", "functional_committee"}
    if unit.kind != "council" or kind not in committees:
        return True
    types = {o.key: o.type for o in world.organisations}
    return not any(
        s.unit == unit.key
        and types[s.organisation] in committees
        and _overlap((s.begins, s.ends), (new.begins, new.ends))
        for s in world.services
    )


def write(world: World, federation: Federation) -> tuple[dict[int, int], dict[int, int]]:
    """Insert the world's rows; (society key → pk, unit key → pk)."""
    bodies = Society.objects.bulk_create(
        Society(
            federation=federation,
            code=f"W-{b.key}",
            name=f"世界第{b.key}学会",
            discipline_class=b.discipline,
            body_kind=b.kind,
            relation=b.relation,
            joined_on=b.joined,
            left_on=b.left,
            deregistered_on=b.deregistered,
        )
        for b in world.bodies
    )
    society = {b.key: row for b, row in zip(world.bodies, bodies, strict=True)}
    units = SocietyUnit.objects.bulk_create(
        SocietyUnit(
            society=society[u.body],
            kind=u.kind,
            name=f"机构{u.key}",
            valid_from=u.opened,
            valid_to=u.closed,
        )
        for u in world.units
    )
    unit = {u.key: row.pk for u, row in zip(world.units, units, strict=True)}
    organisation = _write_organisations(world, society, unit)
    postings = Posting.objects.bulk_create(
        Posting(
            society=society[p.body],
            kind=p.kind,
            person_name=f"李某{n}",
            home_unit="示例单位",
            document_number=f"{n}号",
            valid_from=p.begins,
            valid_to=p.ends,
        )
        for n, p in enumerate(world.postings)
    )
    _write_work_records(world, organisation, postings)
    return {key: row.pk for key, row in society.items()}, unit


def _write_work_records(world: World, organisation: dict, postings: list[Posting]) -> None:
    """Plain rows: the formulas read them, whoever filed them."""
    user = make_user()
    for number, event in enumerate(world.events):
        row, at = organisation[event.organisation], start_of(event.held)
        taken_back = {"state": "withdrawn", "withdrawn_at": at, "withdrawn_by": user}
        LifeRecord.objects.create(
            organisation=row,
            society_id=row.society_id,
            kind="transmission_study",
            held_on=event.held,
            agenda=f"第{number}次",
            learning="学习",
            **{"expected": 3, "present": 3, "excused": 0, "observers": 0},
            **{"counted_on": event.held, "filed_at": at, "filed_by": user},
            **({} if event.filed else taken_back | {"withdrawal_reason": "误登"}),
        )
    for visit in world.visits:
        posting, at = postings[visit.posting], start_of(visit.held)
        VisitReport.objects.create(
            posting=posting,
            society_id=posting.society_id,
            visited_on=visit.held,
            work="指导学习",
            **{"filed_at": at, "filed_by": user, "state": "filed" if visit.filed else "withdrawn"},
        )


def _write_organisations(world: World, society: dict, unit: dict[int, int]) -> dict:
    owner = {s.organisation: s.unit for s in reversed(world.services)}
    body_of = {u.key: u.body for u in world.units}
    rows = PartyOrganisation.objects.bulk_create(
        PartyOrganisation(
            society=society[body_of[owner[o.key]] if o.key in owner else world.bodies[0].key],
            name=f"党组织{o.key}",
            type=o.type,
            approval_number=f"{o.key}号",
            approved_on=o.established,
            established_on=o.established,
            dissolved_on=o.dissolved,
            dissolution_number="撤1号" if o.dissolved else "",
        )
        for o in world.organisations
    )
    organisation = {o.key: row for o, row in zip(world.organisations, rows, strict=True)}
    tiers = {"council": 1, "secretariat": 2}
    kinds = {u.key: u.kind for u in world.units}
    OrganisationService.objects.bulk_create(
        OrganisationService(
            organisation=organisation[s.organisation],
            unit_id=unit[s.unit],
            society=society[body_of[s.unit]],
            organisation_type=organisation[s.organisation].type,
            tier=tiers.get(kinds[s.unit], 3),
            valid_from=s.begins,
            valid_to=s.ends,
        )
        for s in world.services
    )
    OrganisationSuspension.objects.bulk_create(
        OrganisationSuspension(
            organisation=organisation[s.organisation],
            society=organisation[s.organisation].society,
            valid_from=s.begins,
            valid_to=s.ends,
            document_number="停1号",
        )
        for s in world.suspensions
    )
    return organisation
