"""Random worlds for the scores, as tuples, and their rows in the database."""

from datetime import date, timedelta
from random import Random

from branches.models import (
    Affiliation,
    Attendance,
    ExpectedLife,
    LifeRecord,
    ObligationEdition,
    OrganisationService,
    OrganisationSuspension,
    Participation,
    PartyMember,
    PartyOrganisation,
)
from branches.models import PartyGroup as GroupRow
from branches.models import Post as PostRow
from branches.models import Term as TermRow
from branches.obligations.expected import recount
from common.clock import start_of
from societies.models import Society, SocietyUnit
from tests.factories import make_user
from tests.oracle.star_check_worlds import of_checks, random_refusals, write_refusals
from tests.oracle.star_ledger_worlds import random_ledgers, write_ledgers
from tests.oracle.star_source_worlds import (
    random_credits,
    random_findings,
    write_credits,
    write_findings,
)
from tests.oracle.stars import (
    C7_KINDS,
    Event,
    Organisation,
    Owed,
    Person,
    Post,
    Service,
    Suspension,
    Term,
    Unit,
    World,
    years_later,
)

YEAR = 2026
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
DAYS = (date(YEAR, 2, 10), date(YEAR, 3, 31), date(YEAR, 8, 20), date(YEAR, 10, 1), LAST)
FREEZE = date(YEAR + 1, 1, 31)
POSTS = (
    *("secretary", "deputy_secretary", "organisation_officer"),
    *("discipline_officer", "committee_member"),
)
GROUPS = 2
TYPES = (
    *("branch", "branch", "joint_branch", "functional_committee", "functional_committee"),
    *("general_branch", "temporary_branch", "working_group"),
)
COMMITTEES = {"functional_committee", "general_branch"}
KINDS = {1: "council", 2: "secretariat", 3: "division"}


def some_day(random: Random, first: date = date(YEAR - 1, 10, 1)) -> date:
    return first + timedelta(days=random.randrange((LAST - first).days + 20))


def begin(random: Random) -> date:
    """Often on the first day of a quarter: the edge of R-LIFE-01."""
    edge = random.choice([date(YEAR, 1, 1), date(YEAR, 4, 1), date(YEAR, 10, 1)])
    return random.choice([date(2020, 1, 1), edge, some_day(random)])


def end(random: Random, begins: date) -> date | None:
    if random.random() < 0.6:
        return None
    return max(begins, FIRST) + timedelta(days=random.randrange(1, 300))


def random_world(random: Random) -> World:
    """Up to three societies that share organisations; every kind of line has facts."""
    world = World(bodies=random.randrange(1, 4))
    for body in range(world.bodies):
        tiers = [1, *([2] if random.random() < 0.9 else []), *([3] * random.randrange(3))]
        for tier in tiers:
            opened, closed = date.min, None
            if tier == 3 and random.random() < 0.5:
                opened = some_day(random)
                closed = end(random, opened)
            world.units.append(Unit(len(world.units), body, tier, opened, closed))
    for key in range(random.randrange(6)):
        _add_organisation(world, key, random)
    world.ledgers = random_ledgers(world.bodies, random)
    _name_officers(world, random)
    world.findings = random_findings(world.bodies, random)
    world.credits = random_credits(world.persons, random)
    world.findings = of_checks(world.findings, random)
    world.refusals = random_refusals(world.bodies, random)
    return world


def _name_officers(world: World, random: Random) -> None:
    """Posts that name a member of the register: mostly one of the same organisation."""
    for n, post in enumerate(world.posts):
        mine = [k for k, p in enumerate(world.persons) if p.organisation == post.organisation]
        if mine and random.random() < 0.7:
            world.posts[n] = post._replace(member=random.choice(mine))


def _add_organisation(world: World, key: int, random: Random) -> None:
    kind = random.choice(TYPES)
    established = begin(random)
    dissolved = end(random, established) if random.random() < 0.3 else None
    world.organisations.append(Organisation(key, kind, established, dissolved))
    taken = {s.unit for s in world.services if _is_committee(world, s.organisation)}
    count = random.randrange(1, 4)
    for unit in random.sample(world.units, min(len(world.units), count)):
        if kind == "functional_committee" and (unit.tier != 1 or unit.key in taken):
            continue
        begins = max(established, begin(random))
        world.services.append(Service(key, unit.key, begins, end(random, begins)))
    if random.random() < 0.2:
        begins = max(established, begin(random))
        world.suspensions.append(Suspension(key, begins, end(random, begins)))
    _add_posts(world, key, random)
    bodies = {world.units[s.unit].body for s in world.services if s.organisation == key}
    for body in sorted(bodies):
        for _ in range(random.choice((0, 1, 2, 3, 9))):
            world.persons.append(_person(body, key, random))
    _add_life(world, key, kind, bodies, random)


