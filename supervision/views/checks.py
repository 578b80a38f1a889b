"""The list of spot checks, the page of one with its steps, and its print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused, Conflict
from common.formpages import VersionedForm, add_refusal
from common.once import run_once
from societies.decorators import ActorRequest, View, require_permission
from supervision import actions
from supervision import check_page as page
from supervision.actions.check_common import version_of
from supervision.forms import checks as forms
from supervision.models import CheckSignature, CheckState, Finding, SpotCheck


@dataclass(frozen=True)
class Step:
    """A step as the page takes it: its form, its action, the fields handed on, what is said.

    more: what the form needs to know of the check.
    """

    form: type[VersionedForm]
    act: Callable[..., Any]
    done: str
    fields: tuple[str, ...] = ()
    more: Callable[[SpotCheck], dict[str, Any]] = lambda row: {}

    def made(self, row: SpotCheck, verb: str, data: Any = None) -> VersionedForm:
        """The form for this check as it stands, bound to data if something was sent."""
        first = {"row_version": version_of(row)}
        return self.form(data, initial=first, auto_id=f"{verb}_%s", **self.more(row))


STEPS: Mapping[str, Step] = {
    "sign": Step(forms.StepForm, actions.sign_check, "已签字"),
    "reopen": Step(forms.ReopenForm, actions.reopen_check, "已退回修改，请重新签字", ("reason",)),
    "sign_society": Step(
        forms.DissentForm, actions.sign_for_society, "学会已签字，检查情况不再改动", ("dissent",)
    ),
    "record_unsigned": Step(
        forms.UnsignedForm, actions.record_unsigned, "已记录学会未签", ("unsigned", "reason")
    ),
    "record_barred": Step(
        forms.BarredForm, actions.record_barred, "已记录拒绝检查，学会可反馈意见", ("reason",)
    ),
    "reply": Step(forms.ReplyForm, actions.reply_to_check, "反馈意见已报送", ("reply",)),
    "pass_on": Step(forms.OpinionForm, actions.pass_on_check, "结果已报送", ("opinion",)),
    "conclude": Step(
        forms.ConclusionForm,
        actions.conclude_check,
        "已作出结论",
        ("conclusion", "rulings", "upheld"),
        lambda row: {"flagged": actions.flagged(row), "barred": row.is_barred},
    ),
}


@require_safe
@require_permission(P.CHECK_VIEW)
def checks(request: ActorRequest) -> HttpResponse:
    """The checks that this actor reads, by batch, with how far each is."""
    rows = SpotCheck.objects.visible_to(request.actor).select_related("society", "batch")
    context = {
        "rows": page.with_progress(rows, request.actor).order_by("-batch_id", "position"),
        "answerable": page.ANSWERABLE if request.actor.may_any(P.CHECK_ANSWER) else (),
        "today": clock.today(),
    }
    return render(request, "supervision/checks.html", context)


def visible_check(request: ActorRequest, pk: int) -> SpotCheck:
    """The check, or 404 outside the reader's scope."""
    rows = SpotCheck.objects.visible_to(request.actor)
    people = ("unsigned_by", "barred_by", "replied_by", "passed_by", "concluded_by")
    return get_object_or_404(rows.select_related("society", "batch__edition", *people), pk=pk)


@require_safe
@require_permission(P.CHECK_VIEW)
def check(request: ActorRequest, pk: int) -> HttpResponse:
    """What was found, who signed, and the steps open to this actor."""
    return check_response(request, visible_check(request, pk))


@require_safe
@require_permission(P.CHECK_VIEW)
def check_print(request: ActorRequest, pk: int) -> HttpResponse:
    """The result on paper, for whoever reads the check."""
    row = visible_check(request, pk)
    return render(request, "supervision/check_print.html", _facts(request, row))


def check_response(
    request: ActorRequest,
    row: SpotCheck,
    sent: tuple[str, VersionedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """check.html; `sent` is the step that was tried, with what was typed and what is wrong."""
    verbs = page.open_verbs(request.actor, row)
    steps = {verb: STEPS[verb].made(row, verb) for verb in verbs if verb in STEPS}
    if sent:
        steps[sent[0]] = sent[1]
    context = _facts(request, row) | {
        "steps": steps,
        "sent_form": sent[1] if sent else None,
        "may_answer": row.state in page.ANSWERABLE and request.actor.may(P.CHECK_ANSWER, row),
        "may_open_findings": request.actor.may_any(P.FINDING_VIEW),
        "answering_over": row.state not in page.ANSWERABLE,
        "in_reply": row.state == CheckState.CONFIRMED,
    }
    return render(request, "supervision/check.html", context, status=status)


def _facts(request: ActorRequest, row: SpotCheck) -> dict[str, Any]:
    actor = request.actor
    signatures = CheckSignature.objects.visible_to(actor).filter(spot_check=row)
    seats = list(row.seats.living().select_related("user").order_by("place"))
    return {
        "check": row,
        "sheet": page.answers_of(actor, row),
        "kinds": page.KINDS,
        "seats": seats,
        "undeclared": [seat.user for seat in seats if seat.declared_at is None],
        "signatures": signatures.select_related("signed_by").order_by("pk"),
        "history": page.history(actor, row),
        "findings": Finding.objects.visible_to(actor).filter(spot_check=row).order_by("code"),
        "may_review": actor.may(P.CHECK_REVIEW, row),
        "named": actor.spec.inside,
        "today": clock.today(),
    }


def _step(verb: str, right: P) -> View:
    """The view of a step: the right anywhere opens it, the action decides about the row."""

    @require_POST
    @require_permission(right)
    def view(request: ActorRequest, pk: int) -> HttpResponse:
        return take_step(request, visible_check(request, pk), verb)

    return view


def take_step(request: ActorRequest, row: SpotCheck, verb: str) -> HttpResponse:
    """Take one step, once; a refusal shows the page with its words and everything typed."""
    step = STEPS[verb]
    form = step.made(row, verb, request.POST)
    if not form.is_valid():
        return check_response(request, row, (verb, form), 422)

    def once() -> str:
        values = {name: form.cleaned_data[name] for name in step.fields}
        version = form.cleaned_data["row_version"]
        step.act(check=row, version=version, by=request.actor, now=clock.now(), **values)
        messages.success(request, f"{row.code}：{step.done}")
        return page_of(row)

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return check_response(request, row, (verb, form), 422)
    except Conflict as conflict:
        row = visible_check(request, row.pk)
        form.initial["row_version"] = version_of(row)
        form.note_conflict()
        form.add_error(None, f"{conflict}。核对后可再次提交")
        return check_response(request, row, (verb, form), 409)


def page_of(row: SpotCheck) -> str:
    """The address of a check."""
    return reverse("supervision:check", args=[row.pk])


sign = _step("sign", P.CHECK_ANSWER)
reopen = _step("reopen", P.CHECK_ANSWER)
sign_society = _step("sign_society", P.CHECK_SIGN)
record_unsigned = _step("record_unsigned", P.CHECK_REVIEW)
record_barred = _step("record_barred", P.CHECK_REVIEW)
reply = _step("reply", P.CHECK_SIGN)
pass_on = _step("pass_on", P.CHECK_REVIEW)
conclude = _step("conclude", P.CHECK_CONCLUDE)
