"""Pages of the coverage dashboard."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from common import clock
from dashboards.coverage import page
from dashboards.coverage.changes import changes_of
from dashboards.coverage.exports import figures_workbook, gap_workbook
from dashboards.coverage.figures import newest_revision
from dashboards.coverage.gap import chosen
from societies.decorators import ActorRequest, require_permission


@require_safe
@require_permission(Permission.COVERAGE_VIEW)
def dashboard(request: ActorRequest) -> HttpResponse:
    """The five indicators, trend, classes, gap list and definitions."""
    choice = page.Choice.of(request.GET)
    context = page.context(request.actor, choice, clock.now())
    return render(request, "dashboards/dashboard.html", context)


@require_safe
@require_permission(Permission.COVERAGE_VIEW)
def progress(request: ActorRequest) -> HttpResponse:
    """The bar of the first run, which asks for itself again until nothing is missing."""
    nights = page.nights(newest_revision(request.actor), clock.today())
    return render(request, "dashboards/_progress.html", {"nights": nights, "asked": True})


@require_safe
@require_permission(Permission.GAP_VIEW)
def changes(request: ActorRequest) -> HttpResponse:
    """昨夜为什么变了: the societies whose figures the last night changed, with the facts."""
    context = {"changes": changes_of(request.actor)}
    name = "_changes.html" if request.htmx else "changes.html"
    return render(request, f"dashboards/{name}", context)


@require_safe
@require_permission(Permission.COVERAGE_VIEW)
def export(request: ActorRequest) -> FileResponse:
    """The figures of the page as a workbook."""
    board = page.board_for(request.actor, page.Choice.of(request.GET))
    return figures_workbook(board, small_cells=request.actor.may_any(Permission.GAP_VIEW))


@require_safe
@require_permission(Permission.GAP_VIEW)
def gap_export(request: ActorRequest) -> FileResponse:
    """The whole gap list of a tab as a workbook."""
    choice = page.Choice.of(request.GET)
    board = page.board_for(request.actor, choice)
    return gap_workbook(board, chosen(choice.tab), choice.sort)
