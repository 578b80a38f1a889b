"""What a room above says about its import: columns, judgement, writing, taking back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from common.imports.batches import ImportRow
from common.imports.columns import BadCell, Column

Values = dict[str, Any]


@dataclass
class Judged:
    """A staged row with its values; the importer sets kind, op, target, was on `row`."""

    row: ImportRow
    values: Values = field(default_factory=dict)


class Writer(Protocol):
    """Writes a chunk of judged rows of the kinds new and changed; sets `undo` on changed rows."""

    def __call__(self, batch: Any, rows: Sequence[Judged], *, by: Any, now: datetime) -> None: ...


class Undoer(Protocol):
    """Takes back everything a batch wrote. Raises ActionRefused if something moved on since."""

    def __call__(
        self, batch: Any, rows: Sequence[ImportRow], *, by: Any, now: datetime
    ) -> None: ...


@dataclass(frozen=True)
class Importer:
    """One kind of import.

    batch, row: the concrete models of ImportBatch and ImportRow (whose columns the abstract types
    do not know). task: the name of the Celery task that works on a batch by its id. key: values →
    the text that tells rows of one file apart. judge: sets what confirming would do, for a chunk of
    rows; reads by a constant number of statements. lock: taken before judging for keeps.
    """

    title: str
    sheet: str
    batch: Any
    row: Any
    columns: tuple[Column, ...]
    task: str
    key: Callable[[Values], str]
    judge: Callable[[Any, Sequence[Judged], datetime], None]
    write: Writer
    undo: Undoer
    lock: Callable[[Any], None]
    notes: tuple[str, ...] = ()

    def at(self, key: str) -> int:
        """The place of a column among the cells of a row."""
        return next(n for n, column in enumerate(self.columns) if column.key == key)

    def parsed(self, row: ImportRow) -> Judged:
        """The row with its values; what is wrong with a cell is noted on the row."""
        found = Judged(row)
        for column, text in zip(self.columns, row.cells, strict=True):
            try:
                found.values[column.key] = column.read(text)
            except BadCell as bad:
                row.problem(column.key, bad.wrong, bad.mend, bad.offer)
        return found
