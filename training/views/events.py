"""学时活动: filed by a branch, confirmed by the society's secretary."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from branches.models import Attendance, LifeKind, LifeRecord, Mark, PartyMember, PartyOrganisation
from common import clock
from common.formpages import form_page
from common.listing import Column, ScopedListView
from common.once import new_token
from common.states import open_steps
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from training import actions
from training.forms.classes import ReasonForm
from training.forms.hours import EventChangeForm, EventFilter, EventForm, RecordForm
from training.models import HourEvent, HourKind
from training.states import HOUR_STEPS
from training.views.common import FORM, pressed, version_sent

LECTURES = (LifeKind.PARTY_LECTURE, LifeKind.SECRETARY_LECTURE)
OFFERED = 6


class EventList(PermissionRequired, ScopedListView):
    """学时活动."""

    permission = P.HOURS_VIEW
    model = HourEvent
    filter_form = EventFilter
    template_name = "training/events.html"
    fragment_name = "training/_events.html"
    unit = "条"
    own_columns = (
        Column("held", "日期", ("held_on",), "pp-nw"),
        Column("kind", "种类", ("kind",)),
        Column("title", "内容", ("title",)),
        Column("organisation", "登记的党组织"),
        Column("state", "状态"),
    )

    @property
    def sort(self) -> str:
        """The newest first, unless asked otherwise."""
        return super().sort if "sort" in self.request.GET else "-held"

    def all_rows(self) -> QuerySet[Any]:
        """Events with who filed them."""
        return super().all_rows().select_related("organisation")

    def context(self) -> dict[str, Any]:
        """As for every list, with where one may file."""
        rows = PartyOrganisation.objects.within(self.request.actor.scope(P.HOURS_FILE))
        return super().context() | {"organisations": rows.order_by("name")}


def visible_event(actor: Actor, pk: int) -> HourEvent:
    """The event, or 404 outside the reader's scope."""
    rows = HourEvent.objects.visible_to(actor).select_related(
        "organisation", "society", "life_record", "filed_by", "confirmed_by", "returned_by"
    )
    found: HourEvent = get_object_or_404(rows, pk=pk)
    return found


def page_of(event: HourEvent) -> str:
    """The address of an event."""
    return reverse("training:event", args=[event.pk])


@require_safe
@require_permission(P.HOURS_VIEW)
def event(request: ActorRequest, pk: int) -> HttpResponse:
    """One event with its people, and the next steps."""
    actor = request.actor
    found = visible_event(actor, pk)
    steps = open_steps(
        HOUR_STEPS,
        state=found.state,
        row=found,
        permissions=actor.permissions,
        user_id=actor.user.pk,
    )
    names = set() if found.session_id else {step.verb for step in steps}
    if found.was_filed_by(actor.user.pk):
        names -= {"confirm_hours", "return_hours"}
    credits = found.credits.select_related("member")
    record = found.life_record
    record_gone = record is not None and record.state != "filed"
    if record_gone:
        names -= {"confirm_hours"}
    context = {
        "event": found,
        "credits": credits.order_by("member__sort_key", "member_id"),
        "steps": names,
        "record_gone": record_gone,
        "token": new_token(),
    }
    return render(request, "training/event.html", context)


def _roll(actor: Actor, organisation: PartyOrganisation, on: date) -> list[PartyMember]:
    rows: Any = PartyMember.objects.visible_to(actor).counted()
    return list(rows.of_organisation(organisation.pk, on).order_by("sort_key", "pk"))


def _day_said(form: Any) -> date | None:
    """The day that a sent form speaks of, as far as it can be read."""
    typed = form.data.get("held_on", "") if form.is_bound else form.initial.get("held_on")
    if isinstance(typed, date):
        return typed
    try:
        return date.fromisoformat(str(typed or "").strip())
    except ValueError:
        return None


def _record(
    request: ActorRequest, organisation: PartyOrganisation
) -> tuple[LifeRecord | None, dict[str, Any]]:
    """The record named by the address, with what the form takes from it."""
    asked = RecordForm(request.GET)
    pk = asked.cleaned_data["record"] if asked.is_valid() else None
    if pk is None:
        return None, {"held_on": clock.today(), "portion": "half_day"}
    rows = LifeRecord.objects.visible_to(request.actor).counting()
    record: LifeRecord = get_object_or_404(rows, pk=pk, organisation=organisation)
    present = Attendance.objects.visible_to(request.actor).filter(record=record, mark=Mark.PRESENT)
    lecture = {record.kind, record.also_kind} & set(LECTURES)
    return record, {
        "kind": HourKind.LECTURE if lecture else HourKind.STUDY,
        "title": record.agenda[:120],
        "held_on": record.held_on,
        "portion": "minutes",
        "attendees": [str(each) for each in present.values_list("member_id", flat=True)],
    }


