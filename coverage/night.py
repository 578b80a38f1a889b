"""The night: freezes a step's figures of a past day for one federation (R-COV-01, architecture §4).

Two transactions. The first claims the run row, so that a page can say 运行中; the second computes
under an advisory lock in one REPEATABLE READ snapshot and marks the run done with its figures: a
day becomes visible at once or not at all. A run killed anywhere leaves nothing but its claim, and
the next run takes over.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction

from common import clock
from common.computing import for_everybody
from common.locks import one_snapshot, try_lock
from coverage.models import CoverageEdition, LiveDay, NightRun, NightState, NightStep
from coverage.steps import Step, all_steps, step_named
from societies.models import DirtySociety, Federation, Society

log = logging.getLogger(__name__)
CATCH_UP_DAYS = 31
TRIES = 3
HELD = "该科协的另一次夜间计算正在运行，本次不重复执行"
FROZEN = "该日已定格，本次不重复执行"


class StoodAside(Exception):
    """Another run holds the night or has done it; this one writes no figure."""


@dataclass(frozen=True)
class Night:
    """What one computation works on; `now` is the moment of its facts."""

    federation: Federation
    step: Step
    edition: Any
    run: NightRun
    on: date
    now: datetime
    begun: float = field(default_factory=time.monotonic)

    def time(self) -> datetime:
        """The present moment of this computation: `now` and what has passed since."""
        return self.now + timedelta(seconds=time.monotonic() - self.begun)


def run_night(
    federation: Federation,
    on: date,
    *,
    now: datetime,
    step: str = NightStep.COVERAGE,
    again: bool = False,
    caught_up: bool = False,
) -> NightRun:
    """Freeze a day, or compute a frozen one again if `again`; returns the run as it ended.

    A second run of the same day at once, or of a frozen day without `again`, is logged as skipped.
    Raises ValueError for a day that is not over, LookupError without an edition for the day or
    before the step that comes first, and whatever stopped the computation, after noting it in the
    run.
    """
    if on >= clock.day_of(now):
        raise ValueError(f"{on} 尚未结束，不能定格")
    chosen = step_named(step)
    edition = chosen.edition_on(federation.pk, on)
    if edition is None:
        raise LookupError(f"{federation} 在 {on} 没有适用的{NightStep(step).label}口径")
    if not _may_follow(chosen, federation, on):
        raise LookupError(f"{federation} 在 {on} 尚无{NightStep(chosen.after).label}的定格数")
    try:
        run = _claim(
            federation, on, edition, step=chosen, now=now, again=again, caught_up=caught_up
        )
        night = Night(federation, chosen, edition, run, on, now)
        try:
            return _compute_patiently(night)
        except Exception as error:
            if not isinstance(error, StoodAside):
                _note_failure(night, error)
            raise
    except StoodAside as reason:
        return _note_skip(federation, on, str(reason), edition, chosen, now)


def _may_follow(step: Step, federation: Federation, on: date) -> bool:
    before = NightRun.objects.frozen(step.after).filter(federation=federation, on=on)
    return not step.after or before.exists()


def run_missing(now: datetime, only: str = "") -> list[NightRun]:
    """Freeze every missing day of the last 31 for every federation, in order (R-COV-07).

    only: one step; else every step, each after the one before. A night that fails is noted in its
    run and does not keep the others waiting.
    """
    today, done = clock.day_of(now), []
    for step in all_steps():
        for federation in Federation.objects.order_by("pk") if only in ("", step.name) else ():
            if _is_being_filled(federation, today):
                continue
            for day in missing_days(federation, today, step):
                late = day != clock.yesterday(now)
                with suppress(Exception):
                    run = run_night(federation, day, now=now, step=step.name, caught_up=late)
                    done.append(run)
    return done


def _is_being_filled(federation: Federation, today: date) -> bool:
    """A demonstration that lacks more than last night is left to its loader.

    It freezes ten years in order, each day after the facts of that day were entered; days frozen
    ahead of it would end the chain it builds.
    """
    if not federation.is_demo:
        return False
    newest = NightRun.objects.filter(federation=federation).latest_day()
    return newest is None or newest < today - timedelta(days=2)


def missing_days(
    federation: Federation, today: date, step: Step | None = None, days: int = CATCH_UP_DAYS
) -> list[date]:
    """Days of the last `days` that are over, have an edition and are not frozen, in order.

    step: coverage unless given. Of a step that follows another, only days frozen by that one and
    later than its own newest: it keeps no revisions.
    """
    step = step or step_named(NightStep.COVERAGE)
    window = [today - timedelta(days=n) for n in range(days, 0, -1)]
    runs = NightRun.objects.filter(federation=federation, on__in=window)
    frozen = set(runs.frozen(step.name).values_list("on", flat=True))
    if step.after:
        ready = set(runs.frozen(step.after).values_list("on", flat=True))
        window = [day for day in window if day in ready and day > max(frozen, default=date.min)]
    editions = list(step.editions(federation.pk))
    return [
        day
        for day in window
        if day not in frozen and any(_holds(edition, day) for edition in editions)
    ]


def _holds(edition: Any, day: date) -> bool:
    begun = edition.valid_from is None or edition.valid_from <= day
    return begun and (edition.valid_to is None or edition.valid_to > day)


def lock_name(federation_id: int) -> str:
    """The night's lock: one federation computes one day at a time."""
    return f"coverage.night.{federation_id}"


