"""党员名册导入: template → upload → preview → confirm → done, or taken back within a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from branches.actions import importing
from branches.forms_members import PlaceColumnsForm, UploadForm
from branches.members.importing import MEMBERS
from branches.models import MemberImport
from branches.views.members import organisations_of
from common import clock
from common.errors import ActionRefused
from common.formpages import add_refusal, form_page
from common.imports import workbooks
from common.imports.batches import RUNNING, STOPS, BatchState
from common.imports.door import MAX_BYTES
from common.imports.pages import preview
from common.imports.uploads import was_too_large
from common.once import new_token, run_once
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

FILE = Permission.MEMBER_FILE
SHOWN = 10


def page_of(batch: MemberImport) -> str:
    """The address of a batch."""
    return reverse("branches:import", args=[batch.pk])


def _batch(actor: Actor, pk: int) -> MemberImport:
    rows = MemberImport.objects.visible_to(actor).select_related(
        "organisation__society", "uploaded_by", "confirmed_by", "rolled_back_by"
    )
    batch: MemberImport = get_object_or_404(rows, pk=pk)
    return batch


@require_permission(FILE)
def import_start(request: ActorRequest) -> HttpResponse:
    """The template, the upload, and what was uploaded before."""
    organisations = organisations_of(request.actor, FILE)
    form = UploadForm(request.POST or None, request.FILES or None, organisations=organisations)
    status = 200
    if request.method == "POST":
        status = 422
        if was_too_large(request):
            limit = MAX_BYTES // 1024 // 1024
            form.add_error("file", f"文件超过 {limit} MB，请分几次上传")
        elif form.is_valid():
            try:
                return redirect(run_once(request, lambda: _upload(request, form.cleaned_data)))
            except ActionRefused as refused:
                add_refusal(form, refused)
    batches = MemberImport.objects.visible_to(request.actor).select_related("organisation")
    context = {"form": form, "batches": batches.order_by("-pk")[:SHOWN]}
    return render(request, "branches/members/import_start.html", context, status=status)


def _upload(request: ActorRequest, values: dict[str, Any]) -> str:
    sent = values["file"]
    batch = importing.upload_members(
        organisation=values["organisation"],
        name=sent.name,
        data=sent.read(MAX_BYTES + 1),
        by=request.actor,
        now=clock.now(),
    )
    return page_of(batch)


@require_safe
@require_permission(FILE)
def import_template(request: ActorRequest) -> FileResponse:
    """The workbook to fill in."""
    federation = request.actor.federation
    return workbooks.template(MEMBERS, demo=bool(federation and federation.is_demo))


@require_safe
@require_permission(FILE)
def import_detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Where a batch stands: progress, preview, or what became of it."""
    batch = _batch(request.actor, pk)
    now = clock.now()
    context: dict[str, Any] = {
        "batch": batch,
        "running": batch.state in RUNNING,
        "open": batch.state == BatchState.CHECKED,
        "may_roll_back": batch.may_roll_back(now),
        "token": new_token(),
    }
    if not context["running"]:
        context |= preview(MEMBERS, batch, request)
    if request.htmx and not context["running"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "_progress" if request.htmx else "progress" if context["running"] else "import"
    return render(request, f"branches/members/{template}.html", context)


@require_permission(FILE)
def import_columns(request: ActorRequest, pk: int) -> HttpResponse:
    """Say which column is which."""
    batch = _batch(request.actor, pk)
    form = PlaceColumnsForm(request.POST or None, heads=batch.heads, places=batch.places)

    def act(values: dict[str, Any]) -> str:
        importing.place_member_columns(batch=batch, places=form.places(), by=request.actor)
        return page_of(batch)

    context = {
        "title": "调整对应关系",
        "subject": batch.file_name,
        "verb": "按此重新核对",
        "back_url": page_of(batch),
    }
    template = "branches/members/form.html"
    return form_page(request, form, act, template=template, context=context, done="正在重新核对")


def _pressed(
    request: ActorRequest, pk: int, act: Callable[[MemberImport], str], done: str = ""
) -> HttpResponse:
    """A button on the preview: once, then back to it with what was done or refused."""
    batch = _batch(request.actor, pk)

    def once() -> str:
        url = act(batch)
        if done:
            messages.success(request, done)
        return url

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect(page_of(batch))


@require_POST
@require_permission(FILE)
def import_answer(request: ActorRequest, pk: int, line: int) -> HttpResponse:
    """同一人，合并 / 不是同一人."""
    said = request.POST.get("said", "")

    def act(batch: MemberImport) -> str:
        importing.answer_line(batch=batch, line=line, said=said, by=request.actor, now=clock.now())
        return f"{page_of(batch)}?tab=stops"

    return _pressed(request, pk, act)


@require_POST
@require_permission(FILE)
def import_adopt(request: ActorRequest, pk: int, line: int) -> HttpResponse:
    """采用 what was offered for a cell."""
    column = request.POST.get("column", "")

    def act(batch: MemberImport) -> str:
        importing.adopt_offer(
            batch=batch, line=line, column=column, by=request.actor, now=clock.now()
        )
        return f"{page_of(batch)}?tab=stops"

    return _pressed(request, pk, act)


@require_POST
@require_permission(FILE)
def import_confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Write the rows that passed."""

    def act(batch: MemberImport) -> str:
        return page_of(importing.confirm_import(batch=batch, by=request.actor, now=clock.now()))

    return _pressed(request, pk, act)


@require_POST
@require_permission(FILE)
def import_roll_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Take everything back."""

    def act(batch: MemberImport) -> str:
        return page_of(importing.roll_back_import(batch=batch, by=request.actor, now=clock.now()))

    return _pressed(request, pk, act, "已整批撤回，名册恢复到导入以前")


@require_POST
@require_permission(FILE)
def import_abandon(request: ActorRequest, pk: int) -> HttpResponse:
    """Give the batch up."""

    def act(batch: MemberImport) -> str:
        importing.abandon_import(batch=batch, by=request.actor)
        return reverse("branches:import_start")

    return _pressed(request, pk, act, "已放弃本次导入，没有写入任何数据")


@require_safe
@require_permission(FILE)
def import_errors(request: ActorRequest, pk: int) -> FileResponse:
    """The rows that stay out, to be mended and uploaded again."""
    batch = _batch(request.actor, pk)
    rows = batch.rows.filter(kind__in=STOPS).order_by("line")
    return workbooks.errors(MEMBERS, batch.file_name, rows.iterator(500))
