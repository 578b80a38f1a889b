"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from common.errors import ActionRefused, Conflict
from common.once import run_once
from societies.access import Actor
from societies.decorators import ActorRequest
from training.models import TrainingClass

FORM = "training/form.html"
RELOAD = "本页已不是最新内容，请核对后再办理"


def visible_class(actor: Actor, pk: int) -> TrainingClass:
    """The class, or 404 outside the reader's scope."""
    rows = TrainingClass.objects.visible_to(actor).select_related("federation")
    found: TrainingClass = get_object_or_404(rows, pk=pk)
    return found


def page_of(chosen: TrainingClass) -> str:
    """The address of a class."""
    return reverse("training:class", args=[chosen.pk])


def version_sent(request: ActorRequest) -> int:
    """The version a button was shown for; one that no row has where none came."""
    typed = request.POST.get("row_version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def pressed(request: ActorRequest, back: str, act: Callable[[], Any], done: str) -> HttpResponse:
    """A button: its action once, then back to the page with what was done or refused."""

    def once() -> str:
        act()
        messages.success(request, done)
        return back

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        messages.error(request, str(refused))
    except Conflict:
        messages.error(request, RELOAD)
    return redirect(back)
