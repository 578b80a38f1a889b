"""Workbooks that go out: the template to fill in, and the rows to mend with their cells marked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.http import FileResponse

from common.exports import DEMO_LINE, XLSX
from common.imports.batches import ImportRow
from common.imports.importers import Importer

PROBLEMS = "问题与改法"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
TEXT_ROWS = 2_000


def template(importer: Importer, *, demo: bool) -> FileResponse:
    """An empty sheet with its heads, choices to pick from, and a sheet that explains."""
    file = tempfile.TemporaryFile()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        sheet = book.add_worksheet(importer.sheet)
        text = book.add_format({"num_format": "@"})
        _heads(importer, book, sheet, text)
        for place, column in enumerate(importer.columns):
            if column.choices:
                rule = {"validate": "list", "source": list(column.choices)}
                sheet.data_validation(1, place, TEXT_ROWS, place, rule)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 2, 40)
        lines = [[DEMO_LINE]] if demo else []
        lines += [["列", "示例", "说明"]]
        for column in importer.columns:
            must = "必填" if column.required else "选填"
            note = f"{must}；{column.note}" if column.note else must
            lines.append([column.label, column.example, note])
        lines += [[note] for note in importer.notes]
        for number, line in enumerate(lines):
            for place, words in enumerate(line):
                notes.write_string(number, place, words)
    return _download(file, f"{importer.title}导入模板")


def errors(importer: Importer, name: str, rows: Iterable[ImportRow]) -> FileResponse:
    """The rows that stay out, cells at fault in red, the remedy beside them; to be sent again."""
    file = tempfile.TemporaryFile()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        sheet = book.add_worksheet(importer.sheet)
        text = book.add_format({"num_format": "@"})
        red = book.add_format({"num_format": "@", "bg_color": "#F9DEDC", "font_color": "#8C1D18"})
        _heads(importer, book, sheet, text)
        last = len(importer.columns)
        sheet.set_column(last, last, 60)
        sheet.write_string(0, last, PROBLEMS)
        for number, row in enumerate(rows, 1):
            wrong = {problem["column"] for problem in row.problems}
            for place, (column, cell) in enumerate(zip(importer.columns, row.cells, strict=True)):
                sheet.write_string(number, place, cell, red if column.key in wrong else text)
            sheet.write_string(number, last, said(row))
    stem = name.rsplit(".", 1)[0]
    return _download(file, f"{stem}-错误")


def said(row: ImportRow) -> str:
    """Everything wrong with a row, in words."""
    return "；".join(f"{p['wrong']} {p['mend']}".strip() for p in row.problems)


def _heads(importer: Importer, book: Any, sheet: Any, text: Any) -> None:
    bold = book.add_format({"bold": True, "num_format": "@"})
    for place, column in enumerate(importer.columns):
        # Cells as text, so that a month typed as 1978.10 stays what was typed.
        sheet.set_column(place, place, column.width, text)
    for place, column in enumerate(importer.columns):
        sheet.write_string(0, place, column.label, bold)
    sheet.freeze_panes(1, 0)


def _download(file: Any, stem: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{stem}.xlsx", content_type=XLSX)
