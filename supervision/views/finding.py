"""The page of one finding, the same for everybody in scope, and how its steps are taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused, Conflict
from common.formpages import VersionedForm, add_refusal
from common.imports.door import MAX_BYTES
from common.imports.uploads import was_too_large
from common.once import run_once
from societies.decorators import ActorRequest, require_permission
from supervision import actions
from supervision import finding_page as page
from supervision.forms import findings as forms
from supervision.models import Finding, FindingEvidence, FindingState

_PEOPLE = ("issued_by", "author", "verified_by", "closed_by", "rule", "agreed_by")


@dataclass(frozen=True)
class Step:
    """A step as the page takes it: its form, its action, the fields handed on, what is said."""

    form: type[VersionedForm]
    act: Callable[..., Any]
    done: str
    fields: tuple[str, ...] = ()


_REASON = ("reason",)
STEPS: Mapping[str, Step] = {
    "accept": Step(forms.ButtonForm, actions.accept_finding, "已确认，请填报人报整改方案"),
    "send_plan": Step(
        forms.PlanForm,
        actions.send_plan,
        "方案已送审签",
        ("responsible_post", "plan", "planned_on"),
    ),
    "sign_plan": Step(forms.ButtonForm, actions.sign_plan, "方案已审签报送"),
    "hand_back_plan": Step(forms.ReasonForm, actions.hand_back_plan, "已退回填报人", _REASON),
    "agree_date": Step(forms.DateForm, actions.agree_date, "完成期限已确定", ("finish_due",)),
    "decline_plan": Step(forms.ReasonForm, actions.decline_plan, "方案已退回", _REASON),
    "send_measure": Step(forms.MeasureForm, actions.send_measure, "立即措施已送审签", ("measure",)),
    "sign_measure": Step(forms.ButtonForm, actions.sign_measure, "立即措施已审签报送"),
    "add_evidence": Step(
        forms.EvidenceForm, actions.add_evidence, "整改依据已添加", ("title", "text", "path")
    ),
    "remove_evidence": Step(
        forms.RemoveForm, actions.remove_evidence, "整改依据已撤下", ("evidence",)
    ),
    "send_evidence": Step(forms.ResultForm, actions.send_evidence, "整改情况已送审签", ("result",)),
    "sign_evidence": Step(forms.ButtonForm, actions.sign_evidence, "整改情况已审签报送，待复查"),
    "hand_back_evidence": Step(
        forms.ReasonForm, actions.hand_back_evidence, "已退回填报人", _REASON
    ),
    "verify": Step(forms.VerifyForm, actions.verify_finding, "复查通过，待销号", ("opinion",)),
    "send_back": Step(
        forms.VerifyForm, actions.send_back_finding, "已退回，继续整改", ("opinion",)
    ),
    "close": Step(forms.ButtonForm, actions.close_finding, "已销号"),
    "verify_again": Step(forms.ReasonForm, actions.verify_again, "已退回重新复查", _REASON),
    "ask_extension": Step(
        forms.ExtensionForm, actions.ask_extension, "延期已申请", ("due_asked", "reason")
    ),
    "review_extension": Step(
        forms.OpinionForm, actions.review_extension, "已审核，报负责人决定", ("opinion",)
    ),
    "decide_extension": Step(
        forms.DecisionForm, actions.decide_extension, "延期已决定", ("granted", "answer")
    ),
}


def visible_finding(request: ActorRequest, pk: int) -> Finding:
    """The finding, or 404 outside the reader's scope."""
    rows = Finding.objects.visible_to(request.actor)
    return get_object_or_404(page.with_page_facts(rows).select_related(*_PEOPLE), pk=pk)


@require_safe
@require_permission(P.FINDING_VIEW)
def finding(request: ActorRequest, pk: int) -> HttpResponse:
    """Facts, plan, evidence, history, and the steps open to this actor."""
    return finding_response(request, visible_finding(request, pk))


