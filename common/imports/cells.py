"""Where the cells of a sheet lie, and which of them are formulas: read off the raw XML.

A reader builds a full rectangle around the cells it finds, so one cell far out costs gigabytes.
"""

from __future__ import annotations

import re

from common.imports.refusal import COPY_VALUES, FileRefused

MAX_ROWS = 100_000
# One title line or two above the heads.
LAST_LINE = MAX_ROWS + 20
LAST_COLUMN = "Z"
TOO_LARGE = f"表格超出范围：最多 {MAX_ROWS:,} 行、26 列（A 至 Z）。{COPY_VALUES}"

_PLACED = rb"""\sr\s*=\s*["']"""
# A place that is not A1 to Z999999: further right, further down, or written strangely.
_STRANGE = re.compile(_PLACED + rb"""(?![A-Z]?[1-9]\d{0,5}["'])""")
_LONG = re.compile(_PLACED + rb"[A-Z]?(\d{6})[\"']")
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?![^>]*\sr\s*=)")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Z]\d+)["'][^>]*>\s*<(?:\w+:)?f[\s/>]"""
)
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def check_sheet(content: bytes) -> None:
    """Refuse sheets whose cells lie far out or are formulas. Raises FileRefused."""
    if _STRANGE.search(content) or _UNPLACED.search(content):
        raise FileRefused(TOO_LARGE)
    if any(int(found[1]) > LAST_LINE for found in _LONG.finditer(content)):
        raise FileRefused(TOO_LARGE)
    if sum(1 for _ in _ROW.finditer(content)) > LAST_LINE:
        raise FileRefused(TOO_LARGE)
    if formula := _FORMULA.search(content):
        place = formula[1].decode()
        raise FileRefused(f"单元格 {place} 是公式，导入只读数值。请选中整表，复制后“粘贴为数值”")
    if _ANY_FORMULA.search(content):
        raise FileRefused("表格含有公式，导入只读数值。请选中整表，复制后“粘贴为数值”")
