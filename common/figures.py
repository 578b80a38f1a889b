"""The one writer of figures: compares a computed day with what is stored, writes what differs.

Everything runs inside one transaction of the caller, after `common.computing` filled its table.
Raw SQL, because the ORM knows no INSERT … SELECT; names come from models, values are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from common.computing import Params, execute, rows
from common.shapes import COUNTS, Shape


@dataclass(frozen=True)
class Figures:
    """The stored figures of one kind of owner.

    owner, key: their columns' names in every model handed in, beside the shape's columns; a shape
    without keys needs no key.
    """

    owner: str
    key: str = ""
    shape: Shape = COUNTS

    @property
    def _result(self) -> str:
        return self.shape.table

    @property
    def _ids(self) -> tuple[str, ...]:
        return (self.owner, self.key) if self.shape.keyed else (self.owner,)

    @property
    def _figure(self) -> str:
        return ", ".join(self.shape.names)

    @property
    def _row(self) -> str:
        return ", ".join((*self._ids, *self.shape.names))

    @property
    def _found(self) -> str:
        return ", ".join((*self.shape.ids, *self.shape.names))

    def _is(self, alias: str) -> str:
        pairs = zip(self._ids, self.shape.ids, strict=True)
        return " AND ".join(f"{alias}.{stored} = r.{found}" for stored, found in pairs)

    def _of(self, alias: str) -> str:
        return ", ".join(f"{alias}.{name}" for name in self.shape.names)

    def upsert_live(self, model: type[Model], owners: QuerySet[Any], on: date) -> int:
        """Bring the owners' live rows to the result; rows without a result go. Rows touched."""
        scope, args = _ids(owners)
        taken = ", ".join(f"{name} = EXCLUDED.{name}" for name in ('"on"', *self.shape.names))
        gone = execute(
            f"""
            DELETE FROM {_table(model)} l WHERE l.{self.owner} IN ({scope})
               AND NOT EXISTS (SELECT FROM {self._result} r WHERE {self._is("l")})""",
            args,
        )
        written = execute(
            f"""
            INSERT INTO {_table(model)} AS l ({self._row}, "on")
            SELECT {self._found}, %s FROM {self._result}
            ON CONFLICT ({", ".join(self._ids)}) DO UPDATE SET {taken}
            WHERE (l."on", {self._of("l")}) IS DISTINCT FROM (EXCLUDED."on", {self._of("EXCLUDED")})
            """,
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
        change = f"{self._result}_change"
        columns = ", ".join(f"r.{name}" for name in self.shape.ids)
        # One pass finds what differs; only that is touched again.
        execute(
            f"""
            DROP TABLE IF EXISTS {change};
            CREATE TEMPORARY TABLE {change} AS
            SELECT f.id AS stored, {columns}
            FROM {self._result} r FULL JOIN (
                SELECT * FROM {_table(model)} WHERE valid_to IS NULL AND {self.owner} IN ({scope})
            ) f ON {self._is("f")}
            WHERE ({self._of("r")}) IS DISTINCT FROM ({self._of("f")})""",
            args,
        )
        ended = execute(
            f"UPDATE {_table(model)} f SET valid_to = %s FROM {change} c WHERE c.stored = f.id",
            [on],
        )
        found = ", ".join(f"r.{name}" for name in (*self.shape.ids, *self.shape.names))
        same = " AND ".join(f"c.{name} = r.{name}" for name in self.shape.ids)
        by_key = ", ".join(f"r.{name}" for name in self.shape.ids)
        begun = execute(
            f"""
            INSERT INTO {_table(model)} ({self._row}, valid_from)
            SELECT {found}, %s FROM {self._result} r JOIN {change} c ON {same}
            ORDER BY {by_key}""",
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

        What is frozen but has no result gets the columns' absent values. Rows written.
        """
        scope, args = _ids(owners)
        ids = self._either("r", "f")
        values = ", ".join(f"COALESCE(r.{c.name}, {c.absent})" for c in self.shape.columns)
        return execute(
            f"""
            INSERT INTO {_table(model)} (revision_id, {self._row})
            SELECT %s, {ids}, {values}
            FROM {self._result} r FULL JOIN (
                SELECT {self._row} FROM {_table(frozen)}
                WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)
                  AND {self.owner} IN ({scope})
            ) f ON {self._is("f")}
            WHERE ({self._of("r")}) IS DISTINCT FROM ({self._of("f")})""",
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
        """Sum counts over the whole and over each dimension (name → column of the owner).

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
            LEFT JOIN {self._result} r ON r.key = k.key
            LEFT JOIN {_table(owners)} o ON o.id = r.owner
            LEFT JOIN LATERAL (VALUES ('all', ''), {groups}) AS d(dimension, value)
                   ON d.dimension = 'all' OR d.value <> ''
            GROUP BY k.key, d.dimension, d.value""",
            [*values, list(keys), *dimensions],
        )

    def contradictions(
        self,
        closing: type[Model],
        owners: QuerySet[Any],
        on: date,
        explained: Iterable[int],
        shown: Iterable[str] = ("covered", "total"),
    ) -> list[tuple[Any, ...]]:
        """Where the closing rows of a day and the result differ, but for the explained owners.

        Rows of (owner, maybe key, the shown columns at closing, the shown columns now).
        """
        scope, args = _ids(owners)
        said = ", ".join([f"c.{name}" for name in shown] + [f"r.{name}" for name in shown])
        return rows(
            f"""
            SELECT {self._either("r", "c")}, {said}
            FROM {self._result} r FULL JOIN (
                SELECT {self._row} FROM {_table(closing)}
                WHERE "on" = %s AND {self.owner} IN ({scope})
            ) c ON {self._is("c")}
            WHERE ({self._of("r")}) IS DISTINCT FROM ({self._of("c")})
              AND COALESCE(r.owner, c.{self.owner}) <> ALL (%s::bigint[])
            ORDER BY {", ".join(str(n) for n, _ in enumerate(self._ids, 1))}""",
            [on, *args, list(explained)],
        )

    def _either(self, result: str, stored: str) -> str:
        """The ids of a figure that one of two tables may lack."""
        pairs = zip(self.shape.ids, self._ids, strict=True)
        return ", ".join(f"COALESCE({result}.{a}, {stored}.{b})" for a, b in pairs)


def same_rows(model: type[Model], column: str, a: int, b: int, columns: str) -> bool:
    """Whether the rows with `column` = a and those with `column` = b agree in the columns."""
    one = f"SELECT {columns} FROM {_table(model)} WHERE {_quote(column)} = %s"
    found = rows(
        f"SELECT EXISTS (({one} EXCEPT {one}) UNION ALL ({one} EXCEPT {one}))", [a, b, b, a]
    )
    return not found[0][0]


def _ids(owners: QuerySet[Any]) -> tuple[str, Params]:
    try:
        sql, args = owners.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", []
    return sql, list(args)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _table(model: type[Model]) -> str:
    return _quote(model._meta.db_table)
