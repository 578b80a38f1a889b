"""Later revisions of frozen month-ends: old and new numbers side by side, publishing (R-COV-02)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from common import clock
from common.formpages import ActionForm, form_page
from coverage.actions import REASON_LENGTH, publish_revision
from coverage.models import CoverageRevision, CoverageSnapshot, RevisionPublication
from dashboards.coverage.figures import Figure
from dashboards.coverage.kpis import KINDS, Kind
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission

PUBLISHED_SHOWN = 50


@dataclass(frozen=True)
class Compared:
    """One indicator: as shown now, and as the revision has it."""

    kind: Kind
    old: Figure | None
    new: Figure | None

    @property
    def differs(self) -> bool:
        """Whether publishing changes the number."""
        return self.old != self.new


@dataclass(frozen=True)
class Waiting:
    """A revision that waits, with its figures beside the shown ones."""

    revision: CoverageRevision
    rows: list[Compared]


class PublishForm(ActionForm):
    """Why the later revision is shown."""

    reason = forms.CharField(
        label="发布理由",
        max_length=REASON_LENGTH,
        help_text="写明补登或更正了什么，例如“补登 1 个批复日期早于 10 月 31 日的党支部”。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def compared(actor: Actor, revisions: list[CoverageRevision]) -> list[Waiting]:
    """The revisions' figures of the whole beside the shown ones of the same day; one query."""
    days = {revision.on for revision in revisions}
    rows = (
        CoverageSnapshot.objects.visible_to(actor)
        .filter(on__in=days, dimension="all")
        .values_list(
            "on",
            "revision_id",
            "revision__shown",
            "indicator",
            "state",
            "covered",
            "total",
            "owners",
        )
    )
    shown: dict[Any, Figure] = {}
    later: dict[int, dict[str, Figure]] = defaultdict(dict)
    for on, revision_id, is_shown, indicator, *rest in rows:
        if is_shown:
            shown[on, indicator] = Figure(*rest)
        later[revision_id][indicator] = Figure(*rest)
    return [
        Waiting(
            revision,
            [
                Compared(
                    kind,
                    shown.get((revision.on, kind.indicator.value)),
                    later[revision.pk].get(kind.indicator.value),
                )
                for kind in KINDS
            ],
        )
        for revision in revisions
    ]


@require_safe
@require_permission(Permission.GAP_VIEW)
def revisions(request: ActorRequest) -> HttpResponse:
    """Month-ends with a revision that waits, and what was published before."""
    actor = request.actor
    waiting = list(CoverageRevision.objects.visible_to(actor).waiting().order_by("-on"))
    published = (
        RevisionPublication.objects.visible_to(actor)
        .select_related("revision", "published_by")
        .order_by("-published_at")
    )
    context = {
        "waiting": compared(actor, waiting),
        "published": published[:PUBLISHED_SHOWN],
        "may_publish": actor.may_any(Permission.REVISION_PUBLISH),
    }
    return render(request, "dashboards/revisions.html", context)


@require_permission(Permission.REVISION_PUBLISH)
def revision_publish(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a later revision from now on, with its reason."""
    rows = CoverageRevision.objects.visible_to(request.actor).select_related("federation")
    revision = get_object_or_404(rows, pk=pk)

    def act(values: dict[str, Any]) -> str:
        publish_revision(
            revision=revision, reason=values["reason"], by=request.actor, now=clock.now()
        )
        return reverse("revisions")

    return form_page(
        request,
        PublishForm(request.POST or None),
        act,
        template="dashboards/revision_publish.html",
        context={"each": compared(request.actor, [revision])[0]},
        done=f"{revision.on} 的第 {revision.number} 版修订已发布，看板即按该修订显示。",
    )