@transaction.atomic
def _claim(
    federation: Federation,
    on: date,
    edition: Any,
    *,
    step: Step,
    now: datetime,
    again: bool,
    caught_up: bool,
) -> NightRun:
    if not try_lock(lock_name(federation.pk)):
        raise StoodAside(HELD)
    runs = NightRun.objects.exclude(state=NightState.SKIPPED)
    key = {"federation": federation, "step": step.name, "on": on}
    named = _named(edition)
    run = runs.filter(**key).first()
    if run is None:
        return NightRun.objects.create(
            **key, **named, state=NightState.RUNNING, started_at=now, caught_up=caught_up
        )
    if run.computed_at and not again:
        raise StoodAside(FROZEN)
    run.state, run.started_at, run.finished_at = NightState.RUNNING, now, None
    run.attempt += 1
    run.edition, run.definition = named["edition"], named["definition"]
    run.note, run.caught_up = "", run.caught_up or caught_up
    run.save()
    return run


def _named(edition: Any) -> dict[str, Any]:
    """The edition as a run keeps it."""
    is_coverage = isinstance(edition, CoverageEdition)
    return {"edition": edition if is_coverage else None, "definition": str(edition)}


def _compute_patiently(night: Night) -> NightRun:
    """Compute; a snapshot that another transaction overtook is taken again."""
    for attempt in range(1, TRIES + 1):
        try:
            return _compute(night)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != "40001" or attempt == TRIES:
                raise
            log.info("night %s %s: snapshot overtaken, once more", night.federation, night.on)
    raise AssertionError("unreachable")


def _compute(night: Night) -> NightRun:
    with one_snapshot():
        if not try_lock(lock_name(night.federation.pk)):
            raise StoodAside(HELD)
        for_everybody()
        runs = NightRun.objects.select_for_update(no_key=True)
        run = runs.get(pk=night.run.pk)
        if run.attempt != night.run.attempt:
            raise StoodAside(HELD)
        newest = NightRun.objects.filter(federation=night.federation).latest_day(night.step.name)
        forward = newest is None or night.on > newest
        result = night.step.write(night, forward)
        _check_live(night, run)
        if forward:
            result += night.step.finish(night)
        run.rows_written, run.changed = result.rows, result.changed
        run.state, run.computed_at = NightState.DONE, run.computed_at or night.now
        run.finished_at = night.time()
        run.save()
        return run


def _check_live(night: Night, run: NightRun) -> None:
    """Compare with what live said at 24:00 (R-COV-06); the result of the day is still at hand."""
    day = LiveDay.objects.filter(federation=night.federation, closing_on=night.on).first()
    if day is None:
        return
    societies = Society.objects.filter(federation=night.federation)
    waiting = DirtySociety.objects.filter(society__in=societies).values_list(
        "society_id", flat=True
    )
    found = night.step.contradictions(societies, night.on, {*day.touched_ids, *waiting})
    run.differences, run.difference_rows = len(found), found[:50]
    if found:
        log.error("night %s %s: %d live rows were wrong", night.federation, night.on, len(found))


def _note_skip(
    federation: Federation, on: date, reason: str, edition: Any, step: Step, now: datetime
) -> NightRun:
    log.info("night %s %s %s skipped: %s", federation, step.name, on, reason)
    return NightRun.objects.create(
        federation=federation,
        step=step.name,
        on=on,
        state=NightState.SKIPPED,
        started_at=now,
        finished_at=now,
        note=reason,
        **_named(edition),
    )


def _note_failure(night: Night, error: Exception) -> None:
    log.exception("night %s failed", night.run)
    mine = NightRun.objects.filter(pk=night.run.pk, attempt=night.run.attempt)
    mine.update(
        state=NightState.FAILED,
        finished_at=night.time(),
        note=f"{type(error).__name__}：{error}"[:500],
    )
