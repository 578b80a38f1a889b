"""一票否决: enter a case, and one case with its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from branches.recusal import is_recused, recused_from
from common import clock
from common.errors import ActionRefused, Conflict
from common.formpages import VersionedForm, add_refusal, form_page
from common.listing import page_asked
from common.once import run_once
from common.status import kind_of
from societies.decorators import ActorRequest, require_permission
from starrating import actions
from starrating.evidence import veto_evidence
from starrating.forms.vetoes import CloseForm, LiftForm, StatementForm, VetoButtonForm, VetoForm
from starrating.models import Veto, VetoState
from starrating.views.entry import visible_entry

_PEOPLE = ("proposed_by", "stated_by", "confirmed_by", "seconded_by", "lift_by", "closed_by")


def _visible(request: ActorRequest, pk: int) -> Veto:
    rows = Veto.objects.visible_to(request.actor).select_related("society", "rule", *_PEOPLE)
    return get_object_or_404(rows, pk=pk)


@require_permission(P.VETO_PROPOSE)
def veto_enter(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter a decided case against the society of an entry."""
    row = visible_entry(request, pk)
    form = VetoForm(request.POST or None, edition=row.round.edition)

    def act(values: dict[str, Any]) -> str:
        veto = actions.propose_veto(
            society=row.society,
            rule=values["rule"],
            year=row.round.year,
            facts=values["facts"],
            document_number=values["document_number"],
            by=request.actor,
            now=clock.now(),
        )
        return reverse("starrating:veto", args=[veto.pk])

    context = {
        "heading": f"提出一票否决建议：{row.society.name}",
        "verb": "提出建议",
        "chosen": row.round,
        "entry": row,
        "back_url": reverse("starrating:entry", args=[pk]),
        "text": "系统只提建议，由党委核定、第二人确认后生效。",
    }
    return form_page(
        request,
        form,
        act,
        template="starrating/form.html",
        context=context,
        done="已提出，学会可在 5 个工作日内陈述意见",
    )


@require_safe
@require_permission(P.VETO_VIEW)
def vetoes(request: ActorRequest) -> HttpResponse:
    """一票否决: what waits for the reader's signature, and every other case in scope."""
    actor, today = request.actor, clock.today()
    waiting = Veto.objects.to_sign(actor, today, recused_from(actor.user, today))
    waiting = waiting.select_related("society", "rule").order_by("society__sort_key", "pk")
    others = Veto.objects.visible_to(actor).select_related("society", "rule")
    others = others.exclude(pk__in=waiting.order_by().values("pk"))
    context = {
        "waiting": waiting,
        "page": page_asked(request, others.order_by("-year", "society__sort_key", "pk")),
        "verb": "核定" if actor.may_any(P.VETO_CONFIRM) else "确认",
    }
    return render(request, "starrating/vetoes.html", context)


@require_safe
@require_permission(P.VETO_VIEW)
def veto(request: ActorRequest, pk: int) -> HttpResponse:
    """One case: facts, the society's view, who confirmed."""
    return _page(request, _visible(request, pk))


