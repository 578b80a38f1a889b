"""Visits of the posted instructors: each month or nearly, so that WORK keeps its evidence.

From 2027 on a posting counts only with a work record of the last 90 days (rules §6.5). Two visits
are never more than 76 days apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.workdays import add_workdays
from dashboards.demo.accounts import INSTRUCTORS
from dashboards.demo.bodies import body_of
from dashboards.demo.happenings import Posted
from dashboards.demo.plan import plan
from dashboards.demo.postings import INSTRUCTOR
from dashboards.demo.streams import at_work, stream, weekday_from

VISITS_FROM = date(2024, 1, 1)
FIRST_DAY, LAST_DAY = 5, 18
_WORK = (
    "与秘书处负责人座谈，了解党员情况和建立党组织的条件",
    "参加理事会会议，宣讲党建工作要求",
    "指导开展集中学习，传达上级会议精神",
    "协助梳理党员名册，核对组织关系",
)
_PROBLEMS = ("", "", "专职党员不足三名，尚不具备单独组建条件", "学习计划未形成书面安排")
_ADVICE = ("继续摸清党员底数，条件成熟时报批", "与相近学会联合开展活动", "按月安排一次学习")
_COMMENTS = ("情况属实，按建议落实", "已列入下月安排")


@dataclass(frozen=True)
class Visit:
    """One visit with its report; comment: what the society says to it, "" for nothing."""

    code: str
    username: str
    visited_on: date
    filed_at: datetime
    work: str
    problems: str
    advice: str
    comment: str
    commented_at: datetime


def visits(seed: int, until: date) -> list[Visit]:
    """Visits reported up to a day, in the order of reporting."""
    found = [
        visit
        for word, (username, _) in INSTRUCTORS.items()
        for visit in _of(seed, body_of(word).code, username, until)
        if visit.filed_at.date() <= until
    ]
    return sorted(found, key=lambda visit: (visit.filed_at, visit.code))


def _of(seed: int, code: str, username: str, until: date) -> list[Visit]:
    known = plan(seed, until).upper
    posted = [h for h in known if isinstance(h, Posted) and h.code == code and h.kind == INSTRUCTOR]
    random, found, left_out = stream(seed, "visits", code), [], False
    for year in range(VISITS_FROM.year, until.year + 1):
        for month in range(1, 13):
            visit = _visit(seed, code, username, date(year, month, 1))
            # Never two months running without one.
            left_out = not left_out and random.random() < 0.2
            if not left_out and any(h.on <= visit.visited_on <= h.last_day for h in posted):
                found.append(visit)
    return found


def _visit(seed: int, code: str, username: str, month: date) -> Visit:
    random = stream(seed, "visit", code, month)
    day = weekday_from(month.replace(day=random.randint(FIRST_DAY, LAST_DAY)))
    filed = add_workdays(day, random.randint(1, 2)).day
    return Visit(
        code=code,
        username=username,
        visited_on=day,
        filed_at=at_work(random, filed),
        work=random.choice(_WORK),
        problems=random.choice(_PROBLEMS),
        advice=random.choice(_ADVICE),
        comment=random.choice(("", "", *_COMMENTS)),
        commented_at=at_work(random, weekday_from(filed + timedelta(days=random.randint(2, 6)))),
    )
