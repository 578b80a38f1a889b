"""The typed content of a ledger edition (`ledgers/editions/*.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from societies.models import Society


@dataclass(frozen=True)
class Deadlines:
    """Working days after the as-of day (D-13), and to mend a return (R-LED-08)."""

    due_workdays: int
    grace_workdays: int
    closing_workdays: int
    mend_workdays: int


@dataclass(frozen=True)
class ReviewClock:
    """Working days from a filing in which the committee means to review it (R-SUP-19)."""

    workdays: int
    clause: str


@dataclass(frozen=True)
class Reason:
    """One reason why a tier has no organisation."""

    code: str
    label: str
    clause: str


@dataclass(frozen=True)
class Measure:
    """One guidance measure. max_days: longest duration, 0 for none."""

    code: str
    label: str
    clause: str
    gives_work_coverage: bool
    max_days: int
    needs_posting: bool


@dataclass(frozen=True)
class LedgerRules:
    """Everything a period, the catalogue and the checks read from an edition.

    expected_kinds, expected_relations: the bodies that owe a ledger (R-LED-05). change_percent,
    change_units: beyond both, a change asks for an explanation (R-LED-03). optional, hidden:
    `section.field` identifiers the federation made optional or hid.
    """

    deadlines: Deadlines
    review: ReviewClock
    expected_kinds: tuple[str, ...]
    expected_relations: tuple[str, ...]
    change_percent: int
    change_units: int
    optional: frozenset[str]
    hidden: frozenset[str]
    concurrent_posts_limit: int
    age_limits: Mapping[str, int]
    reasons: tuple[Reason, ...]
    measures: tuple[Measure, ...]

    def expects(self, society: Society) -> bool:
        """Whether bodies of this kind and relation owe a ledger (R-LED-05, D-12)."""
        return (
            society.body_kind in self.expected_kinds and society.relation in self.expected_relations
        )

    def reason(self, code: str) -> Reason | None:
        """The reason with that code."""
        return next((r for r in self.reasons if r.code == code), None)

    def measure(self, code: str) -> Measure | None:
        """The measure with that code."""
        return next((m for m in self.measures if m.code == code), None)


def parse_rules(content: Mapping[str, Any]) -> LedgerRules:
    """Check and type an edition's content.

    Raises ValueError naming the part that is missing or wrong.
    """
    try:
        return LedgerRules(
            deadlines=Deadlines(**content["deadlines"]),
            review=ReviewClock(**content["review"]),
            expected_kinds=tuple(content["expected"]["body_kinds"]),
            expected_relations=tuple(content["expected"]["relations"]),
            change_percent=int(content["change"]["percent"]),
            change_units=int(content["change"]["units"]),
            optional=frozenset(content["fields"]["optional"]),
            hidden=frozenset(content["fields"]["hidden"]),
            concurrent_posts_limit=int(content["leaders"]["concurrent_posts_limit"]),
            age_limits=dict(content["leaders"]["age_limits"]),
            reasons=tuple(Reason(**row) for row in content["reasons"]),
            measures=tuple(Measure(**row) for row in content["measures"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"台账版本内容有误：{error}") from error
