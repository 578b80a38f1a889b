"""Everything that happens in 示例科协 up to a day: a pure function of (seed, until).

What was entered before a moment does not depend on `until`: a later start only adds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from dashboards.demo import postings, third_tier, upper_tiers
from dashboards.demo.happenings import (
    BranchClosed,
    BranchOpened,
    Dissolved,
    Established,
    Happening,
    Posted,
    Suspended,
)

# How a document number reads: of the approval, the dissolution, the suspension, the posting.
_NUMBERS = (
    (Established, "示科社党〔{year}〕{n}号"),
    (Dissolved, "示科社党撤〔{year}〕{n}号"),
    (Suspended, "示科社党停〔{year}〕{n}号"),
    (Posted, "示科社党派〔{year}〕{n}号"),
)
_REFERENCES = ("number", "organisation", "suspension", "posting")
# On one moment: what others stand on first.
_ORDER = (BranchOpened, Established, Posted)


@dataclass(frozen=True)
class Plan:
    """What is entered up to the end of a day, in order; upper: all but the third tier."""

    seed: int
    until: date
    upper: tuple[Happening, ...]
    third: tuple[Happening, ...]

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """All of it."""
        return (*self.upper, *self.third)


@lru_cache(maxsize=8)
def plan(seed: int, until: date) -> Plan:
    """The plan up to and including `until`."""
    upper = [*upper_tiers.happenings(seed), *postings.happenings(seed, until.year)]
    third = list(third_tier.happenings(seed, until.year))
    numbers = _document_numbers([*upper, *third])
    return Plan(seed, until, _finished(upper, numbers, until), _finished(third, numbers, until))


def _finished(
    found: Iterable[Happening], numbers: dict[str, str], until: date
) -> tuple[Happening, ...]:
    """In the order of entering, under their document numbers, without what comes later."""
    past = (h for h in found if h.at.date() <= until)
    return tuple(_numbered(h, numbers) for h in sorted(past, key=_place))


def _place(happening: Happening) -> tuple[Any, ...]:
    kind = next((n for n, t in enumerate(_ORDER) if isinstance(happening, t)), len(_ORDER))
    if isinstance(happening, BranchClosed):
        kind += 1
    return (happening.at, kind, repr(happening))


def _document_numbers(found: Iterable[Happening]) -> dict[str, str]:
    """Provisional key → document number, counted through each year by day of signing."""
    numbers: dict[str, str] = {}
    for kind, wording in _NUMBERS:
        signed = sorted((_signed(h), h.number) for h in found if isinstance(h, kind))
        counted: Counter[int] = Counter()
        for day, key in signed:
            counted[day.year] += 1
            numbers[key] = wording.format(year=day.year, n=counted[day.year])
    return numbers


def _signed(happening: Happening) -> date:
    return happening.approved_on if isinstance(happening, Established) else happening.at.date()


def _numbered(happening: Happening, numbers: dict[str, str]) -> Happening:
    names = [name for name in _REFERENCES if hasattr(happening, name)]
    known: dict[str, Any] = {name: numbers[getattr(happening, name)] for name in names}
    return replace(happening, **known)
