"""Organisation life of the invented organisations: the pure plan of what was held and filed.

What is owed stands in the shipped matrix; here is how much of it a society does, by its care: most
of it on time, some filed late (补录), some never. Nothing is planned before 2024.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from dashboards.demo.meeting_words import words
from dashboards.demo.rolls import groups, on_roll
from dashboards.demo.roster import Organisation, care
from dashboards.demo.streams import at_work, day_between, stream, weekday_from
from dashboards.demo.terms import Claim, chain, seats_on

LIFE_FROM = date(2024, 1, 1)
BRANCHES = ("branch", "joint_branch")
COMMITTEES = ("general_branch", "committee", "functional_committee")
SETTLING = timedelta(days=10)
# Meetings of those in office, not of all members.
SMALL = ("branch_committee_meeting", "committee_meeting", "study_group", "democratic_life_meeting")
# The one that votes: half of its members must have come (rules §3).
VOTING = "members_congress"


@dataclass(frozen=True)
class Event:
    """One event and when it is filed; `facts` are columns of the record but for the group."""

    held_on: date
    filed_at: datetime
    kind: str
    also_kind: str = ""
    group: str = ""
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, date, str]:
        """What tells the events of an organisation apart."""
        return self.kind, self.held_on, self.group


@dataclass(frozen=True)
class _Year:
    """One organisation's year: chances, seats and groups."""

    seed: int
    organisation: Organisation
    year: int
    random: Random
    hand: float
    terms: tuple[Claim, ...]

    def held(self, share: float = 1.0) -> bool:
        """Whether something owed takes place."""
        return self.random.random() < self.hand * share

    def day(self, month: int, last_month: int = 0) -> date:
        """A working day of the month, or of a span of months."""
        last = date(self.year, last_month or month, 25)
        return weekday_from(day_between(self.random, date(self.year, month, 3), last))

    def seats(self, day: date) -> int:
        """Committee seats on a day; 1 without a committee."""
        return seats_on(self.terms, day)


def events(seed: int, organisation: Organisation, until: date) -> list[Event]:
    """What an organisation held and had filed up to a day, by day of filing."""
    found: dict[tuple[str, date, str], Event] = {}
    for year in range(max(LIFE_FROM.year, organisation.since.year), until.year + 1):
        random = stream(seed, "life", organisation.number, year)
        hand = min(1.0, max(0.0, care(seed, organisation.code) + random.uniform(-0.05, 0.05)))
        terms = chain(seed, organisation, year)
        for event in _year(_Year(seed, organisation, year, random, hand, terms)):
            found.setdefault(event.key, event)
    first = max(LIFE_FROM, organisation.since + SETTLING, organisation.entered.date())
    kept = [e for e in found.values() if first <= e.held_on < organisation.ends]
    return sorted((e for e in kept if e.filed_at.date() <= until), key=lambda e: e.filed_at)


def _year(year: _Year) -> Iterator[Event]:
    kind = year.organisation.type
    if kind in (*BRANCHES, "temporary_branch"):
        yield from _monthly(year)
        yield from _quarterly(year)
        yield from _yearly(year)
    elif kind in COMMITTEES:
        yield from _committee(year)
    elif kind == "working_group":
        if year.held(0.95):
            yield _event(year, "working_group_activity", year.day(4, 11))
    elif year.held(0.6):
        yield _event(year, "transmission_study", year.day(5, 10))


def _monthly(year: _Year) -> Iterator[Event]:
    """主题党日, 支委会, 党小组会; the theme day is a lecture too every other quarter."""
    for month in range(1, 13):
        if year.held():
            also = "party_lecture" if month in (2, 8) else ""
            yield _event(year, "theme_day", year.day(month), also)
        committee = year.held()
        day = year.day(month)
        if committee and year.seats(date(year.year, month, 1)) >= 3:
            yield _event(year, "branch_committee_meeting", day)
        for name, _ in groups(year.seed, year.organisation):
            if year.held(0.97):
                yield _event(year, "party_group_meeting", year.day(month), group=name)


def _quarterly(year: _Year) -> Iterator[Event]:
    for month in (1, 4, 7, 10):
        if year.held():
            yield _event(year, "members_congress", year.day(month, month + 2))
        if month in (4, 10) and year.held():
            yield _event(year, "party_lecture", year.day(month, month + 2))


def _yearly(year: _Year) -> Iterator[Event]:
    """组织生活会 and what goes with it, in the last quarter; talks through the year."""
    day = year.day(11, 12)
    if year.held():
        joined = year.random.random() < 0.6 and year.organisation.type in BRANCHES
        yield _event(year, "org_life_meeting", day, "democratic_appraisal" if joined else "")
        if not joined and year.organisation.type in BRANCHES:
            yield _event(year, "democratic_appraisal", weekday_from(day + timedelta(days=2)))
    if year.organisation.type in BRANCHES and year.held():
        yield _event(year, "party_spirit_analysis", weekday_from(day + timedelta(days=1)))
        yield _event(year, "heart_talk", year.day(5, 10))


def _committee(year: _Year) -> Iterator[Event]:
    """党委会, 中心组, 书记讲党课; a third meeting where there is much to do."""
    for first, last in ((2, 5), (7, 9), (10, 12)):
        if year.held(1.0 if last != 9 else 0.5):
            yield _event(year, "committee_meeting", year.day(first, last))
    for month in (1, 4, 7, 10):
        if year.held():
            yield _event(year, "study_group", year.day(month, month + 2))
    if year.held():
        yield _event(year, "secretary_lecture", year.day(3, 10))
    day = year.day(12)
    if year.organisation.type != "functional_committee" and year.held():
        yield _event(year, "democratic_life_meeting", day)


def _event(year: _Year, kind: str, day: date, also: str = "", group: str = "") -> Event:
    random = year.random
    first_topic = kind == "committee_meeting" and random.random() < 0.35 + 0.65 * year.hand
    if kind == "heart_talk":
        names = ("talks_in_committee", "talks_with_members", "talks_between_members")
        counts = {name: random.randint(1, 6) for name in names}
    else:
        counts = _counts(year, kind, day, group)
    told = words(random, kind, first_topic=first_topic)
    late = random.random() < 0.03 + 0.25 * (1 - year.hand)
    days = random.randint(16, 45) if late else random.choice((1, 1, 2, 3, 4, 6, 8, 11))
    filed = at_work(random, weekday_from(day + timedelta(days=days)))
    facts = {"first_topic": first_topic} | counts | told
    return Event(day, filed, kind, also, group, facts)


def _least(kind: str, people: int) -> int:
    """How many must come for the meeting to be valid: two thirds, half where it votes."""
    if kind in SMALL:
        return -(-people * 2 // 3)
    return -(-people // 2) if kind == VOTING else 1


def _counts(year: _Year, kind: str, day: date, group: str) -> dict[str, int]:
    """Who should come, came, is excused or sits in (R-LIFE-04); enough for a valid meeting."""
    random = year.random
    people = len(on_roll(year.seed, year.organisation, day)) or random.randint(3, 9)
    if group:
        people = max(3, people // len(groups(year.seed, year.organisation)))
    elif kind in SMALL:
        people = max(3, year.seats(day))
    least = _least(kind, people)
    expected = people - min(people - least, random.choice((0, 0, 0, 0, 1, 1, 2)))
    share = 0.5 + 0.5 * year.hand - random.uniform(0, 0.2)
    present = min(expected, max(least, round(expected * share)))
    return {
        "expected": expected,
        "present": present,
        "excused": people - expected,
        "observers": random.choice((0, 0, 0, 1, 2)),
    }
