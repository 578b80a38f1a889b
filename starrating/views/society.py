"""The society's steps: 创建申报, 自评, 异议."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from societies.decorators import ActorRequest, require_permission
from starrating import actions
from starrating.forms.entries import ApplyForm, ButtonForm, ObjectForm, ReasonForm, SelfForm
from starrating.views.entry import lines_of, take_step, visible_entry


@require_POST
@require_permission(P.STAR_APPLY)
def apply(request: ActorRequest, pk: int) -> HttpResponse:
    """创建申报，送审签."""
    row = visible_entry(request, pk)
    form = ApplyForm(
        request.POST,
        initial={"row_version": row.row_version},
        most=row.round.edition.max_stars,
    )

    def values() -> dict[str, object]:
        given = form.cleaned_data
        return {"target_stars": given["target_stars"], "measures": given["measures"]}

    done = "已送审签，待党组织书记审签"
    return take_step(request, row, form, actions.send_application, values, done)


@require_POST
@require_permission(P.STAR_SIGN)
def apply_sign(request: ActorRequest, pk: int) -> HttpResponse:
    """审签并申报."""
    row = visible_entry(request, pk)
    form = ButtonForm(request.POST, initial={"row_version": row.row_version})
    return take_step(request, row, form, actions.sign_application, dict, "已申报")


@require_POST
@require_permission(P.STAR_APPLY)
def assess_self(request: ActorRequest, pk: int) -> HttpResponse:
    """自评，送审签."""
    row = visible_entry(request, pk)
    form = SelfForm(
        request.POST, initial={"row_version": row.row_version}, lines=lines_of(request, row)
    )
    done = "自评已送审签，待党组织书记审签"
    return take_step(
        request, row, form, actions.send_self_assessment, lambda: {"said": form.said}, done
    )


@require_POST
@require_permission(P.STAR_SIGN)
def self_sign(request: ActorRequest, pk: int) -> HttpResponse:
    """审签并报送自评."""
    row = visible_entry(request, pk)
    form = ButtonForm(request.POST, initial={"row_version": row.row_version})
    return take_step(request, row, form, actions.sign_self_assessment, dict, "自评已报送")


@require_POST
@require_permission(P.STAR_SIGN)
def hand_back(request: ActorRequest, pk: int) -> HttpResponse:
    """The secretary returns it to the clerk."""
    row = visible_entry(request, pk)
    form = ReasonForm(request.POST, initial={"row_version": row.row_version})
    return take_step(
        request,
        row,
        form,
        actions.hand_back,
        lambda: {"reason": form.cleaned_data["reason"]},
        "已退回填报人",
    )


@require_POST
@require_permission(P.STAR_SIGN)
def object_to(request: ActorRequest, pk: int) -> HttpResponse:
    """异议."""
    row = visible_entry(request, pk)
    form = ObjectForm(request.POST, initial={"row_version": row.row_version})
    return take_step(
        request,
        row,
        form,
        actions.object_to,
        lambda: {"text": form.cleaned_data["text"]},
        "异议已提出，由另外的人复核",
    )
