"""Filing a record on one page, its draft, correcting, withdrawing and returning it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from branches.actions import (
    correct_record,
    discard_draft,
    file_record,
    return_record,
    save_draft,
    withdraw_record,
)
from branches.actions.life import return_until
from branches.life.access import may_file, may_return
from branches.life.calendar import owed_kinds, own_rows, year_of
from branches.life.facts import NAMES
from branches.life.forms import CorrectLifeForm, LifeForm, LifeValues, ReasonForm, facts_from
from branches.life.marks import MOST, is_number, marks_sent
from branches.models import LifeDraft, LifeRecord, PartyGroup, PartyMember, PartyOrganisation
from branches.views.life_common import (
    day_said,
    edition_of,
    organisation_to_file,
    record_seen,
)
from common import clock
from common.errors import NotAllowed
from common.formpages import form_page
from common.once import was_sent
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

# What the next record takes over from the last; what was discussed is said anew each time.
TAKEN_OVER = ("kind", "also_kind", "place", "chair_name", "expected")


def page_of(record: LifeRecord) -> str:
    """The address of a record."""
    return reverse("branches:life_record", args=[record.pk])


@require_permission(P.LIFE_FILE)
def life_file(request: ActorRequest, pk: int) -> HttpResponse:
    """One page for one event; what was typed before stands there again."""
    actor = request.actor
    organisation = organisation_to_file(actor, pk)
    draft = LifeDraft.objects.visible_to(actor).filter(
        organisation=organisation, saved_by=actor.user
    )
    saved: LifeDraft | None = draft.first()
    last = _last(actor, organisation)
    context = _beside(actor, organisation) | {"saved": saved, "last": last}
    initial = _initial(request, saved, last, context["owed"])
    form = LifeForm(request.POST or None, initial=initial)
    _offer(form, actor, context)

    def act(values: dict[str, Any]) -> str:
        record = file_record(
            organisation=organisation, facts=facts_from(values), by=actor, now=clock.now()
        )
        return page_of(record)

    return form_page(
        request, form, act, template="branches/life/file.html", context=context, done="已登记"
    )


def _last(actor: Actor, organisation: PartyOrganisation) -> LifeRecord | None:
    rows = LifeRecord.objects.visible_to(actor).counting().filter(organisation=organisation)
    found: LifeRecord | None = rows.order_by("-held_on", "-pk").first()
    return found


def _initial(
    request: ActorRequest, saved: LifeDraft | None, last: LifeRecord | None, owed: list[str]
) -> dict[str, Any]:
    """The draft; 按上次填入 fills what is empty; else the kind asked for and today."""
    values: dict[str, Any] = dict(saved.values) if saved else {"held_on": clock.today()}
    if last and "last" in request.GET:
        values = {name: getattr(last, name) for name in TAKEN_OVER} | {
            name: value for name, value in values.items() if value
        }
    kind = request.GET.get("kind") or next(iter(owed), "")
    return {"kind": kind} | {name: value for name, value in values.items() if value != ""}


def _offer(form: LifeValues, actor: Actor, context: dict[str, Any]) -> None:
    """The form's choices: kinds, groups, and the roll of the day it speaks of."""
    organisation = context["organisation"]
    form.offer(context["owed"], context["edition"], context["groups"])
    members: Any = PartyMember.objects.visible_to(actor)
    on = day_said(form) or clock.today()
    roll = list(members.of_organisation(organisation.pk, on).order_by("sort_key", "pk"))
    sent = {int(who) for who in marks_sent(form.data) if is_number(who)}
    strangers = sorted(sent - {each.pk for each in roll})[:MOST]
    away = dict(members.filter(pk__in=strangers).values_list("pk", "name")) if strangers else {}
    form.offer_roll(roll, away, organisation.type)


def _beside(actor: Actor, organisation: PartyOrganisation) -> dict[str, Any]:
    """What stands beside the form: the organisation's year, and the days of the edition."""
    today = clock.today()
    edition = edition_of(organisation)
    return {
        "organisation": organisation,
        "edition": edition,
        "owed": owed_kinds(organisation, edition, today),
        "year": today.year,
        "groups": PartyGroup.objects.visible_to(actor).filter(organisation=organisation),
        "lines": year_of(own_rows(organisation), today.year, today),
    }


