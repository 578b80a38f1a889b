"""Rows of 5.4 and 5.5: add, change, move, copy, take out, undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from common.clock import day_of
from common.errors import ActionRefused
from common.numbers import row_id
from ledgers.actions.common import StaleSection
from ledgers.actions.editing import SaveResult, finish, messages, open_section, store, texts
from ledgers.catalogue import fields_of
from ledgers.models import (
    Ledger,
    LedgerLeader,
    LedgerMeasure,
    LedgerNotEstablished,
    LedgerSection,
    Section,
)
from societies.access import Actor

# Tables of rows: model, section whose lock number guards them, lookup of the ledger.
TABLES: dict[str, tuple[Any, str, str]] = {
    "leaders": (LedgerLeader, Section.LEADERS, "ledger"),
    "not_established": (LedgerNotEstablished, Section.NOT_ESTABLISHED, "ledger"),
    "measures": (LedgerMeasure, Section.NOT_ESTABLISHED, "not_established__ledger"),
}
_COPIED_NOT = {"id", "position", "raw_input", "prefilled", "sealed", "removed_at", "removed_by_id"}


def _row(table: str, ledger: Ledger, row_id: int) -> Any:
    """The row, if it is one of this version; a foreign id is refused like an unknown one."""
    model, _, owner = TABLES[table]
    row = model._default_manager.filter(**{owner: ledger}, pk=row_id).first()
    if row is None:
        raise ActionRefused("该行已不存在，请刷新后查看")
    return row


def _open(
    table: str, ledger: Ledger, row_version: int | None, by: Actor
) -> tuple[Ledger, LedgerSection]:
    return open_section(ledger, TABLES[table][1], row_version, by)


@transaction.atomic
def save_row(
    *,
    ledger: Ledger,
    table: str,
    row_id: int,
    values: Mapping[str, str],
    row_version: int,
    by: Actor,
    now: datetime,
) -> SaveResult:
    """Save fields of one row as typed; as `save_section`.

    table: leaders, not_established or measures. Raises ActionRefused for a row of another version
    or a posting that is not one of this society.
    """
    fields = fields_of(table, ledger.period.edition.rules)
    try:
        ledger, section = _open(table, ledger, row_version, by)
    except StaleSection as stale:
        theirs = texts(_row(table, ledger, row_id), fields)
        yours = {name: text for name, text in values.items() if not name.endswith("_na")}
        shown = {name: theirs[name] for name in yours if name in theirs}
        raise StaleSection(stale.row_version, shown, yours) from None
    row = _row(table, ledger, row_id)
    values = _without_foreign_posting(table, ledger, values)
    parsed = store(row, fields, values)
    return finish(ledger, section, by, day_of(now), now, refused=messages(parsed), row_id=row.pk)


def _without_foreign_posting(
    table: str, ledger: Ledger, values: Mapping[str, str]
) -> Mapping[str, str]:
    """A posting of another society does not exist for this one (U-08)."""
    text = values.get("posting", "")
    if table != "measures" or not text:
        return values
    posting = row_id(text)
    if posting is not None and ledger.society.postings.filter(pk=posting).exists():
        return values
    raise ActionRefused(
        {"posting": ["未找到有效的派驻记录。派驻由科技社团党委登记，请联系审核员补登后再选"]}
    )


@transaction.atomic
def add_row(
    *,
    ledger: Ledger,
    table: str,
    row_version: int,
    by: Actor,
    now: datetime,
    parent_id: int = 0,
    copy_of: int = 0,
) -> SaveResult:
    """Add a leader, or a measure below the 5.5 row `parent_id`; copy_of: a row to start from.

    5.5 rows appear by themselves and are not added. `row_id` of the answer is the new row.
    """
    ledger, section = _open(table, ledger, row_version, by)
    if table == "not_established":
        raise ActionRefused("本表各行按登记册自动出现，不能手工增加")
    owner = {"ledger": ledger}
    if table == "measures":
        owner = {"not_established": _row("not_established", ledger, parent_id)}
    model = TABLES[table][0]
    columns: dict[str, Any] = {}
    if copy_of:
        source = _row(table, ledger, copy_of)
        names = {f.attname for f in model._meta.concrete_fields} - _COPIED_NOT
        columns = {name: getattr(source, name) for name in names if not name.startswith("ledger")}
        columns.pop("not_established_id", None)
    last = model._default_manager.filter(**owner).aggregate(last=Max("position"))["last"]
    row = model._default_manager.create(
        **owner, position=0 if last is None else last + 1, **columns
    )
    return finish(ledger, section, by, day_of(now), now, row_id=row.pk)


@transaction.atomic
def move_row(
    *,
    ledger: Ledger,
    table: str,
    row_id: int,
    up: bool,
    row_version: int,
    by: Actor,
    now: datetime,
) -> SaveResult:
    """Exchange a row with its neighbour; at the edge nothing moves."""
    ledger, section = _open(table, ledger, row_version, by)
    row = _row(table, ledger, row_id)
    owner = "not_established" if table == "measures" else "ledger"
    model = TABLES[table][0]
    rows = list(model.living.filter(**{f"{owner}_id": getattr(row, f"{owner}_id")}))
    at = next(i for i, other in enumerate(rows) if other.pk == row.pk)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        for position, other in enumerate(rows):
            other.position = position
        model._default_manager.bulk_update(rows, ["position"])
    return finish(ledger, section, by, day_of(now), now, row_id=row.pk)


@transaction.atomic
def remove_row(
    *, ledger: Ledger, table: str, row_id: int, row_version: int, by: Actor, now: datetime
) -> SaveResult:
    """Take a row out. Leaders and measures can be brought back until the version is sent."""
    ledger, section = _open(table, ledger, row_version, by)
    row = _row(table, ledger, row_id)
    if table == "not_established":
        row.delete()
    else:
        row.removed_at, row.removed_by = now, by.user
        row.save()
    return finish(ledger, section, by, day_of(now), now)


@transaction.atomic
def restore_row(
    *, ledger: Ledger, table: str, row_id: int, row_version: int, by: Actor, now: datetime
) -> SaveResult:
    """Undo a removal."""
    ledger, section = _open(table, ledger, row_version, by)
    row = _row(table, ledger, row_id)
    row.removed_at = row.removed_by = None
    row.save()
    return finish(ledger, section, by, day_of(now), now, row_id=row.pk)
