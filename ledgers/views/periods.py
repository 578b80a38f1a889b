"""Periods: days and figures, who owed, exemptions, 定格 (CR proposes, CL decides)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission as P
from common import clock
from common.once import new_token
from ledgers.forms.wording import due_words
from ledgers.models import ExpectedFiling, FilingWindow, Ledger, LedgerPeriod, LockException
from ledgers.querysets.figures import FilingFigures, filing_figures
from ledgers.querysets.periods import ExpectedFilingQuerySet
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
    "proposed": "提请免报",
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
    return period_page(request, visible_period(request, pk))


def visible_period(request: ActorRequest, pk: int) -> LedgerPeriod:
    """The period, or 404 outside the reader's scope."""
    rows = LedgerPeriod.objects.visible_to(request.actor)
    joined = rows.select_related(
        "edition", "proposed_by", "closed_by", "refused_by", "refused_proposer"
    )
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
        "me": actor.user.pk,
        "form_token": new_token(),
        "refusals": [refusal] if refusal else [],
    }
    return render(request, "ledgers/period.html", data, status=422 if refusal else 200)


def expected_rows(actor: Actor, rows: ExpectedFilingQuerySet, show: str) -> ExpectedFilingQuerySet:
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
    if show == "proposed":
        rows = rows.awaiting_decision()
    if show in narrowed:
        rows = rows.filter(narrowed[show])
    return (
        rows.select_related("society", "exemption_proposed_by", "exemption_refused_by")
        .annotate(
            ledger_pk=Subquery(own.values("pk")[:1]),
            ledger_state=Subquery(own.values("state")[:1]),
            filed_at=Subquery(own.values("counted_filed_at")[:1]),
        )
        .order_by("society__sort_key")
    )
