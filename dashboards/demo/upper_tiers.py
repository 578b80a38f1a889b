"""Organisations of tiers 1 and 2: set up, joint, reorganised, suspended, dissolved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from dashboards.demo import courses as shape
from dashboards.demo.bodies import Body, body_of
from dashboards.demo.courses import Course
from dashboards.demo.happenings import (
    COUNCIL,
    SECRETARIAT,
    Dissolved,
    Established,
    Happening,
    Resumed,
    SecretariatClosed,
    Suspended,
    Unit,
)
from dashboards.demo.streams import at_work, day_between, stream, weekday_from

# The portal's first days: what exists already is entered then.
BEGINS = date(2016, 6, 20)
COUNCIL_TYPES = (
    ("functional_committee", 84),
    ("branch", 5),
    ("committee", 3),
    ("general_branch", 2),
    ("working_group", 6),
)
SECRETARIAT_TYPES = (
    ("branch", 66),
    ("overlapping", 20),
    ("general_branch", 4),
    ("functional_branch", 4),
    ("working_group", 3),
    ("temporary_branch", 2),
    ("committee", 1),
)
TYPE_NAMES = {
    "functional_committee": "党委",
    "committee": "党委",
    "general_branch": "党总支",
    "branch": "党支部",
    "working_group": "党的工作小组",
    "functional_branch": "功能型党支部",
    "temporary_branch": "临时党支部",
    "joint_branch": "联合党支部",
}


def entered(random: Random, day: date) -> datetime:
    """When a decision of that day is entered: within days, or with the opening stock."""
    if day <= BEGINS:
        return at_work(random, BEGINS + timedelta(days=random.randint(1, 4)))
    return at_work(random, weekday_from(day + timedelta(days=random.randint(0, 3))))


def key_of(what: str, *parts: object) -> str:
    """A provisional name of a decision; `numbering` gives the document number."""
    return "/".join(map(str, (what, *parts)))


def happenings(seed: int) -> Iterator[Happening]:
    """Everything of tiers 1 and 2, in no order; numbers are still provisional."""
    ways = shape.courses(seed)
    for word in shape.WITHOUT_SECRETARIAT:
        random = stream(seed, "none", word)
        day = date(2016, 1, 4)
        yield SecretariatClosed(
            at=entered(random, day), on=day, code=body_of(word).code, note="不设办事机构"
        )
    for course in ways.values():
        random = stream(seed, "upper", course.word)
        if course.t1 and not course.joint_t1:
            yield from _council(random, body_of(course.word), course.t1)
        if course.t2 and not course.joint_t2:
            yield from _secretariat(random, body_of(course.word), course.t2)
    yield from _joints(seed, ways)
    yield from _changes(seed, ways)


def establish(
    random: Random, key: str, units: tuple[Unit, ...], day: date, **more: Any
) -> Established:
    """An organisation set up on `day`, approved some days before; the first unit's body leads."""
    approved = day - timedelta(days=random.choice((0, 0, 5, 9, 14)))
    return Established(
        at=entered(random, day),
        on=day,
        number=key,
        approved_on=approved,
        code=units[0][0],
        units=units,
        **more,
    )


def _council(random: Random, body: Body, day: date) -> Iterator[Happening]:
    kind = _draw(random, COUNCIL_TYPES)
    name = f"{body.name}{'' if kind.endswith('committee') else COUNCIL}{TYPE_NAMES[kind]}"
    key, unit = key_of("T1", body.code), (body.code, COUNCIL)
    yield establish(random, key, (unit,), day, type=kind, name=name)
    if kind == "working_group":
        changed = weekday_from(day_between(random, max(day, date(2019, 1, 7)), date(2022, 12, 1)))
        changed += timedelta(days=31)
        yield _dissolve(random, key, changed)
        name = f"{body.name}党委"
        key = key_of("T1", body.code, 2)
        yield establish(random, key, (unit,), changed, type="functional_committee", name=name)


