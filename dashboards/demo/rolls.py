"""Who is on the rolls of the invented organisations: pure, counts that fit ledger 5.3 (R-MEM-01).

Organisations that hold relations have rolls; a 学会党委 or 党的工作小组 has none (D-1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

from common.workdays import add_workdays
from dashboards.demo import figures
from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.names import person
from dashboards.demo.roster import FOREVER, Organisation, roster
from dashboards.demo.streams import at_work, day_between, stream, weekday_from

# The register of members opens; whoever was there before is filed in the first weeks.
ROLLS_FROM = date(2024, 1, 8)
TYPES = ("branch", "joint_branch", "general_branch", "committee", "temporary_branch")
LEAST, MOST, LEAST_SHOWN = 5, 25, 14
GROUPS_FROM = 14


@dataclass(frozen=True)
class Person:
    """One member: the record, since when on the roll, when filed and confirmed."""

    name: str
    birth_month: date
    joined_month: date
    full_since: date | None
    place: str
    since: date
    filed_at: datetime
    confirmed_at: datetime

    def is_full_on(self, day: date) -> bool:
        """On the roll and a full member."""
        return self.since <= day and self.full_since is not None and self.full_since <= day


def has_roll(organisation: Organisation) -> bool:
    """Whether members are registered there."""
    return organisation.type in TYPES and organisation.tier < 3


@lru_cache(maxsize=4096)
def roll(seed: int, organisation: Organisation, last_year: int) -> tuple[Person, ...]:
    """Everybody who comes onto the roll up to a year, in the order of coming."""
    if not has_roll(organisation):
        return ()
    random = stream(seed, "roll", organisation.number)
    taken: set[str] = set()
    filed = max(ROLLS_FROM, organisation.entered.date() + timedelta(days=20))
    filed = weekday_from(filed + timedelta(days=random.randint(0, 50)))
    if filed >= organisation.ends:
        return ()
    times = _times(random, filed)
    found = []
    for _ in range(_size(seed, organisation)):
        since = organisation.since
        found.append(_person(random, organisation, taken, since, times, newcomer=False))
    for year in range(filed.year, last_year + 1):
        found += _newcomers(seed, organisation, year, filed, taken)
    return tuple(found)


def _size(seed: int, organisation: Organisation) -> int:
    """Near what ledger 5.3 counts for the secretariat, within what is usual."""
    body = next(body for body in bodies() if body.code == organisation.code)
    known = figures.Register(True, 0, True, True, True)
    size = figures.sizes(seed, body, known).secretariat_pm
    size += stream(seed, "others", organisation.number).randint(1, 6)
    if organisation.type in ("general_branch", "committee"):
        size += 12
    shown = organisation.code in {body_of(word).code for word in (WALKED, SECOND)}
    return min(MOST, max(LEAST_SHOWN if shown else LEAST, size))


def _newcomers(
    seed: int, organisation: Organisation, year: int, filed: date, taken: set[str]
) -> Iterator[Person]:
    random = stream(seed, "newcomers", organisation.number, year)
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        since = weekday_from(day_between(random, date(year, 2, 1), date(year, 11, 30)))
        times = _times(random, weekday_from(since + timedelta(days=random.randint(1, 9))))
        somebody = _person(random, organisation, taken, since, times, newcomer=True)
        if filed < since < organisation.ends:
            yield somebody


def _times(random: Random, filed: date) -> tuple[datetime, datetime]:
    """When filed and when confirmed: some days later, by the society's secretary."""
    confirmed = add_workdays(filed, random.randint(1, 9)).day
    return at_work(random, filed), at_work(random, confirmed)


def _person(
    random: Random,
    organisation: Organisation,
    taken: set[str],
    since: date,
    times: tuple[datetime, datetime],
    *,
    newcomer: bool,
) -> Person:
    name = person(random)
    while name in taken:
        name = person(random)
    taken.add(name)
    born = date(random.randint(1958, 1990), random.randint(1, 12), 1)
    joined = date(born.year + random.randint(20, 27), random.randint(1, 12), 1)
    probationary = newcomer and random.random() < 0.25
    if probationary:
        joined = date(since.year, max(1, since.month - 1), 1)
    elsewhere = organisation.form == "overlapping" or random.random() < 0.12
    place = "here"
    if elsewhere or organisation.type == "temporary_branch":
        place = random.choice(("supporting_unit", "supporting_unit", "other"))
    return Person(
        name=name,
        birth_month=born,
        joined_month=joined,
        full_since=None if probationary else joined.replace(year=joined.year + 1),
        place=place,
        since=since,
        filed_at=times[0],
        confirmed_at=times[1],
    )


def on_roll(seed: int, organisation: Organisation, day: date) -> list[Person]:
    """Who is on the roll on a day."""
    return [p for p in roll(seed, organisation, day.year) if p.since <= day]


@lru_cache(maxsize=1024)
def here_on(seed: int, code: str, day: date) -> int:
    """Of how many the relation lies in the society on a day, as the rolls say it once they open."""
    found = roster(seed, max(day, ROLLS_FROM))
    people = (
        person
        for organisation in found
        if organisation.code == code and organisation.stands_on(day)
        for person in on_roll(seed, organisation, day)
    )
    return sum(person.place == "here" for person in people)


def groups(seed: int, organisation: Organisation) -> list[tuple[str, str]]:
    """(name, leader) of the 党小组 of a large branch; none in a small one."""
    people = roll(seed, organisation, ROLLS_FROM.year)
    first = [p for p in people if p.filed_at == people[0].filed_at]
    lasting = organisation.type in ("branch", "joint_branch") and organisation.ends == FOREVER
    if not lasting or len(first) < GROUPS_FROM:
        return []
    ordinals = "一二三"[: min(3, len(first) // 6)]
    return [(f"第{ordinals[n]}党小组", first[n].name) for n in range(len(ordinals))]