def _offered(actor: Actor, organisation: PartyOrganisation) -> QuerySet[LifeRecord]:
    """Records of the year with a list of names, not yet filed as hours."""
    rows: Any = LifeRecord.objects.visible_to(actor).counting()
    filed = HourEvent.objects.visible_to(actor).standing().exclude(life_record=None)
    rows = rows.filter(organisation=organisation, held_on__year=clock.today().year)
    rows = rows.exclude(pk__in=filed.values("life_record_id")).exclude(agenda="")
    return rows.filter(attendances__mark=Mark.PRESENT).distinct().order_by("-held_on")[:OFFERED]


@require_permission(P.HOURS_FILE)
def event_file(request: ActorRequest, pk: int) -> HttpResponse:
    """登记学时."""
    rows = PartyOrganisation.objects.within(request.actor.scope(P.HOURS_FILE))
    organisation: PartyOrganisation = get_object_or_404(rows.select_related("society"), pk=pk)
    record, initial = _record(request, organisation)
    form = EventForm(request.POST or None, initial=initial)
    form.offer(_roll(request.actor, organisation, _day_said(form) or clock.today()))

    def act(values: dict[str, Any]) -> str:
        made = actions.file_hours(
            organisation=organisation,
            facts=form.facts(record),
            by=request.actor,
            now=clock.now(),
        )
        return page_of(made)

    context = {
        "organisation": organisation,
        "record": record,
        "offered": [] if record else _offered(request.actor, organisation),
        "heading": "登记学时",
        "verb": "登记",
        "back_url": reverse("training:events"),
    }
    done = "已登记，待学会党组织书记确认后计入"
    return form_page(
        request, form, act, template="training/event_form.html", context=context, done=done
    )


@require_permission(P.HOURS_FILE)
def event_correct(request: ActorRequest, pk: int) -> HttpResponse:
    """更正."""
    found = visible_event(request.actor, pk)
    credits = found.credits.all()
    lecturer = credits.filter(as_lecturer=True).values_list("member_id", flat=True).first()
    initial = {
        **{name: getattr(found, name) for name in ("kind", "title", "held_on", "portion")},
        "minutes": found.minutes,
        "attendees": [str(each) for each in credits.values_list("member_id", flat=True)],
        "lecturer": str(lecturer or ""),
        "row_version": found.row_version,
    }
    form = EventChangeForm(request.POST or None, initial=initial)
    if found.organisation:
        form.offer(_roll(request.actor, found.organisation, _day_said(form) or found.held_on))

    def act(values: dict[str, Any]) -> str:
        actions.correct_hours(
            event=found,
            row_version=values["row_version"],
            facts=form.facts(found.life_record),
            by=request.actor,
            now=clock.now(),
        )
        return page_of(found)

    context = {
        "organisation": found.organisation,
        "record": found.life_record,
        "event": found,
        "heading": "更正学时",
        "verb": "更正",
        "back_url": page_of(found),
    }
    done = "已更正，待学会党组织书记确认后计入"
    return form_page(
        request, form, act, template="training/event_form.html", context=context, done=done
    )


@require_POST
@require_permission(P.HOURS_FILE)
def event_withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """撤回."""
    found = visible_event(request.actor, pk)

    def act() -> None:
        actions.withdraw_hours(
            event=found, row_version=version_sent(request), by=request.actor, now=clock.now()
        )

    return pressed(request, page_of(found), act, "已撤回，不计入")


@require_POST
@require_permission(P.HOURS_CONFIRM)
def event_confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """确认."""
    found = visible_event(request.actor, pk)

    def act() -> None:
        actions.confirm_hours(
            event=found, row_version=version_sent(request), by=request.actor, now=clock.now()
        )

    return pressed(request, page_of(found), act, "已确认，学时已计入")


@require_permission(P.HOURS_CONFIRM)
def event_return(request: ActorRequest, pk: int) -> HttpResponse:
    """退回."""
    found = visible_event(request.actor, pk)
    form = ReasonForm(request.POST or None, initial={"row_version": found.row_version})

    def act(values: dict[str, Any]) -> str:
        actions.return_hours(
            event=found,
            row_version=values["row_version"],
            reason=values["reason"],
            by=request.actor,
            now=clock.now(),
        )
        return page_of(found)

    context = {
        "heading": f"退回：{found.title}",
        "verb": "退回",
        "text": "退回后不计入，由登记的党组织更正。",
        "event": found,
        "back_url": page_of(found),
    }
    return form_page(request, form, act, template=FORM, context=context, done="已退回，不计入")
