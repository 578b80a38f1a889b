"""Filing and changing members; confirming and returning them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from branches.actions.confirming import confirm_members, return_member
from branches.actions.member_checks import keeps
from branches.actions.member_relations import leave_member, relate_member, stop_taking_part
from branches.actions.members import CHANGEABLE, change_member, file_member, withdraw_member
from branches.forms_members import (
    LeaveForm,
    MemberChangeForm,
    MemberEnterForm,
    RelateForm,
    ReturnForm,
    StopForm,
    WithdrawForm,
)
from branches.members.changes import adorn
from branches.models import MemberState, Participation, PartyMember
from branches.views.members import organisations_of
from common import clock
from common.errors import ActionRefused, Conflict, NotAllowed
from common.formpages import form_page
from common.listing import page_asked
from common.once import new_token, run_once
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

FILE, CONFIRM = Permission.MEMBER_FILE, Permission.MEMBER_CONFIRM
FORM = "branches/members/form.html"


def page_of(member: PartyMember) -> str:
    """The address of a member."""
    return reverse("branches:member", args=[member.pk])


@require_permission(FILE)
def member_enter(request: ActorRequest) -> HttpResponse:
    """Put somebody on the roll of the own organisation."""
    organisations = organisations_of(request.actor, FILE)
    form = MemberEnterForm(request.POST or None, organisations=organisations)

    def act(values: dict[str, Any]) -> str:
        said = {name: value for name, value in values.items() if name != "form_token"}
        return page_of(file_member(**said, by=request.actor, now=clock.now()))

    context = {
        "title": "登记党员",
        "subject": "、".join(each.name for each in organisations[:2]),
        "verb": "登记",
        "effect": "登记后由学会党组织书记确认，确认后计入。只收集识别所需的四项，不收集证件号码。",
        "back_url": reverse("branches:members"),
    }
    return form_page(request, form, act, template=FORM, context=context, done="已登记，待书记确认")


def _kept(actor: Actor, pk: int) -> PartyMember:
    """A member whose record the actor keeps. Http404 out of scope, NotAllowed without the right."""
    rows = PartyMember.objects.visible_to(actor).select_related("organisation", "society")
    member: PartyMember = get_object_or_404(rows, pk=pk)
    if not keeps(actor, member):
        raise NotAllowed("由组织关系所在的党组织办理")
    return member


def _page(
    request: ActorRequest,
    member: PartyMember,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    done: str,
    **words: Any,
) -> HttpResponse:
    context = {"subject": member.name, "back_url": page_of(member)} | words
    return form_page(request, form, act, template=FORM, context=context, done=done)


@require_permission(FILE)
def member_change(request: ActorRequest, pk: int) -> HttpResponse:
    """Correct a record."""
    member = _kept(request.actor, pk)
    form = MemberChangeForm(request.POST or None, initial=MemberChangeForm.values_of(member))

    def act(values: dict[str, Any]) -> str:
        changes = {name: values[name] for name in CHANGEABLE}
        row_version, by = values["row_version"], request.actor
        change_member(
            member=member, row_version=row_version, changes=changes, by=by, now=clock.now()
        )
        return page_of(member)

    words = {"title": "更正党员信息", "verb": "保存更正", "effect": "更正后须由书记再次确认。"}
    return _page(request, member, form, act, "已更正，待书记确认", **words)


@require_permission(FILE)
def member_relate(request: ActorRequest, pk: int) -> HttpResponse:
    """Register where the relation lies from a day on."""
    member = _kept(request.actor, pk)
    form = RelateForm(request.POST or None, initial={"row_version": member.row_version})

    def act(values: dict[str, Any]) -> str:
        said = {name: values[name] for name in ("row_version", "place", "on")}
        relate_member(member=member, **said, by=request.actor, now=clock.now())
        return page_of(member)

    words = {
        "title": "变更组织关系",
        "verb": "登记变更",
        "effect": "一名党员同一时间只有一个组织关系；关系不在本学会的，仍登记为参加组织生活。",
    }
    return _page(request, member, form, act, "组织关系已变更，待书记确认", **words)


@require_permission(FILE)
def member_leave(request: ActorRequest, pk: int) -> HttpResponse:
    """Somebody leaves the roll."""
    member = _kept(request.actor, pk)
    form = LeaveForm(request.POST or None, initial={"row_version": member.row_version})

    def act(values: dict[str, Any]) -> str:
        said = {name: values[name] for name in ("row_version", "on")}
        leave_member(member=member, **said, by=request.actor, now=clock.now())
        return page_of(member)

    words = {
        "title": "登记离开",
        "verb": "登记离开",
        "effect": "自离开日期起不再计入，组织关系和参加组织生活的登记同日结束。",
        "danger": True,
    }
    return _page(request, member, form, act, "已登记离开，待书记确认", **words)


@require_permission(FILE)
def member_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back a record filed by mistake, before it was ever confirmed."""
    member = _kept(request.actor, pk)
    form = WithdrawForm(request.POST or None, initial={"row_version": member.row_version})

    def act(values: dict[str, Any]) -> str:
        row_version = values["row_version"]
        withdraw_member(member=member, row_version=row_version, by=request.actor, now=clock.now())
        return reverse("branches:members")

    words = {
        "title": "撤销登记",
        "verb": "撤销登记",
        "effect": "仅用于误登且从未确认过的记录；撤销后从名册中删除。",
        "danger": True,
    }
    return _page(request, member, form, act, "登记已撤销", **words)


