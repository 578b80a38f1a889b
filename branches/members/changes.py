"""What changed in a record since the secretary last confirmed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from branches.models import Affiliation, Participation, PartyMember, PartyOrganisation, Place

_PLAIN = (
    ("name", "姓名"),
    ("birth_month", "出生年月"),
    ("joined_month", "入党年月"),
    ("full_since", "转正年月"),
    ("left_on", "离开日期"),
)
_MONTHS = ("birth_month", "joined_month", "full_since")


@dataclass(frozen=True)
class Change:
    """One value before and now, in words."""

    label: str
    before: str
    now: str


def changes_of(member: PartyMember) -> list[Change] | None:
    """What differs from the last confirmation; None for a record never confirmed."""
    adorn([member])
    found: list[Change] | None = member.changes  # type: ignore[attr-defined]
    return found


def adorn(members: Iterable[PartyMember]) -> None:
    """Set `relation`, `parts` (open ones) and `changes` on members, by three statements."""
    rows = list(members)
    ids = [row.pk for row in rows]
    relations = {
        each.member_id: each
        for each in Affiliation.objects.open().filter(member__in=ids).select_related("organisation")
    }
    parts: dict[int, list[Participation]] = {pk: [] for pk in ids}
    open_parts = Participation.objects.open().filter(member__in=ids)
    for part in open_parts.select_related("organisation").order_by("organisation_id"):
        parts[part.member_id].append(part)
    before = {pk for row in rows for pk in row.confirmed_values.get("parts", ())}
    names = dict(PartyOrganisation.objects.filter(pk__in=before).values_list("pk", "name"))
    for row in rows:
        row.relation = relations.get(row.pk)  # type: ignore[attr-defined]
        row.parts = parts[row.pk]  # type: ignore[attr-defined]
        row.changes = _changes(row, row.relation, row.parts, names)  # type: ignore[attr-defined]


def _changes(
    member: PartyMember,
    relation: Affiliation | None,
    parts: list[Participation],
    names: Mapping[int, str],
) -> list[Change] | None:
    seen = member.confirmed_values
    if not seen:
        return None
    now: dict[str, Any] = {
        name: None if getattr(member, name) is None else str(getattr(member, name))
        for name, _ in _PLAIN
    }
    found = [
        Change(label, said(name, seen.get(name)), said(name, now[name]))
        for name, label in _PLAIN
        if seen.get(name) != now[name]
    ]
    place = relation.place if relation else None
    if seen.get("place") != place:
        found.append(Change("组织关系", _place(seen.get("place")), _place(place)))
    present = {part.organisation_id: part.organisation.name for part in parts}
    if set(seen.get("parts", ())) != set(present):
        before = "、".join(names.get(pk, "") for pk in seen.get("parts", ()))
        found.append(Change("参加组织生活", before or "无", "、".join(present.values()) or "无"))
    return found


def said(name: str, value: str | None) -> str:
    """A stored value in words; an empty 转正年月 means 预备党员."""
    if value is None:
        return "预备党员" if name == "full_since" else "无"
    return value[:7] if name in _MONTHS else value


def _place(value: str | None) -> str:
    return str(Place(value).label) if value else "无"