def _secretariat(random: Random, body: Body, day: date) -> Iterator[Happening]:
    kind = _draw(random, SECRETARIAT_TYPES)
    if body.word in (shape.LOST_BRANCH, *shape.KEPT, *shape.WITHOUT_COUNCIL_ORGANISATION):
        kind = "branch"
    if kind == "overlapping" and not body.supporting_unit:
        kind = "branch"
    key, units = key_of("T2", body.code), ((body.code, SECRETARIAT),)
    if kind != "overlapping":
        form = "temporary" if kind == "temporary_branch" else "independent"
        name = f"{body.name}{SECRETARIAT}{TYPE_NAMES[kind]}"
        ours = body.support_type == "cast"
        yield establish(
            random, key, units, day, type=kind, form=form, name=name, belongs_to_cast=ours
        )
        return
    yield establish(
        random,
        key,
        units,
        day,
        type="branch",
        form="overlapping",
        basis="record_filing",
        name=f"{body.supporting_unit}党支部（{body.name}办事机构）",
        supporting_unit=f"{body.supporting_unit}党委",
    )
    if random.random() < 0.3:
        changed = weekday_from(day_between(random, max(day, date(2021, 1, 4)), date(2025, 10, 15)))
        changed += timedelta(days=31)
        yield _dissolve(random, key, changed)
        name = f"{body.name}{SECRETARIAT}党支部"
        yield establish(
            random, key_of("T2", body.code, 2), units, changed, type="branch", name=name
        )


def _joints(seed: int, ways: dict[str, Course]) -> Iterator[Happening]:
    """Joint organisations: one serves several societies and is one organisation (trap 8)."""
    for tier, unit_name in ((1, COUNCIL), (2, SECRETARIAT)):
        groups: dict[int, list[Course]] = {}
        for course in ways.values():
            number = course.joint_t1 if tier == 1 else course.joint_t2
            groups.setdefault(number, []).append(course)
        for number in sorted(n for n in groups if n):
            random = stream(seed, "joint", tier, number)
            bodies = sorted((body_of(c.word) for c in groups[number]), key=lambda b: b.code)
            day = groups[number][0].t1 if tier == 1 else groups[number][0].t2
            # One council group is joint by its form, not its type.
            by_form = tier == 1 and number == 1
            name = f"{bodies[0].name}等{len(bodies)}家学会联合党支部"
            yield establish(
                random,
                key_of(f"J{tier}", number),
                tuple((b.code, unit_name) for b in bodies),
                day or BEGINS,
                type="branch" if by_form else "joint_branch",
                form="joint",
                name=name,
            )


def _changes(seed: int, ways: dict[str, Course]) -> Iterator[Happening]:
    random = stream(seed, "changes")
    yield _dissolve(random, key_of("T2", body_of(shape.LOST_BRANCH).code), shape.BRANCH_LOST_ON)
    # Both joint branches end; whoever can, goes on alone: at once, or after some weeks.
    yield from _split(random, ways, shape.EARLY_JOINTS, shape.JOINT_LOST_ON, wait=0)
    last = shape.EARLY_JOINTS + shape.LATE_JOINTS
    yield from _split(random, ways, last, date(2022, 9, 1), wait=90)
    only = key_of("T2", body_of("粉体检测").code)
    start, end = date(2020, 3, 10), date(2020, 6, 2)
    pause = key_of("S", only)
    yield Suspended(at=entered(random, start), on=start, organisation=only, number=pause)
    yield Resumed(at=entered(random, end), on=end, organisation=only, suspension=pause)


def _split(
    random: Random, ways: dict[str, Course], number: int, day: date, *, wait: int
) -> Iterator[Happening]:
    yield _dissolve(random, key_of("J2", number), day)
    members = (c.word for c in ways.values() if c.joint_t2 == number)
    for word in sorted(members):
        if word != shape.LOST_JOINT:
            body = body_of(word)
            since = weekday_from(day + timedelta(days=random.randint(0, wait)))
            name = f"{body.name}{SECRETARIAT}党支部"
            units = ((body.code, SECRETARIAT),)
            yield establish(
                random, key_of("T2", body.code, 2), units, since, type="branch", name=name
            )


def _dissolve(random: Random, key: str, day: date) -> Dissolved:
    return Dissolved(at=entered(random, day), on=day, organisation=key, number=key_of("X", key))


def _draw(random: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    kinds, weights = zip(*weighted, strict=True)
    return random.choices(kinds, weights)[0]
