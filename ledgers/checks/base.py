"""What a check is: a pure function over a snapshot, with its code, severity and message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ledgers.catalogue import FIELDS, SECTION_LABELS
from ledgers.snapshot import Snapshot, Values


class Severity(StrEnum):
    """E blocks 送审签; W asks for a tick (请确认)."""

    ERROR = "E"
    WARNING = "W"


E, W = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Hit:
    """Where a check struck: figures for the message, fields it points at, row of a row table."""

    figures: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    row: int = 0
    section: str = ""


Run = Callable[[Snapshot], Iterable[Hit]]


@dataclass(frozen=True)
class Check:
    """One line of ledger_fields.md.

    register: the check compares with the register; such differences keep a version from bulk
    acceptance (R-LED-13).
    """

    code: str
    severity: Severity
    section: str
    fields: tuple[str, ...]
    message: str
    run: Run
    register: bool = False


@dataclass(frozen=True)
class Finding:
    """A check that struck. `target` names the place, so that a tick can be kept for it."""

    code: str
    severity: Severity
    section: str
    fields: tuple[str, ...]
    message: str
    row: int = 0
    register: bool = False

    @property
    def target(self) -> str:
        """Section, first field and row."""
        first = self.fields[0] if self.fields else ""
        return f"{self.section}.{first}" + (f"#{self.row}" if self.row else "")

    @property
    def table(self) -> str:
        """The table `row` is a row of: a finding of 5.5 may point at a measure."""
        measures = {field.name for field in FIELDS["measures"]}
        return "measures" if measures & set(self.fields) else self.section

    @property
    def is_error(self) -> bool:
        """Whether it blocks 送审签."""
        return self.severity == E

    @property
    def line(self) -> str:
        """As the summary above the form says it: table, then message."""
        return f"{SECTION_LABELS[self.section]}：{self.message}"


def strike(check: Check, snapshot: Snapshot) -> Iterator[Finding]:
    """The findings of one check."""
    for hit in check.run(snapshot):
        yield Finding(
            code=check.code,
            severity=check.severity,
            section=hit.section or check.section,
            fields=hit.fields or check.fields,
            message=check.message.format(**hit.figures),
            row=hit.row,
            register=check.register,
        )


def at_most(section: str, part: str, *bases: tuple[str, str]) -> Run:
    """A count may not exceed any of the bases (section, name); figures a, b, c in that order.

    不适用 is 0 on the smaller side; a base that is 不适用 or 未报 is skipped.
    """

    def run(s: Snapshot) -> Iterator[Hit]:
        a = s.sections[section].part(part)
        found = [s.sections[where].n(name) for where, name in bases]
        if a is not None and any(base is not None and a > base for base in found):
            shown = ["—" if base is None else base for base in found]
            yield Hit(dict(zip("abcd", [a, *shown], strict=False)))

    return run


def equals_sum(section: str, whole: str, parts: tuple[str, ...], each: bool = False) -> Run:
    """A count must be the sum of parts; skipped while anything is unknown.

    Figures: a the whole, b the sum; with `each` b, c, … are the parts.
    """

    def run(s: Snapshot) -> Iterator[Hit]:
        values = s.sections[section]
        a, found = values.n(whole), [values.part(name) for name in parts]
        if a is None or any(part is None for part in found):
            return
        total = sum(part for part in found if part is not None)
        if a != total:
            rest = found if each else [total]
            yield Hit(dict(zip("abcdefg", [a, *rest], strict=False)))

    return run


def known_sum(values: Values, names: Iterable[str]) -> int | None:
    """The sum of parts, None while one is 未报."""
    found = [values.part(name) for name in names]
    return None if None in found else sum(n for n in found if n is not None)
