"""The committee's matrix: societies by kinds of organisation life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from accounts.permissions import Permission as P
from branches.life.forms import MatrixFilter
from branches.life.lists import matrix_columns
from branches.models import ExpectedLife
from common.exports import ListExport
from common.listing import Column, ScopedListView
from common.shares import share
from societies.decorators import PermissionRequired
from societies.models import Society


class LifeMatrix(PermissionRequired, ScopedListView):
    """组织生活完成情况 of societies, by kinds."""

    permission = P.LIFE_VIEW
    model = Society
    filter_form = MatrixFilter
    own_columns = matrix_columns()
    template_name = "branches/life/matrix.html"
    fragment_name = "branches/life/_matrix.html"
    unit = "家"

    def adorn(self, rows: Sequence[Any]) -> None:
        """Sums of the window by kind, in one query."""
        form = self.filter_form(self.request.GET)
        expected: Any = ExpectedLife.objects.visible_to(self.request.actor)
        owed = expected.filter(society__in=[s.pk for s in rows]).in_window(*form.days())
        found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
        for row in owed.summed("society_id", "kind"):
            found[row["society_id"]][row["kind"]] = (row["num"], row["den"])
        for society in rows:
            society.life = found[society.pk]
            if society.life:
                sums = zip(*society.life.values(), strict=True)
                num, den = (sum(values) for values in sums)
                society.life["all"] = (num, den)

    def context(self) -> dict[str, Any]:
        """The window, and only the columns that some society of the page has."""
        context = super().context()
        page = context["page"].object_list
        used = {key for society in page for key in society.life}
        columns = [column for column in self.columns[1:] if column.key in used]
        for society in page:
            society.cells = [_cell(column, society.life.get(column.key)) for column in columns]
        first, last = context["form"].days()
        return context | {
            "columns": [self.columns[0], *columns],
            "first": first,
            "last": last,
            "year": first.year,
            "quarter": context["form"].cleaned_data.get("window", ""),
        }


def _cell(column: Column, sums: tuple[int, int] | None) -> dict[str, Any]:
    """One cell; without a duty 不适用."""
    base = {"label": column.label, "kind": "" if column.key == "all" else column.key}
    if sums is None:
        return base | {"share": ""}
    return base | {"share": share(*sums), "num": sums[0], "den": sums[1]}


class LifeMatrixExport(ListExport, LifeMatrix):
    """The matrix as a workbook."""

    title = "组织生活完成情况"
