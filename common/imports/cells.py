"""Where the cells of a sheet lie, and which of them are formulas: read off its XML.

A reader builds a full rectangle around the cells it finds, so one cell far out costs gigabytes.
"""

from __future__ import annotations

import re

from common.imports.markup import each_element
from common.imports.refusal import COPY_VALUES, FileRefused

MAX_ROWS = 100_000
# One title line or two above the heads.
LAST_LINE = MAX_ROWS + 20
# Columns A to Z; whoever has more cells names one of them twice.
MOST_CELLS = LAST_LINE * 26
TOO_LARGE = f"表格超出范围：最多 {MAX_ROWS:,} 行、26 列（A 至 Z）。{COPY_VALUES}"
VALUES_ONLY = "导入只读数值。请选中整表，复制后“粘贴为数值”"

_CELL = re.compile(r"[A-Z]([1-9][0-9]{0,5})")
_LINE = re.compile(r"([1-9][0-9]{0,5})")


def check_sheet(content: bytes) -> None:
    """Refuse sheets whose cells lie far out or are formulas. Raises FileRefused."""
    sheet = _Sheet()
    each_element(content, sheet.started, sheet.ended)


class _Sheet:
    """What has been seen of a sheet. place: of the cell being read, empty outside cells."""

    def __init__(self) -> None:
        self.rows = self.cells = 0
        self.place = ""

    def started(self, element: str, said: dict[str, str]) -> None:
        if element == "c":
            self.cells += 1
            self.place = said.get("r", "")
            _check_place(_CELL, self.place)
        elif element == "row":
            self.rows += 1
            if "r" in said:
                _check_place(_LINE, said["r"])
        elif element == "f" and self.place:
            raise FileRefused(f"单元格 {self.place} 是公式，{VALUES_ONLY}")
        if self.rows > LAST_LINE or self.cells > MOST_CELLS:
            raise FileRefused(TOO_LARGE)

    def ended(self, element: str) -> None:
        if element == "c":
            self.place = ""


def _check_place(pattern: re.Pattern[str], place: str) -> None:
    """Refuse a place further right or down than is read, or written strangely, or missing."""
    found = pattern.fullmatch(place)
    if not found or int(found[1]) > LAST_LINE:
        raise FileRefused(TOO_LARGE)
