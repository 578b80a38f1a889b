"""Elections, terms and extensions of the invented organisations: the pure plan (rules §2.2).

The portal keeps terms from 2024 on: each organisation first files the term it is in, then what
follows. Whoever works carelessly elects late, leaves seats empty, or files nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from common.workdays import add_workdays
from dashboards.demo import figures, office_holders
from dashboards.demo.bodies import Body, bodies, body_of
from dashboards.demo.courses import WALKED
from dashboards.demo.names import person
from dashboards.demo.rolls import on_roll
from dashboards.demo.roster import Organisation, care
from dashboards.demo.streams import at_work, day_between, stream, weekday_from, year_later

TERMS_FROM = date(2024, 1, 8)
SEND, SIGN, ACCEPT, FORWARD, AGREE = "send", "sign", "accept", "forward", "agree"
_OFFICERS = ("organisation_officer", "publicity_officer", "discipline_officer")
_REGISTER = figures.Register(True, 0, True, True, True)
_BODIES = {body.code: body for body in bodies()}
SILENT = 0.2
# The walked society's branch has an empty seat, whose by-election waits for a signature.
_WALKED = body_of(WALKED).code


@dataclass(frozen=True)
class Claim:
    """One filing. on: the election's day, or the day an extension runs to; steps: (verb, when).

    values, rows: as `begin_filing` takes them.
    """

    number: str
    kind: str
    on: date
    values: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    steps: tuple[tuple[str, datetime], ...]


def years_of(organisation: Organisation) -> int:
    """The usual length of a term."""
    return 5 if organisation.type in ("committee", "functional_committee") else 3


def claims(seed: int, organisation: Organisation, until: date) -> list[Claim]:
    """The organisation's filings begun up to a day, in order; later steps are still to be cut."""
    found = chain(seed, organisation, until.year)
    return [claim for claim in found if claim.steps[0][1].date() <= until]


@lru_cache(maxsize=4096)
def chain(seed: int, organisation: Organisation, last_year: int) -> tuple[Claim, ...]:
    """All filings about elections up to a year's end, wherever their steps lie."""
    silent = stream(seed, "silent", organisation.number).random() < 0.25
    if organisation.tier > 2 or (care(seed, organisation.code) < SILENT and silent):
        return ()
    return tuple(_chain(seed, organisation, date(last_year, 12, 31)))


def _chain(seed: int, organisation: Organisation, until: date) -> Iterator[Claim]:
    held = _first_day(seed, organisation)
    number = 1 + max(0, held.year - organisation.since.year) // years_of(organisation)
    known = TERMS_FROM + timedelta(days=stream(seed, "first", organisation.number).randint(0, 75))
    known = max(known, organisation.entered.date())
    while held < organisation.ends and held <= until:
        random = stream(seed, "term", organisation.number, held)
        filed = weekday_from(max(known + timedelta(days=1), held + timedelta(days=9)))
        claim = _election(seed, random, organisation, number, held, filed)
        if claim.steps[-1][1].date() >= organisation.ends:
            return
        yield claim
        if organisation.type == "temporary_branch":
            return
        known = claim.steps[-1][1].date()
        ends = year_later(held, years_of(organisation)) - timedelta(days=1)
        days, extended = _lateness(random, care(seed, organisation.code))
        if extended and known < ends < organisation.ends:
            longer = _extension(random, organisation, ends, known)
            yield longer
            known, ends = longer.steps[-1][1].date(), longer.on
        held, number = ends + timedelta(days=1 + days), number + 1


def _first_day(seed: int, organisation: Organisation) -> date:
    """When the term began that is the first to be filed."""
    random = stream(seed, "held", organisation.number)
    years = years_of(organisation)
    if organisation.type == "functional_committee":
        # With the council, on the day of its congress (rules §2.1).
        _, start, _ = figures.term_of(seed, _BODIES[organisation.code], TERMS_FROM)
        congress = start.replace(day=random.randint(6, 24))
    else:
        first = date(TERMS_FROM.year - years, 2, 1)
        congress = weekday_from(day_between(random, first, TERMS_FROM - timedelta(days=20)))
    founded = weekday_from(organisation.since + timedelta(days=random.randint(0, 20)))
    return max(congress, founded)


def _lateness(random: Random, hand: float) -> tuple[int, bool]:
    """(days after the term's end, whether an extension was granted before)."""
    chance, extended = random.random(), random.random() < (0.03 if hand > 0.9 else 0.08)
    if extended or chance < 0.35 + 0.6 * hand:
        return 0, extended
    if chance < 0.75 + 0.23 * hand:
        return random.randint(15, 170), False
    return random.randint(190, 520), False


