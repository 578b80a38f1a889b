"""What the preview shows: tabs with numbers, and the sheet as it was uploaded, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from common.imports.batches import STOPS, BatchState, ImportRow, RowKind
from common.imports.columns import LETTERS, Column
from common.imports.importers import Importer
from common.imports.keeping import counts
from common.listing import page_asked

# Tab → its label and the kinds of rows it lists.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "stops": ("未通过", STOPS),
    "new": ("新增", (RowKind.NEW,)),
    "changed": ("更新", (RowKind.CHANGED,)),
    "same": ("无变化", (RowKind.SAME,)),
    "all": ("全部", tuple(RowKind)),
}
STATUS = {
    RowKind.NEW: "ok",
    RowKind.CHANGED: "info",
    RowKind.SAME: "idle",
    RowKind.REFUSED: "bad",
    RowKind.ASK: "warn",
}


@dataclass(frozen=True)
class Cell:
    """css: "err" at fault, "new" changed; was: the value before."""

    text: str
    css: str = ""
    was: str = ""


@dataclass
class Line:
    """A row as the sheet prints it."""

    number: int
    kind: str
    label: str
    status: str
    cells: list[Cell]
    problems: list[dict[str, str]] = field(default_factory=list)
    asks: bool = False
    note: str = ""


@dataclass(frozen=True)
class Tab:
    """One tab with its number of rows."""

    key: str
    label: str
    count: int


def shown_columns(importer: Importer, batch: Any) -> list[tuple[str, int, Column]]:
    """(letter, place among the cells, column) in the order of the uploaded sheet."""
    places = batch.places
    found = [(places[c.key], n, c) for n, c in enumerate(importer.columns) if c.key in places]
    return [(LETTERS[at], n, column) for at, n, column in sorted(found, key=lambda each: each[0])]


def preview(importer: Importer, batch: Any, request: HttpRequest) -> dict[str, Any]:
    """The context of the preview page: the tab, page and size that the address asks for."""
    tab = request.GET.get("tab", "")
    numbers = counts(importer, batch)
    tabs = [Tab(key, label, numbers[key]) for key, (label, _) in TABS.items()]
    filled = [each.key for each in tabs if each.count]
    current = tab if tab in TABS else next(iter(filled), "all")
    columns = shown_columns(importer, batch)
    rows: Any = importer.row._default_manager.filter(batch=batch, kind__in=TABS[current][1])
    found = page_asked(request, rows.order_by("line"))
    letters = {column.key: letter for letter, _, column in columns}
    lines = [_line(importer, row, columns, letters, batch) for row in found.object_list]
    changed: Any = importer.row._default_manager.filter(batch=batch, kind=RowKind.CHANGED)
    return {
        "numbers": numbers,
        "tabs": tabs,
        "tab": current,
        "columns": columns,
        "lines": lines,
        "page": found,
        "cells_changed": sum(len(was) for was in changed.values_list("was", flat=True)[:20_000]),
        "asked": numbers[RowKind.ASK],
        "refused": numbers[RowKind.REFUSED],
    }


def _line(
    importer: Importer,
    row: ImportRow,
    columns: list[tuple[str, int, Column]],
    letters: dict[str, str],
    batch: Any,
) -> Line:
    wrong = {problem["column"] for problem in row.problems} if row.kind in STOPS else set()
    cells = [
        Cell(
            row.cells[n],
            "err" if column.key in wrong else "new" if column.key in row.was else "",
            row.was.get(column.key, ""),
        )
        for _, n, column in columns
    ]
    problems = [
        problem | {"place": f"{letters[problem['column']]}{row.line}"}
        if problem["column"] in letters
        else problem | {"place": ""}
        for problem in row.problems
    ]
    kind = RowKind(row.kind)
    open_ = batch.state == BatchState.CHECKED
    return Line(
        row.line,
        kind,
        str(kind.label),
        STATUS[kind],
        cells,
        problems,
        asks=open_ and kind == RowKind.ASK,
        note=_note(importer, row, letters),
    )


def _note(importer: Importer, row: ImportRow, letters: dict[str, str]) -> str:
    if row.kind == RowKind.NEW:
        return "将加入名册" if row.op == "create" else "已登记的同一人，将加入本党组织名册"
    if row.kind == RowKind.CHANGED:
        labels = {column.key: column.label for column in importer.columns}
        told = [f"{letters.get(key, '')}{row.line} {labels[key]}" for key in row.was]
        return f"{'、'.join(told)}有变化，原值已用删除线标出"
    return "与现有名册一致，跳过" if row.kind == RowKind.SAME and not row.problems else ""
