"""党员名册: the list, one member, the committee's counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, ScopeKind
from branches.actions.member_checks import keeps
from branches.forms_members import MemberFilter
from branches.member_states import MEMBER_STEPS
from branches.members.changes import adorn
from branches.members.lists import COUNT_COLUMNS, MEMBER_COLUMNS, attach_headcounts, kind_of
from branches.models import Participation, PartyMember, PartyOrganisation
from common import clock
from common.exports import ListExport
from common.listing import FilterForm, ScopedListView
from common.states import open_steps
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.forms import SocietyFilter
from societies.models import Society

# Above this many persons an export needs a second person's approval (roles.md §3).
MOST_EXPORTED = 100
ELSEWHERE = "本学会其他党组织"
TOO_MANY = f"一次最多导出 {MOST_EXPORTED} 人的名册，请先按党组织等条件筛选"


def organisations_of(actor: Actor, right: Permission) -> QuerySet[PartyOrganisation]:
    """The organisations on which, or in whose society, the right is held."""
    rows: QuerySet[PartyOrganisation] = PartyOrganisation.objects.within(actor.scope(right))
    return rows.order_by("name")


def name_organisations(actor: Actor, rows: Iterable[Any]) -> None:
    """Set `organisation_name` on rows that name an organisation.

    A branch secretary sees guests of other organisations, not which one holds their relation.
    """
    own = actor.scope(Permission.MEMBER_VIEW)
    for row in rows:
        hidden = own.kind == ScopeKind.ORGANISATION and row.organisation_id not in own.ids
        name = row.organisation.name if row.organisation_id else ""
        row.organisation_name = ELSEWHERE if hidden and name else name


class MemberList(PermissionRequired, ScopedListView):
    """党员名册."""

    permission = Permission.MEMBER_VIEW
    model = PartyMember
    filter_form = MemberFilter
    own_columns = MEMBER_COLUMNS
    template_name = "branches/members/list.html"
    fragment_name = "branches/members/_list.html"
    unit = "人"

    def all_rows(self) -> QuerySet[PartyMember]:
        """Members of the roll; those who left only when asked for."""
        rows: Any = super().all_rows()
        if self.request.GET.get("kind") != "left":
            rows = rows.present_on(clock.today())
        return rows.select_related("organisation")

    def selection(self) -> tuple[QuerySet[Any], FilterForm]:
        """As for every list; the form offers the organisations in scope."""
        form = MemberFilter(self.request.GET)
        form.offer(organisations_of(self.request.actor, self.permission))
        return form.narrow(self.all_rows()).order_by(*self.order()), form

    def adorn(self, rows: Sequence[PartyMember]) -> None:
        """Relations and participations."""
        adorn(rows)
        name_organisations(self.request.actor, rows)
        for row in rows:
            row.kind = kind_of(row)  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        """As for every list, with what the actor may do."""
        actor = self.request.actor
        waiting = PartyMember.objects.within(actor.scope(Permission.MEMBER_CONFIRM))
        return super().context() | {
            "may_file": actor.may_any(Permission.MEMBER_FILE),
            "may_confirm": actor.may_any(Permission.MEMBER_CONFIRM),
            "waiting": waiting.filter(state="filed").count(),
        }


class MemberExport(ListExport, MemberList):
    """The filtered register as a workbook, for at most a hundred persons."""

    title = "党员名册"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The workbook, or back to the list with the reason."""
        rows, _ = self.selection()
        if rows.count() > MOST_EXPORTED:
            messages.error(request, TOO_MANY)
            return redirect(f"/organisations/members/?{request.GET.urlencode()}")
        return super().get(request, *args, **kwargs)

    def lines(self) -> list[str]:
        """Who took the names out, and when (rules §11, exports)."""
        at = timezone.localtime(clock.now())
        return [*super().lines(), f"导出：{self.request.user}，{at:%Y-%m-%d %H:%M}；含个人信息"]


@require_safe
@require_permission(Permission.MEMBER_VIEW)
def member_detail(request: ActorRequest, pk: int) -> HttpResponse:
    """One member: the record, relations and participations, what may be done."""
    actor = request.actor
    rows = PartyMember.objects.visible_to(actor).select_related(
        "organisation", "society", "filed_by", "confirmed_by", "returned_by"
    )
    member = get_object_or_404(rows, pk=pk)
    adorn([member])
    own = actor.scope(Permission.MEMBER_FILE).ids
    parts = Participation.objects.visible_to(actor).filter(member=member)
    affiliations = member.affiliations.select_related("organisation").order_by("-valid_from")
    name_organisations(actor, [member, *affiliations])
    context = {
        "member": member,
        "kind": kind_of(member),
        "affiliations": affiliations,
        "present": next((row for row in affiliations if row.valid_to is None), None),
        "changes": member.changes if keeps(actor, member) or actor.society_id else None,
        "participations": parts.select_related("organisation").order_by("-valid_from"),
        "own_organisations": own,
        "steps": _steps(actor, member),
        "keeps": keeps(actor, member),
    }
    return render(request, "branches/members/detail.html", context)


def _steps(actor: Actor, member: PartyMember) -> set[str]:
    """The verbs whose buttons the page shows."""
    held = {Permission.MEMBER_CONFIRM} if actor.may(Permission.MEMBER_CONFIRM, member) else set()
    if keeps(actor, member):
        held.add(Permission.MEMBER_FILE)
    steps = open_steps(
        MEMBER_STEPS,
        state=member.state,
        row=member,
        permissions=frozenset(held),
        user_id=actor.user.pk,
    )
    found = {step.verb for step in steps}
    return found - {"relate", "leave"} if member.left_on else found


class MemberCounts(PermissionRequired, ScopedListView):
    """党员数: numbers of each society, never a name (roles.md §2.9)."""

    permission = Permission.MEMBER_COUNT
    model = Society
    filter_form = SocietyFilter
    own_columns = COUNT_COLUMNS
    template_name = "branches/members/counts.html"
    fragment_name = "branches/members/_counts.html"
    unit = "家"

    def all_rows(self) -> QuerySet[Society]:
        """The societies whose members may be counted."""
        rows: QuerySet[Society] = Society.objects.visible_to(self.request.actor).within(
            self.request.actor.scope(self.permission)
        )
        return rows

    def adorn(self, rows: Sequence[Society]) -> None:
        """Three statements for the page."""
        attach_headcounts(rows)


class MemberCountsExport(ListExport, MemberCounts):
    """The counts as a workbook."""

    title = "党员数"
