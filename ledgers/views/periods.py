"""Periods: days and figures, who owed, exemptions, 定格 (CR proposes, CL decides)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.formpages import ActionForm, form_page
from common.once import new_token, run_once
from ledgers import actions
from ledgers.forms.wording import due_words
from ledgers.models import ExpectedFiling, FilingWindow, Ledger, LedgerPeriod, LockException
from ledgers.querysets.figures import FilingFigures, filing_figures
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

SHOWN = {
    "all": "应报",
    "actual": "已报送",
    "on_time": "按期报送",
    "grace": "宽限期内报送",
    "late": "逾期报送",
    "not_filed": "未报送",
    "exempt": "免报",
}


@require_GET
@require_permission(P.PERIOD_PROPOSE, P.PERIOD_DECIDE)
def periods(request: ActorRequest) -> HttpResponse:
    """Every period with its days and figures, newest first."""
    rows = list(LedgerPeriod.objects.visible_to(request.actor).order_by("-as_of"))
    today = clock.today()
    found = filing_figures(request.actor, rows, today)
    locks = LockException.objects.visible_to(request.actor).pending()
    data = {
        "rows": [(p, found.get(p.pk, FilingFigures()), state_of(p, today)) for p in rows],
        "locks": locks.select_related("society", "period").order_by("requested_at"),
        "today": today,
    }
    return render(request, "ledgers/periods.html", data)


def state_of(period: LedgerPeriod, on: Any) -> tuple[str, str]:
    """Where a period stands, as kind and word."""
    if period.closed_at:
        return "ok", "已定格"
    if period.proposed_at:
        return "warn", "待定格"
    if period.window(on) == FilingWindow.EARLY:
        return "idle", "未开放"
    if period.window(on) == FilingWindow.CLOSED:
        return "idle", "已关闭报送"
    return "info", "报送中"


@require_GET
@require_permission(P.PERIOD_PROPOSE, P.PERIOD_DECIDE)
def period(request: ActorRequest, pk: int) -> HttpResponse:
    """One period: the lists behind its figures, exemptions, 定格."""
    return period_page(request, _period(request, pk))


def _period(request: ActorRequest, pk: int) -> LedgerPeriod:
    rows = LedgerPeriod.objects.visible_to(request.actor)
    joined = rows.select_related("edition", "proposed_by", "closed_by")
    return get_object_or_404(joined, pk=pk)


def period_page(request: ActorRequest, period: LedgerPeriod, refusal: str = "") -> HttpResponse:
    """period.html."""
    today, actor = clock.today(), request.actor
    asked = request.GET.get("show", "")
    show = asked if asked in SHOWN else "all"
    found = filing_figures(actor, [period], today).get(period.pk, FilingFigures())
    rows = expected_rows(
        actor, ExpectedFiling.objects.visible_to(actor).filter(period=period), show
    )
    counts = {"all": found.expected} | {k: getattr(found, k) for k in SHOWN if k != "all"}
    data = {
        "period": period,
        "state": state_of(period, today),
        "due_words": due_words(period, today),
        "stats": found,
        "show": show,
        "shown": SHOWN[show],
        "tabs": [(key, label, counts[key], key == show) for key, label in SHOWN.items()],
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "may_propose": actor.may_any(P.PERIOD_PROPOSE),
        "may_decide": actor.may_any(P.PERIOD_DECIDE),
        "is_past": period.window(today) == FilingWindow.CLOSED,
        "is_proposer": period.proposed_by_id == actor.user.pk,
        "form_token": new_token(),
        "refusals": [refusal] if refusal else [],
    }
    return render(request, "ledgers/period.html", data, status=422 if refusal else 200)


def expected_rows(
    actor: Actor, rows: QuerySet[ExpectedFiling], show: str
) -> QuerySet[ExpectedFiling]:
    """The expected societies behind one figure, each with its filing."""
    own = Ledger.objects.visible_to(actor).filter(
        period_id=OuterRef("period_id"), society_id=OuterRef("society_id"), version=1
    )
    filed = own.filter(first_filed_at__isnull=False)
    judged = filed.with_window(clock.today())
    narrowed = {
        "actual": Exists(filed),
        **{word: Exists(judged.filter(filed_window=word)) for word in ("on_time", "grace", "late")},
        "not_filed": ~Exists(filed),
    }
    exempt = Q(exemption_decided_at__isnull=False)
    rows = rows.filter(exempt) if show == "exempt" else rows.exclude(exempt)
    if show in narrowed:
        rows = rows.filter(narrowed[show])
    return (
        rows.select_related("society", "exemption_proposed_by")
        .annotate(
            ledger_pk=Subquery(own.values("pk")[:1]),
            ledger_state=Subquery(own.values("state")[:1]),
            filed_at=Subquery(own.values("counted_filed_at")[:1]),
        )
        .order_by("society__sort_key")
    )


@require_permission(P.PERIOD_PROPOSE)
@require_POST
def propose(request: ActorRequest, pk: int) -> HttpResponse:
    """提请定格."""
    found = _period(request, pk)

    def act() -> str:
        actions.propose_closing(period=found, by=request.actor, now=clock.now())
        messages.success(request, f"已提请定格 {found.label}，待负责人决定")
        return reverse("ledgers:period", args=[pk])

    return _once(request, found, act)


@require_permission(P.PERIOD_DECIDE)
@require_POST
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """定格."""
    found = _period(request, pk)

    def act() -> str:
        actions.close_period(period=found, by=request.actor, now=clock.now())
        messages.success(request, f"{found.label}已定格")
        return reverse("ledgers:period", args=[pk])

    return _once(request, found, act)


def _once(request: ActorRequest, period: LedgerPeriod, act: Any) -> HttpResponse:
    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return period_page(request, period, str(refused))


class ExemptForm(ActionForm):
    """Why a society need not file."""

    reason = forms.CharField(
        label="免报原因",
        max_length=200,
        help_text="写明依据；决定后学会和看板都能看到",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _expected(request: ActorRequest, pk: int) -> ExpectedFiling:
    rows = ExpectedFiling.objects.visible_to(request.actor).select_related("society", "period")
    return get_object_or_404(rows, pk=pk)


@require_permission(P.PERIOD_PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def exempt(request: ActorRequest, pk: int) -> HttpResponse:
    """提请免报 for one society."""
    expected = _expected(request, pk)

    def act(values: dict[str, Any]) -> str:
        actions.propose_exemption(
            expected=expected, reason=values["reason"], by=request.actor, now=clock.now()
        )
        return reverse("ledgers:period", args=[expected.period_id])

    context = {
        "heading": f"提请免报：{expected.society.name}",
        "text": f"{expected.period.title}。由负责人决定；决定后仍列在应报名单中，注明免报。",
        "verb": "提请免报",
        "back_url": reverse("ledgers:period", args=[expected.period_id]),
        "crumb": "免报",
    }
    return form_page(
        request,
        ExemptForm(request.POST or None),
        act,
        template="ledgers/action.html",
        context=context,
        done="已提请免报，待负责人决定",
    )


@require_permission(P.PERIOD_DECIDE)
@require_POST
def decide_exemption(request: ActorRequest, pk: int) -> HttpResponse:
    """同意免报."""
    expected = _expected(request, pk)

    def act() -> str:
        actions.decide_exemption(expected=expected, by=request.actor, now=clock.now())
        messages.success(request, f"已同意{expected.society.name}免报")
        return f"{reverse('ledgers:period', args=[expected.period_id])}?show=exempt"

    return _once(request, expected.period, act)
