"""Scores once more, from rules §7.2 alone: plain tuples and loops, no import of the portal.

Slow on purpose, society by society and day by day, so that it shares no thought with the set-based
formulas it checks. The lines of ledgers stand in `star_ledgers`, those of findings and hours in
`star_sources`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.oracle import star_ledgers, star_sources
from tests.oracle.star_ledgers import Ledgers
from tests.oracle.star_sources import Credit, Finding, Refusal, Spans

F = Fraction
# A line of which nothing is due yet, but will be by 31 December.
NOT_DUE = "not_due"
Share = Fraction | str | None
LEAST = 50
SOLID = {"committee", "general_branch", "branch", "joint_branch"}
COUNCIL = SOLID | {"functional_committee", "working_group"}
BRANCHES = {"branch", "joint_branch"}
OFFICE = SOLID | {"temporary_branch", "functional_branch", "working_group"}
THIRD = {"working_group", "branch", "functional_branch", "joint_branch"}
# code → points of 多层, of 单层
POINTS = {
    "A1": (4, 7),
    "B1": (10, 10),
    "B2": (4, 6),
    "B3": (3, 4),
    "B4": (3, 4),
    "C1": (4, 0),
    "C2": (4, 0),
    "C3": (2, 0),
    "C4": (3, 0),
    "C5": (3, 0),
    "C6": (2, 0),
    "C7": (2, 0),
    "C8": (0, 7),
    "C9": (0, 4),
    "C10": (0, 4),
    "D1": (2, 0),
    "D2": (2, 0),
    "D3": (2, 0),
    "D4": (1, 0),
    "E1": (5, 5),
    "E2": (3, 3),
    "E3": (5, 5),
    "G4": (3, 3),
}
KINDS = {
    "C1": {"members_congress"},
    "C2": {"branch_committee_meeting"},
    "C3": {"party_group_meeting"},
    "C4": {"party_lecture"},
    "C5": {"theme_day"},
    "C6": {"org_life_meeting", "democratic_appraisal"},
    "C8": {"committee_meeting"},
    "C9": {"secretary_lecture"},
}
C7_KINDS = {
    *("members_congress", "party_group_meeting", "party_lecture", "theme_day"),
    *("org_life_meeting", "democratic_appraisal"),
}


class Unit(NamedTuple):
    key: int
    body: int
    tier: int
    begins: date = date.min
    ends: date | None = None


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


class Owed(NamedTuple):
    """until: the last day on which a record counts. each: what one party group owes."""

    organisation: int
    body: int
    kind: str
    first: date
    last: date
    until: date
    required: int
    each: int = 1


class Event(NamedTuple):
    organisation: int
    kind: str
    held: date
    flagged: bool
    expected: int
    present: int
    filed: bool
    recorded: date
    listed: tuple[tuple[int, str], ...] = ()
    also: str = ""
    group: int = 0


class Term(NamedTuple):
    organisation: int
    elected: date
    years: int
    seats: int
    extended: date | None = None


class Post(NamedTuple):
    """member: whom of the persons the post names, if any."""

    organisation: int
    person: str
    kind: str
    begins: date
    ends: date | None
    member: int | None = None


class Person(NamedTuple):
    """full: since when a full member. who: the same in every row of one person, if several."""

    body: int
    organisation: int
    here: bool
    begins: date = date.min
    ends: date | None = None
    full: date | None = None
    who: int | None = None


@dataclass
class World:
    bodies: int = 0
    units: list[Unit] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    ledgers: Ledgers = Ledgers()
    findings: list[Finding] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class Score(NamedTuple):
    """score: of an unrated society what it would be. proposed: the veto V4."""

    tree: str
    lines: dict[str, Share]
    applicable: int
    rated: bool
    score: Decimal
    deductions: int
    proposed: bool


def on(begins: date, ends: date | None, day: date) -> bool:
    return begins <= day and (ends is None or day < ends)


def find(world: World, organisation: int) -> Organisation:
    return next(o for o in world.organisations if o.key == organisation)


def serves(world: World, organisation: int, body: int, day: date) -> bool:
    mine = {u.key for u in world.units if u.body == body}
    return any(
        s.organisation == organisation and s.unit in mine and on(s.begins, s.ends, day)
        for s in world.services
    )


def suspended(world: World, organisation: int, day: date) -> bool:
    mine = [s for s in world.suspensions if s.organisation == organisation]
    return any(on(s.begins, s.ends, day) for s in mine)


def covered(world: World, unit: Unit, day: date) -> set[int]:
    types = {1: COUNCIL, 2: OFFICE, 3: THIRD}[unit.tier]
    found = set()
    for service in world.services:
        organisation = find(world, service.organisation)
        if (
            service.unit == unit.key
            and on(service.begins, service.ends, day)
            and on(organisation.established, organisation.dissolved, day)
            and organisation.type in types
            and not suspended(world, organisation.key, day)
        ):
            found.add(organisation.key)
    return found


def quarters(year: int, last: date) -> list[tuple[date, date]]:
    begins = [date(year, month, 1) for month in (1, 4, 7, 10)]
    ends = [date(year, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))]
    whole = [(a, b) for a, b in zip(begins, ends, strict=True) if b <= last]
    return whole or [(begins[0], last)]


def is_multi(world: World, body: int, last: date) -> bool:
    mine = {u.key for u in world.units if u.body == body}
    for service in world.services:
        organisation = find(world, service.organisation)
        if service.unit not in mine or organisation.type not in SOLID:
            continue
        for first, end in quarters(last.year, last):
            begins = max(service.begins, organisation.established)
            ends = [e for e in (service.ends, organisation.dissolved) if e]
            if begins <= first and all(e > end for e in ends):
                return True
    return False


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def mean(parts: list[tuple[Fraction, int]]) -> Fraction | None:
    """Weighted by members; equal where nobody is a member of any."""
    if not parts:
        return None
    weights = sum(w for _, w in parts)
    if weights:
        return sum((share * w for share, w in parts), F(0)) / weights
    return sum((share for share, _ in parts), F(0)) / len(parts)


def members(world: World, body: int, organisation: int, day: date) -> int:
    mine = [p for p in world.persons if (p.body, p.organisation) == (body, organisation)]
    return sum(1 for p in mine if on(p.begins, p.ends, day))


def duties(world: World, body: int, kinds: set[str], last: date) -> list[Owed]:
    """Of periods of the year that have begun."""
    return [
        o
        for o in world.owed
        if o.body == body and o.kind in kinds and date(last.year, 1, 1) <= o.first <= last
    ]


def due(owed: Owed, last: date) -> int:
    """The whole of a period that is over, of one that runs the part that its days make."""
    if owed.last <= last:
        return owed.required
    return owed.required * len(days(owed.first, last)) // len(days(owed.first, owed.last))


def to_come(owed: Owed, last: date) -> int:
    """What a duty still asks in the year: the rest of its period, and the periods after it."""
    if owed.last < last:
        return 0
    months = owed.last.month - owed.first.month + 1
    return owed.required - due(owed, last) + owed.required * ((12 - owed.last.month) // months)


def held(world: World, owed: Owed, last: date) -> int:
    """Records of the duty up to a day; a group's second meeting excuses no other group."""
    found = [
        e
        for e in world.events
        if e.organisation == owed.organisation
        and e.filed
        and owed.kind in (e.kind, e.also)
        and owed.first <= e.held <= min(owed.last, last)
        and e.recorded <= owed.until
    ]
    if owed.kind != "party_group_meeting":
        return len(found)
    groups = {e.group for e in found}
    return sum(min(owed.each, sum(e.group == group for e in found)) for group in groups)


