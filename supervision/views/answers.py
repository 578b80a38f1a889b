"""The phone page: declaration, answers sent item by item, each told whether it is saved."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused, Conflict
from common.formpages import VersionedForm, add_refusal
from common.once import run_once
from societies.decorators import ActorRequest, require_permission
from supervision import actions
from supervision import check_page as page
from supervision.actions.check_common import version_of
from supervision.forms.checks import AnswerForm, RecusalForm, StepForm
from supervision.models import Answer, SeverityRule, SpotCheck
from supervision.views.checks import page_of, visible_check

JSON = "application/json"


@never_cache
@require_safe
@require_permission(P.CHECK_ANSWER)
def check_answers(request: ActorRequest, pk: int) -> HttpResponse:
    """The first day until it comes, the question of the declaration, the items; then the result."""
    row = visible_check(request, pk)
    if row.state not in page.ANSWERABLE:
        return redirect(page_of(row))
    return phone_response(request, row)


def phone_response(
    request: ActorRequest,
    row: SpotCheck,
    recusal: VersionedForm | None = None,
    status: int = 200,
    refused: tuple[Answer, str] | None = None,
) -> HttpResponse:
    """check_phone.html; `refused`: what a page without script sent in vain, and why."""
    seats = row.seats.living().select_related("user").order_by("place")
    mine = next(
        (seat for seat in seats if seat.appointment_id == request.actor.appointment.pk), None
    )
    first = {"row_version": version_of(row)}
    context = {
        "check": row,
        "seats": seats,
        "seat": mine,
        "early": page.is_early(row, clock.today()),
        "sheet": page.answers_of(request.actor, row),
        "kinds": page.KINDS,
        "values": [(value, value.label, kind) for value, kind in page.KINDS.items()],
        "severities": SeverityRule.objects.visible_to(request.actor).filter(
            edition=row.batch.edition
        ),
        "client": uuid4(),
        "declaration": StepForm(initial=first, auto_id="declare_%s"),
        "recusal": recusal or RecusalForm(initial=first, auto_id="recuse_%s"),
        "refused": refused[0] if refused else None,
        "refusal": refused[1] if refused else "",
    }
    return render(request, "supervision/check_phone.html", context, status=status)


def phone_of(row: SpotCheck) -> str:
    """The address of the phone page of a check."""
    return reverse("supervision:check_answers", args=[row.pk])


@require_POST
@require_permission(P.CHECK_ANSWER)
def declare(request: ActorRequest, pk: int) -> HttpResponse:
    """声明无回避情形."""
    row = visible_check(request, pk)

    def once() -> str:
        actions.declare_no_recusal(check=row, by=request.actor, now=clock.now())
        return phone_of(row)

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect(phone_of(row))


@require_POST
@require_permission(P.CHECK_ANSWER)
def recuse(request: ActorRequest, pk: int) -> HttpResponse:
    """提出回避."""
    row = visible_check(request, pk)
    form = RecusalForm(request.POST, initial={"row_version": version_of(row)}, auto_id="recuse_%s")
    if not form.is_valid():
        return phone_response(request, row, form, 422)

    def once() -> str:
        reason = form.cleaned_data["reason"]
        actions.report_recusal(check=row, reason=reason, by=request.actor, now=clock.now())
        messages.success(request, "已提出回避，由组长调换")
        return phone_of(row)

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return phone_response(request, row, form, 422)


@never_cache
@require_POST
@require_permission(P.CHECK_ANSWER)
def answer_save(request: ActorRequest, pk: int) -> HttpResponse:
    """One item. A script gets JSON; a page without script comes back with a message.

    The answer 200 is given only after the transaction committed: 已保存 means kept.
    """
    rows = Answer.objects.visible_to(request.actor)
    answer = get_object_or_404(rows.select_related("item", "spot_check__batch"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        words = [str(word) for errors in form.errors.values() for word in errors]
        return _answered(request, answer, 422, "；".join(words))
    data = form.cleaned_data
    try:
        saved = actions.save_answer(
            answer=answer,
            send=actions.Send(data["client"], data["seq"], data["row_version"]),
            value=data["value"],
            note=data["note"],
            severity=data["severity"],
            by=request.actor,
            now=clock.now(),
        )
    except ActionRefused as refused:
        return _answered(request, answer, 422, str(refused))
    except Conflict as conflict:
        return _answered(request, _again(request, answer), 409, str(conflict))
    return _answered(request, saved.answer, 200, "", saved.applied)


def _keep(answer: Answer, request: ActorRequest) -> None:
    """What was sent stands in the form again; nothing of it is written."""
    answer.value, answer.note = request.POST.get("value", ""), request.POST.get("note", "")
    answer.severity = request.POST.get("severity", "")


def _again(request: ActorRequest, answer: Answer) -> Answer:
    rows = Answer.objects.visible_to(request.actor).select_related("item", "spot_check")
    return rows.get(pk=answer.pk)


def _answered(
    request: ActorRequest, answer: Answer, status: int, words: str, applied: bool = False
) -> HttpResponse:
    """What stands now, beside what is wrong with the send."""
    check = answer.spot_check
    if request.headers.get("Accept") != JSON:
        if status == 200:
            messages.success(request, f"{answer.item.code} 已保存")
            return redirect(f"{phone_of(check)}#item-{answer.pk}")
        check = visible_check(request, check.pk)
        _keep(answer, request)
        return phone_response(request, check, status=status, refused=(answer, words))
    content = {
        "message": words,
        "applied": applied,
        "version": answer.row_version,
        "value": answer.value,
        "label": answer.get_value_display() if answer.value else "未检查",
        "note": answer.note,
        "severity": answer.severity,
        "by": str(answer.answered_by or ""),
        "at": _hour(answer),
        "lacks": answer.lacks,
        "tally": page.answers_of(request.actor, check).tally(),
    }
    return JsonResponse(content, status=status)


def _hour(answer: Answer) -> str:
    if answer.answered_at is None:
        return ""
    return f"{timezone.localtime(answer.answered_at):%-H:%M}"
