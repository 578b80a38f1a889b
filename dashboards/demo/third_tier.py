"""Society branches (分支机构) and their organisations; working groups from 2021 on (001§7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dashboards.demo import courses as shape
from dashboards.demo.bodies import Body, bodies
from dashboards.demo.happenings import BranchClosed, BranchOpened, Happening
from dashboards.demo.names import branch_names
from dashboards.demo.streams import at_work, day_between, stream, weekday_from
from dashboards.demo.upper_tiers import BEGINS, TYPE_NAMES, entered, establish, key_of

GROUPS_FROM, GROUPS_DONE = date(2021, 3, 1), date(2026, 5, 29)
# Standing branches and how many of them got an organisation, where a picture names them.
FIXED = {shape.WALKED: (21, 13), shape.SECOND: (17, 12)}
MOST_NAMES = 40


@dataclass(frozen=True)
class _Society:
    """What the third tier of one society needs to know: the share of branches it covers."""

    seed: int
    body: Body
    share: float
    names: list[tuple[str, str]]
    standing: int


def happenings(seed: int, last_year: int) -> Iterator[Happening]:
    """Everything of tier 3 that begins up to a year, in no order; numbers are provisional."""
    barren = {*shape.NEVER, shape.LOST_BRANCH, shape.LOST_JOINT}
    for body in bodies():
        random = stream(seed, "third", body.code)
        standing, covered = FIXED.get(body.word, (random.randint(3, 11), None))
        share = 1.0 if random.random() < 0.12 else random.uniform(0.32, 0.88)
        if covered is not None:
            share = covered / standing
        elif body.word in barren:
            share = 0.0
        society = _Society(seed, body, share, branch_names(random, MOST_NAMES), standing)
        yield from _standing(random, society, fixed=covered is not None)
        for year in range(BEGINS.year, last_year + 1):
            yield from _opened_in(year, society, fixed=covered is not None)


def _standing(random: Random, society: _Society, *, fixed: bool) -> Iterator[Happening]:
    """Branches that were there before the portal, and what became of them."""
    served = round(society.share * society.standing)
    for n in range(society.standing):
        opened = day_between(random, date(1985, 1, 7), date(2015, 11, 27))
        unit = (society.body.code, society.names[n][1])
        yield BranchOpened(
            at=at_work(random, BEGINS), on=opened, unit=unit, kind=society.names[n][0]
        )
        closes = None
        if not fixed and random.random() < 0.08:
            closes = weekday_from(day_between(random, date(2016, 9, 5), date(2026, 4, 30)))
        if n < served:
            yield from _organised(random, society, n, opened, closes)
        if closes:
            yield _close(random, unit, closes)


def _organised(
    random: Random, society: _Society, n: int, opened: date, closes: date | None
) -> Iterator[Happening]:
    """A branch or functional branch in early years for a few, a working group for most."""
    early = random.random() < 0.06 and society.body.word not in FIXED
    first, last = (date(2012, 3, 5), date(2020, 12, 1)) if early else (GROUPS_FROM, GROUPS_DONE)
    day = weekday_from(max(opened + timedelta(days=60), day_between(random, first, last)))
    kind = random.choice(("branch", "functional_branch")) if early else "working_group"
    if closes is None or day < closes:
        yield _organisation(random, society, n, day, kind)


def _opened_in(year: int, society: _Society, *, fixed: bool) -> Iterator[Happening]:
    """A branch opened that year, if one is and a name is left."""
    random = stream(society.seed, "opened", society.body.code, year)
    n = society.standing + year - BEGINS.year
    if fixed or random.random() > 0.2 or n >= MOST_NAMES:
        return
    opened = weekday_from(day_between(random, date(year, 1, 11), date(year, 12, 10)))
    unit = (society.body.code, society.names[n][1])
    yield BranchOpened(at=entered(random, opened), on=opened, unit=unit, kind=society.names[n][0])
    closes = None
    if random.random() < 0.3:
        closes = weekday_from(opened + timedelta(days=random.randint(900, 2900)))
    if random.random() < society.share:
        day = weekday_from(
            max(opened + timedelta(days=random.randint(40, 400)), GROUPS_FROM)
            + timedelta(days=random.randint(0, 300))
        )
        if closes is None or day < closes:
            yield _organisation(random, society, n, day, "working_group", year)
    if closes:
        yield _close(random, unit, closes)


def _organisation(
    random: Random, society: _Society, n: int, day: date, kind: str, *more: object
) -> Happening:
    code, name = society.body.code, society.names[n][1]
    title = f"{society.body.name}{name}{TYPE_NAMES[kind]}"
    key = key_of("T3", code, n, *more)
    return establish(random, key, ((code, name),), day, type=kind, name=title)


def _close(random: Random, unit: tuple[str, str], day: date) -> BranchClosed:
    note = f"理事会会议纪要〔{day.year}〕第{random.randint(1, 6)}次"
    return BranchClosed(at=entered(random, day), on=day, unit=unit, note=note)
