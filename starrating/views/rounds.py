"""Rounds: the list, opening, the queue of one, assigning assessors, the public list."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from branches.recusal import is_inside
from common import clock
from common.exports import ListExport
from common.formpages import form_page
from common.listing import Column, FilterForm, ScopedListView
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import DisciplineClass, Federation
from starrating import actions
from starrating.actions.opening import lacks_others
from starrating.consequences import Weak, consequences
from starrating.forms.rounds import OpenForm, opening
from starrating.models import EntryState, Outcome, RatingEntry, RatingRound, StarAward

FEW_MEMBERS = "委员不足审议人数的两倍：有异议时须由未参加首次审议的委员审议，请及时补充委员"
# The committee's rights in a round: a society follows its own entry.
COMMITTEE = (P.STAR_ROUND_OPEN, P.STAR_ASSESS, P.STAR_DELIBERATE, P.STAR_DECIDE)


def visible_round(request: ActorRequest, pk: int) -> RatingRound:
    """The round, or 404 outside the reader's scope."""
    rows = RatingRound.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("edition", "federation"), pk=pk)


@require_safe
@require_permission(P.STAR_ROUND_VIEW)
def rounds(request: ActorRequest) -> HttpResponse:
    """The rounds of the federation; a society finds its own entry of each."""
    actor, own = request.actor, is_inside(request.actor)
    rows = RatingRound.objects.visible_to(actor).select_related("edition")
    entries: dict[int, list[RatingEntry | None]] = defaultdict(list)
    if own:
        for entry in RatingEntry.objects.visible_to(actor).select_related("round", "society"):
            entries[entry.round_id].append(entry)
    context = {
        "rows": [
            {"round": row, "entry": each} for row in rows for each in entries[row.pk] or [None]
        ],
        "own": own,
        "may_open": actor.may_any(P.STAR_ROUND_OPEN),
    }
    return render(request, "starrating/rounds.html", context)


@require_permission(P.STAR_ROUND_OPEN)
def round_open(request: ActorRequest) -> HttpResponse:
    """开启评定."""
    federation = get_object_or_404(
        Federation.objects.visible_to(request.actor), pk=request.actor.appointment.federation_id
    )
    form = OpenForm(request.POST or None, initial=opening(federation, clock.today()))

    def act(values: dict[str, Any]) -> str:
        given = {k: v for k, v in values.items() if k not in ("year", "form_token")}
        chosen = actions.open_round(
            federation=federation,
            year=values["year"],
            values=given,
            by=request.actor,
            now=clock.now(),
        )
        if lacks_others(chosen, clock.today()):
            messages.warning(request, FEW_MEMBERS)
        return reverse("starrating:round", args=[chosen.pk])

    context = {
        "heading": "开启星级评定",
        "verb": "开启评定",
        "back_url": reverse("starrating:rounds"),
        "text": "开启时确定参评学会：当日计入口径的全部学会。未按期自评的不定星。",
    }
    return form_page(
        request, form, act, template="starrating/form.html", context=context, done="评定已开启"
    )


class QueueFilter(FilterForm):
    """Filters of the queue; the state is a tab of its own."""

    q = forms.CharField(label="搜索", required=False, max_length=50)
    society__discipline_class = forms.ChoiceField(
        label="学科", required=False, choices=[("", "全部学科"), *DisciplineClass.choices]
    )

    def narrow_q(self, rows: QuerySet[RatingEntry], text: str) -> QuerySet[RatingEntry]:
        """By society name, initials or code."""
        return rows.filter(
            Q(society__name__icontains=text)
            | Q(society__initials__icontains=text.lower())
            | Q(society__code__iexact=text)
        )


# The tabs of the queue: a key, its word, the states it holds.
TABS: tuple[tuple[str, str, tuple[EntryState, ...]], ...] = (
    (
        "society",
        "学会办理中",
        (EntryState.OPEN, EntryState.APPLYING, EntryState.APPLIED, EntryState.SELF_TO_SIGN),
    ),
    ("assess", "待初评", (EntryState.SELF_ASSESSED,)),
    ("deliberate", "待审议", (EntryState.PRELIMINARY, EntryState.RE_EXAMINED)),
    ("deliberated", "已审议", (EntryState.DELIBERATED,)),
    ("publicity", "公示中", (EntryState.PUBLICITY,)),
    ("objected", "待复核", (EntryState.OBJECTED,)),
    ("final", "已评定", (EntryState.FINAL,)),
)


def result_words(row: RatingEntry) -> str:
    """What the round says of an entry, with why stars fall short."""
    if not row.outcome or row.outcome != Outcome.RATED:
        return row.get_outcome_display() if row.outcome else ""
    if row.by_quota:
        return f"达到 {row.entitled} 星分值，因名额定 {row.stars} 星"
    if "rise" in row.held_back:
        return "每次最多升一星"
    return f"未达到条件：{'、'.join(row.held_back)}" if row.held_back else ""


