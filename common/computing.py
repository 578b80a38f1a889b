"""A day's figures, computed: annotated querysets become rows of a temporary table.

`compute` evaluates the formulas of one day, each once; a `Plan` does so for any day without
building the queries again. The table belongs to this connection and forgets when the transaction
ends; `common.figures` compares it with what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from common.clock import start_of

_CREATE = """
CREATE TEMPORARY TABLE IF NOT EXISTS figure_result (
    owner bigint, key varchar(30), state varchar(20),
    covered integer, total integer, gap_ids bigint[],
    PRIMARY KEY (owner, key)
) ON COMMIT DELETE ROWS"""
FIGURE = "state, covered, total, gap_ids"

Params = list[Any]


Formulas = Mapping[str, QuerySet[Any]]


def compute(formulas: Formulas) -> int:
    """Evaluate each queryset (annotated `num`, `den`, maybe `gap`) as the figure of its key.

    Replaces the previous result; returns its number of rows. den 0 is not applicable, a NULL num
    or den is missing: neither counts.
    """
    return _store(*_statement(formulas))


@dataclass(frozen=True)
class Plan:
    """The statement of `compute`, made once for every day: building queries costs more than
    running them. moving: which parameters follow the day, and how.
    """

    sql: str
    params: tuple[Any, ...]
    moving: tuple[tuple[int, Callable[[date], Any]], ...]

    def compute(self, on: date) -> int:
        """As `compute`, for a day."""
        params = list(self.params)
        for place, value in self.moving:
            params[place] = value(on)
        return _store(self.sql, params)


# How a formula's parameters may follow its day.
_MOVES: tuple[Callable[[date], Any], ...] = (
    lambda day: day,
    start_of,
    lambda day: start_of(day + timedelta(days=1)),
)


def plan(build: Callable[[date], Formulas]) -> Plan | None:
    """Plan formulas that build the same query for every day, but for values that follow the day.

    None if two days differ in another way; then compute each day by itself.
    """
    one, other = date(2001, 2, 3), date(2020, 11, 29)
    (sql, params), (other_sql, other_params) = _statement(build(one)), _statement(build(other))
    if sql != other_sql:
        return None
    moving = []
    for place, (a, b) in enumerate(zip(params, other_params, strict=True)):
        if a != b:
            move = next((m for m in _MOVES if m(one) == a and m(other) == b), None)
            if move is None:
                return None
            moving.append((place, move))
    return Plan(sql, tuple(params), tuple(moving))


def _statement(formulas: Formulas) -> tuple[str, Params]:
    parts: list[str] = []
    params: Params = []
    for key, queryset in formulas.items():
        has_gap = "gap" in queryset.query.annotations
        names = ["pk", "num", "den", "gap"][: 4 if has_gap else 3]
        try:
            sql, args = queryset.order_by().values_list(*names).query.sql_with_params()
        except EmptyResultSet:
            continue
        columns, gap = ("owner, num, den, gap", "gap") if has_gap else ("owner, num, den", "'{}'")
        parts.append(f"SELECT owner, %s, num, den, {gap}::bigint[] FROM ({sql}) f ({columns})")
        params += [key, *args]
    if not parts:
        return "", []
    return (
        f"""
        INSERT INTO figure_result (owner, key, {FIGURE})
        SELECT owner, key,
               CASE WHEN num IS NULL OR den IS NULL THEN 'missing'
                    WHEN den = 0 THEN 'not_applicable' ELSE 'value' END,
               CASE WHEN den > 0 THEN COALESCE(num, 0) ELSE 0 END,
               CASE WHEN num IS NULL THEN 0 ELSE COALESCE(den, 0) END, gap
        FROM ({" UNION ALL ".join(parts)}) r (owner, key, num, den, gap)""",
        params,
    )


def _store(sql: str, params: Params) -> int:
    execute(_CREATE)
    execute("DELETE FROM figure_result")
    return execute(sql, params) if sql else 0


def execute(sql: str, params: Params | None = None) -> int:
    """Run a statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or [])
        return max(cursor.rowcount, 0)


def rows(sql: str, params: Params) -> list[tuple[Any, ...]]:
    """Run a query; all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
