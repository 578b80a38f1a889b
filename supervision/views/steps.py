"""The steps of a batch: one address each, the page of the batch with its messages if refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.formpages import VersionedForm, add_refusal, form_page
from common.once import run_once
from societies.decorators import ActorRequest, require_permission
from supervision import actions
from supervision.forms.batches import ChangeLeadForm, ReasonForm, RescheduleForm, SeedForm, StepForm
from supervision.models import InspectionBatch
from supervision.pairing import leads
from supervision.views.batches import batch_response, visible_batch

Act = Callable[..., Any]


def _step(
    request: ActorRequest, pk: int, verb: str, form: VersionedForm, act: Act, done: str
) -> HttpResponse:
    """Take a step and go back to the batch; refused, show its page with the messages."""
    batch = visible_batch(request, pk)
    if form.is_valid():
        given = {k: v for k, v in form.cleaned_data.items() if k != "form_token"}

        def take() -> str:
            act(batch=batch, by=request.actor, now=clock.now(), **given)
            return reverse("supervision:batch", args=[pk])

        try:
            url = run_once(request, take)
        except ActionRefused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, done)
            return redirect(url)
    return batch_response(request, batch, form, verb, 422)


def _sent(request: ActorRequest, made: type[VersionedForm], verb: str) -> VersionedForm:
    return made(request.POST, auto_id=f"id_{verb}_%s")


@require_POST
@require_permission(P.BATCH_DRAFT)
def send(request: ActorRequest, pk: int) -> HttpResponse:
    """送审核."""
    form = _sent(request, StepForm, "send")
    return _step(request, pk, "send", form, actions.send_batch, "已送审核")


@require_POST
@require_permission(P.BATCH_REVIEW)
def review(request: ActorRequest, pk: int) -> HttpResponse:
    """审核通过，报批."""
    form = _sent(request, StepForm, "review")
    return _step(request, pk, "review", form, actions.review_batch, "已报负责人批准")


@require_POST
@require_permission(P.BATCH_REVIEW, P.BATCH_DECIDE)
def hand_back(request: ActorRequest, pk: int) -> HttpResponse:
    """退回组长."""
    form = _sent(request, ReasonForm, "hand_back")
    return _step(request, pk, "hand_back", form, actions.hand_back_batch, "已退回组长")


@require_POST
@require_permission(P.BATCH_DECIDE)
def approve(request: ActorRequest, pk: int) -> HttpResponse:
    """批准并冻结抽样框."""
    form = _sent(request, StepForm, "approve")
    return _step(request, pk, "approve", form, actions.approve_batch, "已批准，抽样框已冻结")


@require_POST
@never_cache
@require_permission(P.BATCH_DECIDE)
def commit(request: ActorRequest, pk: int) -> HttpResponse:
    """生成种子并公布摘要."""
    return _seed(request, pk, "commit", _sent(request, StepForm, "commit"), actions.commit_seed)


@require_POST
@never_cache
@require_permission(P.BATCH_DECIDE)
def recommit(request: ActorRequest, pk: int) -> HttpResponse:
    """重新生成种子并公布摘要."""
    form = _sent(request, ReasonForm, "recommit")
    return _seed(request, pk, "recommit", form, actions.recommit_seed)


def _seed(request: ActorRequest, pk: int, verb: str, form: VersionedForm, act: Act) -> HttpResponse:
    """Answer with the seed, once: it is stored nowhere, so the same form sent again shows none."""
    shown: list[tuple[InspectionBatch, str]] = []

    def keep(**given: Any) -> None:
        shown.append(act(**given))

    answer = _step(request, pk, verb, form, keep, "种子摘要已公布")
    if answer.status_code != 302:
        return answer
    if not shown:
        messages.warning(request, "种子只显示一次；没有抄录的，说明理由后重新生成")
        return answer
    batch, seed = shown[0]
    return render(request, "supervision/seed.html", {"batch": batch, "seed": seed})


@require_POST
@require_permission(P.BATCH_DECIDE)
def draw(request: ActorRequest, pk: int) -> HttpResponse:
    """公开种子并抽取."""
    form = _sent(request, SeedForm, "draw")
    return _step(request, pk, "draw", form, actions.draw_batch, "已抽取，结果可由任何人复算")


@require_POST
@require_permission(P.BATCH_DECIDE)
def notify(request: ActorRequest, pk: int) -> HttpResponse:
    """通知被抽学会."""
    form = _sent(request, StepForm, "notify")
    done = "已通知被抽学会，督导组成员的任职已开通"
    return _step(request, pk, "notify", form, actions.notify_societies, done)


@require_POST
@require_permission(P.BATCH_DECIDE)
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """结束批次."""
    form = _sent(request, StepForm, "close")
    done = "批次已结束，督导组成员的任职同时终止"
    return _step(request, pk, "close", form, actions.close_batch, done)


@require_permission(P.BATCH_DECIDE)
def reschedule(request: ActorRequest, pk: int) -> HttpResponse:
    """改期."""
    batch = visible_batch(request, pk)
    names = ("on_site_from", "on_site_to", "row_version")
    form = RescheduleForm(
        request.POST or None, initial={name: getattr(batch, name) for name in names}
    )

    def act(values: dict[str, Any]) -> str:
        given = {name: values[name] for name in (*names, "reason")}
        actions.reschedule_batch(batch=batch, by=request.actor, now=clock.now(), **given)
        return reverse("supervision:batch", args=[pk])

    context = {
        "heading": f"改期：{batch}",
        "verb": "改期",
        "batch": batch,
        "back_url": reverse("supervision:batch", args=[pk]),
        "text": "通知学会以前可以改期；已冻结的抽样框和抽取结果不变。",
    }
    return form_page(
        request, form, act, template="supervision/form.html", context=context, done="已改期"
    )


@require_permission(P.BATCH_DECIDE)
def change_lead(request: ActorRequest, pk: int) -> HttpResponse:
    """更换组长."""
    batch = visible_batch(request, pk)
    people = leads(batch, clock.today())
    first = {"row_version": batch.row_version}
    form = ChangeLeadForm(request.POST or None, initial=first, people=people)

    def act(values: dict[str, Any]) -> str:
        given = {name: values[name] for name in ("row_version", "user", "reason")}
        actions.change_lead(batch=batch, by=request.actor, now=clock.now(), **given)
        return reverse("supervision:batch", args=[pk])

    text = f"现为{batch.lead}；更换后即不再看到这个批次，新组长接着办理。"
    if not people:
        text += "目前没有其他可选的督导组组长，请先任命。"
    context = {
        "heading": f"更换组长：{batch}",
        "verb": "更换",
        "batch": batch,
        "back_url": reverse("supervision:batch", args=[pk]),
        "text": text,
    }
    return form_page(
        request, form, act, template="supervision/form.html", context=context, done="已更换组长"
    )
