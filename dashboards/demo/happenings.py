"""What can happen in the demonstration's world, as plain values.

`at` is the moment somebody enters it, `on` the first day it bears on. A unit is (code of the body,
name of the unit). Organisations are known by their approval number, postings by their document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

COUNCIL = "理事会"
SECRETARIAT = "办事机构"
Unit = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Entered `at`, bears on figures from `on`."""

    at: datetime
    on: date


@dataclass(frozen=True, kw_only=True)
class BranchOpened(Happening):
    """A society branch (分支机构) is set up."""

    unit: Unit
    kind: str


@dataclass(frozen=True, kw_only=True)
class BranchClosed(Happening):
    """A society branch is closed; its working group ends with it (R-ORG-16)."""

    unit: Unit
    note: str


@dataclass(frozen=True, kw_only=True)
class SecretariatClosed(Happening):
    """A society has no secretariat: tier 2 不适用."""

    code: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Established(Happening):
    """A Party organisation is approved or recorded; `code` leads."""

    number: str
    approved_on: date
    code: str
    units: tuple[Unit, ...]
    type: str
    name: str
    form: str = "independent"
    basis: str = "application"
    supporting_unit: str = ""
    belongs_to_cast: bool = False


@dataclass(frozen=True, kw_only=True)
class Dissolved(Happening):
    """An organisation is dissolved; `on` no longer counts."""

    organisation: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Suspended(Happening):
    """An organisation is suspended."""

    organisation: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Resumed(Happening):
    """A suspended organisation counts again."""

    organisation: str
    suspension: str


@dataclass(frozen=True, kw_only=True)
class Posted(Happening):
    """A person is posted to a society, up to and including `last_day`."""

    number: str
    code: str
    kind: str
    person: str
    home_unit: str
    last_day: date


@dataclass(frozen=True, kw_only=True)
class Recalled(Happening):
    """A posting ends earlier; `last_day` is the last in office."""

    posting: str
    last_day: date
