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

from common.computing import FIGURE, Params, execute, rows


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
        return f"{self.owner}, {self.key}, {FIGURE}"

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
            SELECT owner, key, {FIGURE}, %s FROM figure_result
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
            SELECT owner, key, {FIGURE}, %s FROM figure_result r WHERE NOT EXISTS (
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


def _ids(owners: QuerySet[Any]) -> tuple[str, Params]:
    try:
        sql, args = owners.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", []
    return sql, list(args)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in FIGURE.split(", "))


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _table(model: type[Model]) -> str:
    return _quote(model._meta.db_table)
