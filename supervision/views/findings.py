"""整改跟踪: the board, the list with its workbook, 登记问题."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from accounts.permissions import ScopeKind
from common import clock
from common.exports import ListExport
from common.formpages import form_page
from common.listing import Column, FilterForm, ScopedListView
from common.numbers import row_id
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import Society
from supervision import actions
from supervision.finding_page import LANE_OF, LANES, Due, Lane, due_of, with_page_facts
from supervision.finding_querysets import WITH_SOCIETY
from supervision.forms.findings import FindingFilter, FindingListFilter, Offered, RegisterForm
from supervision.models import Finding, FindingSeverity
from supervision.views.finding import finding_context, page_of, visible_finding

SHOWN = 8


@dataclass(frozen=True)
class Card:
    """A ticket of the board."""

    finding: Finding
    due: Due
    url: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """A column of the board as it is printed. rest: how many more the list shows."""

    lane: Lane
    count: int
    overdue: int
    cards: Sequence[Card]

    @property
    def rest(self) -> int:
        """Findings of the column that are not on the board."""
        return self.count - len(self.cards)


def offered_to(actor: Actor) -> Offered:
    """The batches, the latest first, and the societies whose findings the actor reads."""
    rows = Finding.objects.visible_to(actor).order_by()
    pairs = rows.values_list(
        "batch", "batch__name", "society", "society__name", "society__sort_key"
    ).distinct()
    batches = {pk: name for pk, name, *_ in pairs if pk is not None}
    societies = {pk: (key, name) for *_, pk, name, key in pairs}
    return Offered(
        sorted(batches.items(), reverse=True),
        [(pk, societies[pk][1]) for pk in sorted(societies, key=lambda pk: societies[pk])],
    )


@require_safe
@require_permission(P.FINDING_VIEW)
def board(request: ActorRequest) -> HttpResponse:
    """Four columns, counts and overdue; at the federation one finding beside them."""
    actor, on = request.actor, clock.today()
    form = FindingFilter(request.GET, offered=offered_to(actor))
    rows = form.narrow(Finding.objects.visible_to(actor).with_overdue(on))
    asked = request.GET.get("open", "")
    beside = actor.spec.kind == ScopeKind.FEDERATION
    context = {
        "form": form,
        "chips": form.chips(request),
        "columns": _columns(request, rows, on, asked if beside else ""),
        "numbers": _numbers(rows),
        "may_register": actor.may_any(P.FINDING_ISSUE),
        "own": not beside,
    }
    if beside and (chosen := row_id(asked)) is not None:
        context |= finding_context(request, visible_finding(request, chosen)) | {"panel": True}
    return render(request, "supervision/board.html", context)


def _numbers(rows: QuerySet[Finding]) -> dict[str, int]:
    """How many, how many closed and overdue, the longest, whom to remind; in one query."""
    late = Q(overdue=True)
    found = rows.order_by().aggregate(
        n=Count("pk"),
        done=Count("pk", filter=Q(state="closed")),
        late=Count("pk", filter=late),
        societies=Count("society", distinct=True, filter=late & Q(state__in=WITH_SOCIETY)),
        longest=Max("days_overdue", filter=late),
    )
    return {
        "all": found["n"],
        "closed": found["done"],
        "open": found["n"] - found["done"],
        "overdue": found["late"],
        "to_remind": found["societies"],
        "longest": found["longest"] or 0,
    }


def _columns(request: ActorRequest, rows: QuerySet[Finding], on: date, asked: str) -> list[Shown]:
    by_state = rows.order_by().values_list("state")
    counts = {
        state: (n, late)
        for state, n, late in by_state.annotate(
            n=Count("pk"), late=Count("pk", filter=Q(overdue=True))
        )
    }
    found = []
    for lane in LANES:
        numbers = [counts.get(state, (0, 0)) for state in lane.states]
        mine = with_page_facts(rows.filter(state__in=lane.states)).order_by(*lane.order)
        cards = [_card(request, row, on, asked) for row in mine[:SHOWN]]
        found.append(Shown(lane, sum(n for n, _ in numbers), sum(x for _, x in numbers), cards))
    return found


def _card(request: ActorRequest, row: Finding, on: date, asked: str) -> Card:
    url = page_of(row)
    if request.actor.spec.kind == ScopeKind.FEDERATION:
        query = request.GET.copy()
        query["open"] = str(row.pk)
        url = f"?{query.urlencode()}#detail"
    return Card(row, due_of(row, on), url, str(row.pk) == asked)


class FindingList(PermissionRequired, ScopedListView):
    """The same findings as rows."""

    permission = P.FINDING_VIEW
    model = Finding
    filter_form = FindingListFilter
    template_name = "supervision/finding_list.html"
    fragment_name = "supervision/_finding_list.html"
    unit = "个"
    own_columns = (
        Column("code", "编号", ("code",), value=lambda r: r.code),
        Column("society", "学会", ("society__sort_key",), value=lambda r: r.society.name, width=30),
        Column("title", "问题", value=lambda r: r.title, width=40),
        Column("severity", "程度", ("rule__plan_days",), value=lambda r: r.get_severity_display()),
        Column("state", "状态", ("state",), value=lambda r: r.get_state_display(), width=18),
        Column("due", "完成期限", ("finish_due",), value=lambda r: r.finish_due),
        Column("late", "逾期天数", ("days_overdue",), "r", lambda r: r.days_overdue or None),
    )

    @property
    def sort(self) -> str:
        """The latest number first unless asked otherwise."""
        return super().sort if self.request.GET.get("sort") else "-code"

    def all_rows(self) -> QuerySet[Finding]:
        """Findings in scope, with lateness as of today."""
        rows = super().all_rows().with_overdue(clock.today())  # type: ignore[attr-defined]
        return with_page_facts(rows).select_related("rule")

    def selection(self) -> tuple[QuerySet[Any], FilterForm]:
        """The filter offers the batches and societies of the reader's findings."""
        form = FindingListFilter(self.request.GET, offered=offered_to(self.request.actor))
        return form.narrow(self.all_rows()).order_by(*self.order()), form

    def context(self) -> dict[str, Any]:
        """The list and each row's day in words."""
        data, on = super().context(), clock.today()
        data["rows"] = [(row, due_of(row, on)) for row in data["page"].object_list]
        return data | {"may_register": self.request.actor.may_any(P.FINDING_ISSUE)}


