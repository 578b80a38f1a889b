"""The night: freezes a past day's figures for one federation (R-COV-01, architecture §4).

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

from django.db import OperationalError, transaction
from django.db.models import Min

from common import clock
from common.locks import one_snapshot, try_lock
from coverage import revisions
from coverage.models import CoverageEdition, LiveDay, NightRun, NightState, NightStep
from societies.models import BackdatedFact, DirtySociety, Federation, Society

log = logging.getLogger(__name__)
CATCH_UP_DAYS = 31
TRIES = 3
HELD = "同一日期已有一次运行持有锁，本次不重复执行"
FROZEN = "该日已定格，本次不重复执行"


class StoodAside(Exception):
    """Another run holds the night or has done it; this one writes no figure."""


@dataclass(frozen=True)
class Night:
    """What one computation works on; `now` is the moment of its facts."""

    federation: Federation
    edition: CoverageEdition
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
    again: bool = False,
    caught_up: bool = False,
) -> NightRun:
    """Freeze a day, or compute a frozen one again if `again`; returns the run as it ended.

    A second run of the same day at once, or of a frozen day without `again`, is logged as skipped.
    Raises ValueError for a day that is not over, LookupError without an edition for the day, and
    whatever stopped the computation, after noting it in the run.
    """
    if on >= clock.day_of(now):
        raise ValueError(f"{on} 尚未结束，不能定格")
    edition = CoverageEdition.objects.valid_on(on).filter(federation=federation).first()
    if edition is None:
        raise LookupError(f"{federation} 在 {on} 没有适用的覆盖口径")
    try:
        run = _claim(federation, on, edition, now=now, again=again, caught_up=caught_up)
        night = Night(federation, edition, run, on, now)
        try:
            return _compute_patiently(night)
        except Exception as error:
            if not isinstance(error, StoodAside):
                _note_failure(night, error)
            raise
    except StoodAside as reason:
        return _note_skip(federation, on, str(reason), edition, now)


def run_missing(now: datetime) -> list[NightRun]:
    """Freeze every missing day of the last 31 for every federation, in order (R-COV-07).

    A night that fails is noted in its run and does not keep the others waiting.
    """
    today, done = clock.day_of(now), []
    for federation in Federation.objects.order_by("pk"):
        if _is_being_filled(federation, today):
            continue
        for day in missing_days(federation, today):
            late = day != clock.yesterday(now)
            with suppress(Exception):
                done.append(run_night(federation, day, now=now, caught_up=late))
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


def missing_days(federation: Federation, today: date, days: int = CATCH_UP_DAYS) -> list[date]:
    """Days of the last `days` that are over, have an edition and are not frozen, in order."""
    window = [today - timedelta(days=n) for n in range(days, 0, -1)]
    runs = NightRun.objects.frozen().filter(federation=federation, on__in=window)
    frozen = set(runs.values_list("on", flat=True))
    editions = list(CoverageEdition.objects.filter(federation=federation))
    return [
        day
        for day in window
        if day not in frozen and any(_holds(edition, day) for edition in editions)
    ]


def _holds(edition: CoverageEdition, day: date) -> bool:
    begun = edition.valid_from is None or edition.valid_from <= day
    return begun and (edition.valid_to is None or edition.valid_to > day)


def lock_name(federation_id: int) -> str:
    """The night's lock: one federation computes one day at a time."""
    return f"coverage.night.{federation_id}"


@transaction.atomic
def _claim(
    federation: Federation,
    on: date,
    edition: CoverageEdition,
    *,
    now: datetime,
    again: bool,
    caught_up: bool,
) -> NightRun:
    if not try_lock(lock_name(federation.pk)):
        raise StoodAside(HELD)
    runs = NightRun.objects.exclude(state=NightState.SKIPPED)
    key = {"federation": federation, "step": NightStep.COVERAGE, "on": on}
    run = runs.filter(**key).first()
    if run is None:
        return NightRun.objects.create(
            **key, state=NightState.RUNNING, started_at=now, edition=edition, caught_up=caught_up
        )
    if run.computed_at and not again:
        raise StoodAside(FROZEN)
    run.state, run.started_at, run.finished_at = NightState.RUNNING, now, None
    run.attempt += 1
    run.edition, run.note, run.caught_up = edition, "", run.caught_up or caught_up
    run.save()
    return run


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
        runs = NightRun.objects.select_for_update(no_key=True)
        run = runs.get(pk=night.run.pk)
        if run.attempt != night.run.attempt:
            raise StoodAside(HELD)
        newest = NightRun.objects.filter(federation=night.federation).latest_day()
        forward = newest is None or night.on > newest
        result = revisions.write_day(night, forward=forward)
        _check_live(night, run)
        if forward:
            result += _revise_month_ends(night)
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
    found = revisions.contradictions(societies, night.on, {*day.touched_ids, *waiting})
    run.differences, run.difference_rows = len(found), found[:50]
    if found:
        log.error("night %s %s: %d live rows were wrong", night.federation, night.on, len(found))


def _revise_month_ends(night: Night) -> revisions.Written:
    """Revise the frozen month-ends that backdated facts bear on (R-COV-02)."""
    facts = BackdatedFact.objects.filter(society__federation=night.federation)
    since = facts.aggregate(first=Min("since"))["first"]
    written = revisions.Written()
    if since is None:
        return written
    last = night.on - timedelta(days=1)
    for day in revisions.frozen_month_ends(night.federation, since, last):
        written += revisions.write_past_day(night, day)
    facts.delete()
    return written


def _note_skip(
    federation: Federation, on: date, reason: str, edition: CoverageEdition, now: datetime
) -> NightRun:
    log.info("night %s %s skipped: %s", federation, on, reason)
    return NightRun.objects.create(
        federation=federation,
        on=on,
        state=NightState.SKIPPED,
        started_at=now,
        finished_at=now,
        edition=edition,
        note=reason,
    )


def _note_failure(night: Night, error: Exception) -> None:
    log.exception("night %s failed", night.run)
    mine = NightRun.objects.filter(pk=night.run.pk, attempt=night.run.attempt)
    mine.update(
        state=NightState.FAILED,
        finished_at=night.time(),
        note=f"{type(error).__name__}：{error}"[:500],
    )
