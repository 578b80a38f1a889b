"""Rows of 5.4 and 5.5: add, move, copy, take out, bring back. Each saves what was typed first."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from common.numbers import row_id
from ledgers import actions
from ledgers.models import Ledger
from ledgers.views.section import edit_then
from societies.decorators import ActorRequest, require_permission

LEADERS, REASONS = 4, 5
TABLES = {LEADERS: "leaders", REASONS: "not_established"}


def _back(ledger: Ledger, number: int, row: int = 0, letter: str = "r") -> str:
    """The table again, with the row concerned open and in view."""
    url = reverse("ledgers:section", args=[ledger.pk, number])
    return f"{url}?row={row}#{letter}{row}" if row else url


def _with(request: ActorRequest, table: str, version: int, ledger: Ledger) -> dict[str, Any]:
    return {
        "ledger": ledger,
        "table": table,
        "row_version": version,
        "by": request.actor,
        "now": clock.now(),
    }


def _table(number: int) -> str:
    try:
        return TABLES[number]
    except KeyError:
        raise Http404 from None


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def add(request: ActorRequest, pk: int, number: int, row: int) -> HttpResponse:
    """A new leader (row 0), or a new measure below a row of 5.5."""
    table = "leaders" if _table(number) == "leaders" else "measures"

    def act(ledger: Ledger, version: int) -> str:
        common = _with(request, table, version, ledger)
        result = actions.add_row(parent_id=row if table == "measures" else 0, **common)
        return _back(ledger, number, result.row_id, "r" if table == "leaders" else "m")

    return edit_then(request, pk, number, act)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def copy(request: ActorRequest, pk: int, number: int, row: int) -> HttpResponse:
    """A new leader that starts as another one."""
    table = _table(number)

    def act(ledger: Ledger, version: int) -> str:
        result = actions.add_row(copy_of=row, **_with(request, table, version, ledger))
        return _back(ledger, number, result.row_id)

    return edit_then(request, pk, number, act)


def _move(request: ActorRequest, pk: int, number: int, row: int, *, up: bool) -> HttpResponse:
    table = _table(number)
    if table != "leaders":
        raise Http404

    def act(ledger: Ledger, version: int) -> str:
        actions.move_row(row_id=row, up=up, **_with(request, table, version, ledger))
        return _back(ledger, number, row)

    return edit_then(request, pk, number, act)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def move_up(request: ActorRequest, pk: int, number: int, row: int) -> HttpResponse:
    """One place up."""
    return _move(request, pk, number, row, up=True)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def move_down(request: ActorRequest, pk: int, number: int, row: int) -> HttpResponse:
    """One place down."""
    return _move(request, pk, number, row, up=False)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def remove(request: ActorRequest, pk: int, number: int, row: int) -> HttpResponse:
    """Take a leader out (it can be brought back), or a 5.5 row that does not belong there."""
    table = _table(number)

    def act(ledger: Ledger, version: int) -> str:
        actions.remove_row(row_id=row, **_with(request, table, version, ledger))
        return _back(ledger, number)

    return edit_then(request, pk, number, act)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def restore(request: ActorRequest, pk: int, number: int, row: int) -> HttpResponse:
    """Bring a leader back."""
    table = _table(number)

    def act(ledger: Ledger, version: int) -> str:
        actions.restore_row(row_id=row, **_with(request, table, version, ledger))
        return _back(ledger, number, row)

    return edit_then(request, pk, number, act)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def remove_measure(request: ActorRequest, pk: int, row: int) -> HttpResponse:
    """Take a measure out of its 5.5 row."""

    def act(ledger: Ledger, version: int) -> str:
        actions.remove_row(row_id=row, **_with(request, "measures", version, ledger))
        return _back(ledger, REASONS)

    return edit_then(request, pk, REASONS, act)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def restore_measure(request: ActorRequest, pk: int, row: int) -> HttpResponse:
    """Bring a measure back."""

    def act(ledger: Ledger, version: int) -> str:
        actions.restore_row(row_id=row, **_with(request, "measures", version, ledger))
        return _back(ledger, REASONS, row, "m")

    return edit_then(request, pk, REASONS, act)


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def branch_reasons(request: ActorRequest, pk: int) -> HttpResponse:
    """One reason for the ticked society branches (T3)."""
    chosen = [row_id(text) for text in request.POST.getlist("branch")]

    def act(ledger: Ledger, version: int) -> str:
        ids = [pk for pk in chosen if pk is not None]
        if len(ids) < len(chosen):
            raise ActionRefused("请勾选要设置原因的分支机构")
        common = _with(request, "", version, ledger)
        del common["table"]
        actions.set_branch_reasons(
            row_ids=ids,
            reason=request.POST.get("branch_reason", ""),
            **common,
        )
        return _back(ledger, REASONS)

    return edit_then(request, pk, REASONS, act)
