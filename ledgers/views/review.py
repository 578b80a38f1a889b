"""The committee's side: the review of one version."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from common.formpages import ActionForm
from common.once import run_once
from ledgers import actions
from ledgers.forms.remarks import MORE, RemarkLines, remark_lines, typed_pairs
from ledgers.forms.review import TABS_OF_READING, review_context
from ledgers.forms.sheet import Sheet
from ledgers.models import Ledger, LedgerState, ReviewDraft
from ledgers.views.base import head_context, is_htmx, visible_ledger
from societies.decorators import ActorRequest, require_permission


class ReturnForm(ActionForm):
    """A return with its reason; words at single fields come beside it."""

    reason = forms.CharField(
        label="退回说明",
        max_length=500,
        help_text="退回时必填，填报人和书记可见",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
@require_permission(Permission.LEDGER_REVIEW, Permission.LEDGER_DECIDE)
def review(request: ActorRequest, pk: int) -> HttpResponse:
    """One version: differences first, tables in tabs, the conclusion beside them."""
    ledger = visible_ledger(request, pk)
    draft = ReviewDraft.objects.visible_to(request.actor).filter(ledger=ledger).first()
    if draft is None or ledger.state != LedgerState.FILED:
        return review_page(request, ledger, ReturnForm())
    remarks = remark_lines(Sheet(ledger, clock.today()), draft.values.get("remarks", ()))
    form = ReturnForm(initial={"reason": draft.values.get("reason", "")})
    return review_page(request, ledger, form, remarks=remarks, saved_at=draft.saved_at)


@require_permission(Permission.LEDGER_REVIEW)
@require_POST
def keep(request: ActorRequest, pk: int) -> HttpResponse:
    """Keep what is typed of a return: by autosave, or before another table is opened (`?tab=`)."""
    ledger = visible_ledger(request, pk)
    tab = request.GET.get("tab", "")
    draft, refusal = _keep(request, ledger)
    goal = reverse("ledgers:review", args=[pk]) + (f"?tab={tab}" if tab in TABS_OF_READING else "")
    if not is_htmx(request):
        return redirect(goal)
    if tab:
        return HttpResponse(headers={"HX-Redirect": goal})
    data = {"draft_saved_at": draft and draft.saved_at, "draft_refusal": refusal}
    return render(request, "ledgers/_review_saved.html", data)


def _keep(request: ActorRequest, ledger: Ledger) -> tuple[ReviewDraft | None, ActionRefused | None]:
    """What the form sent, kept; or why not."""
    post = request.POST
    try:
        draft = actions.keep_review_draft(
            ledger=ledger,
            reason=post.get("reason", ""),
            remarks=typed_pairs(post),
            by=request.actor,
            now=clock.now(),
        )
    except ActionRefused as refused:
        return None, refused
    return draft, None


def review_page(
    request: ActorRequest,
    ledger: Ledger,
    form: forms.Form,
    refused: ActionRefused | None = None,
    remarks: RemarkLines | None = None,
    saved_at: datetime | None = None,
) -> HttpResponse:
    """review.html with what was typed; saved_at: when that was kept."""
    data = head_context(request, ledger) | review_context(
        request.actor, ledger, request.GET.get("tab", "")
    )
    lines = remarks or remark_lines(data["sheet"])
    refusals = [m for found in refused.errors.values() for m in found] if refused else []
    status = 422 if refusals or form.errors or not lines.is_valid else 200
    data |= {"form": form, "refusals": refusals, "remarks": lines, "draft_saved_at": saved_at}
    return render(request, "ledgers/review.html", data, status=status)


def next_waiting(request: ActorRequest, ledger: Ledger) -> str:
    """The address of the next version to review in the same period, else the queue."""
    rows = Ledger.objects.visible_to(request.actor).awaiting_review()
    following = rows.filter(period=ledger.period).exclude(pk=ledger.pk).first()
    if following is None:
        return f"{reverse('ledgers:review_queue')}?period={ledger.period.key}"
    return reverse("ledgers:review", args=[following.pk])


@require_permission(Permission.LEDGER_REVIEW)
@require_POST
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """通过, then the next one."""
    ledger = visible_ledger(request, pk)

    def act() -> str:
        done = actions.accept(ledger=ledger, by=request.actor, now=clock.now())
        words = "已通过" if done.state == LedgerState.ACCEPTED else "已审核更正，待负责人决定"
        messages.success(request, f"{ledger.society.name} {ledger.period.label}台账{words}")
        following = request.POST.get("then") == "next"
        return next_waiting(request, ledger) if following else reverse("ledgers:review", args=[pk])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, ReturnForm(), refused)


@require_permission(Permission.LEDGER_REVIEW)
@require_POST
def send_back(request: ActorRequest, pk: int) -> HttpResponse:
    """退回修改, with the reason and words at fields (R-LED-08)."""
    ledger = visible_ledger(request, pk)
    sheet, typed = Sheet(ledger, clock.today()), typed_pairs(request.POST)
    if MORE in request.POST:
        # Another line for a remark; nothing is judged yet. Without scripts this is what keeps them.
        kept = ReturnForm(initial={"reason": request.POST.get("reason", "")})
        draft, refusal = _keep(request, ledger)
        lines, at = remark_lines(sheet, typed), draft.saved_at if draft else None
        return review_page(request, ledger, kept, refusal, remarks=lines, saved_at=at)
    form, remarks = ReturnForm(request.POST), remark_lines(sheet, typed, judged=True)
    if not form.is_valid() or not remarks.is_valid:
        return review_page(request, ledger, form, remarks=remarks)

    def act() -> str:
        actions.return_to_society(
            ledger=ledger,
            reason=form.cleaned_data["reason"],
            remarks=remarks.remarks,
            by=request.actor,
            now=clock.now(),
        )
        messages.success(request, f"{ledger.society.name}台账已退回修改")
        return next_waiting(request, ledger)

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, form, refused, remarks)


@require_permission(Permission.LEDGER_DECIDE)
@require_POST
def agree(request: ActorRequest, pk: int) -> HttpResponse:
    """The leader agrees to a restatement (R-LED-10)."""
    ledger = visible_ledger(request, pk)

    def act() -> str:
        actions.decide_restatement(ledger=ledger, agreed=True, by=request.actor, now=clock.now())
        messages.success(request, "已同意更正，新版本即时生效")
        return reverse("ledgers:review", args=[pk])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, ReturnForm(), refused)


@require_permission(Permission.LEDGER_DECIDE)
@require_POST
def disagree(request: ActorRequest, pk: int) -> HttpResponse:
    """The leader returns a restatement with a reason."""
    ledger = visible_ledger(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return review_page(request, ledger, form)

    def act() -> str:
        actions.decide_restatement(
            ledger=ledger,
            agreed=False,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=clock.now(),
        )
        messages.success(request, "不同意更正，已退回学会")
        return reverse("ledgers:review", args=[pk])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, form, refused)
