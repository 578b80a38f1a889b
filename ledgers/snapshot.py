"""A version as plain values: what checks, completeness and changes are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledgers.fields import ValueState
from ledgers.rules import LedgerRules


@dataclass(frozen=True)
class Values:
    """The values of one row of a table. row: its pk for tables of rows, else 0.

    raw: field → {"text": refused input, "message": why}.
    """

    section: str
    data: Mapping[str, Any]
    raw: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    prefilled: Mapping[str, Any] = field(default_factory=dict)
    row: int = 0

    def get(self, name: str) -> Any:
        """The stored value."""
        return self.data.get(name)

    def n(self, name: str) -> int | None:
        """A count if 已报, else None."""
        return self.data.get(name) if self.state(name) == ValueState.REPORTED else None

    def state(self, name: str) -> str:
        """A count's state."""
        return str(self.data.get(f"{name}_state", ValueState.MISSING))

    def part(self, name: str) -> int | None:
        """A count on the smaller side of a sum: 不适用 counts 0, 未报 stays unknown."""
        return 0 if self.is_na(name) else self.n(name)

    def is_na(self, name: str) -> bool:
        """不适用."""
        return self.state(name) == ValueState.NOT_APPLICABLE

    def is_empty(self, name: str) -> bool:
        """未报 or 不适用."""
        return self.n(name) is None


@dataclass(frozen=True)
class ReasonRow:
    """A 5.5 row with its measures."""

    values: Values
    unit_id: int
    tier: int
    measures: tuple[Values, ...] = ()


@dataclass(frozen=True)
class UnitFact:
    """A unit of the society valid on the as-of date, and the organisation that covers it."""

    unit_id: int
    tier: int
    name: str
    covered_by: str = ""
    covered_since: date | None = None


@dataclass(frozen=True)
class RegisterFacts:
    """What the register says on the as-of date.

    holds_relations: an organisation that can hold 组织关系 lives (X-03). develops_members: one that
    may hold development files (R-DEV-05). postings: id → measure code. members_here: confirmed
    members whose relation lies in the society; None while its register of members is not kept.
    party_posts: post of 5.4 → names of who holds it in the council's 党委; None while no post of
    such an organisation was ever recorded. Not recorded is not zero (D-4).
    """

    units: tuple[UnitFact, ...] = ()
    holds_relations: bool = False
    develops_members: bool = False
    postings: Mapping[int, str] = field(default_factory=dict)
    members_here: int | None = None
    party_posts: Mapping[str, frozenset[str]] | None = None

    def unit(self, tier: int) -> UnitFact | None:
        """The council (1) or secretariat (2) unit, if there is one."""
        return next((u for u in self.units if u.tier == tier), None)

    @property
    def society_branches(self) -> tuple[UnitFact, ...]:
        """Tier 3."""
        return tuple(u for u in self.units if u.tier == 3)


@dataclass(frozen=True)
class Previous:
    """The figures compared with: of the last accepted version of an earlier period."""

    key: str
    label: str
    sections: Mapping[str, Values]


@dataclass(frozen=True)
class Snapshot:
    """Everything a check may look at; pure values."""

    key: str
    as_of: date
    today: date
    rules: LedgerRules
    sections: Mapping[str, Values]
    leaders: tuple[Values, ...] = ()
    reasons: tuple[ReasonRow, ...] = ()
    facts: RegisterFacts = field(default_factory=RegisterFacts)
    previous: Previous | None = None

    @property
    def operations(self) -> Values:
        """5.1."""
        return self.sections["operations"]

    @property
    def staff(self) -> Values:
        """5.2."""
        return self.sections["staff"]

    @property
    def members(self) -> Values:
        """5.3."""
        return self.sections["members"]

    @property
    def first_half(self) -> Mapping[str, Values]:
        """The first half's figures of the same year, for a second half; else nothing."""
        if self.key.endswith("H2") and self.previous and self.previous.key == f"{self.key[:4]}H1":
            return self.previous.sections
        return {}

    def owed_units(self) -> tuple[UnitFact, ...]:
        """T1 and T2 units without organisation on the as-of date (U-01).

        A secretariat the ledger states not to exist is 不适用 (X-11).
        """
        gone = self.staff.get("secretariat_exists") == "no"
        return tuple(
            u
            for u in self.facts.units
            if u.tier in (1, 2) and not u.covered_by and not (u.tier == 2 and gone)
        )
