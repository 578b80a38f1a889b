"""Which Party organisations the plan knows, each with its whole life: what terms, members and
meetings hang on. Pure, and the same for every `until` after it was entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.happenings import (
    COUNCIL,
    SECRETARIAT,
    BranchClosed,
    Dissolved,
    Established,
    Unit,
)
from dashboards.demo.plan import plan
from dashboards.demo.streams import stream

FOREVER = date.max
# How carefully a society works: (chance that an owed meeting is held: least, most), weight.
_CARE = (
    ((0.96, 1.0), 24),
    ((0.88, 0.96), 27),
    ((0.6, 0.88), 20),
    ((0.2, 0.5), 15),
    ((0.0, 0.12), 14),
)
_SHOWN = {WALKED: 0.93, SECOND: 0.97}


@dataclass(frozen=True)
class Organisation:
    """One organisation as the plan knows it; `ends` is the first day it does not count.

    entered: when the committee's reviewer enters it. tier: the highest unit it serves.
    """

    number: str
    code: str
    type: str
    form: str
    units: tuple[Unit, ...]
    since: date
    entered: datetime
    ends: date

    @property
    def tier(self) -> int:
        """1, 2 or 3."""
        names = {name for _, name in self.units}
        return 1 if COUNCIL in names else 2 if SECRETARIAT in names else 3

    def stands_on(self, day: date) -> bool:
        """Whether it exists on a day."""
        return self.since <= day < self.ends


def roster(seed: int, until: date) -> tuple[Organisation, ...]:
    """Every organisation entered up to a day, by approval number of its decision.

    What ends it may lie ahead: only so does a later start say the same of the days before.
    """
    ahead = plan(seed, date(until.year + 1, 12, 31)).happenings
    ended = {h.organisation: h.on for h in ahead if isinstance(h, Dissolved)}
    closed = {h.unit: h.on for h in ahead if isinstance(h, BranchClosed)}
    return tuple(
        Organisation(
            number=h.number,
            code=h.code,
            type=h.type,
            form=h.form,
            units=h.units,
            since=h.on,
            entered=h.at,
            ends=ended.get(h.number, _closed_with_units(h, closed)),
        )
        for h in ahead
        if isinstance(h, Established) and h.at.date() <= until
    )


def _closed_with_units(h: Established, closed: dict[Unit, date]) -> date:
    """A working group ends with its last unit (R-ORG-16); others live on."""
    if h.type != "working_group" or any(unit not in closed for unit in h.units):
        return FOREVER
    return max(closed[unit] for unit in h.units)


@lru_cache(maxsize=1024)
def care(seed: int, code: str) -> float:
    """How carefully a society works, 0 to 1: the same hand in meetings, terms and attendance."""
    shown = {body_of(word).code: value for word, value in _SHOWN.items()}
    random = stream(seed, "care", code)
    (least, most) = random.choices([span for span, _ in _CARE], [weight for _, weight in _CARE])[0]
    return shown.get(code, random.uniform(least, most))


def in_turn() -> list[str]:
    """Codes of all societies, the shown ones first: while it loads they have something early."""
    first = [body_of(word).code for word in _SHOWN]
    return [*first, *(body.code for body in bodies() if body.code not in first)]
