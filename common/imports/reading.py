"""Reading a workbook that passed the door: which sheet, where the heads are, row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from common.imports.cells import MAX_ROWS, TOO_LARGE
from common.imports.columns import Column, cell_text, complete, match
from common.imports.refusal import SAVE_AS, FileRefused

HEAD_WITHIN = 10
LOOKED_AT = 5


@dataclass
class Sheet:
    """A sheet as read. heads: the head row's texts. head_line, first: lines counted from 1.

    places: column key → place, as far as the heads match. total: lines below the heads.
    """

    name: str
    heads: list[str]
    head_line: int
    places: dict[str, int]
    body: list[list[Any]]

    @property
    def total(self) -> int:
        """Lines below the heads, blank ones included."""
        return len(self.body)

    def lines(
        self, columns: Sequence[Column], places: Mapping[str, int]
    ) -> Iterator[tuple[int, list[str]]]:
        """(line number, texts in the order of the columns) of every line that holds something."""
        order = [places.get(column.key) for column in columns]
        for offset, row in enumerate(self.body):
            texts = ["" if at is None or at >= len(row) else cell_text(row[at]) for at in order]
            if any(texts):
                yield self.head_line + 1 + offset, texts


def read(data: bytes, columns: Sequence[Column], wanted: str) -> Sheet:
    """The sheet named `wanted`, else the first visible one whose heads match, else the first.

    Raises FileRefused where nothing can be read.
    """
    sheets = _readable(data, columns, wanted)
    if not sheets:
        raise FileRefused("工作簿里没有可见的工作表，请取消隐藏后再上传")
    found = next((each for each in sheets if complete(each.places, columns)), sheets[0])
    if not any(cell not in (None, "") for row in found.body for cell in row):
        raise FileRefused(f"工作表“{found.name}”里没有数据行，请在表头下填写后再上传")
    if found.total > MAX_ROWS:
        raise FileRefused(TOO_LARGE)
    return found


def _readable(data: bytes, columns: Sequence[Column], wanted: str) -> list[Sheet]:
    """The first visible sheets, the wanted one before the others."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [meta.name for meta in book.sheets_metadata if _is_visible(meta)]
        return [_sheet(book, name, columns) for name in _order(visible, wanted)[:LOOKED_AT]]
    except (CalamineError, OSError, ValueError) as error:
        raise FileRefused(f"文件已损坏，读不出内容。{SAVE_AS}") from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused(f"文件已损坏，读不出内容。{SAVE_AS}") from None


def _is_visible(meta: SheetMetadata) -> bool:
    visible: bool = meta.visible == SheetVisibleEnum.Visible
    return visible and meta.typ == SheetTypeEnum.WorkSheet


def _order(names: list[str], wanted: str) -> list[str]:
    return sorted(names, key=lambda name: name != wanted)


def _sheet(book: CalamineWorkbook, name: str, columns: Sequence[Column]) -> Sheet:
    """Read one sheet; the head row is the one of the first ten that matches most columns."""
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    first = [[cell_text(cell) for cell in row] for row in rows[:HEAD_WITHIN]]
    best = max(range(len(first)), key=lambda n: len(match(first[n], columns)), default=0)
    heads = first[best] if first else []
    return Sheet(name, heads, best + 1, match(heads, columns), rows[best + 1 :])
