"""Reading organisation life: the list of records, one record, an organisation's calendar."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from accounts.permissions import ScopeKind
from branches.actions.life import return_until
from branches.life.access import may_file, may_return
from branches.life.calendar import own_rows, year_of
from branches.life.forms import LifeFilter
from branches.life.lists import LIFE_COLUMNS, LIFE_EXPORT
from branches.models import (
    Attendance,
    ExpectedLife,
    LifeRecord,
    LifeState,
    Mark,
    PartyOrganisation,
)
from branches.views.life_common import edition_of, organisation_seen, record_seen, year_asked
from branches.views.life_society import society_page
from common import clock
from common.exports import ListExport
from common.listing import ScopedListView
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission


class LifeList(PermissionRequired, ScopedListView):
    """组织生活记录."""

    permission = P.LIFE_VIEW
    model = LifeRecord
    filter_form = LifeFilter
    own_columns = LIFE_COLUMNS
    template_name = "branches/life/list.html"
    fragment_name = "branches/life/_list.html"

    def all_rows(self) -> QuerySet[LifeRecord]:
        """Records with their organisation and society."""
        return super().all_rows().select_related("organisation", "society")

    @property
    def sort(self) -> str:
        """The newest first unless asked otherwise."""
        return super().sort if self.request.GET.get("sort") else "-held"


class LifeExport(ListExport, LifeList):
    """The filtered list as a workbook."""

    title = "组织生活记录"
    export_columns = LIFE_EXPORT


@require_safe
@require_permission(P.LIFE_VIEW)
def life_record(request: ActorRequest, pk: int) -> HttpResponse:
    """One record, with the steps open to the reader."""
    actor = request.actor
    record = record_seen(actor, pk)
    edition = edition_of(record.organisation)
    until = return_until(record, edition) if edition else None
    mine = may_file(actor, record.organisation)
    returns = record.state == LifeState.FILED and record.filed_by_id != actor.user.pk
    context = {
        "record": record,
        "listed": _listed(actor, record),
        "until": until,
        "missed": _missed(actor, record),
        "final": until is not None and clock.today() > until,
        "may_mend": mine and record.state != LifeState.WITHDRAWN,
        "may_return": returns
        and until is not None
        and clock.today() <= until
        and may_return(actor, record.organisation),
        # Names stay on the own side; the committee reads what was done (roles.md §2.9).
        "own_side": actor.spec.kind != ScopeKind.FEDERATION,
    }
    return render(request, "branches/life/record.html", context)


def _missed(actor: Actor, record: LifeRecord) -> bool:
    """Whether it was filed after the days in which its period counts (R-LIFE-05)."""
    owed = ExpectedLife.objects.visible_to(actor).filter(
        organisation=record.organisation_id,
        kind__in=[record.kind, record.also_kind],
        first_day__lte=record.held_on,
        last_day__gte=record.held_on,
    )
    days = list(owed.order_by().values_list("counts_until", flat=True))
    return bool(days) and all(day < record.counted_on for day in days)


def _listed(actor: Actor, record: LifeRecord) -> list[tuple[str, list[Attendance]]]:
    """The names by mark, for those who may read them (roles.md §2.9); empty without a list."""
    rows: Any = Attendance.objects.visible_to(actor)
    found: dict[str, list[Attendance]] = {}
    for row in rows.of(record):
        found.setdefault(row.mark, []).append(row)
    return [(mark.label, found[mark]) for mark in Mark if mark in found]


@require_safe
@require_permission(P.LIFE_VIEW)
def life_own(request: ActorRequest) -> HttpResponse:
    """组织生活 of whoever it is: the own organisation, the own society, or which of several."""
    actor = request.actor
    if actor.society_id is not None:
        return society_page(request, actor.society_id)
    rows: Any = PartyOrganisation.objects.visible_to(actor)
    found = list(rows.select_related("society")[:2])
    if len(found) == 1:
        return _calendar_page(request, found[0])
    if actor.spec.kind == ScopeKind.FEDERATION:
        return redirect("branches:life_matrix")
    return render(request, "branches/life/choose.html", {"organisations": rows})


@require_safe
@require_permission(P.LIFE_VIEW)
def life_calendar(request: ActorRequest, pk: int) -> HttpResponse:
    """What an organisation owes in a year: done, due, missed."""
    return _calendar_page(request, organisation_seen(request.actor, pk))


def _calendar_page(request: ActorRequest, organisation: PartyOrganisation) -> HttpResponse:
    actor, today = request.actor, clock.today()
    year = year_asked(request.GET.get("year", ""))
    records = LifeRecord.objects.visible_to(actor).filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "year": year,
        "this_year": today.year,
        "lines": year_of(own_rows(organisation), year, today),
        "records": records.filter(held_on__year=year).exclude(state=LifeState.WITHDRAWN)[:8],
        "returned": list(records.filter(state=LifeState.RETURNED)[:10]),
        "edition": edition_of(organisation),
        "may_file": may_file(actor, organisation),
        "today": today,
    }
    return render(request, "branches/life/calendar.html", context)
