"""Pages of the night runs. The dashboard is composed in dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from common.formpages import add_refusal
from common.listing import Column, ScopedListView
from coverage import runs
from coverage.actions import run_again
from coverage.forms import RunAgainForm, RunFilter
from coverage.models import NightRun, NightState
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import Federation


class Runs(PermissionRequired, ScopedListView):
    """夜间计算."""

    permission = Permission.NIGHT_VIEW
    model = NightRun
    filter_form = RunFilter
    template_name = "coverage/runs.html"
    fragment_name = "coverage/_runs.html"
    unit = "次"
    own_columns = (
        Column("-on", "数据日期"),
        Column("federation", "科协"),
        Column("step", "步骤"),
        Column("state", "状态"),
        Column("started", "开始"),
        Column("seconds", "用时", css="r"),
        Column("rows", "写入行", css="r"),
        Column("changed", "有变化", css="r"),
        Column("edition", "口径版本"),
        Column("note", "说明"),
    )

    def all_rows(self) -> Any:
        """Runs in scope, with what a row names."""
        return super().all_rows().select_related("federation", "edition")

    def order(self) -> tuple[str, ...]:
        """Newest day first; of a day, the latest attempt first."""
        return ("-on", "-started_at", "-pk")

    @property
    def sort(self) -> str:
        """One order only."""
        return ""

    def adorn(self, rows: Sequence[Any]) -> None:
        """Words and durations."""
        runs.describe(rows, clock.now())

    def context(self) -> dict[str, Any]:
        """The list and, above it, the health of the nights."""
        found = super().context()
        rows = found["page"].object_list
        return found | {
            "health": runs.health(self.request.actor, clock.now()),
            "may_run": self.request.actor.may_any(Permission.NIGHT_RUN),
            "running": any(row.state == NightState.RUNNING and not row.may_retry for row in rows),
        }


@require_permission(Permission.NIGHT_RUN)
def run_night_again(request: ActorRequest) -> HttpResponse:
    """补算某一天: the form, and the computation by the same code as every night."""
    federations = Federation.objects.within(request.actor.scope(Permission.NIGHT_RUN))
    form = RunAgainForm(
        request.POST if request.method == "POST" else None,
        federations=federations.filter(coverage_editions__isnull=False).distinct(),
        initial=request.GET.dict(),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _compute(request, form):
            return redirect("coverage:runs")
    return render(request, "coverage/runs_again.html", {"form": form}, status=status)


def _compute(request: ActorRequest, form: RunAgainForm) -> bool:
    """Run the night asked for and say how it ended; False if the form was refused."""
    federation, on = form.cleaned_data["federation"], form.cleaned_data["on"]
    try:
        run = run_again(federation=federation, on=on, by=request.actor, now=clock.now())
    except ActionRefused as refused:
        add_refusal(form, refused)
        return False
    except Exception:
        # Whatever stopped it is noted in the run and in the log; the page shows it there.
        messages.error(request, f"{federation} {on} 计算失败，原因见运行记录；已定格的数不受影响")
        return True
    if run.state == NightState.SKIPPED:
        messages.warning(request, f"{federation} {on}：{run.note}")
    else:
        messages.success(request, f"{federation} {on} 计算完成，写入 {run.rows_written} 行")
    return True
