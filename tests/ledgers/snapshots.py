"""Snapshots without a database: a small society that no check has anything to say about."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledgers.catalogue import FIELDS, fields_of
from ledgers.editions import shipped
from ledgers.parsing import empty_columns, parse
from ledgers.rules import LedgerRules, parse_rules
from ledgers.snapshot import (
    Previous,
    ReasonRow,
    RegisterFacts,
    Snapshot,
    UnitFact,
    Values,
)
from tests.factories.ledgers import (
    DEVELOPMENT,
    MEASURE,
    MEMBERS,
    OPERATIONS,
    REASON,
    SECRETARY_GENERAL,
    STAFF,
)

AS_OF = date(2026, 6, 30)
COUNCIL = UnitFact(1, 1, "理事会", "测试学会党委", date(2016, 1, 1))
SECRETARIAT = UnitFact(2, 2, "办事机构", "测试学会党支部", date(2016, 1, 1))
BARE_SECRETARIAT = UnitFact(2, 2, "办事机构")


def rules() -> LedgerRules:
    """The shipped edition."""
    return parse_rules(next(e for e in shipped() if e["code"] == "ledger-default"))


def make_values(table: str, typed: Mapping[str, str], row: int = 0, **more: Any) -> Values:
    """A row as if typed into an empty one."""
    columns: dict[str, Any] = {}
    for field in FIELDS[table]:
        columns |= empty_columns(field)
    parsed = parse(fields_of(table, rules()), typed)
    return Values(table, columns | parsed.columns | more, raw=parsed.refused, row=row)


def make_facts(*units: UnitFact, **more: Any) -> RegisterFacts:
    """The register's facts; both upper tiers covered by default."""
    fixed = {"holds_relations": True, "develops_members": True} | more
    return RegisterFacts(units=units or (COUNCIL, SECRETARIAT), **fixed)


def make_reason(
    typed: Mapping[str, str] | None = None,
    measure: Mapping[str, str] | None = None,
    unit: UnitFact = BARE_SECRETARIAT,
) -> ReasonRow:
    """A complete 5.5 row with one measure, with changes."""
    tier = unit.tier
    return ReasonRow(
        values=make_values("not_established", REASON | (typed or {}), row=50, tier=tier),
        unit_id=unit.unit_id,
        tier=tier,
        measures=(make_values("measures", MEASURE | (measure or {}), row=60, tier=tier),),
    )


def make_snapshot(
    *,
    operations: Mapping[str, str] | None = None,
    staff: Mapping[str, str] | None = None,
    members: Mapping[str, str] | None = None,
    leaders: tuple[Mapping[str, str], ...] = ({},),
    reasons: tuple[ReasonRow, ...] = (),
    facts: RegisterFacts | None = None,
    previous: Mapping[str, Mapping[str, str]] | None = None,
    previous_key: str = "2025H2",
    key: str = "2026H1",
    as_of: date = AS_OF,
    today: date = AS_OF,
) -> Snapshot:
    """The society with changes; leaders are changes on its secretary general."""
    before = None
    if previous is not None:
        typed = {"operations": OPERATIONS, "staff": STAFF, "members": MEMBERS | DEVELOPMENT}
        before = Previous(
            previous_key,
            previous_key,
            {s: make_values(s, typed[s] | previous.get(s, {})) for s in typed},
        )
    return Snapshot(
        key=key,
        as_of=as_of,
        today=today,
        rules=rules(),
        sections={
            "operations": make_values("operations", OPERATIONS | (operations or {})),
            "staff": make_values("staff", STAFF | (staff or {})),
            "members": make_values("members", MEMBERS | DEVELOPMENT | (members or {})),
        },
        leaders=tuple(
            make_values("leaders", SECRETARY_GENERAL | dict(change), row=n)
            for n, change in enumerate(leaders, start=10)
        ),
        reasons=reasons,
        facts=facts or make_facts(),
        previous=before,
    )
