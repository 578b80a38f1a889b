"""Batches: the list, a draft, the page of one, its frame."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from common import clock
from common.formpages import form_page
from societies.decorators import NO_RIGHT, ActorRequest, require_permission
from supervision import actions, batch_page, progress
from supervision.forms.batches import BatchEditForm, BatchForm, ReasonForm, SeedForm, StepForm
from supervision.frame import text_of
from supervision.models import FramePart, FrameRow, InspectionBatch

JOINS = ("edition", "federation", "lead", "reviewed_by", "decided_by")


def visible_batch(request: ActorRequest, pk: int) -> InspectionBatch:
    """The batch, or 404 outside the reader's scope."""
    rows = InspectionBatch.objects.visible_to(request.actor).select_related(*JOINS)
    return get_object_or_404(rows, pk=pk)


@require_safe
@require_permission(P.BATCH_VIEW)
def batches(request: ActorRequest) -> HttpResponse:
    """督导批次, the latest first."""
    rows = InspectionBatch.objects.visible_to(request.actor).select_related("edition", "lead")
    context = {
        "rows": rows.annotate(drawn_count=Count("checks")),
        "may_draft": request.actor.may_any(P.BATCH_DRAFT),
    }
    return render(request, "supervision/batches.html", context)


@require_permission(P.BATCH_DRAFT)
def batch_new(request: ActorRequest) -> HttpResponse:
    """新建批次."""
    federation = request.actor.federation
    if federation is None:
        raise PermissionDenied(NO_RIGHT)
    form = BatchForm(request.POST or None, initial={"exclude_recent": True, "include_open": True})

    def act(values: dict[str, Any]) -> str:
        batch = actions.draft_batch(
            federation=federation, values=_given(values), by=request.actor, now=clock.now()
        )
        return reverse("supervision:batch", args=[batch.pk])

    context = {
        "heading": "新建督导批次",
        "verb": "保存",
        "back_url": reverse("supervision:batches"),
        "text": "保存后核对抽样框，送审核员审核、负责人批准；批准时抽样框冻结。",
    }
    return form_page(
        request, form, act, template="supervision/form.html", context=context, done="批次已保存"
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in actions.EDITABLE}


@require_permission(P.BATCH_DRAFT)
def batch_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """修改批次."""
    batch = visible_batch(request, pk)
    first = {name: getattr(batch, name) for name in (*actions.EDITABLE, "row_version")}
    form = BatchEditForm(request.POST or None, initial=first)

    def act(values: dict[str, Any]) -> str:
        actions.edit_batch(
            batch=batch,
            row_version=values["row_version"],
            values=_given(values),
            by=request.actor,
            now=clock.now(),
        )
        return reverse("supervision:batch", args=[pk])

    context = {
        "heading": f"修改批次 {batch.code}",
        "verb": "保存",
        "batch": batch,
        "back_url": reverse("supervision:batch", args=[pk]),
        "text": batch.return_reason and f"退回原因：{batch.return_reason}",
    }
    return form_page(
        request, form, act, template="supervision/form.html", context=context, done="批次已保存"
    )


@require_safe
@require_permission(P.BATCH_VIEW)
def batch(request: ActorRequest, pk: int) -> HttpResponse:
    """Steps, result, frame, seed, and what this actor may do."""
    return batch_response(request, visible_batch(request, pk))


def batch_response(
    request: ActorRequest,
    row: InspectionBatch,
    form: forms.Form | None = None,
    verb: str = "",
    status: int = 200,
) -> HttpResponse:
    """batch.html; `form` is the one that was sent, for the step `verb`."""
    context = batch_context(request, row) | {
        "steps": _steps(request, row, form, verb),
        "sent_form": form,
    }
    return render(request, "supervision/batch.html", context, status=status)


def batch_context(request: ActorRequest, row: InspectionBatch) -> dict[str, Any]:
    """What page and print have in common."""
    actor = request.actor
    checks = batch_page.checks_of(actor, row)
    stage = request.GET.get("stage", "")
    facts = batch_page.frame_facts(actor, row, clock.today())
    must = sum(check.part == FramePart.MUST for check in checks)
    return {
        "batch": row,
        "checks": checks,
        "shown": progress.narrowed(actor, row, checks, stage),
        "stage": progress.BY_KEY.get(stage),
        "random": len(checks) - must,
        "must": must,
        "facts": facts,
        "beads": batch_page.beads(row, facts["frame"], checks),
        "history": batch_page.history(actor, row),
        "links": batch_page.may_open_societies(actor),
        "may_replace": actor.may_any(P.BATCH_DRAFT) and row.notified_at and row.is_open,
    }


# Steps with a page of their own; the others are forms on the page of the batch.
_PAGES = {"edit": "修改", "pair": "督导组配对", "reschedule": "改期", "change_lead": "更换组长"}
_FORMS: dict[str, type[forms.Form]] = {
    "hand_back": ReasonForm,
    "decline": ReasonForm,
    "recommit": ReasonForm,
    "draw": SeedForm,
}


def _steps(
    request: ActorRequest, row: InspectionBatch, sent: forms.Form | None, verb: str
) -> list[dict[str, Any]]:
    """Each open step with its address, and its form or page."""
    found = []
    for each in batch_page.open_transitions(request.actor, row):
        if each.verb == "replace":
            continue
        name = "hand_back" if each.verb == "decline" else each.verb
        entry: dict[str, Any] = {"verb": each.verb, "label": each.label}
        entry["url"] = reverse(f"supervision:batch_{name}", args=[row.pk])
        entry["danger"] = each.verb in ("hand_back", "decline", "recommit")
        if each.verb not in _PAGES:
            made = _FORMS.get(each.verb, StepForm)
            fresh = made(initial={"row_version": row.row_version}, auto_id=f"id_{each.verb}_%s")
            entry["form"] = sent if sent is not None and name == verb else fresh
        found.append(entry)
    return found


@require_safe
@require_permission(P.BATCH_VIEW)
def frame(request: ActorRequest, pk: int) -> HttpResponse:
    """抽样框: every society with part and reason, as frozen."""
    row = visible_batch(request, pk)
    asked = request.GET.get("part", "")
    rows = FrameRow.objects.visible_to(request.actor).filter(batch=row).order_by("pk")
    counts = rows.values_list("part").annotate(n=Count("pk")).order_by()
    context = {
        "batch": row,
        "rows": rows.filter(part=asked) if asked in FramePart.values else rows,
        "asked": asked,
        "parts": [(part.value, part.label, dict(counts).get(part, 0)) for part in FramePart],
        "total": rows.count(),
    }
    return render(request, "supervision/frame.html", context)


@require_safe
@require_permission(P.BATCH_VIEW)
def frame_text(request: ActorRequest, pk: int) -> HttpResponse:
    """The text that the frame's digest is made from, to the byte."""
    row = visible_batch(request, pk)
    text = text_of(row, row.sample or 0) if row.decided_at else ""
    response = HttpResponse(text.encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="frame-{row.code}.txt"'
    return response
