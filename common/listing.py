"""List pages: rows in scope → filter form → sort → page; a fragment for htmx, else the full page.

A list declares `model`, `filter_form`, `own_columns`, `template_name`, `fragment_name`. Filters,
sort and page are GET parameters, so every selection has an address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.generic import View

from common.forms import PortalForm

SIZES = (20, 50, 100)
DEFAULT_SIZE = 50


@dataclass(frozen=True)
class Column:
    """A column of a list and of its export.

    key: the sort parameter. order: database columns it sorts by, none if it does not sort. value:
    what the export writes for a row, None if the column is not exported. width: of the export, in
    characters.
    """

    key: str
    label: str
    order: tuple[str, ...] = ()
    css: str = ""
    value: Callable[[Any], Any] | None = None
    width: int = 14


def page_asked(request: HttpRequest, rows: QuerySet[Any], count: int | None = None) -> Page[Any]:
    """The page that the GET parameters page and size ask for, the nearest one if there is none.

    count: of rows, where known.
    """
    size = request.GET.get("size", "")
    per_page = int(size) if size in map(str, SIZES) else DEFAULT_SIZE
    pages = Paginator(rows, per_page)
    if count is not None:
        pages.count = count
    return pages.get_page(request.GET.get("page"))


@dataclass(frozen=True)
class Chip:
    """One filter in force: what it says, and the address without it."""

    label: str
    value: str
    url: str


class FilterForm(PortalForm):
    """Filters of a list. Field `x` narrows by column `x`, or by the method `narrow_x`."""

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass every filter given; a wrong value filters nothing, its error shows."""
        self.is_valid()
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value in (None, "", []):
                continue
            own = getattr(self, f"narrow_{name}", None)
            rows = own(rows, value) if own else rows.filter(**{name: value})
        return rows

    def chips(self, request: HttpRequest) -> list[Chip]:
        """The filters in force, each with the address that removes it."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", []):
                continue
            rest = request.GET.copy()
            for gone in (name, "page"):
                rest.pop(gone, None)
            found.append(Chip(str(field.label), self._said(field, value), f"?{rest.urlencode()}"))
        return found

    @staticmethod
    def _said(field: forms.Field, value: Any) -> str:
        choices = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]
        return str(choices.get(str(value), value))


class ScopedListView(View):
    """A list of the rows the acting appointment may read. The app adds its own permission mixin."""

    model: ClassVar[type[Model]]
    filter_form: ClassVar[type[FilterForm]]
    own_columns: ClassVar[Sequence[Column]]
    template_name: ClassVar[str]
    fragment_name: ClassVar[str]
    unit: ClassVar[str] = "条"

    @property
    def columns(self) -> Sequence[Column]:
        """The columns shown; a list may add some."""
        return self.own_columns

    def all_rows(self) -> QuerySet[Any]:
        """Everything in scope, before filters."""
        rows: Any = self.model._default_manager
        return rows.visible_to(self.request.actor)  # type: ignore[attr-defined]

    def adorn(self, rows: Sequence[Any]) -> None:
        """Attach to the rows of one page what their own table does not hold, in one query each."""

    def selection(self) -> tuple[QuerySet[Any], FilterForm]:
        """The filtered, sorted rows and the form: what the page shows and the export writes."""
        form = self.filter_form(self.request.GET)
        return form.narrow(self.all_rows()).order_by(*self.order()), form

    def order(self) -> tuple[str, ...]:
        """The database order for the `sort` parameter; unknown values give the first column's."""
        down, key = self.sort.startswith("-"), self.sort.removeprefix("-")
        names = next(column.order for column in self.columns if column.key == key)
        return (*(f"-{name}" if down else name for name in names), "pk")

    @property
    def sort(self) -> str:
        """The `sort` parameter, if it names a sortable column."""
        keys = [column.key for column in self.columns if column.order]
        asked = self.request.GET.get("sort", "")
        return asked if asked.removeprefix("-") in keys else keys[0]

    def page(self, rows: QuerySet[Any], count: int | None = None) -> Page[Any]:
        """The page asked for, the nearest one if there is none. count: of rows, where known."""
        return page_asked(self.request, rows, count)

    def context(self) -> dict[str, Any]:
        """What the templates get; lists may add to it."""
        rows, form = self.selection()
        page = self.page(rows)
        page.object_list = list(page.object_list)
        self.adorn(page.object_list)
        return {
            "form": form,
            "page": page,
            "columns": self.columns,
            "sort": self.sort,
            "chips": form.chips(self.request),
            "unit": self.unit,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list; only its changing part for htmx."""
        htmx = getattr(request, "htmx", False)
        response = render(
            request, self.fragment_name if htmx else self.template_name, self.context()
        )
        patch_vary_headers(response, ["HX-Request"])
        return response
