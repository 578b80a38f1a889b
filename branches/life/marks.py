"""The tick-list of a form: one field of many names, each with a mark (rules §3).

A mark is sent as `mark-<member>`. Nothing here needs scripts: whoever bears no mark is told on the
page, and 全部到会 marks the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from branches.life.attendance import NOT_EXPECTED, completed, expects_everybody
from branches.models import LifeKind, Mark, PartyMember

PREFIX = "mark-"
OPTIONS = (*Mark.choices, (NOT_EXPECTED, "不应到"))
# How much a page may send: more is no list of an organisation.
MOST = 1_000


def marks_sent(data: Any) -> dict[str, list[str]]:
    """Member, as sent, → what was sent; only what says something."""
    lists = data.lists() if hasattr(data, "lists") else ((k, [v]) for k, v in data.items())
    found = {name.removeprefix(PREFIX): list(v) for name, v in lists if name.startswith(PREFIX)}
    return {who: said for who, said in list(found.items())[: MOST + 1] if any(said)}


def is_number(text: str) -> bool:
    """Whether it can be a member's number at all."""
    return len(text) < 19 and text.isascii() and text.isdecimal()


class MarksInput(forms.Widget):
    """Reads the marks; the page lays them out itself by `Person`."""

    needs_multipart_form = False
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[str]]:
        """What was sent."""
        return marks_sent(data)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A page without a list leaves the list alone."""
        return not marks_sent(data)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The fieldset."""
        return id_


@dataclass(frozen=True)
class Person:
    """One line of the list as the page shows it."""

    pk: int
    name: str
    note: str
    mark: str

    @property
    def options(self) -> Iterator[dict[str, Any]]:
        """The choices, with the one marked."""
        for value, label in OPTIONS:
            yield {
                "name": f"{PREFIX}{self.pk}",
                "id": f"id_{PREFIX}{self.pk}-{value}",
                "value": value,
                "label": label,
                "checked": value == self.mark,
            }


class MarksField(forms.Field):
    """Marks by member. roll: pk → name of those offered; away: of those known, but not offered."""

    widget = MarksInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.roll: Mapping[int, str] = {}
        self.away: Mapping[int, str] = {}

    def to_python(self, value: Any) -> dict[int, str]:
        """Member → mark. Raises ValidationError for everything that no page of ours sends."""
        value = value or {}
        said = {int(who): marks for who, marks in value.items() if self._is_offered(who)}
        errors = list(self._strangers(value.keys()))
        if len(value) > MOST or any(len(marks) > 1 for marks in said.values()):
            errors.append("名单中有人出现两次，每人只能有一个标记")
        allowed = {choice for choice, _ in OPTIONS}
        if any(mark not in allowed for marks in said.values() for mark in marks):
            errors.append("到会情况只能是到会、请假、缺席或不应到，请重新标记")
        if errors:
            raise forms.ValidationError(errors)
        return {who: marks[0] for who, marks in said.items()}

    def _is_offered(self, who: str) -> bool:
        return is_number(who) and int(who) in self.roll

    def _strangers(self, sent: Collection[str]) -> Iterator[str]:
        others = [who for who in sent if not self._is_offered(who)]
        known = {str(pk): name for pk, name in self.away.items()}
        for who in others:
            if who in known:
                yield f"“{known[who]}”这一天不在本党组织，已移出名单，请核对日期"
        if unknown := sum(who not in known for who in others):
            yield f"名单中有 {unknown} 人不是本党组织的，已移出，请核对后重新提交"

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared by the form as a whole."""
        return False


class ListedForm(forms.Form):
    """The part of a form of organisation life that names who took part; it may stay empty."""

    attendees = MarksField(label="到会名单")
    all_present = forms.BooleanField(label="全部到会（名单中另有标记的除外）", required=False)

    members: tuple[PartyMember, ...] = ()
    organisation_type = ""
    listed: Mapping[str, str] = {}

    def offer_roll(
        self, members: Iterable[PartyMember], away: Mapping[int, str], organisation_type: str
    ) -> None:
        """Put the members of the day on the page. away: names of those marked, but elsewhere."""
        self.members, self.organisation_type = tuple(members), organisation_type
        field: Any = self.fields["attendees"]
        field.roll, field.away = {each.pk: each.name for each in self.members}, away
        self.listed = self._listed()

    def _listed(self) -> dict[str, str]:
        """Mark by member as sent; unsent, as the draft or the record has it."""
        if self.is_bound:
            return {who: marks[0] for who, marks in marks_sent(self.data).items()}
        said = {str(who): str(mark) for who, mark in (self.initial.get("attendees") or {}).items()}
        # Whoever is not on a record's list was not expected; a draft says so itself.
        others = NOT_EXPECTED if said and "row_version" in self.fields else ""
        return {str(each.pk): said.get(str(each.pk), others) for each in self.members}

    @property
    def people(self) -> list[Person]:
        """The lines of the page."""
        return [
            Person(each.pk, each.name, _note(each), self.listed.get(str(each.pk), ""))
            for each in self.members
        ]

    @property
    def shown(self) -> str:
        """Who stands on the page, sent along: a list that grows with another day is noticed."""
        return ",".join(str(each.pk) for each in self.members)

    @property
    def list_is_open(self) -> bool:
        """Whether something is marked or wrong."""
        wrong = self.is_bound and any(self[name].errors for name in ("attendees", "all_present"))
        return wrong or any(self.listed.values()) or bool(self["all_present"].value())

    def clean(self) -> dict[str, Any]:
        """Marks become the list that the action takes; empty where the list was left alone."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "attendees" in values:
            values["attendees"] = self._said(values)
        return values

    def _said(self, values: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
        marks, kind, everybody = values["attendees"], values.get("kind"), values.get("all_present")
        used = everybody or any(mark != NOT_EXPECTED for mark in marks.values())
        if not used or not kind or kind == LifeKind.HEART_TALK:
            return ()
        self._check_shown()
        together = expects_everybody(kind, self.organisation_type)
        if everybody and not together:
            label = LifeKind(kind).label
            self.add_error("all_present", f"{label}只有一部分人应到，请在名单中逐人标记")
        rest = Mark.PRESENT if everybody else Mark.ABSENT if together else NOT_EXPECTED
        return completed(marks, [each.pk for each in self.members], rest)

    def _check_shown(self) -> None:
        """Nobody is counted absent who did not stand on the page."""
        shown = set(str(self.data.get("shown", "")).split(","))
        if new := [each.name for each in self.members if str(each.pk) not in shown]:
            names = "、".join(new[:5]) + (f"等 {len(new)} 人" if len(new) > 5 else "")
            self.add_error("attendees", f"按所填日期，名单增加了{names}，请标记后重新提交")


def _note(member: Any) -> str:
    """Why somebody does not enter the rate of attendance (trap 4)."""
    return "" if member.relation_here else "组织关系不在本组织"
