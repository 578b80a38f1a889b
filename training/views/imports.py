"""到课导入: the roster → upload → preview → confirm → done, or taken back within a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.exports import xlsx_response
from common.formpages import add_refusal, form_page
from common.imports import workbooks
from common.imports.batches import RUNNING, STOPS, BatchState
from common.imports.door import MAX_BYTES
from common.imports.pages import preview
from common.imports.uploads import was_too_large
from common.listing import Column
from common.months import said_month
from common.once import new_token, run_once
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission
from training.actions import importing
from training.forms.imports import PlaceColumnsForm, UploadForm
from training.importing import ATTENDANCE, roster
from training.models import AttendanceImport, TrainingClass
from training.views.common import FORM, pressed, visible_class

ATTEND = P.CLASS_ATTEND
SHOWN = 10
# Above this many persons an export needs a second person's approval (roles.md §3).
MOST_EXPORTED = 100


def page_of(batch: AttendanceImport) -> str:
    """The address of a batch."""
    return reverse("training:import", args=[batch.pk])


def _batch(actor: Actor, pk: int) -> AttendanceImport:
    rows = AttendanceImport.objects.visible_to(actor).select_related(
        "training_class", "uploaded_by", "confirmed_by", "rolled_back_by"
    )
    batch: AttendanceImport = get_object_or_404(rows, pk=pk)
    return batch


ROSTER = (
    Column("society", "学会", value=lambda row: row[0].society.name, width=30),
    Column("name", "姓名", value=lambda row: row[0].person_name),
    Column("birth_month", "出生年月", value=lambda row: row[1]),
    Column("sessions", "到课", value=lambda row: row[2]),
    Column("result", "考核结果", value=lambda row: row[3]),
)


@require_safe
@require_permission(ATTEND)
def roster_workbook(request: ActorRequest, pk: int) -> FileResponse:
    """The workbook to fill in: everybody enrolled, what is registered so far.

    For a class of more than a hundred, the empty template. The month of birth stands only where two
    of a society share a name.
    """
    chosen = visible_class(request.actor, pk)
    demo = chosen.federation.is_demo
    known = roster(chosen)
    people = {each.pk: each for found in known.people.values() for each in found}
    if len(people) > MOST_EXPORTED:
        return workbooks.template(ATTENDANCE, demo=demo)
    alike = {e.pk for found in known.people.values() if len(found) > 1 for e in found}
    rows = []
    for each in sorted(people.values(), key=lambda e: (e.society.sort_key, e.pk)):
        marks = known.marks[each.pk]
        sessions = known.said(each.pk)[0] if marks.sessions or marks.result else ""
        result = marks.result and known.said(each.pk)[1]
        month = said_month(each.member.birth_month) if each.pk in alike else ""
        rows.append((each, month, sessions, result))
    name = f"{chosen.code}-到课登记"
    title = f"{chosen.title}：到课填“全部”“缺席”或节次如 1、3"
    return xlsx_response(name, title=title, lines=[], columns=ROSTER, rows=rows, demo=demo)


@require_permission(ATTEND)
def import_start(request: ActorRequest, pk: int) -> HttpResponse:
    """The roster, the upload, and what was uploaded before."""
    chosen = visible_class(request.actor, pk)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if was_too_large(request):
            limit = MAX_BYTES // 1024 // 1024
            form.add_error("file", f"文件超过 {limit} MB，请分几次上传")
        elif form.is_valid():
            try:
                sent = form.cleaned_data["file"]
                return redirect(run_once(request, lambda: _upload(request, chosen, sent)))
            except ActionRefused as refused:
                add_refusal(form, refused)
    batches = AttendanceImport.objects.visible_to(request.actor).filter(training_class=chosen)
    context = {"form": form, "chosen": chosen, "batches": batches.order_by("-pk")[:SHOWN]}
    return render(request, "training/import_start.html", context, status=status)


def _upload(request: ActorRequest, chosen: TrainingClass, sent: Any) -> str:
    batch = importing.upload_attendance(
        chosen=chosen,
        name=sent.name,
        data=sent.read(MAX_BYTES + 1),
        by=request.actor,
        now=clock.now(),
    )
    return page_of(batch)


@require_safe
@require_permission(ATTEND)
def import_detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Where a batch stands: progress, preview, or what became of it."""
    batch = _batch(request.actor, pk)
    context: dict[str, Any] = {
        "batch": batch,
        "chosen": batch.training_class,
        "running": batch.state in RUNNING,
        "open": batch.state == BatchState.CHECKED,
        "may_roll_back": batch.may_roll_back(clock.now()),
        "token": new_token(),
    }
    if not context["running"]:
        context |= preview(ATTENDANCE, batch, request)
    if request.htmx and not context["running"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "_progress" if request.htmx else "progress" if context["running"] else "import"
    return render(request, f"training/{template}.html", context)


@require_permission(ATTEND)
def import_columns(request: ActorRequest, pk: int) -> HttpResponse:
    """Say which column is which."""
    batch = _batch(request.actor, pk)
    form = PlaceColumnsForm(request.POST or None, heads=batch.heads, places=batch.places)

    def act(values: dict[str, Any]) -> str:
        importing.place_attendance_columns(batch=batch, places=form.places(), by=request.actor)
        return page_of(batch)

    context = {
        "heading": "调整对应关系",
        "text": batch.file_name,
        "verb": "按此重新核对",
        "chosen": batch.training_class,
        "back_url": page_of(batch),
    }
    return form_page(request, form, act, template=FORM, context=context, done="正在重新核对")


def _pressed(
    request: ActorRequest,
    pk: int,
    act: Callable[[AttendanceImport], Any],
    done: str,
    back: str = "",
) -> HttpResponse:
    batch = _batch(request.actor, pk)
    return pressed(request, back or page_of(batch), lambda: act(batch), done)


@require_POST
@require_permission(ATTEND)
def import_adopt(request: ActorRequest, pk: int, line: int) -> HttpResponse:
    """采用 what was offered for a cell."""
    column = request.POST.get("column", "")

    def act(batch: AttendanceImport) -> None:
        importing.adopt_offer(
            batch=batch, line=line, column=column, by=request.actor, now=clock.now()
        )

    return _pressed(request, pk, act, f"第 {line} 行已采用建议")


@require_POST
@require_permission(ATTEND)
def import_confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Write the lines that passed."""

    def act(batch: AttendanceImport) -> None:
        importing.confirm_attendance(batch=batch, by=request.actor, now=clock.now())

    return _pressed(request, pk, act, "到课已导入")


@require_POST
@require_permission(ATTEND)
def import_roll_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Take everything back."""

    def act(batch: AttendanceImport) -> None:
        importing.roll_back_attendance(batch=batch, by=request.actor, now=clock.now())

    return _pressed(request, pk, act, "已整批撤回，到课恢复到导入以前")


@require_POST
@require_permission(ATTEND)
def import_abandon(request: ActorRequest, pk: int) -> HttpResponse:
    """Give the batch up."""
    batch = _batch(request.actor, pk)
    back = reverse("training:import_start", args=[batch.training_class_id])

    def act() -> None:
        importing.abandon_attendance(batch=batch, by=request.actor)

    return pressed(request, back, act, "已放弃本次导入，没有写入任何数据")


@require_safe
@require_permission(ATTEND)
def import_errors(request: ActorRequest, pk: int) -> FileResponse:
    """The lines that stay out, to be mended and uploaded again."""
    batch = _batch(request.actor, pk)
    rows = batch.rows.filter(kind__in=STOPS).order_by("line")
    return workbooks.errors(ATTENDANCE, batch.file_name, rows.iterator(500))
