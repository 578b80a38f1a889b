"""The entry grid: one cell per field, with last period's value and the change beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledgers.catalogue import Field, Kind
from ledgers.catalogue.base import Choices
from ledgers.changes import shown
from ledgers.checks import Finding
from ledgers.conditions import is_filled
from ledgers.fields import ValueState
from ledgers.forms.wording import DASH, NUMBERS, amount
from ledgers.parsing import as_typed
from ledgers.snapshot import Values

BLANK = "V-00"
# Counts that people leave out because the body itself may not exist; the tick always stands there.
OFTEN_NOT_APPLICABLE = frozenset(
    {
        "standing_council_meetings_count",
        "standing_council_members",
        "standing_council_party_members",
        "floating_members",
    }
)


@dataclass(frozen=True)
class Change:
    """Against the last accepted version. kind: up, down, text, or empty for no change."""

    words: str
    kind: str = ""


@dataclass(frozen=True)
class Option:
    """One choice of a select or tick of a list."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Cell:
    """One field of one row as the page prints it.

    key: name and id of the control. typed: its text, refused input included. errors: messages that
    must be mended; asks: findings to be confirmed.
    """

    field: Field
    key: str
    typed: str
    spoken: str
    options: tuple[Option, ...]
    is_na: bool
    offers_na: bool
    previous: str
    change: Change
    errors: tuple[str, ...]
    asks: tuple[Finding, ...]
    mark: str
    # The committee's word at the field, given with the last return (R-LED-08).
    remark: str = ""

    @property
    def is_number(self) -> bool:
        """Right-aligned digits."""
        return self.field.kind in NUMBERS

    @property
    def is_select(self) -> bool:
        """A closed list."""
        return bool(self.options) and self.field.kind != Kind.CODES

    @property
    def css(self) -> str:
        """Classes of the grid row."""
        narrow = "txt yn" if self.field.kind in (Kind.YES_NO, Kind.YES_NO_NA) else "txt"
        indent = ("", "sub", "sub2")[self.field.indent]
        state = "is-bad" if self.errors else "chg" if self.change.kind else ""
        return " ".join(part for part in (state, indent, "" if self.is_number else narrow) if part)

    @property
    def input_mode(self) -> str:
        """Which keyboard a phone shows."""
        if self.field.kind in (Kind.COUNT, Kind.YEAR):
            return "numeric"
        return "decimal" if self.field.kind == Kind.MONEY else ""

    @property
    def example(self) -> str:
        """What an empty control says: 未报, 选填, or how to write a date."""
        if self.is_na:
            return "不适用"
        examples = {Kind.DATE: "如 2026-08-20", Kind.MONTH: "如 2026-08"}
        if self.field.is_optional:
            return "选填"
        return examples.get(self.field.kind, "未报")

    @property
    def described_by(self) -> str:
        """Ids of error and hint, for screen readers."""
        ids = [f"{self.key}-e"] * bool(self.errors) + [f"{self.key}-h"] * bool(self.field.hint)
        ids += [f"{self.key}-w"] * bool(self.remark)
        return " ".join(ids)


def typed(field: Field, values: Values) -> str:
    """The control's text: refused input as it was typed, numbers with thousands separators."""
    raw = values.raw.get(field.name)
    if raw is not None:
        return str(raw["text"]) if isinstance(raw, Mapping) else str(raw)
    if field.is_count:
        number = values.n(field.name)
        return "" if number is None else f"{number:,}"
    if field.kind == Kind.MONEY:
        value = values.get(field.name)
        return "" if value is None else amount(value)
    return as_typed(field, values.data)


def change_of(field: Field, now: Values, before: Values | None) -> Change:
    """增 4, 减 1, 有变化, 无变化; 已报零, 未报 and 不适用 say the state instead (D-4)."""
    if field.is_count and now.n(field.name) is None:
        return Change(ValueState(now.state(field.name)).label)
    same = before is not None and shown(field, now) == shown(field, before)
    if field.is_count and same and now.n(field.name) == 0:
        return Change("已报零")
    if before is None:
        return Change(DASH)
    if not is_filled(field, now) and field.kind != Kind.FLAG:
        return Change("未报")
    if same:
        return Change("无变化")
    return _difference(field, now, before)


def _difference(field: Field, now: Values, before: Values) -> Change:
    if field.kind in NUMBERS:
        new, old = number(field, now), number(field, before)
        if new is not None and old is not None:
            size = amount(abs(new - old))
            return Change(f"增 {size}", "up") if new > old else Change(f"减 {size}", "down")
    return Change("有变化", "text")


def number(field: Field, values: Values) -> Decimal | None:
    """A count or an amount, None when there is none."""
    value: Any = values.n(field.name) if field.is_count else values.get(field.name)
    return None if value is None else Decimal(value)


def mark_of(field: Field, values: Values) -> str:
    """取自名录 2026-12-31 while the value is still the register's (R-LED-06)."""
    note = values.prefilled.get(field.name)
    if not note or note.get("source") != "register" or note.get("changed"):
        return ""
    return f"取自名录 {note.get('on', '')}".strip()


def options_of(field: Field, text: str, choices: Choices = ()) -> tuple[Option, ...]:
    """The choices of a closed list, with what is stored though no longer listed."""
    listed = choices or field.answers
    if not listed:
        return ()
    chosen = text.split(",") if field.kind == Kind.CODES else [text]
    known = [Option(value, label, value in chosen) for value, label in listed]
    extra = [Option(c, c, True) for c in chosen if c and c not in dict(listed)]
    return (*known, *extra)


def offers_na(field: Field, now: Values, before: Values | None) -> bool:
    """Whether the row carries the tick 不适用: where it is usual, chosen, or nothing is filled."""
    if not field.is_count or field.is_optional:
        return field.is_count and now.is_na(field.name)
    usual = field.name in OFTEN_NOT_APPLICABLE or now.n(field.name) is None
    return usual or (before is not None and before.is_na(field.name))


def make_cell(
    field: Field,
    now: Values,
    before: Values | None,
    findings: Iterable[Finding],
    *,
    prefix: str = "",
    blanks: bool = False,
    choices: Choices = (),
    remark: str = "",
) -> Cell:
    """A field's cell. blanks: whether an unfilled field counts as an error already (送审签)."""
    mine = [f for f in findings if f.row == now.row and f.fields[:1] == (field.name,)]
    text = typed(field, now)
    return Cell(
        field=field,
        key=f"{prefix}{field.name}",
        typed=text,
        spoken=shown(field, now),
        options=options_of(field, text, choices),
        is_na=field.is_count and now.is_na(field.name),
        offers_na=offers_na(field, now, before),
        previous=DASH if before is None else shown(field, before),
        change=change_of(field, now, before),
        errors=tuple(f.message for f in mine if f.is_error and (blanks or f.code != BLANK)),
        asks=tuple(f for f in mine if not f.is_error),
        mark=mark_of(field, now),
        remark=remark,
    )
