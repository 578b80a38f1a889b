"""Form pages: parse, call one action, say at the field what it refuses, keep what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.errors import ActionRefused, Conflict
from common.forms import PortalForm
from common.once import STALE_PAGE, OnceMixin, run_once


class ActionForm(OnceMixin, PortalForm):
    """A form whose POST calls one action, once (R10)."""


class VersionedForm(ActionForm):
    """A form that edits a row: it carries the version it was filled from.

    `initial` holds the row's present values, read anew for every request. recorded: whether the
    fields are values of the row; the words of a step (a reason, an objection) are not.
    """

    recorded = True

    row_version = forms.IntegerField(widget=forms.HiddenInput, error_messages=STALE_PAGE)

    def note_conflict(self, *, again: bool = True) -> None:
        """After a Conflict: keep what was typed, name the values that differ, take the new version.

        Saving again is then a decision of the person who has seen both values. again: False if the
        page no longer shows the form, so that what was typed is said here or lost.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("row_version")] = str(self.initial["row_version"])
        self.data = data
        for name, field in self.fields.items():
            now, typed = self.get_initial_for_field(field, name), self.cleaned_data.get(name)
            if field.widget.is_hidden or not field.has_changed(now, self.data.get(name)):
                continue
            words = f"您填写的是“{_said(field, typed)}”"
            if self.recorded:
                self.add_error(name, f"当前记录为“{_said(field, now)}”，{words}")
            elif not again:
                self.add_error(name, words)


def _said(field: forms.Field, value: Any) -> str:
    if value in (None, ""):
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    choices = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}  # type: ignore[arg-type]
    return str(choices.get(getattr(value, "pk", value), value))


def add_refusal(form: forms.Form, refused: ActionRefused) -> None:
    """Put an action's messages at the fields of the same names, the others above the form."""
    for name, words in refused.errors.items():
        form.add_error(name if name in form.fields else None, words)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    template: str,
    context: dict[str, Any],
    done: str,
) -> HttpResponse:
    """GET shows the form; POST calls `act` with the cleaned values and goes where it says.

    act: calls one action, returns the address to go to. done: the message on success. A refused
    form comes back with 422, a conflict with 409, both with everything typed.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                url = run_once(request, lambda: act(form.cleaned_data))
            except ActionRefused as refused:
                add_refusal(form, refused)
            except Conflict as conflict:
                if not isinstance(form, VersionedForm):
                    raise
                status = 409
                form.note_conflict()
                form.add_error(None, f"{conflict}。再次保存将以您填写的内容为准")
            else:
                messages.success(request, done)
                return redirect(url)
    return render(request, template, {**context, "form": form}, status=status)
