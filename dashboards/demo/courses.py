"""When which society got its Party organisations in tiers 1 and 2: the shape of the history.

112 of 205 societies have one before the portal begins, 170 by 2016-12-31 (80 % is passed), 197 by
2017-06-30 (100 % is missed by eight); five follow, three never do, two lose theirs later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dashboards.demo.bodies import bodies
from dashboards.demo.streams import day_between, stream, weekday_from

WALKED = "生物医学工程"
SECOND = "力学"
KEPT = (WALKED, SECOND, "数学", "光学", "毒理")
NEVER = ("编码理论", "创造方法", "微量元素")
LOST_BRANCH, LOST_JOINT = "睡眠医学", "色彩应用"
WITHOUT_SECRETARIAT = ("生态", "惯性技术", "科技志愿")
WITHOUT_COUNCIL_ORGANISATION = ("应用数学", "粉体检测", "法医")
BEFORE, IN_2016, IN_2017, LATE = 110, 58, 27, 5
LATE_DAYS = (
    date(2017, 8, 15),
    date(2017, 11, 21),
    date(2018, 4, 17),
    date(2018, 9, 11),
    date(2019, 4, 9),
)
BRANCH_LOST_ON = date(2023, 5, 18)
JOINT_LOST_ON = date(2024, 3, 15)
EARLY_JOINTS, LATE_JOINTS, COUNCIL_JOINTS = 4, 6, 2


@dataclass
class Course:
    """One society's way: the day each tier is first covered, None for never.

    joint_t1, joint_t2: number of the joint organisation that covers the tier, 0 for its own.
    """

    word: str
    first: date
    t1: date | None = None
    t2: date | None = None
    joint_t1: int = 0
    joint_t2: int = 0


def courses(seed: int) -> dict[str, Course]:
    """The way of every society that ever has an organisation, by word."""
    random = stream(seed, "courses")
    found = {c.word: c for c in _first_days(random)}
    never_t2 = _never_tier_2(random, found)
    _place_joints(random, found, never_t2)
    for course in found.values():
        _place_tiers(random, course, never_t2)
    return found


def _first_days(random: Random) -> list[Course]:
    apart = {*KEPT, *NEVER, LOST_BRANCH, LOST_JOINT}
    others = [body.word for body in bodies() if body.word not in apart]
    random.shuffle(others)
    words = [*KEPT, *others]
    days = [day_between(random, date(2005, 1, 4), date(2016, 5, 20)) for _ in range(BEFORE)]
    days += _evenly(random, date(2016, 7, 4), date(2016, 12, 27), IN_2016)
    days += _evenly(random, date(2017, 1, 9), date(2017, 6, 27), IN_2017)
    days += LATE_DAYS
    found = [Course(w, weekday_from(d)) for w, d in zip(words, days, strict=True)]
    found.append(Course(LOST_BRANCH, date(2014, 9, 23)))
    found.append(Course(LOST_JOINT, date(2013, 6, 18)))
    return found


def _evenly(random: Random, first: date, last: date, count: int) -> list[date]:
    span = (last - first).days
    days = [first + timedelta(days=span * n // (count - 1)) for n in range(count)]
    return [max(first, min(last, day + timedelta(days=random.randint(-2, 2)))) for day in days]


def _never_tier_2(random: Random, found: dict[str, Course]) -> set[str]:
    """Societies whose secretariat has none: three without one, sixteen with a gap."""
    fixed = {*KEPT, *WITHOUT_SECRETARIAT, *WITHOUT_COUNCIL_ORGANISATION, LOST_BRANCH, LOST_JOINT}
    return {*random.sample([w for w in found if w not in fixed], 16), *WITHOUT_SECRETARIAT}


def _place_joints(random: Random, found: dict[str, Course], never_t2: set[str]) -> None:
    fixed = {*KEPT, *WITHOUT_COUNCIL_ORGANISATION, LOST_BRANCH, LOST_JOINT, *never_t2}
    early = [c for c in found.values() if c.first < date(2016, 6, 1) and c.word not in fixed]
    random.shuffle(early)
    _early_joints(early, found[LOST_JOINT])
    for number in range(EARLY_JOINTS + 1, EARLY_JOINTS + LATE_JOINTS + 1):
        day = weekday_from(day_between(random, date(2017, 9, 1), date(2020, 11, 30)))
        for course in (early.pop() for _ in range(random.randint(2, 4))):
            course.t1, course.t2, course.joint_t2 = course.first, day, number
    for number in range(1, COUNCIL_JOINTS + 1):
        day = weekday_from(day_between(random, date(2018, 3, 1), date(2019, 11, 30)))
        for course in (early.pop() for _ in range(3)):
            course.t2, course.t1, course.joint_t1 = course.first, day, number


def _early_joints(early: list[Course], lost: Course) -> None:
    """Joint secretariats from before the portal; the last one is lost for one of its three."""
    for number in range(1, EARLY_JOINTS + 1):
        group = [early.pop() for _ in range(3)]
        if number == EARLY_JOINTS:
            group = [lost, *group[:2]]
        day = date(2013, 6, 18) + timedelta(days=7 * number)
        for course in group:
            course.first = course.t2 = day
            course.joint_t2 = number


def _place_tiers(random: Random, course: Course, never_t2: set[str]) -> None:
    """The tier covered first, and when the other follows."""
    if course.word in (LOST_BRANCH, LOST_JOINT) or course.word in WITHOUT_COUNCIL_ORGANISATION:
        course.t2 = course.first
        return
    second = _second_day(random, course.first)
    if course.word in never_t2:
        course.t1 = course.first
    elif course.t1 is None and course.t2 is None:
        days = (course.first, second)
        course.t1, course.t2 = days if random.random() < 0.4 else days[::-1]
    elif course.t1 is None:
        course.t1 = second


def _second_day(random: Random, first: date) -> date:
    earliest = max(first + timedelta(days=45), date(2016, 3, 1))
    latest = date(2020, 12, 15) if random.random() < 0.85 else date(2023, 11, 30)
    return weekday_from(day_between(random, earliest, latest))
