"""What a ledger field is. Forms, completeness, checks, changes, prefill and labels read this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

ALWAYS = "always"
OPTIONAL = "optional"

Choices = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """Types of ledger_fields.md. `FLAG` is a plain tick, `CODES` several codes, `POSTING` a
    reference to a posting of the society."""

    COUNT = "count"
    MONEY = "money"
    YES_NO = "yes_no"
    YES_NO_NA = "yes_no_na"
    CODE = "code"
    CODES = "codes"
    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    YEAR = "year"
    URL = "url"
    FLAG = "flag"
    POSTING = "posting"


class Prefill(StrEnum):
    """Where a fresh draft takes the value from: last accepted version, register, nowhere."""

    LAST = "L"
    REGISTER = "G"
    NONE = "-"


YES_NO: Choices = (("yes", "是"), ("no", "否"))
YES_NO_NA: Choices = (*YES_NO, ("not_applicable", "不适用"))


@dataclass(frozen=True)
class Field:
    """One field of ledger_fields.md.

    required: ALWAYS, OPTIONAL, or the name of a condition (`ledgers.conditions`): required while it
    holds, else hidden. choices: codes with labels; empty for codes that the edition lists.
    open_choices: the list only suggests, other text is allowed. group: heading it stands under.
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    required: str = ALWAYS
    prefill: Prefill = Prefill.LAST
    group: str = ""
    indent: int = 0
    hint: str = ""
    choices: Choices = ()
    open_choices: bool = False
    max_length: int = 0

    @property
    def is_count(self) -> bool:
        """Whether the value has a state of its own (已报 / 未报 / 不适用)."""
        return self.kind == Kind.COUNT

    @property
    def is_optional(self) -> bool:
        """选填: never counted in completeness."""
        return self.required == OPTIONAL

    @property
    def answers(self) -> Choices:
        """The closed list of answers, also of yes-or-no fields."""
        if self.kind == Kind.YES_NO:
            return YES_NO
        return YES_NO_NA if self.kind == Kind.YES_NO_NA else self.choices

    def label_of(self, value: str) -> str:
        """The label of a stored code, the code itself if the list does not have it."""
        return dict(self.answers).get(value, value)


def count(name: str, label: str, unit: str = "人", **more: object) -> Field:
    """A whole number ≥ 0 with its unit."""
    return Field(name, label, Kind.COUNT, unit, **more)  # type: ignore[arg-type]


def in_group(group: str, *fields: Field) -> tuple[Field, ...]:
    """The fields under one heading."""
    return tuple(replace(field, group=group) for field in fields)


def needing(condition: str, *fields: Field) -> tuple[Field, ...]:
    """The fields required while the condition holds, else hidden."""
    return tuple(replace(field, required=condition) for field in fields)


def find(fields: Sequence[Field], name: str) -> Field:
    """The field with that identifier; raises LookupError."""
    for field in fields:
        if field.name == name:
            return field
    raise LookupError(name)
