"""The committee's steps on one entry: 初评, 审议, 复核."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from societies.decorators import ActorRequest, require_permission
from starrating import actions
from starrating.forms.entries import AgreeForm, PointsForm, ReasonForm, TextForm
from starrating.views.entry import lines_of, take_step, visible_entry


def _points(
    request: ActorRequest,
    pk: int,
    act: Callable[..., Any],
    done: str,
    *,
    idle: str = "",
    examining: bool = False,
) -> HttpResponse:
    row = visible_entry(request, pk)
    form = PointsForm(
        request.POST,
        initial={"row_version": row.row_version},
        lines=lines_of(request, row),
        examining=examining,
    )

    def values() -> dict[str, Any]:
        return {"puts": form.puts, "opinion": form.cleaned_data["opinion"]}

    return take_step(request, row, form, act, values, done, idle)


@require_POST
@require_permission(P.STAR_ASSESS)
def assess(request: ActorRequest, pk: int) -> HttpResponse:
    """Keep the points so far."""
    return _points(request, pk, actions.save_assessment, "初评已保存", idle="没有改动，未作保存")


@require_POST
@require_permission(P.STAR_ASSESS)
def assess_submit(request: ActorRequest, pk: int) -> HttpResponse:
    """提交审议."""
    return _points(request, pk, actions.submit_assessment, "初评已提交审议")


@require_POST
@require_permission(P.STAR_ASSESS)
def give_back(request: ActorRequest, pk: int) -> HttpResponse:
    """退回学会补充依据."""
    row = visible_entry(request, pk)
    form = ReasonForm(request.POST, initial={"row_version": row.row_version})
    return take_step(
        request,
        row,
        form,
        actions.give_back,
        lambda: {"reason": form.cleaned_data["reason"]},
        "已退回学会补充依据",
    )


@require_POST
@require_permission(P.STAR_DELIBERATE)
def agree(request: ActorRequest, pk: int) -> HttpResponse:
    """同意."""
    row = visible_entry(request, pk)
    form = AgreeForm(request.POST, initial={"row_version": row.row_version})
    return take_step(
        request, row, form, actions.agree, lambda: {"text": form.cleaned_data["text"]}, "已同意"
    )


@require_POST
@require_permission(P.STAR_DELIBERATE)
def refer_back(request: ActorRequest, pk: int) -> HttpResponse:
    """退回重评."""
    row = visible_entry(request, pk)
    form = TextForm(request.POST, initial={"row_version": row.row_version})
    return take_step(
        request,
        row,
        form,
        actions.refer_back,
        lambda: {"text": form.cleaned_data["text"]},
        "已退回重评",
    )


@require_POST
@require_permission(P.STAR_RE_EXAMINE)
def re_examine(request: ActorRequest, pk: int) -> HttpResponse:
    """提交复核结果."""
    return _points(request, pk, actions.re_examine, "复核结果已提交审议", examining=True)
