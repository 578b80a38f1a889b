"""Filing an election, by-election, removal or extension: one page, seats as rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.permissions import Permission
from branches import rules
from branches.actions import begin_filing, save_filing, send_filing
from branches.actions.filings import require_filer
from branches.filing_checks import WITH_PERSONS
from branches.forms_filing import FilingPage
from branches.models import (
    FilingKind,
    PartyMember,
    PartyOrganisation,
    Post,
    PostFiling,
    Term,
)
from common import clock
from common.errors import ActionRefused
from common.formpages import form_page
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

FILE = Permission.POST_FILE
_EXPLAINED = {
    FilingKind.RE_ELECTION: "填报人报送，党组织书记审签，审核员通过后登记本届任期与班子。"
    "原班子成员的职务自换届日期起结束。",
    FilingKind.BY_ELECTION: "补选或任命本届空缺的职务；原任者仍在任的，请先报送免职。",
    FilingKind.REMOVAL: "离任、免职的，填写最后在任日。审核员通过后职务自次日起结束。",
    FilingKind.EXTENSION: "延期换届须经批准，最长 12 个月。审核后由负责人决定并给出批复文号。",
}


@require_permission(FILE)
def re_elect(request: ActorRequest, pk: int) -> HttpResponse:
    """File a re-election or appointment of the whole committee."""
    return _begin(request, pk, FilingKind.RE_ELECTION)


@require_permission(FILE)
def by_elect(request: ActorRequest, pk: int) -> HttpResponse:
    """File who takes empty seats of the present term."""
    return _begin(request, pk, FilingKind.BY_ELECTION)


@require_permission(FILE)
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    """File whose posts end."""
    return _begin(request, pk, FilingKind.REMOVAL)


@require_permission(FILE)
def extend(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for an extension of the present term."""
    return _begin(request, pk, FilingKind.EXTENSION)


def _begin(request: ActorRequest, pk: int, kind: FilingKind) -> HttpResponse:
    rows = PartyOrganisation.objects.visible_to(request.actor).select_related("society")
    organisation: PartyOrganisation = get_object_or_404(rows, pk=pk)
    require_filer(request.actor, organisation)
    page = FilingPage(
        kind,
        organisation,
        request.POST or None,
        initial=_proposed(request.actor, organisation) if kind == FilingKind.RE_ELECTION else None,
        posts=_in_office(request.actor, organisation) if kind == FilingKind.REMOVAL else None,
        members=_roll(request.actor, organisation, kind),
    )

    def save(values: dict[str, Any]) -> PostFiling:
        return begin_filing(
            organisation=organisation,
            kind=kind,
            values=page.values(),
            rows=page.seats(),
            by=request.actor,
            now=clock.now(),
        )

    back = reverse("branches:detail", args=[organisation.pk])
    return _page(request, page, organisation, save, back)


@require_permission(FILE)
def filing_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change a draft or what was returned."""
    rows = PostFiling.objects.visible_to(request.actor)
    filing = get_object_or_404(rows.select_related("organisation__society"), pk=pk)
    organisation, kind = filing.organisation, FilingKind(filing.kind)
    page = FilingPage(
        kind,
        organisation,
        request.POST or None,
        filing,
        posts=_in_office(request.actor, organisation) if kind == FilingKind.REMOVAL else None,
        members=_roll(request.actor, organisation, kind),
    )

    def save(values: dict[str, Any]) -> PostFiling:
        return save_filing(
            filing=filing,
            row_version=values["row_version"],
            values=page.values(),
            rows=page.seats(),
            by=request.actor,
            now=clock.now(),
        )

    return _page(request, page, organisation, save, filing_address(filing))


def _page(
    request: ActorRequest, page: FilingPage, organisation: PartyOrganisation, save: Any, back: str
) -> HttpResponse:
    send = "send" in request.POST

    def act(values: dict[str, Any]) -> str:
        try:
            filing = save(values)
            if send:
                send_filing(filing=filing, by=request.actor, now=clock.now())
        except ActionRefused as refused:
            raise page.place(refused) from refused
        return filing_address(filing)

    context = {
        "organisation": organisation,
        "society": organisation.society,
        "title": f"报送{page.kind.label}",
        "explained": _EXPLAINED[page.kind],
        "persons": page.rows,
        "back_url": back,
    }
    done = "已送审签，待党组织书记审签" if send else "草稿已保存"
    return form_page(
        request, page.form, act, template="branches/filing_form.html", context=context, done=done
    )


def filing_address(filing: PostFiling) -> str:
    """The page of a filing."""
    return reverse("branches:filing", args=[filing.pk])


def _proposed(actor: Actor, organisation: PartyOrganisation) -> dict[str, Any]:
    """The next term as the last one was; the first by the type's usual length."""
    terms: Any = Term.objects.visible_to(actor).filter(organisation=organisation)
    last = terms.latest_first().first()
    if last is None:
        return {"term_no": 1, "term_years": rules.usual_term_years(organisation.type)}
    return {"term_no": last.term_no + 1, "term_years": last.term_years, "seats": last.seats}


def _roll(actor: Actor, organisation: PartyOrganisation, kind: FilingKind) -> list[PartyMember]:
    """Whom the register offers today; nobody to readers without its names (roles.md §2.9)."""
    if kind not in WITH_PERSONS:
        return []
    rows: Any = PartyMember.objects.visible_to(actor)
    return list(rows.of_organisation(organisation.pk, clock.today()).order_by("sort_key", "pk"))


def _in_office(actor: Actor, organisation: PartyOrganisation) -> Any:
    posts: Any = Post.objects.visible_to(actor).filter(organisation=organisation)
    return posts.valid_on(clock.today()).in_order()
