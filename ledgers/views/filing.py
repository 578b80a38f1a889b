"""The society's side of the chain: own ledgers, 送审签, 审签并报送, the return, 更正."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from common.formpages import ActionForm, add_refusal, form_page
from common.forms import PortalForm
from common.once import OnceMixin, run_once
from ledgers import actions
from ledgers.changes import compared_with, longest_unchanged
from ledgers.forms.changes import change_lines, changes_of
from ledgers.forms.procedure import history
from ledgers.forms.sheet import Sheet
from ledgers.models import Ledger, LedgerPeriod, LockException
from ledgers.views.base import filing_refusal, head_context, section_code, visible_ledger
from ledgers.views.section import edit_then
from societies.decorators import ActorRequest, require_permission
from societies.models import Society


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def open_draft(request: ActorRequest, period_pk: int) -> HttpResponse:
    """Open the own society's draft of a period (R-LED-06)."""
    period = get_object_or_404(LedgerPeriod.objects.visible_to(request.actor), pk=period_pk)
    societies = Society.objects.visible_to(request.actor)
    society = get_object_or_404(societies, pk=request.actor.society_id)
    try:
        ledger = actions.ensure_draft(
            society=society, period=period, by=request.actor, now=clock.now()
        )
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect("ledgers:list")
    return redirect("ledgers:section", pk=ledger.pk, number=1)


@require_permission(Permission.LEDGER_SEND)
@require_POST
def send(request: ActorRequest, pk: int, number: int) -> HttpResponse:
    """送审签, after saving the table it is pressed on."""
    try:
        section_code(number)
    except LookupError:
        raise Http404 from None

    def act(ledger: Ledger, version: int) -> str:
        actions.send_for_signature(ledger=ledger, by=request.actor, now=clock.now())
        messages.success(request, "已送审签，待党组织书记审签并报送")
        return reverse("ledgers:section", args=[pk, number])

    return edit_then(request, pk, number, act, strict=True)


class SignForm(OnceMixin, PortalForm):
    """The secretary's declaration; the ticks of X-08 are read beside it."""

    truthful = forms.BooleanField(
        label="已审阅并对真实性负责",
        error_messages={"required": "请审阅后勾选声明，再报送"},
    )


class ReturnForm(OnceMixin, PortalForm):
    """A return needs its reason."""

    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        help_text="退回时必填，填报人可见",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_permission(Permission.LEDGER_SIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: ActorRequest, pk: int) -> HttpResponse:
    """What changed, what stood still for long; 审签并报送."""
    ledger = visible_ledger(request, pk)
    request.actor.require(Permission.LEDGER_SIGN, ledger)
    if request.method != "POST":
        return _sign_page(request, ledger, SignForm())
    form = SignForm(request.POST)

    def act() -> str:
        actions.sign_and_file(
            ledger=ledger, ticks=request.POST.getlist("tick"), by=request.actor, now=clock.now()
        )
        messages.success(request, "已审签并报送，待科技社团党委审核")
        return reverse("ledgers:section", args=[pk, 1])

    if form.is_valid():
        try:
            return redirect(run_once(request, act))
        except ActionRefused as refused:
            return _sign_page(request, ledger, form, refused)
    return _sign_page(request, ledger, form)


