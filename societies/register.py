"""Loading the real register from the reference data shipped with the portal (R-FED-01 … R-FED-03).

It can run again: new rows are added, values the publisher changed follow, and what a reviewer
edited since the last load stays and is reported.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from common.pinyin import initials, sort_key
from societies.actions import RECORDS_BEGIN, mark_dirty, rename
from societies.models import (
    BodyKind,
    DisciplineClass,
    Federation,
    FederationRelation,
    Society,
    SocietyUnit,
    UnitKind,
)

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Shipped:
    """A federation that comes with the portal. register: its file under data/, "" for none."""

    code: str
    name: str
    committee_name: str
    register: str = ""


SHIPPED = (
    Shipped("cast", "中国科协", "中国科协科技社团党委", "cast_register.csv"),
    Shipped("chongqing", "重庆市科协", "重庆市科协科技社团党委"),
)
_CLASSES = {label: value for value, label in DisciplineClass.choices}
# R-FED-02; the raw text is kept in `relation_text`.
_RELATIONS = {
    "member": FederationRelation.MEMBER,
    "entrusted(W)": FederationRelation.ENTRUSTED,
    "international(G)": FederationRelation.INTERNATIONAL,
    "international(new)": FederationRelation.INTERNATIONAL,
}
_LABELS = {column.name: column.verbose_name for column in Society._meta.fields}
_FIRST_UNITS = (UnitKind.COUNCIL, UnitKind.SECRETARIAT)


@dataclass
class Report:
    """What a load did; names of societies."""

    federation: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


@transaction.atomic
def load_register(
    shipped: Shipped, *, today: date, rows: Iterable[dict[str, Any]] | None = None
) -> Report:
    """Load one federation and its register, if it has one; see the module's docstring.

    rows: column values of Society in place of the federation's file.
    """
    federation, _ = Federation.objects.get_or_create(
        code=shipped.code,
        defaults={"name": shipped.name, "committee_name": shipped.committee_name},
    )
    report = Report(federation.name)
    known = list(Society.objects.select_for_update(no_key=True).filter(federation=federation))
    by_code = {s.code: s for s in known if s.code}
    # A body without code is found again by the name it was loaded under.
    by_name = {s.loaded_values.get("name", s.name): s for s in known}
    moved = []
    for row in rows_of(shipped) if rows is None else rows:
        society = by_code.get(row["code"]) or by_name.get(row["name"])
        if society is None:
            moved.append(_add(federation, row, report))
        elif _bring_up_to_date(society, row, report):
            moved.append(society)
    _give_first_units(federation)
    mark_dirty([s.pk for s in moved], since=RECORDS_BEGIN, today=today)
    return report


def rows_of(shipped: Shipped) -> Iterator[dict[str, Any]]:
    """The rows of a federation's file as column values of Society.

    Raises KeyError for a class, kind or relation that the portal does not know.
    """
    if not shipped.register:
        return
    with (DATA / shipped.register).open(encoding="utf-8-sig", newline="") as lines:
        for raw in csv.DictReader(lines):
            yield _values(raw)


def _values(raw: dict[str, str]) -> dict[str, Any]:
    known_class = raw["discipline_class"]
    return {
        "code": raw["cast_code"],
        "name": raw["name_zh"],
        "name_en": raw["name_en"],
        "discipline_class": _CLASSES[known_class or DisciplineClass.UNCLASSIFIED.label],
        "founded_year": int(raw["founded_year"]) if raw["founded_year"] else None,
        "body_kind": BodyKind(raw["body_kind"]).value,
        "relation": _RELATIONS[raw["cast_relation"]].value,
        "relation_text": raw["cast_relation"],
        "source": raw["source"],
        "source_note": raw["source_note"],
        "name_en_source": raw["name_en_source"],
        "founded_year_source": raw["founded_year_source"],
    }


def _add(federation: Federation, row: dict[str, Any], report: Report) -> Society:
    report.added.append(row["name"])
    return Society.objects.create(
        federation=federation,
        sort_key=sort_key(row["name"]),
        initials=initials(row["name"]),
        loaded_values=row,
        **row,
    )


def _bring_up_to_date(society: Society, row: dict[str, Any], report: Report) -> bool:
    """Take over what the publisher changed, column by column; returns whether anything changed."""
    before = society.loaded_values
    changed = False
    for column, new in row.items():
        old, stored = before.get(column), getattr(society, column)
        if new == old or stored == new:
            continue
        if column in before and stored != old:
            label = _LABELS[column]
            report.differences.append(f"{society}：{label}已改为“{stored}”，来源为“{new}”，未覆盖")
            continue
        if column == "name":
            rename(society, new)
        setattr(society, column, new)
        changed = True
    (report.changed if changed else report.unchanged).append(society.name)
    if changed:
        society.row_version += 1
    if changed or before != row:
        society.loaded_values = row
        society.save()
    return changed


def _give_first_units(federation: Federation) -> None:
    """One council and one secretariat for each society that never had one (R-FED-03)."""
    for kind in _FIRST_UNITS:
        without = Society.objects.filter(federation=federation).exclude(units__kind=kind)
        SocietyUnit.objects.bulk_create(
            SocietyUnit(society=society, kind=kind, name=kind.label) for society in without
        )
