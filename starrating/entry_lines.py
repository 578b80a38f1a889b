"""The table of lines on the page of one entry: computed, awarded, the reasons, the fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms

from accounts.permissions import Permission
from societies.access import Actor
from starrating.awarding import COUNTING, points_of
from starrating.evidence import also_of, evidence_of
from starrating.models import (
    Criterion,
    LineState,
    RatingCategory,
    RatingEntry,
    RatingLine,
    SelfWord,
)
from starrating.panel import NO_SOURCE

_CENT = Decimal("0.01")
Places = tuple[tuple[str, str] | None, tuple[str, str] | None]
NOWHERE: Places = (None, None)


@dataclass(frozen=True)
class LineRow:
    """One line as printed. awarded: what a person put, else the computed points.

    evidence, also: where its facts stand (`starrating.evidence`).
    """

    line: RatingLine
    counts: bool
    note: str
    computed: Decimal
    awarded: Decimal
    reason: str
    evidence: tuple[str, str] | None
    also: tuple[str, str] | None = None
    points_field: Any = None
    reason_field: Any = None
    concluded_field: Any = None
    word_field: Any = None
    text_field: Any = None

    @property
    def difference(self) -> Decimal:
        """评定分 − 系统测算分."""
        return self.awarded - self.computed

    @property
    def disputed(self) -> bool:
        """Whether the society disputes it."""
        return self.line.word == SelfWord.DISPUTED


@dataclass(frozen=True)
class Group:
    """A category with its sums."""

    code: str
    title: str
    rows: list[LineRow]

    @property
    def maximum(self) -> Decimal:
        """Points the applicable lines can give."""
        return sum((row.line.maximum for row in self.rows if row.counts), Decimal(0))

    @property
    def computed(self) -> Decimal:
        """Sum of the computed points."""
        return sum((row.computed for row in self.rows if row.counts), Decimal(0))

    @property
    def awarded(self) -> Decimal:
        """Sum of the awarded points."""
        return sum((row.awarded for row in self.rows if row.counts), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """Between both."""
        return self.awarded - self.computed


def groups(
    actor: Actor,
    entry: RatingEntry,
    lines: Sequence[RatingLine],
    form: forms.Form | None,
    *,
    revealed: bool,
) -> list[Group]:
    """The table of lines by category, with the form's fields where there is one."""
    categories = RatingCategory.objects.filter(edition=entry.round.edition_id).order_by()
    titles = dict(categories.values_list("code", "title"))
    places = evidence(actor, entry)
    found = []
    for code, rows in groupby(lines, key=lambda line: line.category):
        mine = [_row(line, form, revealed, places.get(line.code, NOWHERE)) for line in rows]
        found.append(Group(code, titles.get(code, ""), mine))
    return found


def evidence(actor: Actor, entry: RatingEntry) -> dict[str, Places]:
    """Where the facts of each line stand, for those whom the pages open for."""
    if not actor.may_any(Permission.SOCIETY_VIEW):
        return {}
    criteria = Criterion.objects.filter(edition=entry.round.edition_id, tree=entry.tree)
    day = date(entry.round.year, 12, 31)
    return {
        each.code: (
            evidence_of(actor, entry.society, each, day),
            also_of(actor, entry.society, each),
        )
        for each in criteria
    }


def _row(line: RatingLine, form: Any, revealed: bool, places: Places) -> LineRow:
    put = points_of(line) if revealed else None
    computed = line.points.quantize(_CENT)
    names = {
        f"{name}_field": f"{name}_{line.code}"
        for name in ("points", "reason", "concluded", "word", "text")
    }
    return LineRow(
        line=line,
        counts=line.state in COUNTING or put is not None,
        note=_note(line),
        computed=computed,
        awarded=computed if put is None else put.quantize(_CENT),
        reason=(line.re_reason or line.assessed_reason) if put is not None else "",
        evidence=places[0],
        also=places[1],
        **{
            field: form[name] if form is not None and name in form.fields else None
            for field, name in names.items()
        },
    )


def _note(line: RatingLine) -> str:
    if line.state == LineState.NOT_SUPPLIED:
        return "由评审人评分" if line.reviewed else NO_SOURCE
    if line.state == LineState.NOT_APPLICABLE:
        return line.na_rule
    if line.state == LineState.MISSING:
        return "未报，按 0 计"
    return f"得分率 {line.share * 100:.1f}%"
