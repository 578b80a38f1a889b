"""回避申报: the list, declaring, entering another's, ending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.permissions import Permission
from common import clock
from common.formpages import form_page
from common.listing import Column, ScopedListView
from societies.decorators import NO_RIGHT, ActorRequest, PermissionRequired, require_permission
from societies.interests import actions
from societies.interests.forms import DeclareForm, EndForm, EndOfAnotherForm, EnterForm
from societies.interests.forms import InterestFilter as Filter
from societies.models import DeclaredInterest, Society

_COLUMNS = (
    Column("society", "学会", ("society__sort_key",)),
    Column("user", "人员", ("user__full_name",)),
    Column("kind", "关系", ("kind",)),
    Column("from", "起", ("valid_from",)),
    Column("to", "止", ("valid_to",)),
    Column("note", "依据或理由"),
    Column("act", "办理"),
)


class InterestList(PermissionRequired, ScopedListView):
    """One's own declarations; the committee's all of its federation."""

    permission = Permission.INTEREST_DECLARE
    model = DeclaredInterest
    filter_form = Filter
    own_columns = _COLUMNS
    template_name = "societies/interests.html"
    fragment_name = "societies/_interests.html"

    def all_rows(self) -> QuerySet[DeclaredInterest]:
        """In scope, with names."""
        rows: QuerySet[DeclaredInterest] = super().all_rows()
        return rows.select_related("society", "user", "entered_by", "ended_by")

    def adorn(self, rows: Sequence[DeclaredInterest]) -> None:
        """Whether the reader may end each; by what the actor holds, without a question a row."""
        me = self.request.actor
        enters = me.may_any(Permission.INTEREST_ENTER)
        for row in rows:
            own = row.user_id == me.user.pk
            mine = own and row.entered_by_id == me.user.pk
            row.may_end = row.valid_to is None and (mine or (enters and not own))  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        """The list and what the reader may do."""
        actor = self.request.actor
        return super().context() | {
            "may_enter": actor.may_any(Permission.INTEREST_ENTER),
            "sees_all": actor.may_any(Permission.INTEREST_VIEW),
        }


def _frame(heading: str, verb: str, text: str, danger: bool = False) -> dict[str, Any]:
    return {
        "heading": heading,
        "verb": verb,
        "text": text,
        "danger": danger,
        "back_url": reverse("societies:interests"),
    }


def _societies(request: ActorRequest) -> dict[str, Any]:
    return {
        "societies": Society.objects.declarable_by(request.actor),
        "hints": request.actor.federation is not None,
    }


def _values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "form_token"}


@require_permission(Permission.INTEREST_DECLARE)
def interest_declare(request: ActorRequest) -> HttpResponse:
    """One's own."""

    def act(values: dict[str, Any]) -> str:
        actions.declare_interest(**_values(values), by=request.actor, now=clock.now())
        return reverse("societies:interests")

    return form_page(
        request,
        DeclareForm(request.POST or None, **_societies(request)),
        act,
        template="societies/interest_form.html",
        context=_frame("申报回避关系", "申报", "自起始日期起，不再参与该学会的评定、否决和督导。"),
        done="已申报，今后分派和审议将予回避",
    )


@require_permission(Permission.INTEREST_ENTER)
def interest_enter(request: ActorRequest) -> HttpResponse:
    """Another person's, by the reviewer."""
    federation = request.actor.federation
    if federation is None:
        raise PermissionDenied(NO_RIGHT)
    people = actions.people_of(federation, clock.today()).exclude(pk=request.user.pk)

    def act(values: dict[str, Any]) -> str:
        actions.enter_interest(**_values(values), by=request.actor, now=clock.now())
        return reverse("societies:interests")

    return form_page(
        request,
        EnterForm(request.POST or None, people=people, **_societies(request)),
        act,
        template="societies/interest_form.html",
        context=_frame("代为登记回避关系", "登记", "本人可以看到这条登记和理由，学会看不到。"),
        done="已登记，今后分派和审议将予回避",
    )


@require_permission(Permission.INTEREST_DECLARE)
def interest_end(request: ActorRequest, pk: int) -> HttpResponse:
    """The last day of a relation."""
    rows = DeclaredInterest.objects.visible_to(request.actor).select_related("society", "user")
    row: DeclaredInterest = get_object_or_404(rows, pk=pk)
    if not actions.may_end(row, request.actor):
        raise PermissionDenied(NO_RIGHT)
    own = row.user_id == request.user.pk
    form_class = EndForm if own else EndOfAnotherForm
    form = form_class(request.POST or None, initial={"row_version": row.row_version})

    def act(values: dict[str, Any]) -> str:
        actions.end_interest(interest=row, **_values(values), by=request.actor, now=clock.now())
        return reverse("societies:interests")

    text = f"{row.user} · {row.society.name} · {row.get_kind_display()}，自 {row.valid_from} 起"
    return form_page(
        request,
        form,
        act,
        template="societies/interest_form.html",
        context=_frame("结束回避关系", "登记结束", text, danger=True),
        done="已结束",
    )
