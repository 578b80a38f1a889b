"""One filing with its steps: sign, review, decide, each on the page of the filing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from branches import actions, states
from branches.filing_checks import check_filing, claim_of
from branches.filing_committee import said_of_members
from branches.forms_posts import ReasonForm, ReplyForm, StepForm
from branches.models import FilingKind, PostFiling, PostFilingState
from branches.views.filings import filing_address
from common import clock
from common.errors import ActionRefused, Conflict
from common.once import run_once
from common.states import open_steps
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

_PEOPLE = ("sent_by", "signed_by", "reviewed_by", "decided_by", "returned_by")
CHANGED = "您打开页面后，这份报送已被他人更改，本次没有办理。以下是最新内容，请核对后再办理"
_STAGES = (("sent", "报送人送审签"), ("signed", "书记审签"), ("reviewed", "审核员审核"))


def _filing(request: ActorRequest, pk: int) -> PostFiling:
    rows = PostFiling.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("organisation__society", "term", *_PEOPLE), pk=pk)


@require_safe
@require_permission(P.POST_VIEW)
def filing(request: ActorRequest, pk: int) -> HttpResponse:
    """What is claimed, what the rules say of it, its steps and the step open to this actor."""
    return filing_page(request, _filing(request, pk))


def filing_page(
    request: ActorRequest,
    row: PostFiling,
    form: forms.Form | None = None,
    refused: ActionRefused | Conflict | None = None,
) -> HttpResponse:
    """filing.html with what was typed; 422 after a refusal, 409 after a conflict."""
    open_now = open_steps(
        states.transitions(row.kind),
        state=row.state,
        row=row,
        permissions=request.actor.permissions,
        user_id=request.actor.user.pk,
    )
    claim = claim_of(row, clock.today())
    is_open = row.state not in (PostFilingState.ACCEPTED, PostFilingState.WITHDRAWN)
    context = {
        "filing": row,
        "organisation": row.organisation,
        "claim": claim,
        "found": check_filing(claim) if is_open else None,
        "members_said": said_of_members(claim) if row.kind == FilingKind.RE_ELECTION else "",
        "open": {step.verb for step in open_now},
        "stages": _stages(row),
        "reason_form": form if isinstance(form, ReasonForm) else ReasonForm(),
        "reply_form": form if isinstance(form, ReplyForm) else ReplyForm(),
        "step_form": form if type(form) is StepForm else StepForm(),
        "refusals": _words(refused),
        **neighbours(request.actor, row),
    }
    failed = refused is not None or (form is not None and bool(form.errors))
    status = 409 if isinstance(refused, Conflict) else 422 if failed else 200
    return render(request, "branches/filing.html", context, status=status)


def _words(refused: ActionRefused | Conflict | None) -> list[str]:
    if isinstance(refused, ActionRefused):
        return [word for words in refused.errors.values() for word in words]
    return [CHANGED] if refused else []


def _stages(row: PostFiling) -> list[tuple[str, Any, Any]]:
    stages = _STAGES
    if row.kind == FilingKind.EXTENSION:
        stages = (*stages, ("decided", "负责人决定"))  # type: ignore[assignment]
    return [(label, getattr(row, f"{c}_by"), getattr(row, f"{c}_at")) for c, label in stages]


def neighbours(actor: Actor, row: PostFiling) -> dict[str, Any]:
    """Where a filing stands among those in the same state, for the queue. One query."""
    rows = PostFiling.objects.visible_to(actor).filter(state=row.state)
    order = list(rows.order_by("signed_at", "pk").values_list("pk", flat=True))
    at = order.index(row.pk) if row.pk in order else 0
    return {
        "position": at + 1,
        "queue_length": len(order),
        "previous_pk": order[at - 1] if at else None,
        "next_pk": order[at + 1] if at + 1 < len(order) else None,
    }


def _step(
    request: ActorRequest,
    pk: int,
    act: Callable[..., Any],
    done: str,
    form: StepForm | None = None,
) -> HttpResponse:
    """Take one step, once, on the version that was shown.

    A refusal shows the page with its words and what was typed, a conflict what stands now.
    """
    row = _filing(request, pk)
    form = form or StepForm(request.POST)
    if not form.is_valid():
        return filing_page(request, row, form)
    values = {name: form.cleaned_data[name] for name in form.fields if name != "form_token"}

    def once() -> str:
        act(filing=row, by=request.actor, now=clock.now(), **values)
        messages.success(request, done)
        return filing_address(row)

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        return filing_page(request, row, form, refused)
    except Conflict as conflict:
        return filing_page(request, _filing(request, pk), form, conflict)


@require_POST
@require_permission(P.POST_FILE)
def filing_send(request: ActorRequest, pk: int) -> HttpResponse:
    """送审签."""
    return _step(request, pk, actions.send_filing, "已送审签，待党组织书记审签")


@require_POST
@require_permission(P.POST_FILE)
def filing_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """撤回."""
    return _step(request, pk, actions.withdraw_filing, "已撤回")


@require_POST
@require_permission(P.POST_SIGN)
def filing_sign(request: ActorRequest, pk: int) -> HttpResponse:
    """审签并报送."""
    return _step(request, pk, actions.sign_filing, "已审签并报送，待审核员审核")


@require_POST
@require_permission(P.POST_SIGN)
def filing_hand_back(request: ActorRequest, pk: int) -> HttpResponse:
    """The secretary's return."""
    return _step(request, pk, actions.hand_back_filing, "已退回修改", ReasonForm(request.POST))


@require_POST
@require_permission(P.POST_REVIEW)
def filing_accept(request: ActorRequest, pk: int) -> HttpResponse:
    """通过: the facts are written."""
    return _step(request, pk, actions.accept_filing, "已通过，任期与职务已登记")


@require_POST
@require_permission(P.POST_REVIEW)
def filing_forward(request: ActorRequest, pk: int) -> HttpResponse:
    """An extension goes on to the leader."""
    return _step(request, pk, actions.forward_filing, "已审核，待负责人决定")


@require_POST
@require_permission(P.POST_REVIEW)
def filing_return(request: ActorRequest, pk: int) -> HttpResponse:
    """The reviewer's return."""
    return _step(request, pk, actions.return_filing, "已退回学会修改", ReasonForm(request.POST))


@require_POST
@require_permission(P.POST_DECIDE)
def filing_agree(request: ActorRequest, pk: int) -> HttpResponse:
    """同意延期."""
    return _step(request, pk, actions.agree_extension, "已同意延期", ReplyForm(request.POST))


@require_POST
@require_permission(P.POST_DECIDE)
def filing_disagree(request: ActorRequest, pk: int) -> HttpResponse:
    """不同意延期."""
    form = ReasonForm(request.POST)
    return _step(request, pk, actions.disagree_extension, "不同意延期，已退回学会", form)
