"""Pages of the computed scores: their spread on the dashboard, the list and its workbook."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from common.exports import ListExport
from common.listing import Column, FilterForm, ScopedListView
from coverage.models import NightRun, NightStep
from dashboards.stars.bands import Band, Spread, bands_of, spread
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import DisciplineClass, Society
from starrating.models import FrozenTotal, TotalState, Tree

COLUMNS = (
    Column("score", "系统测算分", ("score",), css="r", value=lambda row: row.shown, width=12),
    Column("society", "学会", ("society__sort_key",), value=lambda row: row.society.name, width=34),
    Column(
        "class",
        "学科",
        ("society__discipline_class",),
        value=lambda row: row.society.get_discipline_class_display(),
        width=10,
    ),
    Column("tree", "指标体系", ("tree",), value=lambda row: row.get_tree_display(), width=10),
    Column("points", "得分", ("points",), css="r", value=lambda row: row.points_shown, width=10),
    Column(
        "applicable",
        "适用分值",
        ("applicable",),
        css="r",
        value=lambda row: float(row.applicable),
        width=10,
    ),
)
EXPORT = (
    Column("code", "编码", value=lambda row: row.society.code, width=10),
    Column("state", "说明", value=lambda row: row.said, width=12),
    Column("edition", "标准", value=lambda row: row.edition.label, width=20),
)


def totals_of(actor: Actor) -> QuerySet[Any]:
    """The newest frozen scores that the actor may read."""
    return FrozenTotal.objects.visible_to(actor).current()


def spread_of(actor: Actor, steps: list[Band]) -> Spread:
    """How the newest frozen scores are spread."""
    runs = NightRun.objects.frozen(NightStep.STARS).filter(federation=actor.federation)
    return spread(totals_of(actor), steps, runs)


class ScoreFilter(FilterForm):
    """Filters of the scores; the steps come from the standard in force."""

    q = forms.CharField(label="名称", required=False, max_length=100)
    band = forms.ChoiceField(label="分段", required=False)
    discipline_class = forms.ChoiceField(
        label="学科", required=False, choices=[("", "全部学科"), *DisciplineClass.choices]
    )
    tree = forms.ChoiceField(
        label="指标体系", required=False, choices=[("", "全部指标体系"), *Tree.choices]
    )

    def __init__(self, *args: Any, bands: list[Band], actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.bands, self.actor = {band.key: band for band in bands}, actor
        choices = [("", "全部分段"), *((band.key, band.label) for band in bands)]
        self.fields["band"].choices = choices  # type: ignore[attr-defined]

    def narrow_q(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """By name, code or pinyin initials of the society."""
        found: Any = Society.objects.visible_to(self.actor)
        return rows.filter(society__in=found.matching(text))

    def narrow_band(self, rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        """By a step of the standard."""
        return rows.filter(self.bands[key].condition)

    def narrow_discipline_class(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """By the society's class."""
        return rows.filter(society__discipline_class=value)


class ScoreList(PermissionRequired, ScopedListView):
    """系统测算分: every society rated on the newest frozen day."""

    permission = Permission.GAP_VIEW
    model = FrozenTotal
    own_columns = COLUMNS
    template_name = "dashboards/scores.html"
    fragment_name = "dashboards/_score_list.html"
    unit = "家"

    @cached_property
    def bands(self) -> list[Band]:
        """The steps, asked for once."""
        return bands_of(totals_of(self.request.actor))

    def filter_form(self, data: Any) -> ScoreFilter:  # type: ignore[override]
        """The form over the steps in force."""
        return ScoreFilter(data, bands=self.bands, actor=self.request.actor)

    @property
    def sort(self) -> str:
        """The best first, unless asked otherwise."""
        return super().sort if self.request.GET.get("sort") else "-score"

    def order(self) -> tuple[str, ...]:
        """不予评定 has no score to be sorted by: it stands last."""
        by_score = self.sort.removeprefix("-") == "score"
        return ("-state", *super().order()) if by_score else super().order()

    def all_rows(self) -> QuerySet[Any]:
        """Scores with their societies and standard."""
        rows = totals_of(self.request.actor)
        return rows.select_related("society", "edition")

    def adorn(self, rows: Any) -> None:
        """What is printed: a score only where enough of the tree is applicable (R-STAR-01)."""
        for row in rows:
            row.is_rated = row.state == TotalState.VALUE
            row.said = "" if row.is_rated else row.get_state_display()
            row.shown = float(row.score) if row.is_rated else None
            row.points_shown = round(float(row.points), 2)

    def context(self) -> dict[str, Any]:
        """The list with the day it stands for."""
        actor = self.request.actor
        asked = {"spread": spread_of(actor, self.bands), "band": self.request.GET.get("band", "")}
        return super().context() | asked


class ScoreExport(ListExport, ScoreList):
    """The filtered list as a workbook."""

    title = "系统测算分"
    export_columns = EXPORT

    def lines(self) -> list[str]:
        """The frozen day and the filters."""
        day = spread_of(self.request.actor, self.bands).on
        return [f"数据截至 {day or '—'}；定格数；预估，不是星级", super().lines()[1]]


@require_safe
@require_permission(Permission.GAP_VIEW)
def score_spread(request: ActorRequest) -> HttpResponse:
    """The spread alone, which the dashboard asks for after itself."""
    steps = bands_of(totals_of(request.actor))
    context = {"spread": spread_of(request.actor, steps)}
    return render(request, "dashboards/_score_spread.html", context)
