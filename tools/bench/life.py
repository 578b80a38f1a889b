"""A society's organisation life: what is owed, and the records that agree with what is held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from common.clock import start_of
from tools.bench.people import MEMBERS
from tools.bench.society import Society, Tables

if TYPE_CHECKING:
    from branches.models import ObligationRule
    from common.periods import Period

LISTED = 10  # names on the list of a record of the last year
EACH = 400  # ids of records kept free for one society
STUDIES = (11, 23)  # 传达学习 a month, so that a society comes to about sixty events a year


def write_life(society: Society, tables: Tables) -> None:
    """Three years up to the first night."""
    desk = _Desk(society, tables)
    for rule in society.frame.rules:
        for organisation, times in _who(society, rule):
            for period in society.frame.periods[rule.period]:
                desk.period(rule, organisation, rule.required * times, period)
    if society.office_type:
        for period in society.frame.periods["month"]:
            for day in STUDIES:
                desk.event(society.unit(1), "transmission_study", period, day)


def _who(society: Society, rule: ObligationRule) -> list[tuple[int, int]]:
    """The organisations that a rule asks, and how many times over."""
    if rule.organisation_type == "functional_committee":
        return [(society.unit(0), 1)] if society.has_committee else []
    if rule.organisation_type == "working_group":
        return [(society.unit(place), 1) for place in society.working_groups]
    if rule.organisation_type != society.office_type:
        return []
    times = {
        "": 1,
        "branch_committee": int(society.seats > 1),
        "no_branch_committee": int(society.seats == 1),
        "party_groups": len(society.groups),
    }[rule.condition]
    return [(society.unit(1), times)] if times else []


class _Desk:
    """Writes a society's records with numbers in order."""

    def __init__(self, society: Society, tables: Tables) -> None:
        self.society, self.tables, self.today = society, tables, society.frame.today
        self.used = 0
        self.diligence = 60 + society.number % 8 * 5

    def period(self, rule: ObligationRule, pk: int, required: int, period: Period) -> None:
        """A duty of one period with its records."""
        held = sum(self.society.chance(self.diligence) for _ in range(required))
        if period.last_day > self.today:
            held //= 2
        grace = rule.edition.grace_days if rule.grace_days is None else rule.grace_days
        frozen = start_of(period.last_day) if period.last_day < self.today else None
        bodies = [self.society.pk]
        if pk == self.society.unit(1) and self.society.also_served:
            bodies.append(self.society.also_served)
        if rule.kind == "heart_talk":
            self._talks(pk, held, period)
        else:
            for n in range(held):
                group = self.society.groups[n] if rule.condition == "party_groups" else None
                self.event(pk, rule.kind, period, 3 + n * (25 // required), group)
        for body in bodies:
            self.tables.add(
                "branches.ExpectedLife",
                *(pk, body, rule.pk, rule.kind, period.key, period.first_day, period.last_day),
                *(period.last_day + timedelta(days=grace), required, held, frozen),
            )

    def event(self, pk: int, kind: str, period: Period, day: int, group: int | None = None) -> None:
        """One record, held so many days into the period, and its attendances."""
        held_on = min(period.first_day + timedelta(days=day), self.today)
        absent = self.society.random.randrange(4)
        marks = ["excused", *["absent"] * absent, *["present"] * (LISTED - 1 - absent)]
        number = self._record(
            *(pk, kind, group, held_on, "会议室", "书记", f"议程{self.used}"),
            *(self.society.chance(70), "学习党章和近期讲话精神，结合业务讨论"),
            *(LISTED - 1, LISTED - 1 - absent, 1, 0, None, None, None),
        )
        if held_on > self.today - timedelta(days=366) and self.society.registers_at:
            self._list(number, marks)

    def _list(self, number: int, marks: list[str]) -> None:
        """Names beside the counts of a record, each time of other members."""
        for n, mark in enumerate(marks):
            member = self.society.number * MEMBERS + (self.used * 3 + n * 4) % MEMBERS + 1
            self.tables.add("branches.Attendance", number, member, self.society.pk, mark)

    def _talks(self, pk: int, held: int, period: Period) -> None:
        if not held:
            return
        pairs = [int(n < held) for n in range(3)]
        day = min(period.first_day + timedelta(days=40), self.today)
        self._record(
            *(pk, "heart_talk", None, day, "", "", "", False, ""),
            *(None, None, None, None, *pairs),
        )

    def _record(
        self, pk: int, kind: str, group: int | None, held_on: date, place: str, *rest: object
    ) -> int:
        self.used += 1
        number = self.society.number * EACH + self.used
        moment = f"{held_on} 18:00+08"
        self.tables.add(
            "branches.LifeRecord",
            *(number, pk, self.society.pk, kind, "", group, held_on, place, *rest),
            *(held_on, False, moment, self.society.filer),
        )
        return number
