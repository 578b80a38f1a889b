"""What a computed figure consists of: its columns, and how formulas become them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a result. absent: what a correction says where there is no result, as SQL."""

    name: str
    type: str
    absent: str = "0"


@dataclass(frozen=True)
class Shape:
    """What a figure consists of, and how formulas become figures.

    table: the temporary table. columns: compared and stored. scratch: needed to compute on, not
    stored. keyed: a figure has a key beside its owner; otherwise an owner has one figure.
    select: SQL from the relation `raw (owner, key, num, den, gap, part)` of all formulas to owner,
    key, columns and scratch, in this order.
    """

    table: str
    columns: tuple[Column, ...]
    scratch: tuple[Column, ...] = ()
    keyed: bool = True
    select: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The stored columns."""
        return tuple(column.name for column in self.columns)

    @property
    def ids(self) -> tuple[str, ...]:
        """What identifies a figure."""
        return ("owner", "key") if self.keyed else ("owner",)

    @property
    def all_names(self) -> str:
        """Every column of the table, as SQL."""
        return ", ".join((*self.ids, *self.names, *(c.name for c in self.scratch)))

    @property
    def create(self) -> str:
        """The table's definition, as SQL.

        It has no key: the tables it is written to have theirs, and an index here took as long as
        the rows themselves.
        """
        types = {"owner": "bigint", "key": "varchar(30)"}
        columns = [f"{name} {types[name]}" for name in self.ids]
        columns += [f"{c.name} {c.type}" for c in (*self.columns, *self.scratch)]
        return (
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.table} ({', '.join(columns)}) "
            "ON COMMIT DELETE ROWS"
        )


# How many of how many: den 0 is not applicable, a NULL num or den is missing; neither counts.
COUNTS = Shape(
    "figure_result",
    (
        Column("state", "varchar(20)", "'outside'"),
        Column("covered", "integer"),
        Column("total", "integer"),
        Column("gap_ids", "bigint[]", "'{}'"),
    ),
    select="""
        SELECT owner, key,
               CASE WHEN num IS NULL OR den IS NULL THEN 'missing'
                    WHEN den = 0 THEN 'not_applicable' ELSE 'value' END,
               CASE WHEN den > 0 THEN COALESCE(num, 0) ELSE 0 END,
               CASE WHEN num IS NULL THEN 0 ELSE COALESCE(den, 0) END, gap
        FROM raw""",
)
