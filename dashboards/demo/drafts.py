"""Filling in an invented ledger: a draft with all five tables, through the ordinary verbs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from common import clock
from dashboards.demo import figures, office_holders
from dashboards.demo.bodies import Body
from dashboards.demo.figures import Register
from dashboards.demo.rolls import here_on
from ledgers import actions
from ledgers.actions.periods import previous_as_of
from ledgers.actions.words import NEEDS_WORDS
from ledgers.catalogue import FIELDS, Field, Kind
from ledgers.checks import run_checks
from ledgers.fields import ValueState
from ledgers.loading import (
    SECTION_MODELS,
    column_values,
    load_snapshot,
    reason_rows,
    register_facts,
)
from ledgers.models import Ledger, LedgerLeader, LedgerPeriod, Section
from ledgers.parsing import as_typed
from societies.access import Actor
from societies.models import Society

EXPLANATION = "按登记册核对，变动属实"


def register_of(society_id: int, period: LedgerPeriod, seed: int, code: str) -> Register:
    """What the register says of the society on the as-of day; of members, what the rolls will."""
    before = previous_as_of(period.as_of)
    facts = register_facts(society_id, period.as_of)
    tiers = {tier: [u for u in facts.units if u.tier == tier] for tier in (1, 2, 3)}
    return Register(
        secretariat=bool(tiers[2]),
        branches=len(tiers[3]),
        holds_relations=facts.holds_relations,
        t1_covered=any(unit.covered_by for unit in tiers[1]),
        t2_covered=any(unit.covered_by for unit in tiers[2]),
        members_here=here_on(seed, code, period.as_of),
        members_before=here_on(seed, code, before),
    )


def fill_in(
    society: Society,
    body: Body,
    period: LedgerPeriod,
    *,
    seed: int,
    leave: Collection[str] = (),
    by: Actor,
    now: datetime,
) -> Ledger:
    """A draft ready to be sent, but for the fields of 5.1 named in `leave`."""
    ledger = actions.ensure_draft(society=society, period=period, by=by, now=now)
    pen = Pen(ledger, by, now)
    register = register_of(society.pk, period, seed, body.code)
    tables = {
        Section.OPERATIONS: figures.operations(seed, body, period.as_of, register),
        Section.STAFF: figures.staff(seed, body, period.as_of, register),
        Section.MEMBERS: figures.members(seed, body, period.as_of, register),
    }
    for section, values in tables.items():
        kept = {k: v for k, v in values.items() if k.removesuffix("_na") not in leave}
        pen.section(section, kept)
    _leaders(pen, office_holders.leaders(seed, body, period.as_of, register))
    _reasons(pen, seed, body)
    return ledger


class Pen:
    """One person writing into one draft at one moment, with the present lock numbers."""

    def __init__(self, ledger: Ledger, by: Actor, now: datetime) -> None:
        self.ledger, self.by, self.now = ledger, by, now

    def section(self, section: str, values: figures.Values) -> None:
        """Save the fields of 5.1, 5.2 or 5.3 that differ from what is prefilled."""
        present = column_values(SECTION_MODELS[section]._default_manager.get(ledger=self.ledger))
        differing: figures.Values = {}
        for field in FIELDS[section]:
            wanted = {k: values[k] for k in (field.name, f"{field.name}_na") if k in values}
            if wanted and wanted != _as_typed(field, present):
                differing |= wanted
        if differing:
            self._write(actions.save_section, section, section=section, values=differing)

    def row(self, verb: Callable[..., actions.SaveResult], table: str, **more: Any) -> int:
        """Add, save or remove a row of 5.4 or 5.5; the row's id."""
        section = Section.LEADERS if table == "leaders" else Section.NOT_ESTABLISHED
        return self._write(verb, section, table=table, **more).row_id

    def _write(
        self, verb: Callable[..., actions.SaveResult], guard: str, **more: Any
    ) -> actions.SaveResult:
        version = self.ledger.sections.get(code=guard).row_version
        return verb(ledger=self.ledger, row_version=version, by=self.by, now=self.now, **more)


def _as_typed(field: Field, present: dict[str, Any]) -> figures.Values:
    """What a field holds, in the form of what is wanted."""
    text = as_typed(field, present)
    if field.kind == Kind.MONEY:
        text = text.removesuffix(".00")
    found = {field.name: text}
    if present.get(f"{field.name}_state") == ValueState.NOT_APPLICABLE:
        found[f"{field.name}_na"] = figures.NOT_APPLICABLE
    return found


def _leaders(pen: Pen, wanted: dict[str, figures.Values]) -> None:
    """Bring 5.4 to the wanted rows; who is in office already is left alone."""
    present = {row.post: row for row in LedgerLeader.living.filter(ledger=pen.ledger)}
    for post, values in wanted.items():
        row = present.get(post)
        if row is not None and row.name == values["name"]:
            continue
        row_id = row.pk if row else pen.row(actions.add_row, "leaders")
        pen.row(actions.save_row, "leaders", row_id=row_id, values=values)
    for post in present.keys() - wanted.keys():
        pen.row(actions.remove_row, "leaders", row_id=present[post].pk)


def _reasons(pen: Pen, seed: int, body: Body) -> None:
    """5.5: a reason and a measure for each uncovered council and secretariat."""
    as_of = pen.ledger.period.as_of
    facts = register_facts(pen.ledger.society_id, as_of)
    postings = {kind: pk for pk, kind in facts.postings.items()}
    for row in reason_rows(pen.ledger):
        if row.tier not in (1, 2):
            continue
        values = office_holders.reason(seed, body, row.tier, as_of)
        pen.row(actions.save_row, "not_established", row_id=row.values.row, values=values)
        measure = row.measures[0].row if row.measures else 0
        if not measure:
            measure = pen.row(actions.add_row, "measures", parent_id=row.values.row)
        values = office_holders.measure(seed, body, row.tier, as_of, postings)
        pen.row(actions.save_row, "measures", row_id=measure, values=values)


def answer_warnings(ledger: Ledger, by: Actor, now: datetime) -> None:
    """Tick or explain whatever the checks ask about."""
    findings = run_checks(load_snapshot(ledger, clock.day_of(now)))
    for finding in actions.unanswered(ledger, findings):
        if finding.code in NEEDS_WORDS:
            actions.explain_change(
                ledger=ledger,
                section=finding.section,
                field=finding.fields[0],
                text=EXPLANATION,
                by=by,
                now=now,
            )
        else:
            actions.confirm(ledger=ledger, code=finding.code, target=finding.target, by=by, now=now)
