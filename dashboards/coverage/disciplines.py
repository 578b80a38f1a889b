"""The table by discipline class (R-ORG-01)."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.models import Indicator
from dashboards.coverage.figures import WHOLE, Board, Figure
from societies.models import DisciplineClass

SMALL = 5


@dataclass(frozen=True)
class ClassRow:
    """One class, or all of them. hidden: too few societies for this reader to see them alone."""

    value: str
    label: str
    org: Figure | None
    work: Figure | None
    branches: Figure | None
    hidden: bool = False

    @property
    def owners(self) -> int:
        """Societies of the class."""
        return self.org.owners if self.org else 0


def class_rows(board: Board, *, small_cells: bool) -> list[ClassRow]:
    """The classes that have societies on the shown day, in the register's order.

    small_cells: whether classes of fewer than five societies may be shown alone (LV: no, roles.md
    §1); if one is withheld, the next smallest is too, or it could be found by subtraction.
    """
    rows = [_row(board, c.value, str(c.label)) for c in DisciplineClass]
    rows = [row for row in rows if row.owners]
    if small_cells:
        return rows
    held = {row.value for row in rows if row.owners < SMALL}
    if len(held) == 1:
        rest = sorted((row for row in rows if row.value not in held), key=lambda row: row.owners)
        held |= {row.value for row in rest[:1]}
    return [
        ClassRow(row.value, row.label, None, None, None, hidden=True) if row.value in held else row
        for row in rows
    ]


def whole_row(board: Board) -> ClassRow:
    """All societies."""
    return _row(board, WHOLE, "全部")


def _row(board: Board, value: str, label: str) -> ClassRow:
    org, work, branches = (
        board.figure(indicator, value)
        for indicator in (Indicator.ORG, Indicator.WORK, Indicator.ORG_T3)
    )
    return ClassRow(value, label, org, work, branches)
