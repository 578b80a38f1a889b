"""The one writer of figures: annotated querysets become set-based SQL.

`compute` evaluates the formulas of one day into a temporary table of this connection, each once;
a `Figures` compares that result with what its models hold and writes only what differs. Everything
runs inside one transaction of the caller; the temporary table forgets at its end.
Raw SQL, because the ORM knows no INSERT … SELECT; names come from models, values are parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from common.clock import start_of

_CREATE = """
CREATE TEMPORARY TABLE IF NOT EXISTS figure_result (
    owner bigint, key varchar(30), state varchar(20),
    covered integer, total integer, gap_ids bigint[],
    PRIMARY KEY (owner, key)
) ON COMMIT DELETE ROWS"""
_FIGURE = "state, covered, total, gap_ids"

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
        INSERT INTO figure_result (owner, key, {_FIGURE})
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


@dataclass(frozen=True)
class Figures:
    """The stored figures of one kind of owner.

    owner, key: their columns' names in every model handed in, beside state, covered, total and
    gap_ids.
    """

    owner: str
    key: str

    @property
    def _row(self) -> str:
        return f"{self.owner}, {self.key}, {_FIGURE}"

    def _is(self, alias: str) -> str:
        return f"{alias}.{self.owner} = r.owner AND {alias}.{self.key} = r.key"

    def upsert_live(self, model: type[Model], owners: QuerySet[Any], on: date) -> int:
        """Bring the owners' live rows to the result; rows without a result go. Rows touched."""
        scope, args = _ids(owners)
        gone = execute(
            f"""
            DELETE FROM {_table(model)} l WHERE l.{self.owner} IN ({scope})
               AND NOT EXISTS (SELECT FROM figure_result r WHERE {self._is("l")})""",
            args,
        )
        written = execute(
            f"""
            INSERT INTO {_table(model)} AS l ({self._row}, "on")
            SELECT owner, key, {_FIGURE}, %s FROM figure_result
            ON CONFLICT ({self.owner}, {self.key}) DO UPDATE SET
                "on" = EXCLUDED."on", state = EXCLUDED.state, covered = EXCLUDED.covered,
                total = EXCLUDED.total, gap_ids = EXCLUDED.gap_ids
            WHERE (l."on", {_of("l")}) IS DISTINCT FROM (EXCLUDED."on", {_of("EXCLUDED")})""",
            [on],
        )
        return gone + written

    def keep_closing(self, live: type[Model], closing: type[Model], owners: QuerySet[Any]) -> int:
        """Copy the owners' live rows into the closing table, in place of what it held."""
        scope, args = _ids(owners)
        execute(f"DELETE FROM {_table(closing)} WHERE {self.owner} IN ({scope})", args)
        return execute(
            f"""
            INSERT INTO {_table(closing)} ({self._row}, "on")
            SELECT {self._row}, "on" FROM {_table(live)} WHERE {self.owner} IN ({scope})""",
            args,
        )

    def freeze(self, model: type[Model], owners: QuerySet[Any], on: date) -> tuple[int, int]:
        """Continue the intervals: end open ones that differ, begin new ones. (ended, begun).

        The day must be later than every day frozen before.
        """
        scope, args = _ids(owners)
        ended = execute(
            f"""
            UPDATE {_table(model)} f SET valid_to = %s
            WHERE f.valid_to IS NULL AND f.{self.owner} IN ({scope}) AND NOT EXISTS (
                SELECT FROM figure_result r
                WHERE {self._is("f")} AND ({_of("r")}) IS NOT DISTINCT FROM ({_of("f")}))""",
            [on, *args],
        )
        begun = execute(
            f"""
            INSERT INTO {_table(model)} ({self._row}, valid_from)
            SELECT owner, key, {_FIGURE}, %s FROM figure_result r WHERE NOT EXISTS (
                SELECT FROM {_table(model)} f WHERE {self._is("f")} AND f.valid_to IS NULL)""",
            [on],
        )
        return ended, begun

    def correct(
        self,
        model: type[Model],
        frozen: type[Model],
        owners: QuerySet[Any],
        on: date,
        revision_id: int,
    ) -> int:
        """Store under a revision each result that differs from the frozen interval of the day.

        State `outside`: frozen, but no result. Rows written.
        """
        scope, args = _ids(owners)
        return execute(
            f"""
            INSERT INTO {_table(model)} (revision_id, {self._row})
            SELECT %s, COALESCE(r.owner, f.{self.owner}), COALESCE(r.key, f.{self.key}),
                   COALESCE(r.state, 'outside'), COALESCE(r.covered, 0), COALESCE(r.total, 0),
                   COALESCE(r.gap_ids, '{{}}')
            FROM figure_result r FULL JOIN (
                SELECT {self._row} FROM {_table(frozen)}
                WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)
                  AND {self.owner} IN ({scope})
            ) f ON {self._is("f")}
            WHERE ({_of("r")}) IS DISTINCT FROM ({_of("f")})""",
            [revision_id, on, on, *args],
        )

    def aggregate(
        self,
        model: type[Model],
        owners: type[Model],
        keys: Iterable[str],
        dimensions: Mapping[str, str],
        fixed: Mapping[str, Any],
    ) -> int:
        """Sum the result over the whole and over each dimension (name → column of the owner).

        The whole has a row for every key, not applicable where nothing counts (trap 7). A group
        has one where some owner lies in it; an owner without the datum lies in no group. `fixed`
        fills the remaining columns. Rows written.
        """
        groups = ", ".join(f"(%s, o.{_quote(column)})" for column in dimensions.values())
        names, values = ", ".join(_quote(n) for n in fixed), list(fixed.values())
        return execute(
            f"""
            INSERT INTO {_table(model)} ({names}, {self.key}, dimension, value,
                                         state, covered, total, owners)
            SELECT {", ".join(["%s"] * len(values))}, k.key,
                   COALESCE(d.dimension, 'all'), COALESCE(d.value, ''),
                   CASE WHEN COALESCE(sum(r.total), 0) > 0 THEN 'value'
                        WHEN bool_or(r.state = 'missing') THEN 'missing'
                        ELSE 'not_applicable' END,
                   COALESCE(sum(r.covered), 0), COALESCE(sum(r.total), 0), count(r.owner)
            FROM unnest(%s::varchar[]) AS k(key)
            LEFT JOIN figure_result r ON r.key = k.key
            LEFT JOIN {_table(owners)} o ON o.id = r.owner
            LEFT JOIN LATERAL (VALUES ('all', ''), {groups}) AS d(dimension, value)
                   ON d.dimension = 'all' OR d.value <> ''
            GROUP BY k.key, d.dimension, d.value""",
            [*values, list(keys), *dimensions],
        )

    def contradictions(
        self, closing: type[Model], owners: QuerySet[Any], on: date, explained: Iterable[int]
    ) -> list[tuple[Any, ...]]:
        """Where the closing rows of a day and the result differ, but for the explained owners.

        Rows of (owner, key, covered and total at closing, covered and total now).
        """
        scope, args = _ids(owners)
        return rows(
            f"""
            SELECT COALESCE(r.owner, c.{self.owner}) AS owner, COALESCE(r.key, c.{self.key}),
                   c.covered, c.total, r.covered, r.total
            FROM figure_result r FULL JOIN (
                SELECT {self._row} FROM {_table(closing)}
                WHERE "on" = %s AND {self.owner} IN ({scope})
            ) c ON {self._is("c")}
            WHERE ({_of("r")}) IS DISTINCT FROM ({_of("c")})
              AND COALESCE(r.owner, c.{self.owner}) <> ALL (%s::bigint[])
            ORDER BY 1, 2""",
            [on, *args, list(explained)],
        )


def same_rows(model: type[Model], column: str, a: int, b: int, columns: str) -> bool:
    """Whether the rows with `column` = a and those with `column` = b agree in the columns."""
    one = f"SELECT {columns} FROM {_table(model)} WHERE {_quote(column)} = %s"
    found = rows(
        f"SELECT EXISTS (({one} EXCEPT {one}) UNION ALL ({one} EXCEPT {one}))", [a, b, b, a]
    )
    return not found[0][0]


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


def _ids(owners: QuerySet[Any]) -> tuple[str, Params]:
    try:
        sql, args = owners.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", []
    return sql, list(args)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _FIGURE.split(", "))


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _table(model: type[Model]) -> str:
    return _quote(model._meta.db_table)
