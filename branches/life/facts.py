"""What is said of one event, and what is wrong with it (R-LIFE-03, -04, -06; rules §3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from branches.life.known import Known
from branches.models import (
    LifeKind,
    LifeRecord,
    Mark,
    ObligationEdition,
    PartyGroup,
    PartyOrganisation,
)

COUNTS = ("expected", "present", "excused", "observers")
TALKS = ("talks_in_committee", "talks_with_members", "talks_between_members")
CONTENT = ("place", "agenda", "learning", "decision")
FIRST_DAY = date(1949, 10, 1)
MOST = 100_000


@dataclass(frozen=True)
class LifeFacts:
    """One event as filed. Numbers are persons, for 谈心谈话 pairs; None where not asked for.

    attendees: the list of names as (member, mark), whoever was expected; empty: counts alone.
    """

    kind: str
    held_on: date
    also_kind: str = ""
    group: PartyGroup | None = None
    place: str = ""
    chair_name: str = ""
    agenda: str = ""
    first_topic: bool = False
    learning: str = ""
    decision: str = ""
    expected: int | None = None
    present: int | None = None
    excused: int | None = None
    observers: int | None = None
    talks_in_committee: int | None = None
    talks_with_members: int | None = None
    talks_between_members: int | None = None
    attendees: tuple[tuple[int, str], ...] = ()

    @property
    def is_talk(self) -> bool:
        """谈心谈话: counted in pairs, without content."""
        return self.kind == LifeKind.HEART_TALK

    def counted(self) -> LifeFacts:
        """With the counts that follow from the list, if there is one: it wins over typed numbers.

        谈心谈话 keeps no names.
        """
        if self.is_talk or not self.attendees:
            return replace(self, attendees=())
        marks = Counter(mark for _, mark in self.attendees)
        present, excused = marks[Mark.PRESENT], marks[Mark.EXCUSED]
        expected = present + marks[Mark.ABSENT]
        return replace(self, expected=expected, present=present, excused=excused)

    def columns(self) -> dict[str, Any]:
        """The record's columns: texts trimmed, empty counts zero where they are asked for."""
        values = {name: getattr(self, name) for name in NAMES}
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = value.strip()
        asked, not_asked = (TALKS, COUNTS) if self.is_talk else (COUNTS, TALKS)
        return (
            values
            | {name: values[name] or 0 for name in asked}
            | dict.fromkeys(not_asked)
            | ({"also_kind": "", "first_topic": False} if self.is_talk else {})
        )


# The facts that are columns of the record itself.
NAMES = tuple(field.name for field in fields(LifeFacts) if field.name != "attendees")


def facts_of(record: LifeRecord) -> LifeFacts:
    """What a record says, with its list."""
    listed = tuple(record.attendances.values_list("member_id", "mark").order_by("member_id"))
    return LifeFacts(**{name: getattr(record, name) for name in NAMES}, attendees=listed)


Errors = dict[str, list[str]]


def errors_in(facts: LifeFacts, known: Known, edition: ObligationEdition, today: date) -> Errors:
    """Everything that keeps the event from being filed, by field."""
    errors: Errors = defaultdict(list)
    if facts.kind not in LifeKind.values:
        errors["kind"].append("请选择种类")
    _check_day(errors, facts.held_on, known.organisation, today)
    _check_second_kind(errors, facts, edition)
    _check_group(errors, facts, known)
    if facts.is_talk:
        _check_talk(errors, facts)
    else:
        _check_content(errors, facts)
        _check_attendance(errors, facts)
        _check_list(errors, facts, known)
    return dict(errors)


def _check_day(errors: Errors, day: date, organisation: PartyOrganisation, today: date) -> None:
    if day > today:
        errors["held_on"].append(f"日期晚于今天（{today}），会后再登记")
    elif day < FIRST_DAY:
        errors["held_on"].append("日期早于 1949-10-01，请核对年份")
    elif day < organisation.established_on:
        errors["held_on"].append(f"早于党组织成立日期 {organisation.established_on}，请核对")
    elif organisation.dissolved_on and day >= organisation.dissolved_on:
        errors["held_on"].append(f"党组织已于 {organisation.dissolved_on} 撤销，当日起不能登记")


