"""Visit reports of posted instructors, and the society's comment."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from branches.actions import comment_visit, file_visit, withdraw_visit
from branches.life.forms import CommentForm, VisitFilter, VisitForm
from branches.life.lists import VISIT_COLUMNS
from branches.models import VisitReport, VisitState
from common import clock
from common.formpages import form_page
from common.listing import ScopedListView
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import Society


class VisitList(PermissionRequired, ScopedListView):
    """走访报告."""

    permission = P.VISIT_VIEW
    model = VisitReport
    filter_form = VisitFilter
    own_columns = VISIT_COLUMNS
    template_name = "branches/visits/list.html"
    fragment_name = "branches/visits/_list.html"

    def all_rows(self) -> QuerySet[VisitReport]:
        """Reports with their society."""
        return super().all_rows().select_related("society")

    @property
    def sort(self) -> str:
        """The newest first unless asked otherwise."""
        return super().sort if self.request.GET.get("sort") else "-visited"

    def context(self) -> dict[str, Any]:
        """The list, and the societies the actor may report on."""
        actor: Actor = self.request.actor
        rows: Any = Society.objects.visible_to(actor)
        return super().context() | {"to_visit": rows.within(actor.scope(P.VISIT_FILE))}


def _seen(actor: Actor, pk: int) -> VisitReport:
    rows = VisitReport.objects.visible_to(actor).select_related(
        "society", "posting", "filed_by", "commented_by"
    )
    found: VisitReport = get_object_or_404(rows, pk=pk)
    return found


def _page_of(report: VisitReport) -> str:
    return reverse("branches:visit", args=[report.pk])


@require_safe
@require_permission(P.VISIT_VIEW)
def visit(request: ActorRequest, pk: int) -> HttpResponse:
    """One report."""
    actor = request.actor
    report = _seen(actor, pk)
    filed = report.state == VisitState.FILED
    context = {
        "report": report,
        "may_comment": filed and actor.may(P.VISIT_COMMENT, report),
        "may_withdraw": filed and report.filed_by_id == actor.user.pk,
    }
    return render(request, "branches/visits/report.html", context)


@require_permission(P.VISIT_VIEW)
def visit_file(request: ActorRequest, pk: int) -> HttpResponse:
    """Report a visit to a society."""
    actor = request.actor
    society = get_object_or_404(Society.objects.visible_to(actor), pk=pk)
    actor.require(P.VISIT_FILE, society)
    form = VisitForm(request.POST or None, initial={"visited_on": clock.today()})

    def act(values: dict[str, Any]) -> str:
        said = {name: values[name] for name in ("visited_on", "work", "problems", "advice")}
        return _page_of(file_visit(society=society, **said, by=actor, now=clock.now()))

    context = {
        "title": "登记走访",
        "subject": society.name,
        "verb": "登记走访",
        "effect": "报告记录组织情况，不记个人言论；登记后学会可以填写意见。",
        "back_url": reverse("branches:visit_list"),
    }
    return form_page(
        request, form, act, template="branches/visits/form.html", context=context, done="走访已登记"
    )


@require_permission(P.VISIT_VIEW)
def visit_comment(request: ActorRequest, pk: int) -> HttpResponse:
    """The society's comment."""
    report = _seen(request.actor, pk)
    request.actor.require(P.VISIT_COMMENT, report)
    form = CommentForm(request.POST or None, initial={"comment": report.comment})

    def act(values: dict[str, Any]) -> str:
        comment_visit(report=report, comment=values["comment"], by=request.actor, now=clock.now())
        return _page_of(report)

    context = {
        "title": "填写学会意见",
        "subject": f"{report.visited_on} 走访",
        "verb": "保存意见",
        "back_url": _page_of(report),
    }
    return form_page(
        request, form, act, template="branches/visits/form.html", context=context, done="意见已保存"
    )


@require_POST
@require_permission(P.VISIT_VIEW)
def visit_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back the own report."""
    report = _seen(request.actor, pk)
    request.actor.require(P.VISIT_FILE, report)
    withdraw_visit(report=report, by=request.actor, now=clock.now())
    return redirect(_page_of(report))
