"""A society's organisation life: kinds by the organisations that serve it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from branches.life.access import filed_for
from branches.models import ExpectedLife, LifeKind, OrganisationService, PartyOrganisation
from branches.views.life_common import year_asked
from common import clock
from common.shares import share
from societies.decorators import ActorRequest, require_permission
from societies.models import Society


@require_safe
@require_permission(P.LIFE_VIEW)
def life_society(request: ActorRequest, pk: int) -> HttpResponse:
    """A society's own view: kinds by the organisations that serve it."""
    return society_page(request, pk)


def society_page(request: ActorRequest, pk: int) -> HttpResponse:
    """As `life_society`, for the one society of a society-side actor too."""
    actor, today = request.actor, clock.today()
    society = get_object_or_404(Society.objects.visible_to(actor), pk=pk)
    year = year_asked(request.GET.get("year", ""))
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = ExpectedLife.objects.visible_to(actor).filter(society=society)
    ended = rows.in_window(first, min(last, today)).filter(last_day__lt=today)
    links = OrganisationService.objects.visible_to(actor).filter(society=society).valid_on(today)
    organisations = {
        link.organisation_id: link.organisation for link in links.select_related("organisation")
    }
    context = {
        "society": society,
        "year": year,
        "this_year": today.year,
        "kinds": _totals(ended.summed("kind")),
        "organisations": _by_organisation(ended.summed("organisation_id", "kind"), organisations),
        "filed_for": filed_for(actor).filter(society=society).existing_on(today),
        "unmet": _unmet(rows, first, last),
        "today": today,
    }
    return render(request, "branches/life/society.html", context)


def _totals(rows: Any) -> list[dict[str, Any]]:
    """Each kind owed so far, in the order of the kinds."""
    found = {row["kind"]: row for row in rows}
    return [
        {"label": kind.label, "kind": kind.value, "share": share(row["num"], row["den"]), **row}
        for kind in LifeKind
        if (row := found.get(kind.value))
    ]


def _by_organisation(
    rows: Any, organisations: dict[int, PartyOrganisation]
) -> list[dict[str, Any]]:
    """Each organisation serving the society today, with its sums; what owes nothing says so."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["organisation_id"]].append(row)
    return [
        {"organisation": each, "kinds": _totals(found[pk]), **_sum(found[pk])}
        for pk, each in organisations.items()
    ]


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    num, den = (sum(row[name] for row in rows) for name in ("num", "den"))
    return {"num": num, "den": den, "share": share(num, den)}


def _unmet(rows: Any, first: date, last: date) -> list[Any]:
    """Duties of the year not met: those running, and those whose grace is over (no advice)."""
    found = rows.in_window(first, last).unmet().select_related("organisation", "rule")
    return list(found.order_by("last_day", "organisation_id", "kind")[:50])
