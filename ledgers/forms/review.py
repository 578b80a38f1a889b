"""What the review of one version prints."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from common import clock
from ledgers.actions.words import NEEDS_WORDS
from ledgers.catalogue import SECTION_LABELS, SINGLE
from ledgers.changes import compared_with
from ledgers.forms import rows
from ledgers.forms.changes import ChangeLine, change_lines, changes_of
from ledgers.forms.grid import groups_of
from ledgers.forms.procedure import history
from ledgers.forms.sheet import CODES, NUMERALS, Line, Sheet
from ledgers.models import Ledger
from societies.access import Actor
from societies.models import DataQualityIssue

CHANGES = "changes"
TABS_OF_READING = (CHANGES, *CODES)


@dataclass(frozen=True)
class ReadingTab:
    """One way of reading: the changes, or one table."""

    key: str
    label: str
    current: bool


def review_context(actor: Actor, ledger: Ledger, asked: str) -> dict[str, Any]:
    """The chosen tab and the panel beside it."""
    sheet = Sheet(ledger, clock.today())
    tab = asked if asked in SECTION_LABELS else CHANGES
    register = frozenset(f.target for f in sheet.findings if f.register)
    base = compared_with(ledger)
    lines = change_lines(ledger, changes_of(sheet, base), register)
    data: dict[str, Any] = {
        "sheet": sheet,
        "tab": tab,
        "tabs": _tabs(sheet, lines, tab),
        "base": base,
        "changes_count": len(lines),
        "register_lines": _register_lines(sheet),
        "warnings": [
            line
            for line in sheet.lines
            if not line.finding.register and line.finding.code not in NEEDS_WORDS
        ],
        "issues": list(
            DataQualityIssue.objects.visible_to(actor).open().filter(society=ledger.society_id)
        ),
        "still_checked": sum(code == "X-08" for code, _ in sheet.ticks),
        "history": history(ledger),
        "previous_label": sheet.previous_label,
        "editable": False,
    }
    return data | neighbours(actor, ledger) | _body(sheet, lines, tab)


def _register_lines(sheet: Sheet) -> list[Line]:
    """What differs from the register, with the society's word on it."""
    errors = [Line(f) for f in sheet.findings if f.register and f.is_error]
    return errors + [line for line in sheet.lines if line.finding.register]


def _tabs(sheet: Sheet, lines: list[ChangeLine], current: str) -> list[ReadingTab]:
    found = [ReadingTab(CHANGES, f"变化 {len(lines)}", current == CHANGES)]
    for numeral, code in zip(NUMERALS, CODES, strict=True):
        short = SECTION_LABELS[code].removesuffix("清").replace("党组织", "").removesuffix("情况")
        count = sheet.counts[code].required
        if code == "leaders":
            count = len(sheet.snapshot.leaders)
        label = f"{numeral} {short}" + (f" {count}" if count else "")
        found.append(ReadingTab(code, label, current == code))
    return found


def _body(sheet: Sheet, lines: list[ChangeLine], tab: str) -> dict[str, Any]:
    if tab == CHANGES:
        groups = [(head, list(part)) for head, part in groupby(lines, lambda line: line.heading)]
        return {"groups_of_changes": groups, "same": _same(sheet, lines)}
    data: dict[str, Any] = {
        "section_code": tab,
        "numeral": NUMERALS[CODES.index(tab)],
        "section_label": SECTION_LABELS[tab],
        "lines": sheet.lines_of(tab),
        "note": sheet.sections[tab].note,
    }
    if tab in SINGLE:
        return data | {"groups": groups_of(sheet, tab)}
    if tab == "leaders":
        return data | {"leaders": rows.leader_rows(sheet, 0)}
    return data | {"tiers": rows.tier_cards(sheet), "branches": rows.branch_ticks(sheet)}


def _same(sheet: Sheet, lines: list[ChangeLine]) -> list[str]:
    """How many required fields of each table did not change."""
    changed = {code: sum(line.section == code for line in lines) for code in CODES}
    left = {code: max(sheet.counts[code].required - changed[code], 0) for code in CODES}
    return [
        f"{numeral} {SECTION_LABELS[code]} " + (f"{left[code]} 项" if left[code] else "无需核对")
        for numeral, code in zip(NUMERALS, CODES, strict=True)
    ]


def neighbours(actor: Actor, ledger: Ledger) -> dict[str, Any]:
    """Where the version stands in the queue, and the ones before and after it. One query."""
    rows = Ledger.objects.visible_to(actor).filter(state=ledger.state, period=ledger.period_id)
    order = list(rows.order_by("signed_at", "pk").values_list("pk", flat=True))
    at = order.index(ledger.pk) if ledger.pk in order else 0
    return {
        "position": at + 1,
        "queue_length": len(order),
        "previous_pk": order[at - 1] if at else None,
        "next_pk": order[at + 1] if at + 1 < len(order) else None,
    }
