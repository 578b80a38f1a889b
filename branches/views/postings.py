"""Postings and society branches of a society."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from branches.actions import (
    change_posting,
    close_society_branch,
    end_posting,
    enter_posting,
    open_society_branch,
)
from branches.forms import (
    ChangePostingForm,
    CloseUnitForm,
    EndPostingForm,
    EnterPostingForm,
    OpenUnitForm,
)
from branches.models import Posting
from branches.views.common import READ, to_enter
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission
from societies.models import Society, SocietyUnit, Tier


def _frame(
    society: Society, subject: str, title: str, verb: str, effect: str = "", danger: bool = False
) -> dict[str, Any]:
    return {
        "society": society,
        "subject": subject,
        "title": title,
        "verb": verb,
        "effect": effect,
        "danger": danger,
        "back_url": _page_of(society),
    }


def _page_of(society: Society) -> str:
    return reverse("branches:society", args=[society.pk])


def _values(values: dict[str, Any], *without: str) -> dict[str, Any]:
    gone = {"form_token", "row_version", *without}
    return {name: value for name, value in values.items() if name not in gone}


@require_permission(READ)
def posting_enter(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter a posting to a society."""
    society: Society = to_enter(request.actor, Society, pk)

    def act(values: dict[str, Any]) -> str:
        enter_posting(society=society, **_values(values), by=request.actor, now=clock.now())
        return _page_of(society)

    return form_page(
        request,
        EnterPostingForm(request.POST or None),
        act,
        template="branches/form.html",
        context=_frame(society, "", "登记派驻人员", "登记派驻"),
        done="派驻已登记",
    )


@require_permission(READ)
def posting_change(request: ActorRequest, pk: int) -> HttpResponse:
    """Correct a posting."""
    posting: Posting = to_enter(request.actor, Posting, pk, "society")
    form = ChangePostingForm(request.POST or None, initial=ChangePostingForm.values_of(posting))

    def act(values: dict[str, Any]) -> str:
        change_posting(
            posting=posting,
            row_version=values["row_version"],
            changes=_values(values),
            by=request.actor,
            now=clock.now(),
        )
        return _page_of(posting.society)

    return form_page(
        request,
        form,
        act,
        template="branches/form.html",
        context=_frame(posting.society, str(posting), "更正派驻登记", "保存更正"),
        done="派驻登记已更正",
    )


@require_permission(READ)
def posting_end(request: ActorRequest, pk: int) -> HttpResponse:
    """End a posting on its last day in office."""
    posting: Posting = to_enter(request.actor, Posting, pk, "society")

    def act(values: dict[str, Any]) -> str:
        last_day = values["last_day"]
        end_posting(posting=posting, last_day=last_day, by=request.actor, now=clock.now())
        return _page_of(posting.society)

    effect = "最后在岗日之后，该派驻不再计入党的工作覆盖。"
    return form_page(
        request,
        EndPostingForm(request.POST or None),
        act,
        template="branches/form.html",
        context=_frame(posting.society, str(posting), "结束派驻", "登记结束", effect, danger=True),
        done="派驻已结束",
    )


@require_permission(READ)
def unit_open(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter a society branch (分支机构)."""
    society: Society = to_enter(request.actor, Society, pk)

    def act(values: dict[str, Any]) -> str:
        open_society_branch(society=society, **_values(values), by=request.actor, now=clock.now())
        return _page_of(society)

    return form_page(
        request,
        OpenUnitForm(request.POST or None),
        act,
        template="branches/form.html",
        context=_frame(society, "", "登记分支机构", "登记分支机构"),
        done="分支机构已登记",
    )


@require_permission(READ)
def unit_close(request: ActorRequest, pk: int) -> HttpResponse:
    """Close a society branch; its working group ends with it (R-ORG-16)."""
    unit: SocietyUnit = to_enter(request.actor, SocietyUnit, pk, "society")

    def act(values: dict[str, Any]) -> str:
        close_society_branch(unit=unit, **_values(values), by=request.actor, now=clock.now())
        return _page_of(unit.society)

    effect = "自撤销日期起该机构不计入；只服务该机构的党的工作小组同日结束。"
    if unit.tier != Tier.SOCIETY_BRANCH:
        effect = "理事会、办事机构不在此撤销。"
    return form_page(
        request,
        CloseUnitForm(request.POST or None),
        act,
        template="branches/form.html",
        context=_frame(unit.society, unit.name, "撤销分支机构", "登记撤销", effect, danger=True),
        done="分支机构已撤销",
    )
