"""The committee's queue of filed versions."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import Q, QuerySet

from accounts.permissions import Permission
from common import clock
from common.listing import Column, FilterForm, ScopedListView
from ledgers.forms.queue import TABS, tabs
from ledgers.forms.wording import due_words
from ledgers.models import Ledger, LedgerPeriod, LedgerState
from ledgers.querysets.figures import FilingFigures, filing_figures
from societies.decorators import PermissionRequired
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
