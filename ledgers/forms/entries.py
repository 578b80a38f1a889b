"""What a section's form showed, what came back, and what of it somebody changed.

Each form carries `base`: the texts it was made with. Only fields whose text differs from it are
saved; so two people who change different fields of a table do not disturb each other, and a field
both changed is shown with both values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from ledgers.catalogue import SINGLE, Field, Kind, fields_of
from ledgers.conditions import is_shown
from ledgers.forms.cells import typed
from ledgers.parsing import NOT_APPLICABLE_SUFFIX as NA
from ledgers.snapshot import Snapshot, Values

ROW, MEASURE = "r", "m"
TICKS = (Kind.FLAG, Kind.CODES)


@dataclass(frozen=True)
class Place:
    """One row of values in a form. prefix: what the names of its controls start with."""

    table: str
    values: Values
    fields: tuple[Field, ...]
    prefix: str = ""

    @property
    def row(self) -> int:
        """The row's pk, 0 for tables with one row per version."""
        return self.values.row


def places(section: str, snapshot: Snapshot) -> list[Place]:
    """Every row a section's form can edit, with the fields shown now."""
    if section in SINGLE:
        return [_place(section, snapshot, snapshot.sections[section])]
    if section == "leaders":
        return [_place(section, snapshot, row, ROW) for row in snapshot.leaders]
    found = []
    for reason in snapshot.reasons:
        if reason.tier == 3:
            continue
        found.append(_place("not_established", snapshot, reason.values, ROW))
        found += [_place("measures", snapshot, measure, MEASURE) for measure in reason.measures]
    return found


def _place(table: str, snapshot: Snapshot, values: Values, letter: str = "") -> Place:
    fields = tuple(f for f in fields_of(table, snapshot.rules) if is_shown(f, snapshot, values))
    return Place(table, values, fields, f"{letter}{values.row}-" if letter else "")


def entries(found: Sequence[Place]) -> dict[str, str]:
    """Name of each control → its text, as the page shows it."""
    texts: dict[str, str] = {}
    for place in found:
        for field in place.fields:
            key = f"{place.prefix}{field.name}"
            texts[key] = typed(field, place.values)
            if field.is_count:
                texts[f"{key}{NA}"] = "1" if place.values.is_na(field.name) else ""
    return texts


def base_of(found: Sequence[Place], note: str = "") -> str:
    """The hidden field `base`."""
    return as_base(entries(found) | {"note": note})


def as_base(texts: Mapping[str, str]) -> str:
    """Texts by control as the hidden field carries them."""
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def read_base(post: QueryDict, current: Mapping[str, str]) -> dict[str, str]:
    """The texts the sender's form was made with; for a form without it, what is stored now."""
    try:
        base: Any = json.loads(post.get("base", ""))
    except ValueError:
        base = None
    if isinstance(base, dict) and all(isinstance(text, str) for text in base.values()):
        return base
    return {key: text for key, text in current.items() if key in post}


def posted(post: QueryDict, key: str, field: Field) -> str:
    """The text of one control; a cleared tick sends nothing."""
    if field.kind == Kind.CODES:
        return ",".join(post.getlist(key))
    return str(post.get(key, "")).replace("\r\n", "\n")


@dataclass(frozen=True)
class Edit:
    """What somebody changed in one row: texts by field name, as the actions take them."""

    place: Place
    values: Mapping[str, str]

    def without(self, names: set[str]) -> Edit:
        """The same without some fields."""
        kept = {n: t for n, t in self.values.items() if n.removesuffix(NA) not in names}
        return Edit(self.place, kept)


def edits(post: QueryDict, found: Sequence[Place], all_fields: Any) -> list[Edit]:
    """The changed fields of each row. all_fields: table → every field, shown now or not."""
    base = read_base(post, entries(found))
    result = []
    for place in found:
        fields = all_fields(place.table)
        if not any(f"{place.prefix}{field.name}" in post for field in fields):
            continue
        values: dict[str, str] = {}
        for field in fields:
            values |= _changed(post, base, f"{place.prefix}{field.name}", field)
        if values:
            result.append(Edit(place, values))
    return result


def _changed(post: QueryDict, base: Mapping[str, str], key: str, field: Field) -> dict[str, str]:
    # Of all controls only ticks say nothing when they are cleared.
    if key not in base or (key not in post and field.kind not in TICKS):
        return {}
    now = {field.name: posted(post, key, field)}
    before = {field.name: base[key]}
    if field.is_count:
        now[f"{field.name}{NA}"] = post.get(f"{key}{NA}", "")
        before[f"{field.name}{NA}"] = base.get(f"{key}{NA}", "")
    return {} if now == before else now


def said(field: Field, text: str, na: str = "") -> str:
    """A control's text in words, for the page that shows two values side by side."""
    if na:
        return "不适用"
    if not text:
        return "未报"
    label = "、".join(field.label_of(code) for code in text.split(",")) if field.answers else text
    return f"{label} {field.unit}".strip()
