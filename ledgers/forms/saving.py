"""Saving what a section's form sent, through the actions, losing nothing.

A stale page is rebased: fields nobody else touched are saved, fields both changed come back as
conflicts with both texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict

from ledgers import actions
from ledgers.catalogue import SINGLE, Field, Kind, fields_of
from ledgers.forms import entries
from ledgers.forms.entries import NA, Edit, Place
from ledgers.forms.sheet import Line, Sheet
from ledgers.models import Ledger
from societies.access import Actor

NOTE = Field("note", "变动说明", Kind.TEXT, max_length=500)


@dataclass(frozen=True)
class Clash:
    """One field that two people changed."""

    key: str
    field: Field
    mine: str
    mine_na: str
    theirs: str
    theirs_na: str

    @property
    def mine_said(self) -> str:
        """My text in words."""
        return entries.said(self.field, self.mine, self.mine_na)

    @property
    def theirs_said(self) -> str:
        """The stored text in words."""
        return entries.said(self.field, self.theirs, self.theirs_na)


@dataclass
class Saved:
    """What became of a POST.

    refused: control → message of input that could not be read. row: the row changed last.
    """

    row_version: int
    refused: dict[str, str] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    changed: bool = False
    row: int = 0


@dataclass(frozen=True)
class Sender:
    """Who saves, when, and the version and table saved."""

    ledger: Ledger
    section: str
    by: Actor
    now: datetime

    def save(self, edit: Edit, row_version: int) -> actions.SaveResult:
        """One row's changed texts."""
        if self.section in SINGLE:
            return actions.save_section(
                ledger=self.ledger,
                section=self.section,
                values=edit.values,
                row_version=row_version,
                by=self.by,
                now=self.now,
            )
        return actions.save_row(
            ledger=self.ledger,
            table=edit.place.table,
            row_id=edit.place.row,
            values=edit.values,
            row_version=row_version,
            by=self.by,
            now=self.now,
        )


def save_form(sheet: Sheet, section: str, post: QueryDict, by: Actor, now: datetime) -> Saved:
    """Save every changed control of a section's form.

    Raises NotAllowed, or ActionRefused if the version cannot be edited any more.
    """
    sender = Sender(sheet.ledger, section, by, now)
    rules = sheet.snapshot.rules
    found = entries.places(section, sheet.snapshot)
    changed = entries.edits(post, found, lambda table: fields_of(table, rules))
    saved = Saved(row_version=_version(post, sheet.sections[section].row_version))
    for edit in changed:
        _save_edit(sender, edit, saved, post, found)
    _save_note(sender, post, saved, sheet)
    _save_words(sender, post, sheet.lines_of(section))
    if not saved.changed:
        # Nothing of this form rests on what it has not seen, such as its own late autosave.
        saved.row_version = sheet.sections[section].row_version
    return saved


def _version(post: QueryDict, current: int) -> int:
    try:
        return int(post.get("row_version", ""))
    except ValueError:
        return current


def _save_edit(
    sender: Sender, edit: Edit, saved: Saved, post: QueryDict, found: list[Place]
) -> None:
    try:
        result = sender.save(edit, saved.row_version)
    except actions.StaleSection as stale:
        saved.row_version = stale.row_version
        clashes = find_clashes(edit, post, entries.entries(found))
        saved.clashes += clashes
        edit = edit.without({clash.field.name for clash in clashes})
        if not edit.values:
            return
        result = sender.save(edit, saved.row_version)
    saved.row_version, saved.changed, saved.row = result.row_version, True, edit.place.row
    saved.refused |= {f"{edit.place.prefix}{k}": text for k, text in result.refused.items()}


def find_clashes(edit: Edit, post: QueryDict, current: Mapping[str, str]) -> list[Clash]:
    """Fields that I changed and that somebody else changed to something else since."""
    base = entries.read_base(post, current) if "base" in post else None
    clashes = []
    for spec in edit.place.fields:
        key = f"{edit.place.prefix}{spec.name}"
        if spec.name not in edit.values:
            continue
        stored = (current.get(key, ""), current.get(f"{key}{NA}", ""))
        mine = (edit.values[spec.name], edit.values.get(f"{spec.name}{NA}", ""))
        seen = base and (base.get(key, ""), base.get(f"{key}{NA}", ""))
        if stored not in (mine, seen):
            clashes.append(Clash(key, spec, *mine, *stored))
    return clashes


def _plain(text: str) -> str:
    """Words as they are stored: no NUL, which PostgreSQL does not take and no browser sends."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def _save_note(sender: Sender, post: QueryDict, saved: Saved, sheet: Sheet) -> None:
    """The free 变动说明 of a table."""
    stored = sheet.sections[sender.section].note
    mine = _plain(post.get("note", stored))
    seen = entries.read_base(post, {"note": stored}).get("note", stored)
    if mine in (stored, seen):
        return
    if stored != seen:
        saved.clashes.append(Clash("note", NOTE, mine, "", stored, ""))
        return
    try:
        result = _note(sender, mine, saved.row_version)
    except actions.StaleSection as stale:
        result = _note(sender, mine, stale.row_version)
    saved.row_version, saved.changed = result.row_version, True


def _note(sender: Sender, text: str, row_version: int) -> actions.SaveResult:
    return actions.save_note(
        ledger=sender.ledger,
        section=sender.section,
        note=text,
        row_version=row_version,
        by=sender.by,
        now=sender.now,
    )


def _save_words(sender: Sender, post: QueryDict, lines: list[Line]) -> None:
    """Ticks at warnings and explanations of large changes, as far as the form showed them."""
    common: dict[str, Any] = {"ledger": sender.ledger, "by": sender.by, "now": sender.now}
    for line in lines:
        if f"shown-{line.key}" not in post:
            continue
        text = _plain(post.get(f"word-{line.key}", ""))
        finding = line.finding
        if line.needs_words:
            if text != line.note:
                actions.explain_change(
                    section=finding.section, field=finding.fields[0], text=text, **common
                )
            continue
        ticked = f"tick-{line.key}" in post
        if ticked and (not line.ticked or text != line.note):
            actions.confirm(code=finding.code, target=finding.target, note=text, **common)
        elif line.ticked and not ticked:
            actions.withdraw_confirmation(code=finding.code, target=finding.target, **common)
