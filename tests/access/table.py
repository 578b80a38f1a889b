"""The access table as data: `table.txt`, one line per address and method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sys import intern

from django.urls import URLPattern, URLResolver, get_resolver

FILE = Path(__file__).with_name("table.txt")
CELLS = {"ok", "go", "in", "rd", "no", "--", "405", "422"}
SPLIT = "|"


@dataclass(frozen=True)
class Line:
    """One line of the table; cells: what each role gets on an own object."""

    name: str
    method: str
    kind: str
    stage: str
    writes: str
    cells: tuple[tuple[str, str], ...]

    def cell(self, role: str) -> str:
        """What this role gets."""
        return dict(self.cells)[role]

    @property
    def doer(self) -> str:
        """A role for which the line succeeds; empty if there is none."""
        return next((role for role, cell in self.cells if succeeds(role, cell)), "")

    def __str__(self) -> str:
        return f"{self.name} {self.method}"


def succeeds(role: str, answer: str) -> bool:
    """Whether an answer means that the thing was done; sign-out leads to the sign-in page."""
    return answer in ("ok", "go") or (answer == "in" and role != "anon")


def read(text: str) -> tuple[tuple[str, ...], list[Line]]:
    """The roles and the lines of a table.

    Raises ValueError naming a malformed line.
    """
    rows = [row for row in text.splitlines() if row.strip() and not row.startswith("#")]
    roles = tuple(rows[0].split(SPLIT)[1].split())
    return roles, [_line(row, roles) for row in rows[1:]]


def _line(row: str, roles: tuple[str, ...]) -> Line:
    said, _, cells = row.partition(SPLIT)
    words, found = said.split(), cells.split()
    if len(words) != 5 or len(found) != len(roles) or not set(found) <= CELLS:
        raise ValueError(row)
    # Interned: pytest tells one stage from another by identity.
    return Line(*map(intern, words), cells=tuple(zip(roles, found, strict=True)))


ROLES, LINES = read(FILE.read_text("utf-8"))


def names(patterns: list | None = None, prefix: str = "") -> Iterator[str]:
    """The name of every address of the resolver; an address without one by its route."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from names(entry.url_patterns, space)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}" if entry.name else f"unnamed {entry.pattern}"
