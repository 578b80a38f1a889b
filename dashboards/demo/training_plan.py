"""Days of study of the organisations of 示例科协, of this year and the last. Pure.

By care: a careful society's members reach their 32 hours by the end of the year, a careless one
files little or nothing (R-TRN-01).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from dashboards.demo.rolls import Person, has_roll, on_roll
from dashboards.demo.roster import Organisation, care
from dashboards.demo.streams import at_work, day_between, stream, weekday_from

DAY, HALF = "day", "half_day"
# Least care → (month, portion) of the days of study in a year; the first that fits.
_YEAR: tuple[tuple[float, tuple[tuple[int, str], ...]], ...] = (
    (0.88, ((3, DAY), (5, DAY), (9, DAY), (11, DAY))),
    (0.6, ((4, DAY), (9, DAY))),
    (0.2, ((6, HALF),)),
)
# From this care on a lecture that is on record gives hours too.
LECTURES = 0.6
TOPICS = (
    "学习党章专题学习",
    "党的创新理论集中学习",
    "科学家精神和学风建设专题学习",
    "党内法规集中学习",
    "纪律建设专题学习",
)


@dataclass(frozen=True)
class Study:
    """One day of study of an organisation: when held, filed, confirmed."""

    held_on: date
    portion: str
    title: str
    filed_at: datetime
    confirmed_at: datetime


def studies(seed: int, organisation: Organisation, until: date) -> list[Study]:
    """What an organisation filed of the running year and the one before it, up to a day."""
    if not has_roll(organisation):
        return []
    years = (until.year - 1, until.year)
    found = [study for year in years for study in _studies(seed, organisation, year)]
    held = [s for s in found if organisation.since < s.held_on < organisation.ends]
    return [study for study in held if study.filed_at.date() <= until]


def _studies(seed: int, organisation: Organisation, year: int) -> Iterator[Study]:
    hand = care(seed, organisation.code)
    days: Sequence[tuple[int, str]] = next((d for least, d in _YEAR if hand >= least), ())
    for month, portion in days:
        random = stream(seed, "study", organisation.number, year, month)
        day = weekday_from(day_between(random, date(year, month, 2), date(year, month, 25)))
        yield Study(day, portion, random.choice(TOPICS), *times(random, day))


def times(random: Random, day: date) -> tuple[datetime, datetime]:
    """When something held on a day is filed, and when it is confirmed."""
    filed = weekday_from(day + timedelta(days=random.randint(1, 6)))
    confirmed = weekday_from(filed + timedelta(days=random.randint(1, 5)))
    return at_work(random, filed), at_work(random, confirmed)


def came(seed: int, organisation: Organisation, day: date, known_at: datetime) -> list[str]:
    """Who studied on a day, of those confirmed on the roll by a moment."""
    random = stream(seed, "studied", organisation.number, day)
    chance = 0.6 + 0.4 * care(seed, organisation.code)
    people: list[Person] = on_roll(seed, organisation, day)
    drawn = [(person, random.random()) for person in people]
    return [p.name for p, chance_of in drawn if chance_of < chance and p.confirmed_at <= known_at]


def gives_lectures(seed: int, code: str) -> bool:
    """Whether the society's organisations file hours for the lectures they recorded."""
    return care(seed, code) >= LECTURES
