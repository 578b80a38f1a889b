"""Lists as workbooks: Chinese heads, real dates and numbers, no formula out of typed text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from common import clock
from common.listing import Column, ScopedListView

DEMO_LINE = "演示数据：学会、人员与数据均为虚构"
CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def xlsx_response(
    filename: str,
    *,
    title: str,
    lines: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Any],
    demo: bool,
) -> FileResponse:
    """A workbook of one sheet as a download; memory does not grow with the rows.

    filename: without ending. lines: said under the title (as-of day, filters). columns: those with
    a `value`. demo: the first row of the sheet says 演示数据 (D-11).
    """
    shown = [column for column in columns if column.value]
    file = tempfile.TemporaryFile()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        for index, column in enumerate(shown):
            sheet.set_column(index, index, column.width)
        head = [*([DEMO_LINE] if demo else []), title, *lines]
        for number, line in enumerate(head):
            sheet.write_string(number, 0, line, bold if line == title else None)
        for index, column in enumerate(shown):
            sheet.write_string(len(head), index, column.label, bold)
        for number, row in enumerate(rows, len(head) + 1):
            for index, column in enumerate(shown):
                _write(sheet, number, index, column.value(row), day, moment)  # type: ignore[misc]
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{filename}.xlsx", content_type=XLSX)


def _sheet_name(title: str) -> str:
    """The title as far as a sheet may be named so: 31 characters, none of []:*?/\\."""
    return _NOT_IN_A_NAME.sub(" ", title)[:31].strip("' ") or "Sheet1"


def _write(sheet: Any, row: int, column: int, value: Any, day: Any, moment: Any) -> None:
    """One cell by its type; None stays empty, text is never read as a number or formula."""
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        sheet.write_datetime(row, column, local, moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


class ListExport(ScopedListView):
    """A list's whole selection as a workbook; put it before the list. Same filters, same scope."""

    title: ClassVar[str]
    export_columns: ClassVar[Sequence[Column]] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The workbook; says the day, the filters and, for a demo federation, 演示数据."""
        rows, _ = self.selection()
        federation = request.actor.federation  # type: ignore[attr-defined]
        return xlsx_response(
            f"{self.title}-{clock.today()}",
            title=self.title,
            lines=self.lines(),
            columns=(*self.columns, *self.export_columns),
            rows=self._in_chunks(rows),
            demo=bool(federation and federation.is_demo),
        )

    def lines(self) -> list[str]:
        """What stands under the title: the as-of day and the filters."""
        _, form = self.selection()
        filters = "；".join(f"{chip.label}：{chip.value}" for chip in form.chips(self.request))
        return [f"数据截至 {clock.today()}；即时数（未定格）", f"筛选：{filters or '无'}"]

    def _in_chunks(self, rows: QuerySet[Any]) -> Iterator[Any]:
        chunk: list[Any] = []
        for row in rows.iterator(chunk_size=CHUNK):
            chunk.append(row)
            if len(chunk) == CHUNK:
                self.adorn(chunk)
                yield from chunk
                chunk = []
        if chunk:
            self.adorn(chunk)
            yield from chunk