def _person(body: int, key: int, random: Random) -> Person:
    """Whom a branch counts as a full member on which day; the register knows months."""
    full = date(random.choice((2010, YEAR)), random.randrange(1, 13), 1)
    ends = some_day(random) if random.random() < 0.2 else None
    here = random.random() < 0.7
    begins = some_day(random) if random.random() < 0.2 else date(2020, 1, 1)
    if ends and ends <= begins:
        ends = None
    return Person(body, key, here, begins, ends, None if random.random() < 0.1 else full)


def _is_committee(world: World, key: int) -> bool:
    return next(o for o in world.organisations if o.key == key).type == "functional_committee"


def _add_posts(world: World, key: int, random: Random) -> None:
    year = random.choice([2021, 2022, 2023])
    elected = date(year, random.randrange(1, 13), random.randrange(1, 28))
    for _ in range(random.randrange(3)):
        years = random.choice([3, 5])
        extended = None
        if random.random() < 0.3:
            extended = years_later(elected, years) + timedelta(days=random.randrange(360))
        world.terms.append(Term(key, elected, years, random.choice([1, 3, 5]), extended))
        elected += timedelta(days=random.randrange(700, 1500))
    for n, kind in enumerate(random.sample(POSTS, random.randrange(len(POSTS) + 1))):
        begins = some_day(random)
        person = f"赵某{n // 2}"
        world.posts.append(Post(key, person, kind, begins, end(random, begins)))


def _add_life(world: World, key: int, kind: str, bodies: set[int], random: Random) -> None:
    if kind in COMMITTEES:
        periods = [("committee_meeting", FIRST, LAST, 2), ("secretary_lecture", FIRST, LAST, 1)]
    elif kind in ("branch", "joint_branch"):
        ends = ((1, 31), (4, 30), (7, 30))
        quarters = [(date(YEAR, m, 1), date(YEAR, m + 2, d)) for m, d in ends]
        periods = [(k, a, b, 1) for k in ("members_congress", "party_lecture") for a, b in quarters]
        monthly = ("theme_day", "branch_committee_meeting", "party_group_meeting")
        periods += [
            (k, date(YEAR, m, 1), _month_end(m), GROUPS if k == "party_group_meeting" else 1)
            for k in monthly
            for m in range(1, 13)
        ]
        periods += [(k, FIRST, LAST, 1) for k in ("org_life_meeting", "democratic_appraisal")]
    else:
        periods = []
    for life, first, last, required in periods:
        if random.random() < 0.8:
            until = last + timedelta(days=10)
            for body in sorted(bodies):
                world.owed.append(Owed(key, body, life, first, last, until, required))
    kinds = sorted({*C7_KINDS, *(life for life, *_ in periods), "transmission_study"})
    if kind in COMMITTEES:
        kinds += ["committee_meeting"] * 6
    for _ in range(random.randrange(9)):
        listed = _names(world, key, random) if random.random() < 0.5 else ()
        marks = [mark for _, mark in listed]
        expected = random.randrange(1, 9)
        present = random.randrange(1, expected + 1)
        if listed:
            present, expected = marks.count("present"), len(marks) - marks.count("excused")
        day, life = some_day(random), random.choice(kinds)
        world.events.append(
            Event(
                key,
                life,
                day,
                random.random() < 0.5,
                expected,
                present,
                random.random() < 0.85,
                day + timedelta(days=random.choice((0, 0, 3, 45))),
                listed,
                "party_lecture" if life == "theme_day" and random.random() < 0.5 else "",
                random.randrange(GROUPS) if life == "party_group_meeting" else 0,
            )
        )


