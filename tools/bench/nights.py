"""Whole nights over a built world, by the code that runs every night, and what they are held to."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import connection

from common.clock import start_of
from coverage import live
from coverage.formulas import FORMULAS
from coverage.night import run_night
from coverage.steps import all_steps
from societies.models import Federation
from starrating.models import RatingEdition
from tools.bench import changes
from tools.bench.meters import Cost, forget_peak, metered, peak_mb, processor_ms
from tools.bench.worlds import FIRST_NIGHT, settle

# What the first night must find empty.
FIGURES = (
    *("coverage.NightRun", "coverage.CoverageRevision", "coverage.CoverageSnapshot"),
    *("coverage.SocietyCoverage", "coverage.SocietyCoverageCorrection"),
    *("starrating.FrozenLine", "starrating.FrozenTotal"),
)
ROUNDS = 3
SINGLES = 12


@dataclass
class Findings:
    """What was measured at one size, seconds unless named otherwise.

    first, changed: one for each round. again: the first night run a second time. scans and
    changed_scans: a sequential count(*) of the tables that the first and the changed night read,
    at once after each of them, since another minute has another load.
    copy: raw COPY of the rows that the first night wrote. turn: the live day turned for everybody.
    rows: of the big tables. single_ms: processor milliseconds of one society computed again.
    """

    societies: int
    formulas: int = 0
    first: list[Cost] = field(default_factory=list)
    again: Cost = field(default_factory=Cost)
    changed: list[Cost] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    single_ms: list[float] = field(default_factory=list)
    scans: list[float] = field(default_factory=list)
    changed_scans: list[float] = field(default_factory=list)
    copy: float = 0.0
    turn: float = 0.0
    peak_mb: float = 0.0

    @property
    def scan(self) -> float:
        """The scan beside the first nights."""
        return statistics.median(self.scans)

    @property
    def changed_scan(self) -> float:
        """The scan beside the changed nights."""
        return statistics.median(self.changed_scans)


def measure(federation: Federation) -> Findings:
    """Run and measure everything; the database is not fit for anything else afterwards."""
    found = Findings(federation.societies.count(), count_formulas(federation))
    with connection.cursor() as cursor:
        # One processor for the nights and for the scans they are compared with.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    live.turn_live_day(_at(FIRST_NIGHT, 0))
    found.turn = _turn(FIRST_NIGHT + timedelta(days=1))
    settle()
    found.rows = _sizes()
    forget_peak()
    for _ in range(ROUNDS):
        _forget_figures()
        found.first.append(_night(federation, FIRST_NIGHT))
        found.scans.append(_scan(found.first[0].reads))
    found.again = _night(federation, FIRST_NIGHT, again=True)
    found.copy = _copy(found.first[0].writes)
    settle()
    for day in range(1, ROUNDS + 1):
        today = FIRST_NIGHT + timedelta(days=day)
        changes.change_some(federation, today, day)
        live.drain_dirty(_at(today, 12))
        _turn(today + timedelta(days=1))
        found.changed.append(_night(federation, today))
        found.changed_scans.append(_scan(found.changed[0].reads))
    found.peak_mb = peak_mb()
    found.single_ms = list(_singles(federation))
    return found


def count_formulas(federation: Federation) -> int:
    """Indicators, supplied lines and adjustments of the standard that counts."""
    standard = RatingEdition.objects.valid_on(FIRST_NIGHT).get(federation=federation)
    lines = standard.criteria.filter(supplied=True).values("code").distinct()
    adjustments = standard.scoreadjustments.filter(supplied=True)
    return len(FORMULAS) + lines.count() + adjustments.count()


def _turn(day: date) -> float:
    begun = time.perf_counter()
    live.turn_live_day(_at(day, 0))
    return time.perf_counter() - begun


def _at(day: date, hour: int) -> Any:
    return start_of(day) + timedelta(hours=hour)


def _night(federation: Federation, on: date, again: bool = False) -> Cost:
    now, steps = _at(on + timedelta(days=1), 2), all_steps()
    with metered() as cost:
        runs = [run_night(federation, on, now=now, step=s.name, again=again) for s in steps]
    cost.written = sum(run.rows_written for run in runs)
    cost.differences = sum(run.differences or 0 for run in runs)
    return cost


def _forget_figures() -> None:
    tables = ", ".join(f'"{apps.get_model(name)._meta.db_table}"' for name in FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _sizes() -> dict[str, int]:
    """Rows of each table, by the statistics just taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > 0"
        )
        return dict(cursor.fetchall())


def _scan(tables: Iterable[str]) -> float:
    """Seconds of a sequential count(*) of each table, the median of several."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_indexonlyscan = off")
        seconds = sum(
            _median_of(lambda: cursor.execute(f'SELECT count(*) FROM "{table}"'))  # noqa: B023
            for table in sorted(tables)
        )
        cursor.execute("RESET enable_indexonlyscan")
    return seconds


def _median_of(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _copy(writes: Iterable[str]) -> float:
    """Seconds of a raw COPY of what the first night wrote, into bare tables of the same columns."""
    return sum(_copy_one(table) for table in sorted(writes))


def _copy_one(table: str) -> float:
    buffer = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" TO STDOUT', buffer)
        cursor.execute(f'CREATE TABLE "bare_{table}" AS TABLE "{table}" WITH NO DATA')

        def copy() -> None:
            buffer.seek(0)
            cursor.copy_expert(f'COPY "bare_{table}" FROM STDIN', buffer)

        seconds = _median_of(copy)
        cursor.execute(f'DROP TABLE "bare_{table}"')
    return seconds


def _singles(federation: Federation) -> Iterator[float]:
    """Processor milliseconds for one society after a fact, queue time apart."""
    today = FIRST_NIGHT + timedelta(days=ROUNDS + 1)
    count = federation.societies.count()
    for n in range(SINGLES + 2):
        pk = federation.societies.order_by("pk").first().pk + n * 7919 % count
        changes.wait([pk])
        spent = processor_ms(lambda: live.drain_dirty(_at(today, 12)))
        if n > 1:
            yield spent
