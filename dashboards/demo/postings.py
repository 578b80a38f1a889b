"""Instructors, liaisons and dispatched secretaries posted to societies (003§11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dashboards.demo import courses as shape
from dashboards.demo.accounts import INSTRUCTORS
from dashboards.demo.bodies import body_of
from dashboards.demo.happenings import Happening, Posted, Recalled
from dashboards.demo.names import person
from dashboards.demo.streams import at_work, day_between, stream, weekday_from, year_later
from dashboards.demo.upper_tiers import BEGINS, entered, key_of

INSTRUCTOR, LIAISON, SECRETARY = "GM03", "GM04", "GM09"
BY_END_OF_2016 = 18
HOME_UNITS = ("示例科协机关党委", "示例科协学会服务中心", "示例大学", "示例科学院机关党委")


def happenings(seed: int, last_year: int) -> Iterator[Happening]:
    """Every posting that begins up to a year, and recalls; numbers are provisional."""
    yield from _before_the_target(seed)
    yield from _yearly(seed, "编码理论", date(2016, 11, 1), last_year)
    yield from _yearly(seed, "创造方法", date(2017, 3, 1), last_year)
    yield from _yearly(seed, "微量元素", date(2017, 3, 1), 2023)
    yield from _yearly(seed, shape.LOST_BRANCH, date(2023, 6, 1), last_year)
    # A liaison gives no work coverage in the national edition.
    yield from _yearly(seed, shape.LOST_JOINT, date(2024, 4, 1), last_year, kind=LIAISON)
    for word, since in (("毒理", date(2018, 9, 3)), ("光学", date(2021, 5, 10))):
        yield from _yearly(seed, word, since, since.year, kind=SECRETARY)


def _before_the_target(seed: int) -> Iterator[Happening]:
    """Instructors for some of the uncovered: WORK is missed on 2016-12-31 all the same."""
    random = stream(seed, "postings")
    ways = shape.courses(seed).values()
    waiting = [c for c in ways if c.first > date(2016, 12, 31)]
    random.shuffle(waiting)
    for n, course in enumerate(sorted(waiting, key=lambda c: c.first > date(2017, 6, 30))):
        first, last = date(2016, 9, 5), date(2016, 12, 20)
        if n >= BY_END_OF_2016 - 1:
            first, last = date(2017, 2, 6), date(2017, 4, 28)
        since = weekday_from(day_between(random, first, last))
        if since < course.first:
            yield from _until_organised(seed, course, since)


def _until_organised(seed: int, course: shape.Course, since: date) -> Iterator[Happening]:
    random = stream(seed, "until", course.word)
    while since < course.first:
        posting = _post(seed, course.word, since, INSTRUCTOR)
        yield posting
        last_day = course.first + timedelta(days=20)
        if last_day < posting.last_day:
            yield Recalled(
                at=at_work(random, weekday_from(course.first + timedelta(days=6))),
                on=last_day + timedelta(days=1),
                posting=posting.number,
                last_day=last_day,
            )
        since = year_later(since)


def _yearly(
    seed: int, word: str, since: date, last_year: int, kind: str = INSTRUCTOR
) -> Iterator[Happening]:
    """One posting after the other, a year each: GM03 and GM04 end after at most 365 days."""
    for years in range(last_year - since.year + 1):
        yield _post(seed, word, year_later(since, years), kind)


def _post(seed: int, word: str, since: date, kind: str) -> Posted:
    """One posting; where an instructor has an account it is the same person each year."""
    code = body_of(word).code
    random = stream(seed, "posting", code, kind, since)
    signed = max(BEGINS, since - timedelta(days=random.randint(4, 12)))
    at, drawn = entered(random, signed), person(random)
    _, known = INSTRUCTORS.get(word, ("", "")) if kind == INSTRUCTOR else ("", "")
    return Posted(
        at=at,
        on=since,
        number=key_of("P", code, kind, since),
        code=code,
        kind=kind,
        person=known or drawn,
        home_unit=random.choice(HOME_UNITS),
        last_day=year_later(since) - timedelta(days=1),
    )