def _check_second_kind(errors: Errors, facts: LifeFacts, edition: ObligationEdition) -> None:
    if not facts.also_kind:
        return
    if {facts.kind, facts.also_kind} not in [set(pair) for pair in edition.together]:
        allowed = "、".join(
            "和".join(str(LifeKind(kind).label) for kind in pair) for pair in edition.together
        )
        errors["also_kind"].append(f"这两个种类不能由一次活动同时计入；可以同时计入的有{allowed}")


def _check_group(errors: Errors, facts: LifeFacts, known: Known) -> None:
    """A 党小组会 is one group's (art. 13); nothing else names a group."""
    if facts.kind != LifeKind.PARTY_GROUP_MEETING:
        if facts.group is not None:
            errors["group"].append("只有党小组会需要选择党小组，请清空")
        return
    standing = known.groups_on(facts.held_on)
    if facts.group is None and standing:
        errors["group"].append("请选择是哪个党小组的会")
    elif facts.group is not None and facts.group.pk not in standing:
        errors["group"].append("该党小组在这一天不存在，请核对日期或党小组")


def _check_talk(errors: Errors, facts: LifeFacts) -> None:
    if any(getattr(facts, name).strip() for name in CONTENT):
        errors["agenda"].append("谈心谈话只记人次，不记地点和内容，请清空议程、学习和决议事项")
    if not any(getattr(facts, name) for name in TALKS):
        errors["talks_in_committee"].append("请填写谈心谈话的对数，至少一类大于 0")
    _check_sizes(errors, facts, TALKS)


def _check_content(errors: Errors, facts: LifeFacts) -> None:
    if not facts.agenda.strip():
        errors["agenda"].append("请填写议程，一句话即可")
    if not facts.learning.strip() and not facts.decision.strip():
        errors["learning"].append("学习事项、决议事项至少填写一项")


def _check_attendance(errors: Errors, facts: LifeFacts) -> None:
    for name, label in (("expected", "应到人数"), ("present", "实到人数")):
        if getattr(facts, name) is None:
            errors[name].append(f"请填写{label}")
    _check_sizes(errors, facts, COUNTS)
    if errors.get("expected") or errors.get("present"):
        return
    expected, present = facts.expected or 0, facts.present or 0
    if present > expected:
        errors["present"].append(f"实到 {present} 人多于应到 {expected} 人；列席人员请填在“列席”")
    elif not present:
        errors["present"].append("实到人数须大于 0")
    elif message := _short_of_quorum(facts, expected + (facts.excused or 0), present):
        errors["present"].append(message)


def _check_list(errors: Errors, facts: LifeFacts, known: Known) -> None:
    """On the list stands whoever belongs to the organisation's life on the day, once (trap 4)."""
    if not facts.attendees:
        return
    said = Counter(member for member, _ in facts.attendees)
    if twice := sum(times > 1 for times in said.values()):
        errors["attendees"].append(f"名单中有 {twice} 人出现两次，每人只能有一行")
    if unknown := len(said.keys() - known.roll_on(facts.held_on).keys()):
        message = f"名单中有 {unknown} 人在 {facts.held_on} 不在本党组织，请核对日期或名单"
        errors["attendees"].append(message)
    if any(mark not in Mark.values for _, mark in facts.attendees):
        errors["attendees"].append("到会情况只能是到会、请假或缺席，请重新标记")


def _short_of_quorum(facts: LifeFacts, entitled: int, present: int) -> str:
    """What to say of a meeting too small for what it did; the base is everybody, excused or not.

    A 党员大会 that only learns needs no quorum, one that votes does (rules §3, trap 20).
    """
    half = present * 2 >= entitled
    if facts.kind == LifeKind.MEMBERS_CONGRESS and facts.decision.strip() and not half:
        said = f"到会不足半数不能表决：应到会 {entitled} 人，实到 {present} 人"
        return f"{said}；没有表决的请清空决议事项"
    if facts.kind == LifeKind.BRANCH_COMMITTEE_MEETING and not half:
        return f"支委会须有半数以上委员到会方有效：委员 {entitled} 人，实到 {present} 人"
    if facts.kind == LifeKind.DEMOCRATIC_LIFE_MEETING and present * 3 < entitled * 2:
        return f"民主生活会到会须达三分之二以上：应参加 {entitled} 人，实到 {present} 人"
    return ""


def _check_sizes(errors: Errors, facts: LifeFacts, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(facts, name)
        if value is not None and not 0 <= value <= MOST:
            errors[name].append(f"应为 0 至 {MOST} 的整数，请核对")
