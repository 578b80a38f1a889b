"""Training classes of 示例科协: settled ones by the calendar, and what lies ahead. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboards.demo.accounts import OPTICS
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.roster import care
from dashboards.demo.streams import at_work, stream, weekday_from

DAY, MINUTES = "day", "minutes"
OFFICERS, SECRETARIES, LEADERS, INTEGRITY = "officers", "secretaries", "leaders", "integrity"
ON_SITE, ONLINE = "on_site", "online"
# From which care on a society gets places, and sends people.
INVITED, ENROLS = 0.2, 0.4
# Places are left to whoever signs in there.
LEFT_FREE = (WALKED, SECOND, OPTICS)


@dataclass(frozen=True)
class ClassCourse:
    """One class. finished: settled long ago, else how far it is says `sent_at` and `approved_at`.

    enrolled: the days between which societies enrol.
    """

    title: str
    course: str
    mode: str
    days: tuple[date, ...]
    portion: str
    place: str
    capacity: int
    places: int
    enrol_by: date
    drafted_at: datetime
    sent_at: datetime | None = None
    approved_at: datetime | None = None
    enrolled: tuple[date, date] | None = None
    settled_at: datetime | None = None

    @property
    def minutes(self) -> int | None:
        """Of a session told in minutes."""
        return 120 if self.portion == MINUTES else None


def finished(seed: int, now: datetime) -> list[ClassCourse]:
    """The classes of last year and this one that are settled by now, in the order of planning."""
    years = (now.year - 1, now.year)
    found = [course for year in years for course in _calendar(seed, year)]
    return [course for course in found if course.settled_at and course.settled_at <= now]


def _calendar(seed: int, year: int) -> Iterator[ClassCourse]:
    """Three days in April; an online course in June of the years between."""
    first = weekday_from(date(year, 4, 14))
    first -= timedelta(days=max(0, first.weekday() - 2))
    days = tuple(first + timedelta(days=n) for n in range(3))
    title = f"{year} 年学会党务干部培训班"
    yield _settled(seed, year, title, OFFICERS, ON_SITE, days, DAY, "示例会议中心", 400)
    if year % 2:
        days = tuple(weekday_from(date(year, 6, day)) for day in (3, 10, 17, 24))
        title = f"{year} 年廉政警示教育线上课程"
        yield _settled(seed, year, title, INTEGRITY, ONLINE, days, MINUTES, "", 500)


def _settled(
    seed: int,
    year: int,
    title: str,
    course: str,
    mode: str,
    days: tuple[date, ...],
    portion: str,
    place: str,
    capacity: int,
) -> ClassCourse:
    random = stream(seed, "class", year, course)
    first, last = days[0], days[-1]

    def at(day: date, weeks: int, more: int = 0) -> datetime:
        return at_work(random, weekday_from(day + timedelta(weeks=weeks, days=more)))

    return ClassCourse(
        title=title,
        course=course,
        mode=mode,
        days=days,
        portion=portion,
        place=place,
        capacity=capacity,
        places=2,
        enrol_by=weekday_from(first - timedelta(days=7)),
        drafted_at=at(first, -7),
        sent_at=at(first, -7, 3),
        approved_at=at(first, -6),
        enrolled=(first - timedelta(weeks=5), first - timedelta(days=10)),
        settled_at=at(last, 0, 3),
    )


def standing(seed: int, today: date) -> list[ClassCourse]:
    """What is open, waits for the leader, is being planned, as seen from a day."""
    return [
        _ahead(seed, today, "学会党组织书记能力提升班", SECRETARIES, 21, (-16, -13, -10)),
        _ahead(seed, today, "学会负责人党建专题培训班", LEADERS, 42, (-7, -4)),
        _ahead(seed, today, "学会廉政警示教育专题班", INTEGRITY, 63, (-4,)),
    ]


def _ahead(
    seed: int, today: date, title: str, course: str, weeks: int, steps: tuple[int, ...]
) -> ClassCourse:
    random = stream(seed, "class", today, course)
    first = weekday_from(today + timedelta(days=weeks))
    first -= timedelta(days=max(0, first.weekday() - 3))
    moments = [at_work(random, weekday_from(today + timedelta(days=day))) for day in steps]
    sent, approved = ([*moments[1:], None, None])[:2]
    return ClassCourse(
        title=title,
        course=course,
        mode=ON_SITE,
        days=(first, first + timedelta(days=1)),
        portion=DAY,
        place="示例会议中心",
        capacity=120,
        places=2,
        enrol_by=first - timedelta(days=5),
        drafted_at=moments[0],
        sent_at=sent,
        approved_at=approved,
        enrolled=(today - timedelta(days=7), today - timedelta(days=3)) if approved else None,
    )


def enrols(seed: int, course: ClassCourse, code: str) -> int:
    """How many of its places a society has filled; the shown ones leave theirs while it enrols."""
    hand = care(seed, code)
    if course.settled_at is None and _is_shown(code):
        return 0
    if hand < ENROLS:
        return 0
    most = course.places if course.settled_at else course.places - 1
    return min(most, stream(seed, "enrols", course.title, code).choice((1, 1, 2)))


def _is_shown(code: str) -> bool:
    return code in {body_of(word).code for word in LEFT_FREE}


def invited(seed: int, code: str) -> bool:
    """Whether a society gets places: all that work at all."""
    return care(seed, code) >= INVITED or _is_shown(code)


def attended(seed: int, course: ClassCourse, name: str) -> tuple[int, bool]:
    """How many of the sessions somebody attended from the first on, and whether he passed."""
    random = stream(seed, "attended", course.title, name)
    count = len(course.days) - random.choice((0, 0, 0, 0, 0, 0, 0, 1))
    return count, count == len(course.days) or random.random() < 0.5
