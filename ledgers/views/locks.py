"""Lock exceptions: request → countersign → review → decide (R-LED-07, roles.md §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.formpages import ActionForm, form_page
from common.once import run_once
from common.states import open_steps
from ledgers import actions, states
from ledgers.models import LOCK_STEPS, FilingWindow, LedgerPeriod, LockException
from societies.decorators import ActorRequest, require_permission
from societies.models import Society


class RequestForm(ActionForm):
    """Which period, why, until when."""

    period = forms.ModelChoiceField(
        label="期次", queryset=LedgerPeriod.objects.none(), empty_label=None
    )
    reason = forms.CharField(
        label="补报原因",
        max_length=300,
        help_text="写明未能按期报送的原因",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(label="补报截止日", help_text="当日仍可报送")

    def __init__(self, *args: Any, periods: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["period"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = periods


@require_permission(P.LOCK_REQUEST)
@require_http_methods(["GET", "HEAD", "POST"])
def request_lock(request: ActorRequest) -> HttpResponse:
    """The clerk asks to file after the closing day."""
    today = clock.today()
    rows = LedgerPeriod.objects.visible_to(request.actor)
    societies = Society.objects.visible_to(request.actor)
    society = get_object_or_404(societies, pk=request.actor.society_id)
    periods = rows.filter(closes_on__lt=today).owed_by(society.pk).order_by("-as_of")
    form = RequestForm(
        request.POST or None,
        periods=periods,
        initial={"period": request.GET.get("period", "")},
    )

    def act(values: dict[str, Any]) -> str:
        exception = actions.request_lock_exception(
            society=society,
            period=values["period"],
            reason=values["reason"],
            until=values["until"],
            by=request.actor,
            now=clock.now(),
        )
        return reverse("ledgers:lock", args=[exception.pk])

    context = {
        "heading": "申请补报开锁",
        "text": "期次关闭报送后确需补报的，由填报人申请、书记审签、审核员审核，负责人决定。"
        + ("" if periods else "本学会没有已关闭而未报送的期次，无须申请。"),
        "verb": "提交申请",
        "back_url": reverse("ledgers:list"),
        "crumb": "补报开锁",
    }
    return form_page(
        request,
        form,
        act,
        template="ledgers/action.html",
        context=context,
        done="已提交补报申请，待党组织书记审签",
    )


class GrantForm(ActionForm):
    """The leader may set another last day."""

    until = forms.DateField(label="补报截止日", help_text="当日仍可报送；可另定日期")


class RefuseForm(ActionForm):
    """Why not."""

    reason = forms.CharField(
        label="不批准原因",
        max_length=300,
        help_text="学会可见，可补充后再次申请",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _exception(request: ActorRequest, pk: int) -> LockException:
    rows = LockException.objects.visible_to(request.actor)
    people = ("requested_by", "countersigned_by", "reviewed_by", "decided_by")
    return get_object_or_404(rows.select_related("society", "period", *people), pk=pk)


@require_GET
@require_permission(P.LEDGER_VIEW)
def lock(request: ActorRequest, pk: int) -> HttpResponse:
    """One request with its steps and the step open to this actor."""
    return lock_page(request, _exception(request, pk))


def lock_page(
    request: ActorRequest,
    exception: LockException,
    form: forms.Form | None = None,
    refusal: str = "",
) -> HttpResponse:
    """lock.html with what was typed."""
    steps = open_steps(
        states.LOCK_TRANSITIONS,
        state=exception.state,
        row=exception,
        permissions=request.actor.permissions,
        user_id=request.actor.user.pk,
    )
    grant, refuse_form = GrantForm(initial={"until": exception.until}), RefuseForm()
    if isinstance(form, GrantForm):
        grant = form
    if isinstance(form, RefuseForm):
        refuse_form = form
    data = {
        "exception": exception,
        "open": {step.verb for step in steps},
        "grant_form": grant,
        "refuse_form": refuse_form,
        "refusals": [refusal] if refusal else [],
        "is_open": exception.open_on(clock.today()),
        "kind": _KINDS[exception.state],
        "still_closed": exception.period.window(clock.today()) == FilingWindow.CLOSED,
        "stages": _stages(exception, named=request.actor.spec.inside),
    }
    failed = refusal or (form is not None and form.errors)
    return render(request, "ledgers/lock.html", data, status=422 if failed else 200)


_KINDS = {
    "requested": "warn",
    "countersigned": "info",
    "reviewed": "info",
    "granted": "ok",
    "refused": "bad",
}


def _stages(exception: LockException, *, named: bool) -> list[tuple[str, Any, Any]]:
    """Each step with who and when; without names only when (roles.md §2.9)."""
    names = ("填报人申请", "书记审签", "审核员审核", "负责人决定")
    return [
        (name, named and getattr(exception, f"{column}_by"), getattr(exception, f"{column}_at"))
        for name, column in zip(names, LOCK_STEPS, strict=True)
    ]


def _step(
    request: ActorRequest, pk: int, act: Callable[[LockException], Any], done: str
) -> HttpResponse:
    exception = _exception(request, pk)

    def once() -> str:
        act(exception)
        messages.success(request, done)
        return reverse("ledgers:lock", args=[pk])

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        return lock_page(request, exception, refusal=str(refused))


@require_permission(P.LOCK_COUNTERSIGN)
@require_POST
def countersign(request: ActorRequest, pk: int) -> HttpResponse:
    """The secretary's signature."""
    by, now = request.actor, clock.now()
    return _step(
        request,
        pk,
        lambda row: actions.countersign_lock(exception=row, by=by, now=now),
        "已审签补报申请，待审核员审核",
    )


@require_permission(P.LOCK_REVIEW)
@require_POST
def review(request: ActorRequest, pk: int) -> HttpResponse:
    """The reviewer passes it on."""
    by, now = request.actor, clock.now()
    return _step(
        request,
        pk,
        lambda row: actions.review_lock(exception=row, by=by, now=now),
        "已审核补报申请，待负责人决定",
    )


@require_permission(P.LOCK_DECIDE)
@require_POST
def grant(request: ActorRequest, pk: int) -> HttpResponse:
    """批准补报."""
    form = GrantForm(request.POST)
    if not form.is_valid():
        return lock_page(request, _exception(request, pk), form)
    by, now, until = request.actor, clock.now(), form.cleaned_data["until"]
    return _step(
        request,
        pk,
        lambda row: actions.grant_lock(exception=row, until=until, by=by, now=now),
        "已批准补报",
    )


@require_permission(P.LOCK_DECIDE)
@require_POST
def refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """不批准补报."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return lock_page(request, _exception(request, pk), form)
    by, now, reason = request.actor, clock.now(), form.cleaned_data["reason"]
    return _step(
        request,
        pk,
        lambda row: actions.refuse_lock(exception=row, reason=reason, by=by, now=now),
        "不批准补报，已告知学会",
    )
