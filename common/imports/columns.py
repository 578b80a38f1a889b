"""Columns of an import: heads, how a cell is read, what is wrong with it and how to mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

MAX_TEXT = 200
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class BadCell(ValueError):
    """What is wrong with a cell and how to mend it, as two sentences; `offer` may replace it."""

    def __init__(self, wrong: str, mend: str = "", offer: str = "") -> None:
        super().__init__(wrong)
        self.wrong, self.mend, self.offer = wrong, mend, offer


@dataclass(frozen=True)
class Column:
    """One column. names: other heads it is known by. parse: text → value, raising BadCell; blank
    cells of columns that are not required give None without it. example, note: for the template.
    """

    key: str
    label: str
    parse: Callable[[str], Any]
    required: bool = True
    names: tuple[str, ...] = ()
    example: str = ""
    note: str = ""
    width: int = 14
    choices: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """The value of a cell. Raises BadCell."""
        if not text:
            if self.required:
                raise BadCell(f"{self.label}未填", f"请补填{self.label}")
            return None
        if len(text) > MAX_TEXT:
            raise BadCell(f"{self.label}超过 {MAX_TEXT} 个字", "请核对是否填错了列")
        return self.parse(text)


def plain(text: str) -> str:
    """A head as it is compared: without blanks, marks of required columns, brackets' content."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\(.*?\)|[\s*:_\-]", "", text)


def match(head: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Column key → place in the sheet, as far as the heads say."""
    places: dict[str, int] = {}
    heads = [plain(text) for text in head]
    for column in columns:
        for name in (column.label, *column.names):
            if plain(name) in heads and column.key not in places:
                places[column.key] = heads.index(plain(name))
    return places


def complete(places: Mapping[str, int], columns: Sequence[Column]) -> bool:
    """Whether every required column has its place, and none has two."""
    enough = all(column.key in places for column in columns if column.required)
    return enough and len(set(places.values())) == len(places)


def cell_text(value: Any) -> str:
    """A cell of the workbook as the text somebody would have typed.

    A number stored as 1978.1 may stand for January or October, so it keeps a mark of its kind: its
    text ends with the decimal that a reader of months must ask about (`months`).
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return clean(str(value))


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return f"{text}(?)" if re.fullmatch(r"\d{4}\.1", text) else text


def clean(text: str) -> str:
    """Text without control characters and outer blanks, bounded."""
    text = "".join(c if c.isprintable() else " " for c in text[: MAX_TEXT * 5])
    return text.strip()[: MAX_TEXT + 50]
