"""Differences against the last accepted version, as signing and review print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from ledgers.catalogue import SECTION_LABELS, SINGLE, fields_of
from ledgers.changes import Change, field_changes, leader_changes
from ledgers.forms.sheet import CODES, NUMERALS, Sheet
from ledgers.forms.wording import with_unit
from ledgers.loading import single_values
from ledgers.models import Ledger


@dataclass(frozen=True)
class ChangeLine:
    """One difference. delta: 增 4, 减 1, 更换, 有变化; note: the society's word."""

    section: str
    number: int
    numeral: str
    heading: str
    label: str
    before: str
    now: str
    delta: str
    note: str
    control: str
    differs_from_register: bool = False


def changes_of(sheet: Sheet, base: Ledger | None) -> list[Change]:
    """As `ledgers.changes.changes`, from the values the sheet has read already."""
    if base is None:
        return []
    snapshot, found = sheet.snapshot, list[Change]()
    before = snapshot.previous.sections if snapshot.previous else {}
    if sheet.ledger.is_restatement or not before:
        before = single_values(base)
    for section in SINGLE:
        fields = fields_of(section, snapshot.rules)
        found += field_changes(section, fields, before[section], snapshot.sections[section])
    return found + leader_changes(base, sheet.ledger)


def change_lines(
    ledger: Ledger, found: Sequence[Change], register: frozenset[str] = frozenset()
) -> list[ChangeLine]:
    """The changes with the society's words, tables in the order of the form.

    register: `section.field` of figures that differ from the register. Two queries, which other
    readers of the same ledger object share.
    """
    prefetch_related_objects([ledger], "confirmations", "change_notes")
    notes = {(n.section, n.field): n.text for n in ledger.change_notes.all()}
    words = {c.target: c.note for c in ledger.confirmations.all() if c.note}
    lines = []
    for change in found:
        target = f"{change.section}.{change.name}"
        number = CODES.index(change.section) + 1
        lines.append(
            ChangeLine(
                section=change.section,
                number=number,
                numeral=NUMERALS[number - 1],
                heading=f"第{NUMERALS[number - 1]}节 {SECTION_LABELS[change.section]}",
                label=change.label,
                before=with_unit(change, change.before),
                now=with_unit(change, change.now),
                delta=_delta(change),
                note=notes.get((change.section, change.name)) or words.get(target, ""),
                control=target,
                differs_from_register=target in register,
            )
        )
    return lines


def _delta(change: Change) -> str:
    if change.section == "leaders":
        return "更换" if "—" not in (change.before, change.now) else "变动"
    if change.delta is None:
        return "有变化"
    word = "增" if change.delta > 0 else "减"
    return f"{word} {abs(change.delta):,}"