@require_POST
@require_permission(P.LIFE_FILE)
def life_draft(request: ActorRequest, pk: int) -> HttpResponse:
    """Keep what is typed, right or wrong: by itself while typing, or by the button."""
    organisation = organisation_to_file(request.actor, pk)
    if was_sent(request, reverse("branches:life_file", args=[pk])):
        # Saved by itself while the filing was under way, and overtaken by it: nothing is left to
        # keep, and as a draft it would fill the next record with this one's words.
        return HttpResponse(status=204)
    values = {name: request.POST.get(name, "") for name in (*NAMES, "all_present")}
    marks = {who: said[0] for who, said in marks_sent(request.POST).items()}
    saved = save_draft(
        organisation=organisation, values=values, marks=marks, by=request.actor, now=clock.now()
    )
    if request.htmx:
        return render(request, "branches/life/_saved.html", {"saved": saved})
    messages.success(request, "草稿已保存，登记后才计入")
    return redirect("branches:life_file", pk=organisation.pk)


@require_POST
@require_permission(P.LIFE_FILE)
def life_discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Empty the page: forget the draft."""
    organisation = organisation_to_file(request.actor, pk)
    discard_draft(organisation=organisation, by=request.actor, now=clock.now())
    messages.success(request, "草稿已清空")
    return redirect("branches:life_file", pk=organisation.pk)


def _to_mend(request: ActorRequest, pk: int) -> LifeRecord:
    record = record_seen(request.actor, pk)
    if not may_file(request.actor, record.organisation):
        raise NotAllowed("组织生活记录由登记的党组织更正或撤回")
    return record


@require_permission(P.LIFE_VIEW)
def life_correct(request: ActorRequest, pk: int) -> HttpResponse:
    """Put a filed or returned record right."""
    record = _to_mend(request, pk)
    context = _beside(request.actor, record.organisation) | {"record": record}
    form = CorrectLifeForm(request.POST or None, initial=CorrectLifeForm.values_of(record))
    _offer(form, request.actor, context)

    def act(values: dict[str, Any]) -> str:
        correct_record(
            record=record,
            row_version=values["row_version"],
            facts=facts_from(values),
            by=request.actor,
            now=clock.now(),
        )
        return page_of(record)

    return form_page(
        request, form, act, template="branches/life/correct.html", context=context, done="已更正"
    )


@require_permission(P.LIFE_VIEW)
def life_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back a record filed by mistake."""
    record = _to_mend(request, pk)
    frame = {
        "title": "撤回记录",
        "verb": "撤回",
        "danger": True,
        "effect": "撤回后不再计入，记录和原因留存。内容有误的，用“更正”。",
    }
    return _with_reason(request, record, withdraw_record, frame, "已撤回")


@require_permission(P.LIFE_VIEW)
def life_return(request: ActorRequest, pk: int) -> HttpResponse:
    """The superior's return."""
    record = record_seen(request.actor, pk)
    if not may_return(request.actor, record.organisation):
        raise NotAllowed("组织生活记录由上级党组织退回")
    edition = edition_of(record.organisation)
    until = return_until(record, edition) if edition else None
    frame = {
        "title": "退回记录",
        "verb": "退回修改",
        "danger": True,
        "effect": f"{until} 前可退回；退回后暂不计入，由登记人更正后再计入。",
    }
    return _with_reason(request, record, return_record, frame, "已退回")


def _with_reason(
    request: ActorRequest, record: LifeRecord, action: Any, frame: dict[str, Any], done: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None, initial={"row_version": record.row_version})

    def act(values: dict[str, Any]) -> str:
        action(
            record=record,
            row_version=values["row_version"],
            reason=values["reason"],
            by=request.actor,
            now=clock.now(),
        )
        return page_of(record)

    context = {"record": record, "back_url": page_of(record), **frame}
    return form_page(
        request, form, act, template="branches/life/step.html", context=context, done=done
    )
