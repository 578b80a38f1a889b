"""Rows by COPY, a batch of societies at a time: memory stays flat at any size."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

BATCH = 200_000


class Rows:
    """Rows of one model; columns that the model has beyond the named ones get its defaults."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.model = model
        self.columns = columns
        self.written = 0
        self._lines: list[str] = []
        named = {model._meta.get_field(name).column for name in columns}
        rest = [
            field
            for field in model._meta.concrete_fields
            if field.column not in named
            and not isinstance(field, models.AutoField | models.GeneratedField)
        ]
        self._all = [model._meta.get_field(name).column for name in columns]
        self._all += [field.column for field in rest]
        self._tail = "".join("\t" + _text(field.get_default()) for field in rest) + "\n"

    def add(self, *values: Any) -> None:
        """One row, in the order of the columns."""
        self._lines.append("\t".join(map(_text, values)) + self._tail)
        if len(self._lines) >= BATCH:
            self.flush()

    def extend(self, rows: Sequence[Sequence[Any]]) -> None:
        """Several rows."""
        for row in rows:
            self.add(*row)

    def flush(self) -> None:
        """Write what waits."""
        if not self._lines:
            return
        names = ", ".join(f'"{name}"' for name in self._all)
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY {table} ({names}) FROM STDIN", io.StringIO("".join(self._lines))
            )
        self.written += len(self._lines)
        self._lines.clear()


def _text(value: Any) -> str:
    """A value of our own making: no tabs, no backslashes."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if value in ({}, []):
        return "{}"
    return str(value)
