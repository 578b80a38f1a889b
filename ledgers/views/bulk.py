"""Accepting together what shows no change (R-LED-13), and follow-ups of measures (R-LED-14)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.formpages import ActionForm, add_refusal, form_page
from common.numbers import row_id
from common.once import run_once
from ledgers import actions, states
from ledgers.models import GuidanceMeasure, Ledger, LedgerPeriod
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission


class TogetherForm(ActionForm):
    """The versions that were shown, and the word that they were looked at."""

    looked = forms.BooleanField(
        label="以上台账均无变化、与名录一致，同意一并通过",
        error_messages={"required": "请先核对名单并勾选确认"},
    )


def fit(actor: Actor) -> QuerySet[Ledger]:
    """What this reviewer may accept together, longest waiting first."""
    rows = Ledger.objects.visible_to(actor).within(actor.scope(P.LEDGER_REVIEW)).bulk_acceptable()
    for column in states.ACCEPT.distinct_from:
        rows = rows.exclude(**{column: actor.user})
    return rows


@require_permission(P.LEDGER_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def accept_many(request: ActorRequest) -> HttpResponse:
    """通过 of all versions of a period without change, difference or open issue, once confirmed."""
    periods = LedgerPeriod.objects.visible_to(request.actor).filter(opened_at__isnull=False)
    key = request.GET.get("period", "")
    period = periods.filter(key=key).first() or periods.order_by("-as_of").first()
    rows = list(fit(request.actor).filter(period=period)) if period else []
    back = f"{reverse('ledgers:review_queue')}?period={period.key}" if period else ""
    form = TogetherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        shown = {row_id(pk) for pk in request.POST.getlist("ledger")}
        chosen = [row for row in rows if row.pk in shown]

        def act() -> str:
            if not chosen:
                raise ActionRefused("名单中已没有可以一并通过的台账，请刷新后重新核对")
            done = actions.accept_many(ledgers=chosen, by=request.actor, now=clock.now())
            _say(request, chosen, done, len(shown) - len(chosen))
            return back

        try:
            return redirect(run_once(request, act))
        except ActionRefused as refused:
            add_refusal(form, refused)
    data = {"period": period, "rows": rows, "form": form, "back_url": back}
    return render(request, "ledgers/together.html", data, status=422 if form.errors else 200)


def _say(request: ActorRequest, chosen: list[Ledger], done: actions.BulkResult, gone: int) -> None:
    """How many passed; each that did not, with the reason."""
    messages.success(request, f"已一并通过 {len(done.accepted)} 份台账")
    names = {row.pk: row.society.name for row in chosen}
    for pk, reason in done.left.items():
        messages.warning(request, f"{names[pk]}未通过：{reason}")
    if gone:
        messages.warning(request, f"{gone} 份在核对期间有变动，未一并通过，请逐份审核")


class FollowUpForm(ActionForm):
    """One follow-up: day and what was done."""

    on = forms.DateField(label="跟进日期", help_text="不晚于今天")
    text = forms.CharField(
        label="进展",
        max_length=300,
        help_text="写明做了什么、下一步；不写个人信息",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_permission(P.LEDGER_EDIT, P.LEDGER_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: ActorRequest, pk: int) -> HttpResponse:
    """登记进展 of a running measure, by society or reviewer, with what was written before."""
    actor = request.actor
    rows = GuidanceMeasure.objects.visible_to(actor).select_related("society", "unit", "source")
    measure: Any = get_object_or_404(rows, pk=pk)
    if not any(actor.may(right, measure) for right in (P.LEDGER_EDIT, P.LEDGER_REVIEW)):
        raise NotAllowed("当前身份无权办理")
    form = FollowUpForm(request.POST or None, initial={"on": clock.today()})
    back = reverse("society", args=[measure.society_id])

    def act(values: dict[str, Any]) -> str:
        actions.follow_up(
            measure=measure, on=values["on"], text=values["text"], by=actor, now=clock.now()
        )
        return reverse("ledgers:follow_up", args=[pk])

    rules = measure.source.period.edition.rules
    code = rules.measure(measure.code)
    context = {
        "measure": measure,
        "code_label": code.label if code else measure.code,
        "told": measure.follow_ups.select_related("by"),
        "named": actor.spec.inside,
        "verb": "登记进展",
        "back_url": back,
    }
    template = "ledgers/follow_up.html"
    return form_page(request, form, act, template=template, context=context, done="进展已登记")