def _election(
    seed: int, random: Random, organisation: Organisation, number: int, held: date, filed: date
) -> Claim:
    entitled = _entitled(seed, random, organisation, held)
    appointed = organisation.type in ("temporary_branch", "working_group")
    present = entitled - random.randint(0, entitled // 8)
    seats = _seats(organisation, entitled)
    rows = _rows(seed, random, organisation, held, seats, present, appointed=appointed)
    values: dict[str, Any] = {
        "held_on": held,
        "mode": "appointed" if appointed else "elected",
        "document_number": _document(organisation, held),
    }
    if not appointed:
        values |= {"entitled": entitled, "present": present}
    if organisation.type != "temporary_branch":
        values |= {"term_no": number, "term_years": years_of(organisation), "seats": seats}
    if organisation.type == "functional_committee":
        values["council_ends_on"] = year_later(held, 5) - timedelta(days=1)
    steps = tuple(_steps(random, filed, (SEND, SIGN, ACCEPT)))
    return Claim(organisation.number, "re_election", held, values, rows, steps)


def _entitled(seed: int, random: Random, organisation: Organisation, held: date) -> int:
    """Full members with a vote; of a 学会党委 the Party members of the council."""
    full = sum(p.is_full_on(held) for p in on_roll(seed, organisation, held))
    if full:
        return full
    council = figures.sizes(seed, _BODIES[organisation.code], _REGISTER).council
    return (
        council * 3 // 5 if organisation.type == "functional_committee" else random.randint(7, 15)
    )


def _seats(organisation: Organisation, entitled: int) -> int:
    if organisation.type in ("committee", "general_branch", "functional_committee"):
        return 7 if entitled > 60 else 5
    if organisation.type in ("branch", "joint_branch"):
        return 1 if entitled < 7 else 5 if entitled > 14 else 3
    return 1 if organisation.type == "temporary_branch" else 3


def seats_on(found: Sequence[Claim], day: date) -> int:
    """Seats of the term that stands on a day; 1 before the first."""
    terms = [c for c in found if c.kind == "re_election" and c.on <= day]
    return int(terms[-1].values.get("seats", 1)) if terms else 1


def _rows(
    seed: int,
    random: Random,
    organisation: Organisation,
    held: date,
    seats: int,
    present: int,
    *,
    appointed: bool,
) -> tuple[dict[str, Any], ...]:
    """Who takes which seat; a careless society leaves one empty."""
    kinds = ["secretary", *_OFFICERS, "deputy_secretary", "committee_member", "committee_member"]
    if organisation.type == "working_group":
        kinds = ["secretary", "committee_member", "committee_member"]
    kinds = kinds[:seats]
    also = dict.fromkeys(kinds, "")
    if seats == 3 and len(set(kinds)) == 3:
        kinds, also = ["secretary", *_OFFICERS[::2]], {"discipline_officer": "publicity_officer"}
    empty = random.random() > 0.15 + 0.85 * care(seed, organisation.code)
    if seats > 2 and (empty or organisation.code == _WALKED and organisation.tier == 2):
        kinds.pop()
    names = _people(seed, random, organisation, held, len(kinds))
    return tuple(
        {
            "position": n,
            "kind": kind,
            "also_kind": also.get(kind, ""),
            "person_name": name,
            "mode": "appointed" if appointed else "elected",
            "votes": None if appointed else present - random.randint(0, present // 10),
        }
        for n, (kind, name) in enumerate(zip(kinds, names, strict=True), 1)
    )


def _people(
    seed: int, random: Random, organisation: Organisation, held: date, count: int
) -> list[str]:
    """Full members of the roll; secretary and discipline officer of a 学会党委 as in ledger 5.4."""
    names = [p.name for p in on_roll(seed, organisation, held) if p.is_full_on(held)]
    random.shuffle(names)
    if organisation.type == "functional_committee":
        body: Body = _BODIES[organisation.code]
        known = office_holders.leaders(seed, body, held + timedelta(days=30), _REGISTER)
        officer = known["discipline_officer"]["name"]
        names = [known["party_secretary"]["name"], *_others(random, {officer}, 2), officer]
    taken = dict.fromkeys(names)
    for name in _others(random, set(taken), count):
        taken[name] = None
    return list(taken)[:count]


def _others(random: Random, taken: set[str], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        name = person(random)
        if name not in taken:
            found[name] = None
    return list(found)


def _extension(random: Random, organisation: Organisation, ends: date, known: date) -> Claim:
    """Asked for some weeks before the end and granted: up to eleven months more."""
    asked = weekday_from(
        max(known + timedelta(days=1), ends - timedelta(days=random.randint(20, 60)))
    )
    longer = ends + timedelta(days=random.randint(120, 330))
    values = {"extended_to": longer, "reason": "与学会理事会换届同步筹备，申请延期换届"}
    steps = tuple(_steps(random, asked, (SEND, SIGN, FORWARD, AGREE)))
    return Claim(organisation.number, "extension", longer, values, (), steps)


def _steps(random: Random, first: date, verbs: tuple[str, ...]) -> Iterator[tuple[str, datetime]]:
    day = first
    for verb in verbs:
        yield verb, at_work(random, day)
        day = add_workdays(day, random.randint(1, 5)).day


def _document(organisation: Organisation, day: date) -> str:
    serial = sorted(_BODIES).index(organisation.code) + 1 + 205 * (organisation.tier - 1)
    return f"示科社党任〔{day.year}〕{serial}号"
