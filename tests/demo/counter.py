"""An own small count over the plan, from the text of rules §6: never `coverage`'s code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.demo.bodies import bodies
from dashboards.demo.happenings import (
    COUNCIL,
    SECRETARIAT,
    BranchClosed,
    BranchOpened,
    Dissolved,
    Established,
    Happening,
    Posted,
    Recalled,
    Resumed,
    SecretariatClosed,
    Suspended,
)

T1_TYPES = "committee functional_committee general_branch branch joint_branch working_group".split()
T2_TYPES = (
    "committee general_branch branch joint_branch temporary_branch functional_branch working_group"
).split()
T3_TYPES = "working_group branch functional_branch joint_branch".split()


@dataclass(frozen=True)
class Count:
    """(covered, total) of each indicator; the codes of societies without ORG and WORK."""

    org: tuple[int, int]
    t1: tuple[int, int]
    t2: tuple[int, int]
    t3: tuple[int, int]
    work: tuple[int, int]
    org_gap: frozenset[str]
    work_gap: frozenset[str]


def tier_types(unit: str) -> list[str]:
    return {COUNCIL: T1_TYPES, SECRETARIAT: T2_TYPES}.get(unit, T3_TYPES)


def count(happenings: Iterable[Happening], on: date) -> Count:
    """What holds at the end of `on`."""
    past = [h for h in happenings if h.on <= on]
    closed = {h.unit for h in past if isinstance(h, BranchClosed)}
    closed |= {(h.code, SECRETARIAT) for h in past if isinstance(h, SecretariatClosed)}
    living = {h.unit for h in past if isinstance(h, BranchOpened)} - closed
    ended = {h.organisation for h in past if isinstance(h, Dissolved)}
    paused: set[str] = set()
    for h in sorted(past, key=lambda h: h.on):
        if isinstance(h, Suspended):
            paused.add(h.organisation)
        elif isinstance(h, Resumed):
            paused.discard(h.organisation)
    covered = {
        unit
        for h in past
        if isinstance(h, Established) and h.number not in ended | paused
        for unit in h.units
        if unit not in closed and h.type in tier_types(unit[1])
    }
    codes = {body.code for body in bodies()}
    last_days = {h.number: h.last_day for h in past if isinstance(h, Posted)}
    # A recall bears on coverage from the day after the last one in office.
    last_days |= {h.posting: h.last_day for h in past if isinstance(h, Recalled)}
    instructed = {
        h.code
        for h in past
        if isinstance(h, Posted) and h.kind == "GM03" and last_days[h.number] >= on
    }
    with_org = {code for code, unit in covered if unit in (COUNCIL, SECRETARIAT)}
    secretariats = {(code, SECRETARIAT) for code in codes} - closed
    councils = {(code, COUNCIL) for code in codes}
    return Count(
        org=(len(with_org), len(codes)),
        t1=(len(covered & councils), len(codes)),
        t2=(len(covered & secretariats), len(secretariats)),
        t3=(len(covered & living), len(living)),
        work=(len(with_org | instructed), len(codes)),
        org_gap=frozenset(codes - with_org),
        work_gap=frozenset(codes - with_org - instructed),
    )


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