def compliance(world: World, body: int, kinds: set[str], last: date) -> Share:
    parts, waiting = [], 0
    for organisation in world.organisations:
        rows = [r for r in duties(world, body, kinds, last) if r.organisation == organisation.key]
        asked = sum(due(r, last) for r in rows)
        if asked:
            share = F(sum(min(held(world, r, last), due(r, last)) for r in rows), asked)
            parts.append((share, members(world, body, organisation.key, last)))
        waiting += sum(to_come(r, last) for r in rows)
    return NOT_DUE if not parts and waiting else mean(parts)


def rate_here(world: World, body: int, event: Event) -> Fraction | None:
    """Of the body's own people with their relation there, where the event has names."""
    if not event.listed:
        return F(event.present, event.expected)
    people = [(world.persons[n], mark) for n, mark in event.listed]
    marks = [
        m
        for p, m in people
        if p.body == body and p.here and on(p.begins, p.ends, event.held) and m != "excused"
    ]
    return F(marks.count("present"), len(marks)) if marks else None


def rate_of_all(world: World, body: int, event: Event) -> Fraction | None:
    return F(event.present, event.expected)


def attended(
    world: World,
    body: int,
    kinds: set[str],
    last: date,
    rate: Callable[[World, int, Event], Fraction | None],
) -> Share:
    parts = []
    for organisation in world.organisations:
        found = [
            rate(world, body, e)
            for e in world.events
            if e.organisation == organisation.key
            and e.kind in kinds
            and e.filed
            and e.expected
            and date(last.year, 1, 1) <= e.held <= last
            and serves(world, organisation.key, body, e.held)
        ]
        rates = [each for each in found if each is not None]
        if rates:
            average = sum(rates, F(0)) / len(rates)
            share = min(F(1), max(F(0), (average - F(6, 10)) / F(3, 10)))
            parts.append((share, members(world, body, organisation.key, last)))
    rows = duties(world, body, kinds, last)
    if not parts and not any(due(r, last) for r in rows) and any(to_come(r, last) for r in rows):
        return NOT_DUE
    return mean(parts)


