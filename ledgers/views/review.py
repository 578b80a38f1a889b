"""The committee's side: the queue and the review of one version."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from common.formpages import ActionForm
from common.listing import Column, FilterForm, ScopedListView
from common.once import run_once
from ledgers import actions
from ledgers.forms.queue import TABS, tabs
from ledgers.forms.remarks import MORE, RemarkLines, remark_lines
from ledgers.forms.review import review_context
from ledgers.forms.sheet import Sheet
from ledgers.forms.wording import due_words
from ledgers.models import Ledger, LedgerPeriod, LedgerState
from ledgers.querysets.figures import FilingFigures, filing_figures
from ledgers.views.base import head_context, visible_ledger
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import DisciplineClass

WINDOWS = (("", "全部报送情况"), ("on_time", "按期"), ("grace", "宽限期内"), ("late", "逾期"))


class QueueFilter(FilterForm):
    """Filters of the queue; state and period are tabs and select of their own."""

    q = forms.CharField(label="搜索", required=False, max_length=50)
    society__discipline_class = forms.ChoiceField(
        label="学科", required=False, choices=[("", "全部学科"), *DisciplineClass.choices]
    )
    filed_window = forms.ChoiceField(label="报送", required=False, choices=WINDOWS)

    def narrow_q(self, rows: QuerySet[Ledger], text: str) -> QuerySet[Ledger]:
        """By society name, initials, code or ledger number."""
        return rows.filter(
            Q(society__name__icontains=text)
            | Q(society__initials__icontains=text.lower())
            | Q(number__icontains=text)
        )


class ReviewQueue(PermissionRequired, ScopedListView):
    """台账审核: the filings of a period by state, longest waiting first.

    The committee's alone (roles.md §3): a society follows its own filings in their list.
    """

    permission = (Permission.LEDGER_REVIEW, Permission.LEDGER_DECIDE)
    model = Ledger
    filter_form = QueueFilter
    template_name = "ledgers/review_queue.html"
    fragment_name = "ledgers/_review_list.html"
    unit = "份"
    own_columns = (
        Column("filed", "报送时间", ("signed_at",)),
        Column("name", "学会", ("society__sort_key",)),
        Column("state", "状态"),
        Column("window", "是否按期", ("counted_filed_at",)),
        Column("changes", "较上期变化", ("changes_count",), "r"),
        Column("register", "与名录不一致", ("register_differences",), "r"),
    )

    @cached_property
    def periods(self) -> list[LedgerPeriod]:
        """Opened periods in scope, newest first."""
        rows = LedgerPeriod.objects.visible_to(self.request.actor).filter(opened_at__isnull=False)
        return list(rows.select_related("edition").order_by("-as_of"))

    @cached_property
    def period(self) -> LedgerPeriod | None:
        """The period asked for, else the newest opened one."""
        asked = self.request.GET.get("period", "")
        return next((p for p in self.periods if p.key == asked), next(iter(self.periods), None))

    @property
    def tab(self) -> str:
        """The state asked for."""
        asked = self.request.GET.get("state", "")
        return asked if asked in TABS else LedgerState.FILED

    def all_rows(self) -> QuerySet[Ledger]:
        """The versions of the period that came to the committee, of every tab."""
        rows = Ledger.objects.visible_to(self.request.actor).filter(period=self.period)
        return rows.at_committee().with_window(clock.today()).select_related("society", "period")

    def page(self, rows: Any, count: int | None = None) -> Page[Any]:
        """A page of the tab; the tabs count what the filters leave, in one query for all."""
        self.counts = rows.count_by_state()
        return super().page(rows.filter(state=self.tab), self.counts.get(self.tab, 0))

    def context(self) -> dict[str, Any]:
        """The list, the five numbers, the tabs."""
        data = super().context() | {"period": self.period, "periods": self.periods}
        if self.period is None:
            return data
        today = clock.today()
        stats = filing_figures(self.request.actor, [self.period], today).get(
            self.period.pk, FilingFigures()
        )
        waiting = data["page"].object_list if self.tab == LedgerState.FILED else []
        return data | {
            "stats": stats,
            "tabs": tabs(self.counts, self.tab),
            "tab": self.tab,
            "today": today,
            "due_words": due_words(self.period, today),
            "first": waiting[0] if waiting else None,
            "may_review": self.request.actor.may_any(Permission.LEDGER_REVIEW),
        }


class ReturnForm(ActionForm):
    """A return with its reason; words at single fields come beside it."""

    reason = forms.CharField(
        label="退回说明",
        max_length=500,
        help_text="退回时必填，填报人和书记可见",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
@require_permission(Permission.LEDGER_REVIEW, Permission.LEDGER_DECIDE)
def review(request: ActorRequest, pk: int) -> HttpResponse:
    """One version: differences first, tables in tabs, the conclusion beside them."""
    return review_page(request, visible_ledger(request, pk), ReturnForm())


def review_page(
    request: ActorRequest,
    ledger: Ledger,
    form: forms.Form,
    refused: ActionRefused | None = None,
    remarks: RemarkLines | None = None,
) -> HttpResponse:
    """review.html with what was typed."""
    data = head_context(request, ledger) | review_context(
        request.actor, ledger, request.GET.get("tab", "")
    )
    lines = remarks or remark_lines(data["sheet"])
    refusals = [m for found in refused.errors.values() for m in found] if refused else []
    status = 422 if refusals or form.errors or not lines.is_valid else 200
    data |= {"form": form, "refusals": refusals, "remarks": lines}
    return render(request, "ledgers/review.html", data, status=status)


def next_waiting(request: ActorRequest, ledger: Ledger) -> str:
    """The address of the next version to review in the same period, else the queue."""
    rows = Ledger.objects.visible_to(request.actor).awaiting_review()
    following = rows.filter(period=ledger.period).exclude(pk=ledger.pk).first()
    if following is None:
        return f"{reverse('ledgers:review_queue')}?period={ledger.period.key}"
    return reverse("ledgers:review", args=[following.pk])


@require_permission(Permission.LEDGER_REVIEW)
@require_POST
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """通过, then the next one."""
    ledger = visible_ledger(request, pk)

    def act() -> str:
        done = actions.accept(ledger=ledger, by=request.actor, now=clock.now())
        words = "已通过" if done.state == LedgerState.ACCEPTED else "已审核更正，待负责人决定"
        messages.success(request, f"{ledger.society.name} {ledger.period.label}台账{words}")
        following = request.POST.get("then") == "next"
        return next_waiting(request, ledger) if following else reverse("ledgers:review", args=[pk])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, ReturnForm(), refused)


@require_permission(Permission.LEDGER_REVIEW)
@require_POST
def send_back(request: ActorRequest, pk: int) -> HttpResponse:
    """退回修改, with the reason and words at fields (R-LED-08)."""
    ledger = visible_ledger(request, pk)
    form, remarks = (
        ReturnForm(request.POST),
        remark_lines(Sheet(ledger, clock.today()), request.POST),
    )
    if MORE in request.POST:
        # Another line for a remark; nothing is judged yet.
        kept = ReturnForm(initial={"reason": request.POST.get("reason", "")})
        return review_page(request, ledger, kept, remarks=remarks)
    if not form.is_valid() or not remarks.is_valid:
        return review_page(request, ledger, form, remarks=remarks)

    def act() -> str:
        actions.return_to_society(
            ledger=ledger,
            reason=form.cleaned_data["reason"],
            remarks=remarks.remarks,
            by=request.actor,
            now=clock.now(),
        )
        messages.success(request, f"{ledger.society.name}台账已退回修改")
        return next_waiting(request, ledger)

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, form, refused, remarks)


@require_permission(Permission.LEDGER_DECIDE)
@require_POST
def agree(request: ActorRequest, pk: int) -> HttpResponse:
    """The leader agrees to a restatement (R-LED-10)."""
    ledger = visible_ledger(request, pk)

    def act() -> str:
        actions.decide_restatement(ledger=ledger, agreed=True, by=request.actor, now=clock.now())
        messages.success(request, "已同意更正，新版本即时生效")
        return reverse("ledgers:review", args=[pk])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, ReturnForm(), refused)


@require_permission(Permission.LEDGER_DECIDE)
@require_POST
def disagree(request: ActorRequest, pk: int) -> HttpResponse:
    """The leader returns a restatement with a reason."""
    ledger = visible_ledger(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return review_page(request, ledger, form)

    def act() -> str:
        actions.decide_restatement(
            ledger=ledger,
            agreed=False,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            now=clock.now(),
        )
        messages.success(request, "不同意更正，已退回学会")
        return reverse("ledgers:review", args=[pk])

    try:
        return redirect(run_once(request, act))
    except ActionRefused as refused:
        return review_page(request, ledger, form, refused)
