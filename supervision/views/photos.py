"""Photos of an item: the door, the picture itself, taking it away."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused
from common.imports.door import MAX_BYTES
from common.imports.uploads import was_too_large
from common.once import STALE_PAGE
from societies.decorators import ActorRequest, require_permission
from supervision import actions
from supervision.models import Answer, AnswerPhoto
from supervision.photos import FIELD
from supervision.views.answers import JSON, phone_of

# Nothing in a picture may run or load, whatever a browser thinks it is.
SANDBOX = "sandbox; default-src 'none'"


@require_POST
@require_permission(P.CHECK_ANSWER)
def photo_add(request: ActorRequest, pk: int) -> HttpResponse:
    """One photo; a doubled send of the same key adds it once."""
    rows = Answer.objects.visible_to(request.actor).select_related("item", "spot_check__batch")
    answer = get_object_or_404(rows, pk=pk)
    try:
        photo = actions.add_photo(
            answer=answer,
            key=_key(request),
            data=_data(request),
            by=request.actor,
            now=clock.now(),
        )
    except ActionRefused as refused:
        return _said(request, answer, 422, str(refused))
    return _said(request, answer, 200, f"{answer.item.code} 照片已保存", photo)


def _key(request: ActorRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise ActionRefused(STALE_PAGE["invalid"]) from None


def _data(request: ActorRequest) -> bytes:
    upload = request.FILES.get(FIELD)
    if was_too_large(request):
        raise ActionRefused(f"照片超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后再添加")
    if upload is None or isinstance(upload, list):
        raise ActionRefused("请选择照片")
    return bytes(upload.read(MAX_BYTES + 1))


def _said(
    request: ActorRequest, answer: Answer, status: int, words: str, photo: AnswerPhoto | None = None
) -> HttpResponse:
    if request.headers.get("Accept") == JSON:
        content = {"message": words}
        if photo is not None:
            content["url"] = reverse("supervision:photo", args=[photo.pk])
            content["remove"] = reverse("supervision:photo_remove", args=[photo.pk])
        return JsonResponse(content, status=status)
    (messages.success if photo else messages.error)(request, words)
    return redirect(f"{phone_of(answer.spot_check)}#item-{answer.pk}")


@require_safe
@require_permission(P.CHECK_VIEW)
def photo(request: ActorRequest, pk: int) -> HttpResponseBase:
    """The picture, for whoever reads the answer."""
    rows = AnswerPhoto.objects.visible_to(request.actor).select_related("file")
    row = get_object_or_404(rows, pk=pk)
    response = FileResponse(BytesIO(bytes(row.file.content)), content_type=row.file.content_type)
    response["Content-Disposition"] = f'inline; filename="photo-{row.pk}.jpg"'
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@require_permission(P.CHECK_ANSWER)
def photo_remove(request: ActorRequest, pk: int) -> HttpResponse:
    """撤下照片; taken away already is as good."""
    rows = AnswerPhoto.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("answer__spot_check__batch"), pk=pk)
    answer = row.answer
    try:
        actions.remove_photo(photo=row, by=request.actor, now=clock.now())
    except ActionRefused as refused:
        return _said(request, answer, 422, str(refused))
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"message": "照片已撤下"})
    messages.success(request, "照片已撤下")
    return redirect(f"{phone_of(answer.spot_check)}#item-{answer.pk}")
