"""A day's figures, computed: annotated querysets become rows of a temporary table.

`compute` evaluates the formulas of one day, each once; a `Plan` does so for any day without
building the queries again. The table belongs to this connection and forgets when the transaction
ends; `common.figures` compares it with what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value

from common.clock import start_of
from common.shapes import COUNTS, Shape

Params = list[Any]
MEMORY = "64MB"


@dataclass(frozen=True)
class Shared:
    """A read that several formulas go on, evaluated once: SQL names it like a table.

    columns: name → type. build: a queryset of tuples in their order, or SQL with its parameters;
    called where a formula uses the read. after: the shared reads that this SQL names.
    """

    name: str
    columns: Mapping[str, str]
    build: Callable[[], QuerySet[Any] | tuple[str, tuple[Any, ...]]]
    after: tuple[Shared, ...] = ()

    def compiled(self) -> tuple[str, tuple[Any, ...]]:
        """The named relation as it stands in WITH, and its parameters."""
        built = self.build()
        try:
            sql, params = built if isinstance(built, tuple) else built.query.sql_with_params()
        except EmptyResultSet:
            nothing = ", ".join(f"NULL::{kind}" for kind in self.columns.values())
            sql, params = f"SELECT {nothing} WHERE false", ()
        names = ", ".join(self.columns)
        return f"{self.name} ({names}) AS MATERIALIZED ({sql})", tuple(params)


@dataclass(frozen=True)
class Select:
    """A formula as SQL, where the ORM cannot say it or would read a table once more.

    columns: what it selects, in order. uses: the shared reads that it names.
    """

    sql: str
    params: tuple[Any, ...] = ()
    columns: tuple[str, ...] = ("owner", "num", "den")
    uses: tuple[Shared, ...] = ()


Formulas = Mapping[str, QuerySet[Any] | Select]


def compute(formulas: Formulas, shape: Shape = COUNTS, params: Params | None = None) -> int:
    """Evaluate each formula (with `num`, `den`, maybe `gap`, `part`) as the figure of its key.

    A queryset's rows are owners by `pk`, or by `owner` where it is grouped. part: what of the owner
    a row is about, where the shape joins several. Replaces the previous result; returns its number
    of rows. params: those of the shape's own SQL.
    """
    return store(shape, *_statement(formulas, shape, params or []))


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
        return store(COUNTS, self.sql, params)


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
    sql, params = _statement(build(one), COUNTS, [])
    other_sql, other_params = _statement(build(other), COUNTS, [])
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


# Stands for the owners while a statement is built.
_SOME = [-1]


@dataclass(frozen=True)
class Prepared:
    """A statement for some owners, made once: which ones is a parameter at these places."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[int, ...]

    def compute(self, shape: Shape, owners: Iterable[int]) -> int:
        """As `compute`, for these owners."""
        params, chosen = list(self.params), sorted(owners)
        for place in self.places:
            params[place] = chosen
        return store(shape, self.sql, params)


def prepare(
    rows: QuerySet[Any],
    build: Callable[[QuerySet[Any]], Formulas],
    shape: Shape = COUNTS,
    params: Params | None = None,
) -> Prepared:
    """Build the statement for some of these rows; params: those of the shape's own SQL."""
    some = Value(_SOME, output_field=ArrayField(BigIntegerField()))
    # An array is one parameter for any number of owners; `pk__in` would be one for each.
    among = Func(
        F("pk"),
        some,
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
    chosen = rows.filter(among)
    sql, values = _statement(build(chosen), shape, params or [])
    places = tuple(n for n, value in enumerate(values) if value == _SOME)
    return Prepared(sql, tuple(values), places)


def _statement(formulas: Formulas, shape: Shape, own_params: Params) -> tuple[str, Params]:
    parts: list[str] = []
    params: Params = []
    shared: dict[str, Shared] = {}
    for key, formula in formulas.items():
        try:
            sql, names, args = _parts_of(formula)
        except EmptyResultSet:
            continue
        if isinstance(formula, Select):
            _gather(formula.uses, shared)
        gap, part = ((name if name in names else "NULL") for name in ("gap", "part"))
        parts.append(
            f"SELECT owner, %s, num, den, COALESCE({gap}, '{{}}')::bigint[], {part}::bigint "
            f"FROM ({sql}) f ({', '.join(names)})"
        )
        params += [key, *args]
    if not parts:
        return "", []
    reads = [read.compiled() for read in shared.values()]
    raw = f"raw (owner, key, num, den, gap, part) AS ({' UNION ALL '.join(parts)})"
    with_ = ", ".join([*(sql for sql, _ in reads), raw])
    before = [value for _, values in reads for value in values]
    return f"WITH {with_} {shape.select}", before + params + own_params


def _gather(uses: tuple[Shared, ...], found: dict[str, Shared]) -> None:
    """Add shared reads by name, each behind those that it goes on."""
    for read in uses:
        if read.name not in found:
            _gather(read.after, found)
            found[read.name] = read


def _parts_of(formula: QuerySet[Any] | Select) -> tuple[str, list[str], tuple[Any, ...]]:
    """A formula's SQL, the names of its columns, and its parameters."""
    if isinstance(formula, Select):
        return formula.sql, list(formula.columns), formula.params
    annotations = formula.query.annotations
    more = [name for name in ("gap", "part") if name in annotations]
    owner = "owner" if "owner" in annotations else "pk"
    chosen = formula.order_by().values_list(owner, "num", "den", *more)
    sql, args = chosen.query.sql_with_params()
    return sql, ["owner", "num", "den", *more], tuple(args)


def store(shape: Shape, sql: str, params: Params) -> int:
    """Replace the shape's result by the rows of a SELECT; none without one. Rows stored."""
    execute(shape.create)
    execute(f"DELETE FROM {shape.table}")
    if not sql:
        return 0
    return execute(f"INSERT INTO {shape.table} ({shape.all_names}) {sql}", params)


def for_everybody() -> None:
    """Let the statements of this transaction work on all societies in memory, not on disk."""
    execute(f"SET LOCAL work_mem = '{MEMORY}'")


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