def first_topic(world: World, body: int, last: date) -> Share:
    """An unflagged meeting weighs as far as it takes no place of one still to come."""
    meetings = [
        e
        for e in world.events
        if e.kind == "committee_meeting"
        and e.filed
        and e.recorded <= date(last.year + 1, 1, 10)
        and date(last.year, 1, 1) <= e.held <= last
        and serves(world, e.organisation, body, e.held)
    ]
    rows = duties(world, body, {"committee_meeting"}, last)
    required, coming = sum(due(r, last) for r in rows), sum(to_come(r, last) for r in rows)
    flagged = sum(e.flagged for e in meetings)
    total = max(flagged, required, len(meetings) - coming)
    return F(flagged, total) if total else NOT_DUE if coming else None


def tiers(world: World, body: int, last: date) -> Fraction:
    mine = [u for u in world.units if u.body == body and on(u.begins, u.ends, last)]
    points, most = F(0), 0
    for tier, weight in ((1, 4), (2, 3), (3, 3)):
        units = [u for u in mine if u.tier == tier]
        if units:
            most += weight
            points += weight * F(sum(bool(covered(world, u, last)) for u in units), len(units))
    return points / most


def upper(world: World, body: int, last: date) -> set[int]:
    return set().union(
        *(
            covered(world, u, last)
            for u in world.units
            if u.body == body and u.tier < 3 and on(u.begins, u.ends, last)
        )
    )


def seats(world: World, body: int, last: date) -> Fraction | None:
    shares = []
    for key in sorted(upper(world, body, last)):
        first = max(date(last.year, 1, 1), find(world, key).established)
        filled = needed = 0
        for day in days(first, last):
            terms = [t for t in world.terms if t.organisation == key and t.elected <= day]
            wanted = max(terms, key=lambda t: t.elected).seats if terms else 1
            if find(world, key).type in BRANCHES and full_members(world, key, day) >= 7:
                wanted = max(wanted, 3)
            present = [
                p for p in world.posts if p.organisation == key and on(p.begins, p.ends, day)
            ]
            filled += taken(wanted, present)
            needed += wanted
        shares.append(F(filled, needed))
    return sum(shares, F(0)) / len(shares) if shares else None


def full_members(world: World, organisation: int, day: date) -> int:
    return sum(
        1
        for p in world.persons
        if p.organisation == organisation
        and p.here
        and on(p.begins, p.ends, day)
        and p.full
        and p.full <= day
    )


def taken(wanted: int, posts: list[Post]) -> int:
    """Seat by seat: two are for their own kind, the others for anybody left."""
    seats = ["secretary", *(["discipline_officer"] if wanted >= 3 else [])]
    free, filled = {p.person for p in posts}, 0
    for seat in seats:
        able = {p.person for p in posts if p.kind == seat} & free
        if able:
            free.remove(min(able))
            filled += 1
    return filled + min(len(free), wanted - len(seats))


def years_later(day: date, years: int) -> date:
    """29 February clips to 28 February (rules §12.5)."""
    short = (day.month, day.day) == (2, 29) and (day.year + years) % 4 != 0
    return date(day.year + years, day.month, 28 if short else day.day)