def _month_end(month: int) -> date:
    return date(YEAR + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _names(world: World, key: int, random: Random) -> tuple[tuple[int, str], ...]:
    """Some of the organisation's people; at least one came."""
    mine = [n for n, person in enumerate(world.persons) if person.organisation == key]
    chosen = random.sample(mine, random.randrange(len(mine) + 1))
    marks = ["present", *random.choices(["present", "absent", "excused"], k=len(mine))]
    return tuple(zip(chosen, marks, strict=False))


def write(world: World, edition: ObligationEdition) -> dict[int, int]:
    """Insert the world's rows; society key → pk."""
    bodies = Society.objects.bulk_create(
        Society(
            federation=edition.federation,
            code=f"W-{n}",
            name=f"世界第{n}学会",
            body_kind="society",
            relation="member",
        )
        for n in range(world.bodies)
    )
    units = SocietyUnit.objects.bulk_create(
        SocietyUnit(
            society=bodies[u.body],
            kind=KINDS[u.tier],
            name=f"机构{u.key}",
            valid_from=None if u.begins == date.min else u.begins,
            valid_to=u.ends,
        )
        for u in world.units
    )
    owner = {s.organisation: world.units[s.unit].body for s in reversed(world.services)}
    organisations = PartyOrganisation.objects.bulk_create(
        PartyOrganisation(
            society=bodies[owner.get(o.key, 0)],
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
    OrganisationService.objects.bulk_create(
        OrganisationService(
            organisation=organisations[s.organisation],
            unit=units[s.unit],
            society=bodies[world.units[s.unit].body],
            organisation_type=organisations[s.organisation].type,
            tier=world.units[s.unit].tier,
            valid_from=s.begins,
            valid_to=s.ends,
        )
        for s in world.services
    )
    OrganisationSuspension.objects.bulk_create(
        OrganisationSuspension(
            organisation=organisations[s.organisation],
            society=organisations[s.organisation].society,
            valid_from=s.begins,
            valid_to=s.ends,
            document_number="停1号",
        )
        for s in world.suspensions
    )
    write_ledgers(world.ledgers, edition.federation, bodies)
    records = _write_life(world, edition, bodies, organisations)
    members = _write_persons(world, bodies, organisations)
    _write_posts(world, organisations, members)
    write_credits(world, edition.federation, members)
    write_findings(world.findings, edition.federation, bodies)
    write_refusals(world.refusals, edition.federation, bodies)
    Attendance.objects.bulk_create(
        Attendance(record=record, member=members[n], society=members[n].society, mark=mark)
        for record, event in zip(records, world.events, strict=True)
        for n, mark in event.listed
    )
    return {n: row.pk for n, row in enumerate(bodies)}


def _write_posts(world: World, organisations: list, members: list) -> None:
    for n, term in enumerate(world.terms):
        TermRow.objects.create(
            organisation=organisations[term.organisation],
            society=organisations[term.organisation].society,
            term_no=n + 1,
            elected_on=term.elected,
            term_years=term.years,
            seats=term.seats,
            extended_to=term.extended,
            extension_number="延1号" if term.extended else "",
            entitled=10,
            present=10,
        )
    for post in world.posts:
        PostRow.objects.create(
            organisation=organisations[post.organisation],
            society=organisations[post.organisation].society,
            kind=post.kind,
            person_name=post.person,
            valid_from=post.begins,
            valid_to=post.ends,
            member=None if post.member is None else members[post.member],
        )


def _write_life(
    world: World, edition: ObligationEdition, bodies: list, organisations: list
) -> list:
    rules = {rule.kind: rule for rule in edition.rules.all()}
    ExpectedLife.objects.bulk_create(
        ExpectedLife(
            organisation=organisations[o.organisation],
            society=bodies[o.body],
            rule=rules[o.kind],
            kind=o.kind,
            period=f"{o.first:%y%m%d}",
            first_day=o.first,
            last_day=o.last,
            counts_until=o.last + timedelta(days=10),
            required=o.required,
        )
        for o in world.owed
    )
    user = make_user()
    groups = GroupRow.objects.bulk_create(
        GroupRow(
            organisation=organisation,
            society=organisation.society,
            name=f"第{n}组",
            leader_name="孙某",
            valid_from=date(2020, 1, 1),
        )
        for organisation in organisations
        for n in range(GROUPS)
    )
    records = LifeRecord.objects.bulk_create(
        LifeRecord(
            organisation=organisations[e.organisation],
            society=organisations[e.organisation].society,
            kind=e.kind,
            also_kind=e.also,
            group=groups[e.organisation * GROUPS + e.group]
            if e.kind == "party_group_meeting"
            else None,
            held_on=e.held,
            agenda=f"议程{n}",
            learning="学习",
            first_topic=e.flagged,
            expected=e.expected,
            present=e.present,
            excused=0,
            observers=0,
            state="filed" if e.filed else "withdrawn",
            counted_on=e.recorded,
            filed_at=start_of(e.held),
            filed_by=user,
            withdrawn_at=None if e.filed else start_of(e.held),
            withdrawn_by=None if e.filed else user,
            withdrawal_reason="" if e.filed else "误报",
        )
        for n, e in enumerate(world.events)
    )
    recount([o.pk for o in organisations], FIRST, LAST)
    return records


def _write_persons(world: World, bodies: list, organisations: list) -> list:
    filer, confirmer = make_user(), make_user()
    members = []
    for n, person in enumerate(world.persons):
        organisation = organisations[person.organisation]
        member = PartyMember.objects.create(
            society=bodies[person.body],
            organisation=organisation,
            name=f"钱某{n}",
            birth_month=date(1978, 3, 1),
            joined_month=date(2001, 7, 1),
            full_since=person.full,
            state="confirmed",
            filed_by=filer,
            filed_at=start_of(FIRST),
            confirmed_by=confirmer,
            confirmed_at=start_of(FIRST),
            first_confirmed_on=date(2020, 1, 1),
        )
        row = {
            "member": member,
            "society": bodies[person.body],
            "valid_from": person.begins,
            "valid_to": person.ends,
        }
        if person.here:
            Affiliation.objects.create(organisation=organisation, place="here", **row)
        else:
            Participation.objects.create(organisation=organisation, **row)
        members.append(member)
    return members