@require_permission(FILE)
def participation_stop(request: ActorRequest, pk: int) -> HttpResponse:
    """Somebody no longer takes part in the own organisation."""
    rows = Participation.objects.visible_to(request.actor).select_related("member")
    part = get_object_or_404(rows, pk=pk)
    if part.organisation_id not in request.actor.scope(FILE).ids:
        raise NotAllowed("由该党组织办理")

    def act(values: dict[str, Any]) -> str:
        stop_taking_part(participation=part, on=values["on"], by=request.actor, now=clock.now())
        return reverse("branches:members")

    words = {"title": "结束参加组织生活", "verb": "登记结束", "danger": True}
    return _page(request, part.member, StopForm(request.POST or None), act, "已登记结束", **words)


@require_safe
@require_permission(CONFIRM)
def member_queue(request: ActorRequest) -> HttpResponse:
    """What waits for the secretary, each with what changed since the last confirmation."""
    rows = PartyMember.objects.visible_to(request.actor).within(request.actor.scope(CONFIRM))
    waiting = rows.filter(state=MemberState.FILED).select_related("organisation", "filed_by")
    page = page_asked(request, waiting.order_by("filed_at", "pk"))
    page.object_list = list(page.object_list)
    adorn(page.object_list)
    own = {row.pk for row in page.object_list if row.filed_by_id == request.user.pk}
    context = {"page": page, "own": own, "token": new_token()}
    return render(request, "branches/members/queue.html", context)


@require_POST
@require_permission(CONFIRM)
def member_confirm(request: ActorRequest) -> HttpResponse:
    """Confirm the records ticked: each value is “id:version”, as the page showed it."""
    chosen = dict(_pair(text) for text in request.POST.getlist("member"))
    queue = reverse("branches:member_queue")

    def act() -> str:
        count = confirm_members(members=chosen, by=request.actor, now=clock.now())
        messages.success(request, f"已确认 {count} 名党员")
        return queue

    try:
        return redirect(run_once(request, act))
    except (ActionRefused, Conflict) as said:
        messages.error(request, str(said))
        return redirect(queue)


def _pair(text: str) -> tuple[int, int]:
    """“id:version”; anything else names no member."""
    pk, _, version = text.partition(":")
    plain = pk.isdecimal() and version.isdecimal() and len(text) < 30
    return (int(pk), int(version)) if plain else (0, 0)


@require_permission(CONFIRM)
def member_return(request: ActorRequest, pk: int) -> HttpResponse:
    """Send a record back with the reason."""
    rows = PartyMember.objects.visible_to(request.actor)
    member = get_object_or_404(rows, pk=pk)
    form = ReturnForm(request.POST or None, initial={"row_version": member.row_version})

    def act(values: dict[str, Any]) -> str:
        said = {name: values[name] for name in ("row_version", "reason")}
        return_member(member=member, **said, by=request.actor, now=clock.now())
        return reverse("branches:member_queue")

    words = {"title": "退回党员记录", "verb": "退回", "danger": True}
    return _page(request, member, form, act, "已退回党支部书记", **words)