def finding_response(
    request: ActorRequest,
    row: Finding,
    sent: tuple[str, VersionedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """finding.html; `sent` is the step that was tried, with what was typed and what is wrong."""
    context = finding_context(request, row, sent)
    return render(request, "supervision/finding.html", context, status=status)


def finding_context(
    request: ActorRequest, row: Finding, sent: tuple[str, VersionedForm] | None = None
) -> dict[str, Any]:
    """What a finding's page and the board's panel print."""
    actor, on = request.actor, clock.today()
    extension = page.extension_of(actor, row)
    verbs = page.open_verbs(actor, row, extension)
    kept = FindingEvidence.objects.visible_to(actor).filter(finding=row)
    past = page.history(actor, row)
    evidence = list(kept.select_related("file", "added_by").defer("file__content"))
    return {
        "finding": row,
        "due": page.due_of(row, on),
        "extension": extension,
        "evidence": [each for each in evidence if each.turn == row.turn],
        "earlier": [each for each in evidence if each.turn != row.turn],
        "history": past,
        "reminder": page.reminder_of(row, past),
        "open": verbs,
        "steps": _forms(request, row, verbs, sent),
        "sent_form": sent[1] if sent else None,
        # Names of acting people: own society and committee (roles.md §2.9); others see the role.
        "named": actor.spec.inside,
        "may_open_society": actor.may_any(P.SOCIETY_VIEW),
        "measure_late": row.measure_due is not None
        and row.measure_signed_at is None
        and on > row.measure_due,
        "waits_for_leader": row.state == FindingState.PLAN_FILED,
    }


def _forms(
    request: ActorRequest, row: Finding, verbs: set[str], sent: tuple[str, VersionedForm] | None
) -> dict[str, VersionedForm]:
    """A form for each open step, by verb; the one that was sent instead of a fresh one."""
    made = {verb: _form(request, row, verb) for verb in verbs if verb in STEPS}
    return made | {sent[0]: sent[1]} if sent else made


def _form(request: ActorRequest, row: Finding, verb: str, posted: bool = False) -> VersionedForm:
    kind = STEPS[verb].form
    # 复查 is one form with two buttons.
    first = {
        "row_version": row.row_version,
        "responsible_post": row.responsible_post,
        "plan": row.plan,
        "planned_on": row.planned_on or row.finish_due,
        "finish_due": row.planned_on,
        "measure": row.measure,
        "result": row.result,
    }
    more: dict[str, Any] = {"host": request.get_host()} if kind is forms.EvidenceForm else {}
    name = "verify" if verb == "send_back" else verb
    data, files = (request.POST, request.FILES) if posted else (None, None)
    return kind(data, files, initial=first, auto_id=f"{name}_%s", **more)


def take_step(request: ActorRequest, row: Finding, verb: str) -> HttpResponse:
    """Take one step, once; a refusal shows the page with its words and everything typed."""
    step, form = STEPS[verb], _form(request, row, verb, posted=True)
    shown = "verify" if verb == "send_back" else verb
    if was_too_large(request):
        form.add_error("file", f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请压缩或分成几个文件")
    if not form.is_valid():
        return finding_response(request, row, (shown, form), 422)

    def once() -> str:
        values = {name: form.cleaned_data[name] for name in step.fields}
        if upload := form.cleaned_data.get("file"):
            values["upload"] = (upload.name, upload.read(MAX_BYTES + 1))
        version = form.cleaned_data["row_version"]
        step.act(finding=row, row_version=version, by=request.actor, now=clock.now(), **values)
        messages.success(request, f"{row.code}：{step.done}")
        return page_of(row)

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return finding_response(request, row, (shown, form), 422)
    except Conflict as conflict:
        row = visible_finding(request, row.pk)
        form.initial["row_version"] = row.row_version
        form.note_conflict()
        form.add_error(None, f"{conflict}。再次提交将以您填写的内容为准")
        return finding_response(request, row, (shown, form), 409)


def page_of(row: Finding) -> str:
    """The address of a finding."""
    return reverse("supervision:finding", args=[row.pk])
