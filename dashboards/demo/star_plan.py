"""Two rating rounds of 示例科协: one finished, one under way in which every state is to be seen.

Pure: what happens when, from the seed and the day on which a round opens. Which years: the round
that runs is last year's, from the middle of March on; the one before it is finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from dashboards.demo.accounts import MATHEMATICS, OPTICS
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.roster import care, in_turn
from dashboards.demo.streams import at_work, day_between, stream, weekday_from

# Organisation life is known from here on, and a standard is in force.
FIRST_YEAR = 2024
APPLY, SIGN, ASSESS_SELF, SIGN_SELF, BACK, SUBMIT, AGREE = (
    "send_application",
    "sign_application",
    "send_self_assessment",
    "sign_self_assessment",
    "hand_back",
    "submit_assessment",
    "agree",
)
WHOLE = (APPLY, SIGN, ASSESS_SELF, SIGN_SELF, SUBMIT, AGREE, AGREE)
# Who is little at work does not apply: 不定星.
CARELESS = 0.15
ASSESSORS = ("assessor", "reviewer2")
MEMBERS, OTHERS = ("member", "member2"), ("member3", "member4")
# How far a society has come in the running round, and how many of a hundred.
_FAR = (
    ((), 38),
    ((APPLY,), 6),
    ((APPLY, BACK), 3),
    ((APPLY, SIGN), 15),
    ((APPLY, SIGN, ASSESS_SELF), 6),
    ((APPLY, SIGN, ASSESS_SELF, SIGN_SELF), 12),
    (WHOLE[:5], 8),
    (WHOLE[:6], 4),
    (WHOLE, 8),
)
# The printed accounts: a clerk who may begin, a secretary who signs, an assessor who assesses.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    WALKED: (),
    MATHEMATICS: (),
    SECOND: WHOLE[:3],
    OPTICS: WHOLE[:4],
}
# Days after the opening, first and last; weekends move them by two at most.
_RUNNING = {
    APPLY: (1, 4),
    SIGN: (7, 7),
    BACK: (7, 7),
    ASSESS_SELF: (10, 11),
    SIGN_SELF: (14, 14),
    SUBMIT: (17, 18),
}
_MEETING = 21
SPAN = 24


@dataclass(frozen=True)
class Step:
    """One step of a society's way through a round."""

    verb: str
    at: datetime


@dataclass(frozen=True)
class RoundPlan:
    """A round. running: under way, else finished; opened: the moment from which its days count."""

    seed: int
    year: int
    opened: datetime
    running: bool

    @property
    def values(self) -> dict[str, date | int]:
        """What `open_round` is given."""
        freeze = date(self.year + 1, 1, 31)
        if self.running:
            days = [self.after(n) for n in (SPAN + 35, SPAN + 50, SPAN + 70, SPAN + 85)]
        else:
            days = [self.on(2, 20), self.on(3, 4), self.on(3, 28), self.on(4, 11)]
        names = ("apply_by", "self_by", "assess_by", "deliberate_by")
        return {"freeze_on": freeze, **dict(zip(names, days, strict=True)), **_SETTINGS}

    def on(self, month: int, day: int) -> date:
        """A weekday of the year after the rated one."""
        return weekday_from(date(self.year + 1, month, day))

    def after(self, days: int) -> date:
        """A weekday so many days after the opening."""
        return weekday_from(self.opened.date() + timedelta(days=days))

    def stream(self, *parts: object) -> Random:
        """Chance of this round alone."""
        return stream(self.seed, "stars", self.year, *parts)

    def moment(self, day: date, *parts: object) -> datetime:
        """When on that day."""
        return at_work(self.stream(day, *parts), day)

    def assessor(self, code: str) -> str:
        """User name of the preliminary assessor."""
        shown = {body_of(word).code for word in _SHOWN}
        return ASSESSORS[0] if code in shown else self.stream("assessor", code).choice(ASSESSORS)

    def is_assigned(self, code: str) -> bool:
        """Whether somebody is assigned; in the running round a few still wait for it."""
        far = self._verbs(code)
        return len(far) > len(WHOLE[:4]) or code == body_of(OPTICS).code or self._chance(code) > 0.5

    def steps(self, code: str) -> tuple[Step, ...]:
        """The way of a society, as far as it has come."""
        return tuple(self._steps(code))

    def _chance(self, code: str) -> float:
        return self.stream("chance", code).random()

    def _verbs(self, code: str) -> tuple[str, ...]:
        if not self.running:
            return WHOLE if care(self.seed, code) >= CARELESS else ()
        for word, far in _SHOWN.items():
            if code == body_of(word).code:
                return far
        ways, weights = zip(*_FAR, strict=True)
        return self.stream("far", code).choices(ways, weights)[0]

    def _steps(self, code: str) -> Iterator[Step]:
        agreed = 0
        for verb in self._verbs(code):
            random = self.stream(verb, code)
            if verb == AGREE:
                # The committee meets once: one word in the morning, one in the afternoon.
                start = 9 * 60 + 30 + 5 * 60 * agreed + random.randint(0, 170)
                day = self.after(_MEETING) if self.running else self.on(4, 8)
                agreed += 1
                midnight = at_work(random, day).replace(hour=0, minute=0)
                yield Step(verb, midnight + timedelta(minutes=start))
            else:
                first, last = self._window(verb)
                yield Step(verb, at_work(random, weekday_from(day_between(random, first, last))))

    def _window(self, verb: str) -> tuple[date, date]:
        if self.running:
            first, last = (self.opened.date() + timedelta(days=n) for n in _RUNNING[verb])
            return first, last
        (m1, d1), (m2, d2) = _FINISHED[verb]
        return date(self.year + 1, m1, d1), date(self.year + 1, m2, d2)


_SETTINGS: dict[str, int] = {"members": 2, "publicity_days": 5}
# Months and days of the year after the rated one; deadlines stand in `RoundPlan.values`.
_FINISHED = {
    APPLY: ((1, 13), (2, 12)),
    SIGN: ((2, 15), (2, 18)),
    ASSESS_SELF: ((2, 23), (2, 25)),
    SIGN_SELF: ((2, 28), (3, 2)),
    SUBMIT: ((3, 7), (3, 26)),
}


def finished(seed: int, year: int) -> RoundPlan:
    """The round of a year that was decided in May of the next one."""
    day = weekday_from(date(year + 1, 1, 8))
    return RoundPlan(seed, year, at_work(stream(seed, "stars", year, "opened"), day), False)


def running(seed: int, year: int, today: date) -> RoundPlan:
    """The round that was opened some weeks before `today`."""
    day = today - timedelta(days=SPAN)
    return RoundPlan(seed, year, at_work(stream(seed, "stars", year, "opened"), day), True)


def again(seed: int, year: int, opened: datetime) -> RoundPlan:
    """The running round as it was planned when it was opened."""
    return RoundPlan(seed, year, opened, True)


def running_year(today: date) -> int | None:
    """The year whose round runs on a day; None while the one before it could not be finished."""
    year = today.year - (1 if today >= date(today.year, 3, 15) else 2)
    return year if year > FIRST_YEAR else None


def codes() -> list[str]:
    """The societies, the shown ones first."""
    return in_turn()
