"""督导组配对, and 调换 after the notice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.formpages import add_refusal, form_page
from common.once import run_once
from societies.decorators import ActorRequest, require_permission
from supervision import actions
from supervision.forms.batches import PairsForm, ProposeForm, ReplaceForm
from supervision.models import InspectionBatch, InspectorSeat, SpotCheck
from supervision.pairing import people
from supervision.views.batches import visible_batch


def _checks(request: ActorRequest, batch: InspectionBatch) -> list[SpotCheck]:
    seats = InspectorSeat.objects.visible_to(request.actor).living()
    rows = SpotCheck.objects.visible_to(request.actor).filter(batch=batch)
    rows = rows.select_related("society").prefetch_related(Prefetch("seats", seats))
    return list(rows.order_by("position"))


def _forms(
    request: ActorRequest, batch: InspectionBatch, sent: str = ""
) -> tuple[PairsForm, ProposeForm]:
    """Both forms of the page; the one that was `sent` is bound."""
    found, first = people(batch, clock.today()), {"row_version": batch.row_version}
    pairs = PairsForm(
        request.POST if sent == "pairs" else None,
        initial=dict(first),
        people=found,
        checks=_checks(request, batch),
    )
    propose = ProposeForm(
        request.POST if sent == "propose" else None,
        initial=dict(first),
        people=found,
        auto_id="id_propose_%s",
    )
    return pairs, propose


@require_permission(P.BATCH_DRAFT)
def pair(request: ActorRequest, pk: int) -> HttpResponse:
    """The pairs, to be adjusted until the notice."""
    batch = visible_batch(request, pk)
    form, propose_form = _forms(request, batch, "pairs" if request.method == "POST" else "")

    def act(values: dict[str, Any]) -> str:
        try:
            actions.set_pairs(
                batch=batch,
                row_version=values["row_version"],
                pairs=form.pairs(),
                by=request.actor,
                now=clock.now(),
            )
        except ActionRefused as refused:
            # The message of a check stands at its first place.
            renamed = {
                f"{name}_1" if name.startswith("pair_") else name: words
                for name, words in refused.errors.items()
            }
            raise ActionRefused(renamed) from refused
        return reverse("supervision:batch", args=[pk])

    context = {"batch": batch, "propose_form": propose_form}
    return form_page(
        request, form, act, template="supervision/pairs.html", context=context, done="配对已保存"
    )


@require_POST
@require_permission(P.BATCH_DRAFT)
def propose(request: ActorRequest, pk: int) -> HttpResponse:
    """按名单建议配对."""
    batch = visible_batch(request, pk)
    pairs_form, form = _forms(request, batch, "propose")
    short: list[SpotCheck] = []

    def take() -> str:
        short.extend(
            actions.propose_pairs(
                batch=batch,
                row_version=form.cleaned_data["row_version"],
                users=list(form.cleaned_data["users"]),
                by=request.actor,
                now=clock.now(),
            )
        )
        return reverse("supervision:batch_pair", args=[pk])

    if form.is_valid():
        try:
            url = run_once(request, take)
        except ActionRefused as refused:
            add_refusal(form, refused)
        else:
            _tell(request, short)
            return redirect(url)
    context = {"batch": batch, "form": pairs_form, "propose_form": form}
    return render(request, "supervision/pairs.html", context, status=422)


def _tell(request: ActorRequest, short: list[SpotCheck]) -> None:
    if short:
        names = "、".join(check.society.name for check in short)
        messages.warning(request, f"因回避未能配齐两名：{names}，请另选成员")
    else:
        messages.success(request, "已建议配对，可逐家调整")


@require_permission(P.BATCH_DRAFT)
def replace(request: ActorRequest, pk: int) -> HttpResponse:
    """调换 one inspector after the notice."""
    rows = InspectorSeat.objects.visible_to(request.actor).living()
    rows = rows.select_related("spot_check__batch", "spot_check__society", "user")
    seat = get_object_or_404(rows, pk=pk)
    batch = visible_batch(request, seat.spot_check.batch_id)
    form = ReplaceForm(
        request.POST or None,
        initial={"row_version": batch.row_version},
        people=people(batch, clock.today()).exclude(pk=seat.user_id),
    )

    def act(values: dict[str, Any]) -> str:
        actions.replace_inspector(
            seat=seat,
            row_version=values["row_version"],
            user=values["user"],
            reason=values["reason"],
            by=request.actor,
            now=clock.now(),
        )
        return reverse("supervision:batch", args=[batch.pk])

    context = {
        "heading": f"调换督导组成员：{seat.spot_check.society.name}",
        "verb": "调换",
        "batch": batch,
        "back_url": reverse("supervision:batch", args=[batch.pk]),
        "text": f"现为{seat.user}；调换后即不再看到这家学会，新成员即时开通。",
    }
    return form_page(
        request, form, act, template="supervision/form.html", context=context, done="已调换"
    )