def _page(
    request: ActorRequest, row: Veto, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    first = {"row_version": row.row_version}
    heard = _heard(row)
    context = {
        "veto": row,
        "state_kind": kind_of(row.get_state_display()),
        "may": _may(request, row, heard),
        "heard": heard,
        "evidence": veto_evidence(request.actor, row),
        "stages": _stages(row, heard),
        "why_label": _WHY.get(VetoState(row.state), ""),
        "statement_form": _either(form, StatementForm, first),
        "close_form": _either(form, CloseForm, first),
        "lift_form": _either(form, LiftForm, first),
        "button_form": _either(form, VetoButtonForm, first),
        "sent_form": form,
    }
    return render(request, "starrating/veto.html", context, status=status)


def _heard(row: Veto) -> bool:
    return row.heard_by(clock.today())


def _may(request: ActorRequest, row: Veto, heard: bool) -> set[str]:
    """Which buttons the page shows; the actions decide."""
    me = request.user.pk
    if me in (row.proposed_by_id, row.stated_by_id):
        return set()
    open_now = {step for step, right in _RIGHTS.items() if request.actor.may_any(right)}
    open_now &= _steps(row, heard)
    seconding = {"second", "lift_second"}
    if open_now & seconding and is_recused(request.user, row.society, clock.today()):
        open_now -= seconding
    if me in (row.confirmed_by_id, row.seconded_by_id):
        open_now -= {"confirm", "second"}
    if me == row.lift_by_id:
        open_now -= {"lift_second"}
    return open_now


_WHY = {VetoState.DISMISSED: "不予否决的理由", VetoState.LIFTED: "解除的理由"}
_RIGHTS = {
    "state": P.VETO_STATE,
    "confirm": P.VETO_CONFIRM,
    "second": P.VETO_SECOND,
    "close": P.VETO_CONFIRM,
    "lift": P.VETO_CONFIRM,
    "lift_second": P.VETO_SECOND,
}


def _steps(row: Veto, heard: bool) -> set[str]:
    """What the case itself waits for."""
    if row.state == VetoState.CONFIRMED:
        return {"lift_second"} if row.lift_waits else {"lift"}
    if row.state != VetoState.PROPOSED:
        return set()
    if not heard:
        return {"state"}
    signed = {"confirm": row.confirmed_by_id, "second": row.seconded_by_id}
    return {"close", *(step for step, by in signed.items() if by is None)}


def _either(sent: forms.Form | None, kind: type[VersionedForm], first: dict[str, Any]) -> Any:
    return sent if type(sent) is kind else kind(initial=first)


@dataclass(frozen=True)
class _Stage:
    """One line of the record. at: None for what is still to come or never came."""

    label: str
    who: Any
    at: datetime | None
    otherwise: str = "待办理"


def _stages(row: Veto, heard: bool) -> list[_Stage]:
    silent = "期内未陈述意见" if heard else "待陈述"
    found = [
        _Stage("提出", row.proposed_by or "系统测算", row.proposed_at),
        _Stage("学会陈述意见", row.stated_by, row.stated_at, silent),
        _Stage("负责人核定", row.confirmed_by, row.confirmed_at),
        _Stage("第二人确认", row.seconded_by, row.seconded_at),
    ]
    if row.lift_by_id:
        found += [
            _Stage("负责人提出解除", row.lift_by, row.lift_at),
            _Stage("第二人确认解除", row.closed_by, row.closed_at),
        ]
    elif row.closed_at:
        # What a dismissed case did not come to is not waited for.
        found = [*found[:2], *(each for each in found[2:] if each.at)]
        found.append(_Stage("不予否决", row.closed_by, row.closed_at))
    return found


def _step(
    request: ActorRequest,
    row: Veto,
    form: VersionedForm,
    step: str,
    act: Callable[..., Veto],
    done: str,
    field: str = "",
) -> HttpResponse:
    """Take a step of `_RIGHTS` once; field: of the form, handed on by its name."""
    if not form.is_valid():
        return _page(request, row, form, 422)

    def once() -> str:
        given = {field: form.cleaned_data[field]} if field else {}
        version = form.cleaned_data["row_version"]
        act(veto=row, row_version=version, by=request.actor, now=clock.now(), **given)
        messages.success(request, f"{row.society.name}：{done}")
        return reverse("starrating:veto", args=[row.pk])

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return _page(request, row, form, 422)
    except Conflict as conflict:
        row = _visible(request, row.pk)
        form.initial["row_version"] = row.row_version
        form.note_conflict(again=step in _may(request, row, _heard(row)))
        form.add_error(None, str(conflict))
        return _page(request, row, form, 409)


def _sent(request: ActorRequest, row: Veto, kind: type[VersionedForm]) -> Any:
    return kind(request.POST, initial={"row_version": row.row_version})


@require_POST
@require_permission(P.VETO_STATE)
def veto_state(request: ActorRequest, pk: int) -> HttpResponse:
    """The society's view."""
    row = _visible(request, pk)
    form = _sent(request, row, StatementForm)
    return _step(request, row, form, "state", actions.state_view, "意见已提交", "statement")


@require_POST
@require_permission(P.VETO_CONFIRM)
def veto_confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """核定 by the leader."""
    row = _visible(request, pk)
    form = _sent(request, row, VetoButtonForm)
    return _step(request, row, form, "confirm", actions.confirm_veto, "已核定")


@require_POST
@require_permission(P.VETO_SECOND)
def veto_second(request: ActorRequest, pk: int) -> HttpResponse:
    """确认 by a second member."""
    row = _visible(request, pk)
    form = _sent(request, row, VetoButtonForm)
    return _step(request, row, form, "second", actions.second_veto, "已确认")


@require_POST
@require_permission(P.VETO_CONFIRM)
def veto_close(request: ActorRequest, pk: int) -> HttpResponse:
    """不予否决."""
    row = _visible(request, pk)
    form = _sent(request, row, CloseForm)
    return _step(request, row, form, "close", actions.close_veto, "不予否决", "reason")


@require_POST
@require_permission(P.VETO_CONFIRM)
def veto_lift(request: ActorRequest, pk: int) -> HttpResponse:
    """提出解除 by the leader."""
    row = _visible(request, pk)
    form = _sent(request, row, LiftForm)
    return _step(
        request, row, form, "lift", actions.propose_lift, "已提出解除，待委员确认", "reason"
    )


@require_POST
@require_permission(P.VETO_SECOND)
def veto_lift_second(request: ActorRequest, pk: int) -> HttpResponse:
    """确认解除 by a second member."""
    row = _visible(request, pk)
    form = _sent(request, row, VetoButtonForm)
    return _step(request, row, form, "lift_second", actions.second_lift, "已解除")
