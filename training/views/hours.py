"""学时: the roll of the own people, and the statement of one (R-TRN-11: own UB and US only)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from accounts.permissions import ScopeKind
from branches.models import PartyMember, PartyOrganisation
from common import clock
from common.exports import ListExport
from common.listing import Column, ScopedListView
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from training.forms.hours import HoursFilter, YearForm
from training.hours import event_hours
from training.models import CourseResult, HourCredit, TrainingEdition
from training.standing import standings

# Above this many persons an export needs a second person's approval (roles.md §3).
MOST_EXPORTED = 100
TOO_MANY = f"一次最多导出 {MOST_EXPORTED} 人的学时，请先按姓名筛选"


def own_members(actor: Actor) -> QuerySet[PartyMember]:
    """Members whose hours the actor reads: of the own society, or kept by the own organisation;
    who only takes part is the business of another.
    """
    rows: Any = PartyMember.objects.visible_to(actor)
    scope = actor.scope(P.HOURS_VIEW)
    if scope.kind == ScopeKind.ORGANISATION:
        return rows.filter(organisation_id__in=sorted(scope.ids))
    return rows.filter(society_id__in=sorted(scope.ids))


def edition_for(actor: Actor, year: int) -> TrainingEdition | None:
    """The settings of a year in the actor's federation."""
    if actor.federation is None:
        return None
    found: TrainingEdition | None = TrainingEdition.objects.of(actor.federation.pk, year)
    return found


def _hours(name: str) -> Any:
    """A column of the export: a number, nothing where nothing is required."""

    def value(row: Any) -> float | None:
        found = getattr(row.standing, name)
        return None if found is None else float(found)

    return value


def _part(name: str) -> Any:
    def value(row: Any) -> float:
        return float(getattr(row.standing.hours, name, Decimal(0)))

    return value


def _asked_times(row: Any) -> int:
    return int(row.standing.concentrated_required)


def _induction(row: Any) -> str:
    found = row.standing.induction
    return f"{found.said}，{found.note}" if found else ""


class HoursRoll(PermissionRequired, ScopedListView):
    """党员学时: by name, never by hours (D-8)."""

    permission = P.HOURS_VIEW
    model = PartyMember
    filter_form = HoursFilter
    template_name = "training/hours.html"
    fragment_name = "training/_hours.html"
    unit = "人"
    own_columns = (
        Column("name", "姓名", ("sort_key",), value=lambda m: m.name),
        Column("organisation", "所在党组织", value=lambda m: m.organisation.name, width=30),
        Column("required", "应达", css="r", value=_hours("required"), width=10),
        Column("counted", "计入", css="r", value=_hours("counted"), width=10),
        Column("missing", "还差", css="r", value=_hours("missing"), width=10),
        Column("parts", "线下 / 线上 / 授课", css="r"),
        Column("concentrated", "集中培训", css="r", value=lambda m: m.standing.concentrated),
        Column("state", "情况", value=lambda m: m.standing.said),
    )

    @property
    def year(self) -> int:
        """The year asked for."""
        return HoursFilter(self.request.GET).chosen()

    def all_rows(self) -> QuerySet[Any]:
        """Those on the roll now."""
        rows: Any = own_members(self.request.actor)
        return rows.counted().present_on(clock.today()).select_related("organisation")

    def adorn(self, rows: Sequence[Any]) -> None:
        """Where each stands."""
        found = standings(rows, self.year, edition_for(self.request.actor, self.year))
        for row in rows:
            row.standing = found[row.pk]

    def context(self) -> dict[str, Any]:
        """As for every list, with the year's settings."""
        actor = self.request.actor
        organisations = PartyOrganisation.objects.within(actor.scope(P.HOURS_FILE))
        return super().context() | {
            "year": self.year,
            "edition": edition_for(actor, self.year),
            "organisations": organisations.order_by("name"),
        }


class HoursExport(ListExport, HoursRoll):
    """The filtered roll as a workbook, for at most a hundred persons."""

    title = "党员学时"
    export_columns = (
        Column("offline", "线下", value=_part("offline"), width=10),
        Column("online", "线上", value=_part("online"), width=10),
        Column("lectured", "授课", value=_part("lectured"), width=10),
        Column("officer", "任职", value=lambda m: m.standing.in_post, width=8),
        Column("concentrated_required", "应参加集中培训", value=_asked_times, width=14),
        Column("induction", "新任书记培训", value=_induction, width=30),
    )

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The workbook, or back to the list with the reason."""
        rows, _ = self.selection()
        if rows.count() > MOST_EXPORTED:
            messages.error(request, TOO_MANY)
            return redirect(f"{reverse('training:hours')}?{request.GET.urlencode()}")
        return super().get(request, *args, **kwargs)

    def lines(self) -> list[str]:
        """The year, who took the names out, and when (rules §11, exports)."""
        at = timezone.localtime(clock.now())
        said = f"导出：{self.request.user}，{at:%Y-%m-%d %H:%M}；含个人信息"
        return [f"{self.year} 年度", *super().lines(), said]


@require_safe
@require_permission(P.HOURS_VIEW)
def statement(request: ActorRequest, pk: int) -> HttpResponse:
    """学时证明: one person's year, for print."""
    actor = request.actor
    rows = own_members(actor).select_related("organisation", "society")
    member = get_object_or_404(rows, pk=pk)
    form = YearForm(request.GET or None)
    year = form.chosen()
    edition = edition_for(actor, year)
    credits = HourCredit.objects.visible_to(actor).filter(member=member).confirmed(year)
    lines = [
        {"event": each.event, "credit": each, "hours": _worth(each, edition)}
        for each in credits.select_related("event").order_by("event__held_on", "event_id")
    ]
    days = (date(year, 1, 1), date(year, 12, 31))
    certificates = member.enrolments.filter(
        result=CourseResult.PASSED, training_class__ends_on__range=days
    ).exclude(certificate_no="")
    context = {
        "member": member,
        "year": year,
        "form": form,
        "edition": edition,
        "standing": standings([member], year, edition)[member.pk],
        "lines": lines,
        "certificates": certificates.select_related("training_class").order_by("certificate_no"),
        "today": clock.today(),
    }
    return render(request, "training/statement.html", context)


def _worth(credit: HourCredit, edition: TrainingEdition | None) -> Decimal | None:
    """What a line gives before the bounds of day and year."""
    if edition is None:
        return None
    rules, event = edition.rules, credit.event
    hours = event_hours(event.portion, event.minutes, rules)
    return hours * rules.lecturer_factor if credit.as_lecturer else hours