@require_permission(Permission.LEDGER_SIGN)
@require_POST
def hand_back(request: ActorRequest, pk: int) -> HttpResponse:
    """The secretary's return to the clerk."""
    ledger = visible_ledger(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _sign_page(request, ledger, SignForm(), return_form=form)

    def act() -> str:
        actions.return_to_clerk(
            ledger=ledger, reason=form.cleaned_data["reason"], by=request.actor, now=clock.now()
        )
        messages.success(request, "已退回填报人修改")
        return reverse("ledgers:section", args=[pk, 1])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return _sign_page(request, ledger, SignForm(), refused, return_form=form)


def _sign_page(
    request: ActorRequest,
    ledger: Ledger,
    form: SignForm,
    refused: ActionRefused | None = None,
    return_form: ReturnForm | None = None,
) -> HttpResponse:
    still = longest_unchanged(ledger)
    errors = refused.errors if refused else {}
    ticked = set(request.POST.getlist("tick"))
    sheet, base = Sheet(ledger, clock.today()), compared_with(ledger)
    data: dict[str, Any] = head_context(request, ledger) | {
        "sheet": sheet,
        "lines": change_lines(ledger, changes_of(sheet, base)),
        "base": base,
        "still": [(row, row.target in ticked, errors.get(row.target, [])) for row in still],
        "refusals": [m for found in errors.values() for m in found],
        "form": form,
        "return_form": return_form or ReturnForm(),
        "history": history(ledger),
        "refusal": filing_refusal(ledger),
        "same_person": ledger.sent_by_id == request.actor.user.pk,
    }
    status = 422 if refused or form.errors or (return_form and return_form.errors) else 200
    return render(request, "ledgers/sign.html", data, status=status)


class RestateForm(OnceMixin, PortalForm):
    """Why an accepted version must be corrected."""

    reason = forms.CharField(
        label="更正原因",
        max_length=300,
        help_text="写明哪些数据有误、依据是什么；审核员和负责人可见",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_permission(Permission.LEDGER_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def restate(request: ActorRequest, pk: int) -> HttpResponse:
    """The clerk asks for a 更正: a new version beside the accepted one (R-LED-10)."""
    ledger = visible_ledger(request, pk)
    request.actor.require(Permission.LEDGER_SEND, ledger)
    form = RestateForm(request.POST or None)

    def act() -> str:
        version = actions.restate(
            ledger=ledger, reason=form.cleaned_data["reason"], by=request.actor, now=clock.now()
        )
        messages.success(request, "已另立更正版本，请修改后送审签")
        return reverse("ledgers:section", args=[version.pk, 1])

    if form.is_bound and form.is_valid():
        try:
            return redirect(run_once(request, act))
        except ActionRefused as refused:
            add_refusal(form, refused)
    data = head_context(request, ledger) | {"form": form}
    return render(request, "ledgers/restate.html", data, status=422 if form.errors else 200)


class AbandonForm(ActionForm):
    """Why a restatement is given up; nobody has to say."""

    reason = forms.CharField(
        label="放弃原因",
        required=False,
        max_length=300,
        help_text="选填，记入办理记录",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_permission(Permission.LEDGER_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def abandon(request: ActorRequest, pk: int) -> HttpResponse:
    """The clerk gives up a 更正 opened by mistake (R-LED-10)."""
    ledger = visible_ledger(request, pk)
    request.actor.require(Permission.LEDGER_SEND, ledger)
    back_url = reverse("ledgers:section", args=[pk, 1])

    def act(values: dict[str, Any]) -> str:
        actions.abandon_restatement(
            ledger=ledger, reason=values["reason"], by=request.actor, now=clock.now()
        )
        return back_url

    context = {
        "heading": f"放弃更正：{ledger.period.title}",
        "text": f"编号 {ledger.full_number}。放弃后本次更正不再办理，所填内容留存备查；"
        "原版本继续有效，需要时可以另行申请更正。",
        "verb": "放弃更正",
        "danger": True,
        "back_url": back_url,
        "crumb": "放弃更正",
    }
    return form_page(
        request,
        AbandonForm(request.POST or None),
        act,
        template="ledgers/action.html",
        context=context,
        done="已放弃更正，原版本继续有效",
    )


@require_GET
@require_permission(Permission.LEDGER_VIEW)
def listing(request: ActorRequest) -> HttpResponse:
    """The ledgers in the reader's scope, by period; for clerk and secretary with what to do."""
    actor = request.actor
    ledgers = (
        Ledger.objects.visible_to(actor)
        .select_related("society", "period")
        .with_window(clock.today())
        .order_by("-period__as_of", "society__sort_key", "-version")
    )
    return render(request, "ledgers/list.html", _list_context(request, ledgers))


def _list_context(request: ActorRequest, ledgers: Any) -> dict[str, Any]:
    actor, today = request.actor, clock.today()
    page = Paginator(ledgers, 50).get_page(request.GET.get("page"))
    own = actor.society_id
    begun = set(ledgers.order_by().values_list("period_id", flat=True)) if own else set()
    locks = LockException.objects.visible_to(actor).select_related("society", "period")[:20]
    periods = LedgerPeriod.objects.visible_to(actor).order_by("as_of")
    missing = [p for p in periods.asked_of(own, today) if p.pk not in begun] if own else []
    return {
        "page": page,
        "rows": [(row, _filed_word(row)) for row in page],
        "shows_society": not own,
        "missing": [(p, p.window(today).label) for p in missing],
        "may_edit": actor.may_any(Permission.LEDGER_EDIT),
        "locks": locks,
    }


def _filed_word(ledger: Any) -> tuple[str, str]:
    """按期 or not, as a kind and a word; nothing for what was never filed."""
    words = {"on_time": ("ok", "按期"), "grace": ("warn", "宽限期内"), "late": ("bad", "逾期")}
    return words.get(ledger.filed_window, ("", ""))