class RoundQueue(PermissionRequired, ScopedListView):
    """The entries of a round by state."""

    permission = COMMITTEE
    model = RatingEntry
    filter_form = QueueFilter
    template_name = "starrating/round.html"
    fragment_name = "starrating/_entries.html"
    unit = "家"
    kwargs: dict[str, Any]
    own_columns = (
        Column("name", "学会", ("society__sort_key",), value=lambda r: r.society.name, width=30),
        Column("state", "状态", value=lambda r: r.get_state_display()),
        Column("tree", "指标体系", value=lambda r: r.get_tree_display()),
        Column(
            "computed",
            "系统测算分",
            ("computed_score",),
            "r",
            lambda r: _number(r, "computed_score"),
        ),
        Column("awarded", "评定分", ("awarded_score",), "r", lambda r: _number(r, "awarded_score")),
        Column("stars", "星级", ("stars",), value=lambda r: r.stars),
        Column("assessor", "初评人", value=lambda r: str(r.assessor or "")),
    )

    @cached_property
    def chosen(self) -> RatingRound:
        """The round of the address."""
        return visible_round(self.request, self.kwargs["pk"])

    @property
    def tab(self) -> str:
        """The tab asked for, else the first that holds something."""
        asked = self.request.GET.get("state", "")
        keys = [key for key, _, _ in TABS]
        if asked in keys:
            return asked
        filled = [key for key, _, found in TABS if any(self.counts.get(s) for s in found)]
        busy = [key for key in filled if key != "society"]
        return next(iter(busy or filled), "society")

    def all_rows(self) -> QuerySet[RatingEntry]:
        """The entries of the round in scope."""
        rows = RatingEntry.objects.visible_to(self.request.actor).filter(round=self.chosen)
        return rows.select_related("society", "assessor")

    def page(self, rows: Any, count: int | None = None) -> Any:
        """A page of the tab; the tabs count what the filters leave."""
        self.counts = rows.count_by_state()
        states = next(found for key, _, found in TABS if key == self.tab)
        return super().page(rows.filter(state__in=states), self._count(states))

    def _weak(self) -> list[Weak]:
        """Of a decided round: who has been below three stars two years running."""
        if self.chosen.is_open:
            return []
        return consequences(self.request.actor, self.chosen, clock.today())

    def _count(self, states: tuple[EntryState, ...]) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    def context(self) -> dict[str, Any]:
        """The list, the tabs, what the round allows."""
        data = super().context()
        actor = self.request.actor
        first = data["page"].object_list[0] if data["page"].object_list else None
        return data | {
            "chosen": self.chosen,
            "tab": self.tab,
            "tabs": [
                {"key": k, "label": w, "count": self._count(found), "current": k == self.tab}
                for k, w, found in TABS
            ],
            "first": first,
            "weak": self._weak(),
            "may_post": actor.may_any(P.ORGANISATION_ENTER),
            "total": sum(self.counts.values()),
            "may_assign": actor.may_any(P.STAR_ROUND_OPEN) and self.chosen.is_open,
            "sees_places": any(
                actor.may_any(right)
                for right in (P.STAR_ROUND_OPEN, P.STAR_DELIBERATE, P.STAR_DECIDE)
            ),
        }


def _number(row: RatingEntry, name: str) -> float | None:
    value = getattr(row, name)
    return None if value is None else float(value)


class RoundExport(ListExport, RoundQueue):
    """The round as a workbook: every entry that the filters leave, whatever its tab."""

    title = "星级评定"
    export_columns = (
        Column("discipline", "学科", value=lambda r: r.society.get_discipline_class_display()),
        Column("target", "创建目标", value=lambda r: r.target_stars),
        Column("applicable", "适用分值", value=lambda r: _number(r, "applicable")),
        Column("entitled", "应得星级", value=lambda r: r.entitled),
        Column("outcome", "结果", value=lambda r: r.get_outcome_display() if r.outcome else ""),
        Column("words", "说明", value=result_words, width=34),
        Column("from", "公示起", value=lambda r: r.publicity_from),
        Column("until", "公示止", value=lambda r: r.publicity_until),
    )

    def lines(self) -> list[str]:
        """Round, standard and document beside the filters."""
        chosen = self.chosen
        number = f"；文号：{chosen.document_number}" if chosen.document_number else ""
        head = f"{chosen.year} 年度；标准 {chosen.edition.label}；{chosen.state_label}{number}"
        return [head, *super().lines()[1:]]


@require_safe
@require_permission(P.STAR_ROUND_VIEW)
def public(request: ActorRequest, pk: int) -> HttpResponse:
    """The list everybody reads once it is posted; never the lines behind it (R-STAR-12)."""
    chosen = visible_round(request, pk)
    rows = StarAward.objects.visible_to(request.actor).filter(round=chosen).listed()
    rows = rows.select_related("society").order_by("-stars", "society__sort_key")
    counts = dict(rows.order_by().values_list("stars").annotate(n=Count("pk")))
    context = {
        "chosen": chosen,
        "rows": rows,
        "counts": sorted(counts.items(), reverse=True),
        "most": chosen.edition.max_stars,
    }
    return render(request, "starrating/public.html", context)
