"""Forms that count once: a replayed POST is given the first answer again (R10).

A form carries a random token (`OnceMixin`); `run_once` writes it as a unique key row in the
transaction of the action itself. A second click waits for the first, then gets its answer; a
refused or crashed first attempt leaves no row, so the same page can be sent again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django import forms
from django.db import transaction
from django.http import HttpRequest

from common.errors import ActionRefused
from common.models import FormToken

FIELD = "form_token"
# What a hidden field says that was tampered with or lost: nobody typed into it.
STALE_PAGE = dict.fromkeys(("required", "invalid"), "页面已失效，请刷新后重新提交")
KEPT = timedelta(days=7)


def new_token() -> str:
    """A fresh key for a form that is about to be shown."""
    return str(uuid.uuid4())


class OnceMixin(forms.Form):
    """A form whose POST counts once; put it before the form class."""

    form_token = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=new_token,
        error_messages=STALE_PAGE,
    )


def run_once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Run `act` in one transaction and return its answer (an address to go to), once per form.

    The same form sent again with the same content gives the first answer without acting. Raises
    ActionRefused if the token is missing or was already used for other content.
    """
    key = {
        "user_id": request.user.pk,
        "purpose": request.path[:200],
        "token": _token(request),
    }
    digest = _digest(request)
    with transaction.atomic():
        # Waits for a concurrent twin; inserts nothing if that one committed.
        FormToken.objects.bulk_create([FormToken(**key, digest=digest)], ignore_conflicts=True)
        row = FormToken.objects.select_for_update().get(**key)
        if row.answer:
            if row.digest != digest:
                raise ActionRefused("本页已经提交过，内容却不同。请刷新页面后重新填写")
            return row.answer
        row.answer = act()
        row.save(update_fields=["answer"])
        return row.answer


def was_sent(request: HttpRequest, path: str) -> bool:
    """Whether the form that this request carries was already answered at another address."""
    try:
        token = _token(request)
    except ActionRefused:
        return False
    key = {"user_id": request.user.pk, "purpose": path[:200], "token": token}
    return FormToken.objects.filter(**key).exclude(answer="").exists()


def forget_old(now: datetime) -> int:
    """Delete keys of forms sent more than a week ago; returns how many."""
    return FormToken.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _token(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        raise ActionRefused(STALE_PAGE["invalid"]) from None


def _digest(request: HttpRequest) -> str:
    """What was sent, without the CSRF token, which changes with every page view."""
    sent = sorted((k, v) for k, v in request.POST.lists() if k != "csrfmiddlewaretoken")
    digest = hashlib.sha256(repr(sent).encode())
    for name, file in sorted(request.FILES.items()):
        if isinstance(file, list):  # never: items() gives the last file of a name
            continue
        # Another file sent from the same page is other content, not the first one again.
        digest.update(f"{name} {file.name}".encode())
        for piece in file.chunks():
            digest.update(piece)
        file.seek(0)
    return digest.hexdigest()
