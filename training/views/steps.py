"""The steps of a class: sending, approving, handing back, calling off, settling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission
from training import actions
from training.forms.classes import ReasonForm
from training.views.common import FORM, page_of, pressed, version_sent, visible_class


def _step(request: ActorRequest, pk: int, action: Callable[..., Any], done: str) -> HttpResponse:
    chosen = visible_class(request.actor, pk)

    def act() -> None:
        action(
            chosen=chosen,
            row_version=version_sent(request),
            by=request.actor,
            now=clock.now(),
        )

    return pressed(request, page_of(chosen), act, done)


@require_POST
@require_permission(P.CLASS_PLAN)
def send(request: ActorRequest, pk: int) -> HttpResponse:
    """送批."""
    return _step(request, pk, actions.send_plan, "已送批，待负责人批准")


@require_POST
@require_permission(P.CLASS_DECIDE)
def approve(request: ActorRequest, pk: int) -> HttpResponse:
    """批准."""
    return _step(request, pk, actions.approve_plan, "已批准，有名额的学会开始报名")


@require_POST
@require_permission(P.CLASS_ATTEND)
def settle(request: ActorRequest, pk: int) -> HttpResponse:
    """结业."""
    return _step(request, pk, actions.settle_class, "已结业，证书已编号，学时已计入")


def _reasoned(
    request: ActorRequest, pk: int, action: Callable[..., Any], what: dict[str, str], done: str
) -> HttpResponse:
    chosen = visible_class(request.actor, pk)
    form = ReasonForm(request.POST or None, initial={"row_version": chosen.row_version})

    def act(values: dict[str, Any]) -> str:
        action(
            chosen=chosen,
            row_version=values["row_version"],
            reason=values["reason"],
            by=request.actor,
            now=clock.now(),
        )
        return page_of(chosen)

    context = {
        **what,
        "heading": f"{what['verb']}：{chosen}",
        "chosen": chosen,
        "back_url": page_of(chosen),
    }
    return form_page(request, form, act, template=FORM, context=context, done=done)


@require_permission(P.CLASS_DECIDE)
def hand_back(request: ActorRequest, pk: int) -> HttpResponse:
    """退回计划."""
    what = {"verb": "退回计划", "text": "退回后由培训管理员修改，再送批。"}
    return _reasoned(request, pk, actions.return_plan, what, "已退回培训管理员")


@require_permission(P.CLASS_PLAN)
def cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """取消培训班."""
    what = {
        "verb": "取消培训班",
        "text": "取消后不能恢复；已报名的学会看到取消的原因。",
        "danger": "1",
    }
    return _reasoned(request, pk, actions.cancel_class, what, "培训班已取消")