def on_time(world: World, body: int, last: date) -> Fraction | None:
    worst = None
    for key in upper(world, body, last):
        terms = sorted(t for t in world.terms if t.organisation == key and t.elected <= last)
        for place, term in enumerate(terms):
            end = years_later(term.elected, term.years)
            if term.extended:
                end = max(end, term.extended + timedelta(days=1))
            after = terms[place + 1].elected if place + 1 < len(terms) else last + timedelta(days=1)
            if after <= date(last.year, 1, 1):
                continue
            late = max(0, (after - end).days)
            worst = late if worst is None else max(worst, late)
    if worst is None:
        return None
    return F(1) if worst == 0 else F(1, 3) if worst <= 180 else F(0)


def clear(world: World, body: int, last: date) -> Fraction | None:
    mine = [p for p in world.persons if p.body == body and p.here and on(p.begins, p.ends, last)]
    return F(1) if mine else None


def home(world: World, organisation: int) -> int:
    """The body that an organisation belongs to: of the first unit that it serves."""
    units = [s.unit for s in world.services if s.organisation == organisation]
    return world.units[units[0]].body if units else 0


def here(world: World, body: int, last: date) -> dict[int, Spans]:
    """Whose relation lies in an organisation of the body's, and when it did."""
    rows = [
        (n if p.who is None else p.who, p)
        for n, p in enumerate(world.persons)
        if p.body == body and p.here
    ]
    now = {who for who, p in rows if on(p.begins, p.ends, last)}
    return {who: [(p.begins, p.ends) for mine, p in rows if mine == who] for who in now}


def officers(world: World, body: int, last: date) -> dict[int, Spans]:
    """Those of them who hold a post in an organisation of the body, and all their posts there."""
    found = {}
    for n in here(world, body, last):
        mine = [p for p in world.posts if p.member == n and home(world, p.organisation) == body]
        if any(on(p.begins, p.ends, last) for p in mine):
            found[n] = [(p.begins, p.ends) for p in mine]
    return found


def of_body(world: World, body: int, last: date, frozen: date | None = None) -> Score:
    """frozen: the freeze date of a closing score; `last` is then 31 December."""
    place = 0 if is_multi(world, body, last) else 1
    known = frozen or last
    findings, credits = world.findings, world.credits
    members, leading = here(world, body, last), officers(world, body, last)
    shares: dict[str, Share] = {
        "A1": first_topic(world, body, last),
        "B1": tiers(world, body, last),
        "B2": seats(world, body, last),
        "B3": on_time(world, body, last),
        "B4": star_ledgers.charter(world.ledgers, body, last, frozen),
        "C7": attended(world, body, C7_KINDS, last, rate_here),
        "C10": attended(world, body, {"committee_meeting"}, last, rate_of_all),
        "D1": star_sources.hours_done(members, credits, 32, last, known),
        "D2": star_sources.hours_done(leading, credits, 56, last, known, members),
        # The portal keeps no development files yet: no case.
        "D3": None,
        "D4": clear(world, body, last),
        "E1": star_ledgers.five_clears(world.ledgers, body, last, frozen),
        "E2": star_ledgers.on_time(world.ledgers, body, last),
        "E3": star_ledgers.true_figures(
            world.ledgers, body, last, star_sources.mismatched(findings, body, last)
        ),
        "G4": star_sources.rectified(findings, body, last, known),
        **{code: compliance(world, body, kinds, last) for code, kinds in KINDS.items()},
    }
    lines = {code: shares[code] for code, points in POINTS.items() if points[place]}
    counted = {code: share for code, share in lines.items() if isinstance(share, Fraction)}
    waiting = sum(POINTS[code][place] for code, share in lines.items() if share == NOT_DUE)
    most = sum(POINTS[code][place] for code in counted)
    points = sum((POINTS[code][place] * share for code, share in counted.items()), F(0))
    deductions = star_sources.overdue(findings, body, last, known)
    exact = max(F(0), (100 * points / most if most else F(0)) - deductions)
    score = Decimal(exact.numerator * 10**20 // exact.denominator) / Decimal(10) ** 20
    rounded = score.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Score(
        "multi" if place == 0 else "single",
        lines,
        most,
        0 < most and most + waiting >= LEAST,
        rounded,
        deductions,
        star_sources.beyond(findings, body, last, known)
        or star_sources.refused(world.refusals, body, last),
    )
