"""Proposals to close a period or to exempt a society (CR proposes, CL decides)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.formpages import ActionForm, form_page
from common.once import run_once
from ledgers import actions
from ledgers.models import ExpectedFiling, LedgerPeriod
from ledgers.views.periods import period_page, visible_period
from societies.decorators import ActorRequest, require_permission


def _expected(request: ActorRequest, pk: int) -> ExpectedFiling:
    rows = ExpectedFiling.objects.visible_to(request.actor).select_related("society", "period")
    return get_object_or_404(rows, pk=pk)


def _page(period_pk: int, show: str = "") -> str:
    return reverse("ledgers:period", args=[period_pk]) + (f"?show={show}" if show else "")


def _press(
    request: ActorRequest, period: LedgerPeriod, act: Callable[[], Any], done: str, goal: str
) -> HttpResponse:
    """A button of the period's page: act once, say what was done or what was refused."""

    def once() -> str:
        act()
        messages.success(request, done)
        return goal

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        return period_page(request, visible_period(request, period.pk), str(refused))


@require_permission(P.PERIOD_PROPOSE)
@require_POST
def propose(request: ActorRequest, pk: int) -> HttpResponse:
    """提请定格."""
    found, by, now = visible_period(request, pk), request.actor, clock.now()
    return _press(
        request,
        found,
        lambda: actions.propose_closing(period=found, by=by, now=now),
        f"已提请定格 {found.label}，待负责人决定",
        _page(pk),
    )


@require_permission(P.PERIOD_PROPOSE)
@require_POST
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """撤回 of one's own proposal to close."""
    found, by, now = visible_period(request, pk), request.actor, clock.now()
    return _press(
        request,
        found,
        lambda: actions.withdraw_closing(period=found, by=by, now=now),
        f"已撤回 {found.label}的定格提请",
        _page(pk),
    )


@require_permission(P.PERIOD_DECIDE)
@require_POST
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """定格."""
    found, by, now = visible_period(request, pk), request.actor, clock.now()
    return _press(
        request,
        found,
        lambda: actions.close_period(period=found, by=by, now=now),
        f"{found.label}已定格",
        _page(pk),
    )


class RefuseForm(ActionForm):
    """Why the leader says no."""

    reason = forms.CharField(
        label="不同意的原因",
        max_length=200,
        help_text="提请人可见；提请人补充后可以重新提请",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _reason_page(
    request: ActorRequest,
    form: forms.Form,
    act: Callable[[str], Any],
    goal: str,
    **context: str,
) -> HttpResponse:
    def once(values: dict[str, Any]) -> str:
        act(values["reason"])
        return goal

    done = context.pop("done")
    frame = {"back_url": goal} | context
    return form_page(request, form, once, template="ledgers/action.html", context=frame, done=done)


@require_permission(P.PERIOD_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """不同意定格, with the reason."""
    found, by, now = visible_period(request, pk), request.actor, clock.now()
    return _reason_page(
        request,
        RefuseForm(request.POST or None),
        lambda reason: actions.refuse_closing(period=found, reason=reason, by=by, now=now),
        _page(pk),
        heading=f"不同意定格：{found.label}",
        text="本期不定格，应报名单和免报仍可变动；审核员可以重新提请。",
        verb="不同意定格",
        crumb="不同意定格",
        done="已告知提请人不同意定格",
    )


class ExemptForm(ActionForm):
    """Why a society need not file."""

    reason = forms.CharField(
        label="免报原因",
        max_length=200,
        help_text="写明依据；决定后学会和看板都能看到",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_permission(P.PERIOD_PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def exempt(request: ActorRequest, pk: int) -> HttpResponse:
    """提请免报 for one society; after a refusal with what was said before."""
    expected, by, now = _expected(request, pk), request.actor, clock.now()
    said = expected.exemption_refusal_reason
    return _reason_page(
        request,
        ExemptForm(request.POST or None, initial={"reason": expected.exempt_reason}),
        lambda reason: actions.propose_exemption(expected=expected, reason=reason, by=by, now=now),
        _page(expected.period_id),
        heading=f"提请免报：{expected.society.name}",
        text=f"{expected.period.title}。由负责人决定；决定后仍列在应报名单中，注明免报。"
        + (f"上次未获同意：{said}" if said else ""),
        verb="提请免报",
        crumb="免报",
        done="已提请免报，待负责人决定",
    )


@require_permission(P.PERIOD_DECIDE)
@require_POST
def decide_exemption(request: ActorRequest, pk: int) -> HttpResponse:
    """同意免报."""
    expected, by, now = _expected(request, pk), request.actor, clock.now()
    return _press(
        request,
        expected.period,
        lambda: actions.decide_exemption(expected=expected, by=by, now=now),
        f"已同意{expected.society.name}免报",
        _page(expected.period_id, "exempt"),
    )


@require_permission(P.PERIOD_PROPOSE)
@require_POST
def withdraw_exemption(request: ActorRequest, pk: int) -> HttpResponse:
    """撤回 of one's own proposal to exempt."""
    expected, by, now = _expected(request, pk), request.actor, clock.now()
    return _press(
        request,
        expected.period,
        lambda: actions.withdraw_exemption(expected=expected, by=by, now=now),
        f"已撤回{expected.society.name}的免报提请",
        _page(expected.period_id),
    )


@require_permission(P.PERIOD_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_exemption(request: ActorRequest, pk: int) -> HttpResponse:
    """不同意免报, with the reason."""
    expected, by, now = _expected(request, pk), request.actor, clock.now()
    return _reason_page(
        request,
        RefuseForm(request.POST or None),
        lambda reason: actions.refuse_exemption(expected=expected, reason=reason, by=by, now=now),
        _page(expected.period_id),
        heading=f"不同意免报：{expected.society.name}",
        text=f"{expected.period.title}。提请原因：{expected.exempt_reason}。"
        "不同意后该学会仍须报送；审核员可以重新提请。",
        verb="不同意免报",
        crumb="不同意免报",
        done=f"已告知提请人不同意{expected.society.name}免报",
    )