class FindingExport(ListExport, FindingList):
    """整改台账 as a workbook: what the list's filters leave."""

    title = "整改台账"
    export_columns = (
        Column("lane", "进度", value=lambda r: LANE_OF[r.state].label),
        Column("source", "来源", value=lambda r: r.get_source_display()),
        Column("batch", "督导批次", value=lambda r: r.batch.name if r.batch else "", width=24),
        Column("check", "抽查编号", value=lambda r: r.spot_check.code if r.spot_check else ""),
        Column("item", "检查项", value=lambda r: r.item_code),
        Column("facts", "事实", value=lambda r: r.facts, width=40),
        Column("requirement", "整改要求", value=lambda r: r.requirement, width=40),
        Column("issued", "下发日", value=lambda r: r.issued_on),
        Column("plan_due", "报方案期限", value=lambda r: r.plan_due),
        Column("planned", "方案报送日", value=lambda r: r.plan_filed_on),
        Column("post", "责任岗位", value=lambda r: r.responsible_post, width=20),
        Column("plan", "整改方案", value=lambda r: r.plan, width=40),
        Column("measure", "立即措施", value=lambda r: r.measure, width=30),
        Column("submitted", "整改情况报送日", value=lambda r: r.submitted_on),
        Column("result", "整改情况", value=lambda r: r.result, width=40),
        Column("opinion", "复查意见", value=lambda r: r.opinion, width=30),
        Column("closed", "销号时间", value=lambda r: r.closed_at, width=18),
        Column("closed_late", "逾期销号", value=lambda r: r.closed_late if r.closed_at else None),
    )


@require_permission(P.FINDING_ISSUE)
def finding_register(request: ActorRequest) -> HttpResponse:
    """登记问题 that no spot check found."""
    societies: Any = Society.objects.visible_to(request.actor)
    societies = societies.within(request.actor.scope(P.FINDING_ISSUE)).order_by("sort_key")
    first = {"society": request.GET.get("society", "")}
    form = RegisterForm(request.POST or None, initial=first, societies=societies)

    def act(values: dict[str, Any]) -> str:
        said = {name: values[name] for name in ("society", "source", "severity")}
        texts = {name: values[name] for name in ("title", "facts", "requirement")}
        row = actions.register_finding(**said, **texts, by=request.actor, now=clock.now())
        return page_of(row)

    context = {
        "severities": FindingSeverity.choices,
        "verb": "下发问题",
        "back_url": reverse("supervision:findings"),
    }
    return form_page(
        request,
        form,
        act,
        template="supervision/finding_register.html",
        context=context,
        done="问题已下发，待学会确认",
    )
