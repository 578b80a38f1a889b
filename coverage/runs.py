"""What the page of night runs shows: health of the last month, and words for each run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from accounts.permissions import Permission
from common import clock
from coverage.models import CoverageRevision, LiveCoverage, NightRun, NightState
from coverage.night import missing_days
from coverage.steps import all_steps
from societies.access import Actor
from societies.models import DirtySociety, Federation


@dataclass(frozen=True)
class Health:
    """The line of figures above the runs, over every federation with an edition.

    last: the newest night each federation has frozen. compared: societies with live figures.
    missing: (federation, days of the last 31 that are over and not frozen).
    """

    last: list[NightRun]
    failed: list[NightRun]
    differences: int | None
    changed: int
    waiting: int
    compared: int
    missing: list[tuple[Federation, list[date]]]
    caught_up: list[NightRun]

    @property
    def missing_count(self) -> int:
        """Days that lack, over all federations."""
        return sum(len(days) for _, days in self.missing)

    @property
    def newest(self) -> NightRun | None:
        """The run that froze the newest day."""
        return max(self.last, key=lambda run: run.on, default=None)


def health(actor: Actor, now: datetime) -> Health:
    """Read the state of the nights; a few queries for each federation."""
    runs = NightRun.objects.visible_to(actor)
    month = runs.filter(on__gte=clock.day_of(now) - timedelta(days=31)).select_related("federation")
    federations = Federation.objects.within(actor.scope(Permission.NIGHT_VIEW))
    counted = list(federations.filter(coverage_editions__isnull=False).distinct())
    last = [run for f in counted if (run := runs.filter(federation=f).newest()) is not None]
    newest = [runs.filter(federation=f).newest(step.name) for f in counted for step in all_steps()]
    checked = [run.differences for run in newest if run and run.differences is not None]
    lacking = [(f, days) for f in counted if (days := _lacking(f, clock.day_of(now)))]
    return Health(
        last=last,
        failed=list(month.filter(state=NightState.FAILED).order_by("on")),
        differences=sum(checked) if checked else None,
        changed=sum(run.changed for run in newest if run),
        waiting=DirtySociety.objects.values("society").distinct().count(),
        compared=LiveCoverage.objects.values("society").distinct().count(),
        missing=lacking,
        caught_up=list(month.filter(caught_up=True, state=NightState.DONE).order_by("on")),
    )


def _lacking(federation: Federation, today: date) -> list[date]:
    """Days that some step has still to freeze."""
    found = (day for step in all_steps() for day in missing_days(federation, today, step))
    return sorted(set(found))


def describe(runs: Sequence[NightRun], now: datetime) -> None:
    """Attach to each run what its row prints: kind, word, seconds, remarks, may_retry."""
    revised: dict[int, list[date]] = defaultdict(list)
    later = CoverageRevision.objects.filter(run__in=runs, number__gt=1).order_by("on")
    for run_id, on in later.values_list("run_id", "on"):
        revised[run_id].append(on)
    limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    for run in runs:
        row = run  # typed loosely: display values are attached for the template
        interrupted = run.state == NightState.RUNNING and now - run.started_at > limit
        row.kind, row.word = _status(run, interrupted)  # type: ignore[attr-defined]
        ended = run.finished_at or now
        row.seconds = max(0.0, (ended - run.started_at).total_seconds())  # type: ignore[attr-defined]
        row.may_retry = run.state == NightState.FAILED or interrupted  # type: ignore[attr-defined]
        row.remarks = _remarks(run, revised[run.pk])  # type: ignore[attr-defined]


def _status(run: NightRun, interrupted: bool) -> tuple[str, str]:
    if interrupted:
        return "bad", "已中断"
    if run.state == NightState.DONE:
        return "ok", "补算成功" if run.caught_up else "成功"
    kinds = {NightState.RUNNING: "info", NightState.FAILED: "bad", NightState.SKIPPED: "idle"}
    return kinds[NightState(run.state)], str(run.get_state_display())


def _remarks(run: NightRun, revised: Sequence[date]) -> list[str]:
    words = [run.note] if run.note else []
    if run.state == NightState.FAILED:
        words.append("已定格的数沿用，未覆盖" if run.computed_at else "此前已定格的日期不受影响")
    if run.differences:
        words.append(f"与即时数有 {run.differences} 处差异，后录事实不能解释，请排查")
    if revised:
        days = "、".join(day.isoformat() for day in revised)
        words.append(f"写入 {days} 的新修订，待审核员发布")
    return words
