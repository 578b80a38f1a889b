"""Who files which half-year's ledger when: the pure plan of the filing chain (D-13, R-LED-07).

Everybody files from 2024H2 on, a few societies from the beginning. The walked society is not in
here: its ledgers belong to the standing situation (`standing`), which does depend on today.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from common.workdays import add_workdays
from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.courses import KEPT, WALKED
from dashboards.demo.streams import at_work, stream

FIRST_AS_OF, EVERYBODY_FROM = date(2016, 12, 31), date(2024, 12, 31)
# File the whole history.
FAITHFUL = tuple(word for word in KEPT if word != WALKED)
# The shipped edition's working days (D-13); the actions judge by the edition itself.
DUE, GRACE, CLOSING = 10, 5, 20
SEND, SIGN, RETURN, ACCEPT = "send", "sign", "return", "accept"
RETURN_REASONS = (
    "个人会员数与上期相差较大，请核对会员名册后说明",
    "专职人员数与学历合计请再核对一次",
    "理事会会议次数请按本期实际次数填写",
    "净资产请按资产负债表期末数核对",
)


@dataclass(frozen=True)
class Step:
    """One step of a filing; `reviewer` and `reason` where the committee acts."""

    verb: str
    at: datetime
    reviewer: str = "reviewer"
    reason: str = ""


@dataclass(frozen=True)
class Filing:
    """One society's way through one period. No step at all: it never files."""

    code: str
    as_of: date
    steps: tuple[Step, ...]

    def until(self, moment: datetime) -> tuple[Step, ...]:
        """The steps taken by then."""
        return tuple(step for step in self.steps if step.at <= moment)


@cache
def deadlines(as_of: date) -> tuple[date, date, date]:
    """(due, grace until, closes on) in working days (EX-10)."""
    due = add_workdays(as_of, DUE).day
    return due, add_workdays(due, GRACE).day, add_workdays(due, CLOSING).day


def as_ofs(until: date, first: date = FIRST_AS_OF) -> Iterator[date]:
    """Every as-of day in [first, until]."""
    for year in range(first.year, until.year + 1):
        for day in (date(year, 6, 30), date(year, 12, 31)):
            if first <= day <= until:
                yield day


def filings(seed: int, until: date) -> list[Filing]:
    """Filings of all periods opened by then, in order; later steps are still to be cut."""
    found = []
    for as_of in as_ofs(until):
        for body in bodies():
            due = as_of >= EVERYBODY_FROM or body.word in FAITHFUL
            if due and body.word != WALKED:
                found.append(_filing(seed, body.code, as_of, faithful=body.word in KEPT))
    return found


def on_time(seed: int, as_of: date, word: str) -> Filing:
    """A filing in time, accepted without a word: what the walked society did before."""
    random = stream(seed, "walked", as_of)
    code = body_of(word).code
    return Filing(code, as_of, tuple(_accepted(random, *_in_time(as_of))))


def _filing(seed: int, code: str, as_of: date, *, faithful: bool) -> Filing:
    random = stream(seed, "filing", code, as_of)
    due, grace, closing = deadlines(as_of)
    chance = 0.0 if faithful else random.random()
    if chance > 0.97:
        return Filing(code, as_of, ())
    first, last = _in_time(as_of)
    if chance > 0.93:
        first, last = grace + timedelta(days=1), closing
    elif chance > 0.86:
        first, last = due + timedelta(days=1), grace
    if random.random() < 0.08:
        return Filing(code, as_of, tuple(_returned(random, first, last)))
    return Filing(code, as_of, tuple(_accepted(random, first, last)))


def _in_time(as_of: date) -> tuple[date, date]:
    return as_of + timedelta(days=1), deadlines(as_of)[0]


def _accepted(random: Random, first: date, last: date) -> Iterator[Step]:
    signed = yield from _filed(random, first, last)
    reviewed = add_workdays(signed, random.randint(1, 6)).day
    yield Step(ACCEPT, at_work(random, reviewed), _reviewer(random))


def _returned(random: Random, first: date, last: date) -> Iterator[Step]:
    """Returned once, mended within five working days or a little later (R-LED-08)."""
    signed = yield from _filed(random, first, last)
    reviewer = _reviewer(random)
    back = add_workdays(signed, random.randint(1, 4)).day
    yield Step(RETURN, at_work(random, back), reviewer, random.choice(RETURN_REASONS))
    resent = add_workdays(back, random.randint(1, 3)).day
    resigned = add_workdays(resent, 1).day
    yield Step(SEND, at_work(random, resent))
    yield Step(SIGN, at_work(random, resigned))
    yield Step(ACCEPT, at_work(random, add_workdays(resigned, random.randint(1, 4)).day), reviewer)


def _filed(random: Random, first: date, last: date) -> Generator[Step, None, date]:
    """Sent by the clerk, signed by the secretary on a working day in [first, last]; that day."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if add_workdays(day, 0).day == day]
    signed = random.choice(working)
    sent = max(day for day in [first, *working] if day < signed or day == first)
    when = at_work(random, signed)
    if sent == signed:
        yield Step(SEND, when - timedelta(minutes=8))
    else:
        yield Step(SEND, at_work(random, sent))
    yield Step(SIGN, when)
    return signed


def _reviewer(random: Random) -> str:
    return random.choice(("reviewer", "reviewer2"))
