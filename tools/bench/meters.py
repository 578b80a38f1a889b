"""What a run costs: statements, tables read, rows written, memory, processor time."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

_READ = """
SELECT s.relname, seq_tup_read + COALESCE(i.entries, 0), seq_scan + COALESCE(idx_scan, 0),
       n_tup_ins + n_tup_upd + n_tup_del
FROM pg_stat_user_tables s
LEFT JOIN (SELECT relid, sum(idx_tup_read) AS entries
           FROM pg_stat_user_indexes GROUP BY relid) i ON i.relid = s.relid
WHERE s.schemaname = 'public'"""
_FLUSH = "SELECT pg_stat_force_next_flush()"


@dataclass
class Cost:
    """What a run took. reads, writes: table → rows; written, differences: as the runs say."""

    seconds: float = 0.0
    statements: list[str] = field(default_factory=list)
    reads: dict[str, int] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    written: int = 0
    differences: int = 0


@contextmanager
def metered() -> Iterator[Cost]:
    """Measure what runs inside, wall clock without the reading of the meters."""
    before = _tables()
    cost = Cost()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        cost.statements.append(sql)
        return execute(sql, params, many, context)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        yield cost
    cost.seconds = time.perf_counter() - begun
    for table, (read, scans, written) in _tables().items():
        was_read, was_scanned, was_written = before.get(table, (0, 0, 0))
        if scans > was_scanned:
            cost.reads[table] = read - was_read
        if written > was_written:
            cost.writes[table] = written - was_written


def _tables() -> dict[str, tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_FLUSH)
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return {name: (int(a), int(b), int(c)) for name, a, b, c in cursor.fetchall()}


def peak_mb() -> float:
    """The most memory this process has held since `forget_peak`, or ever."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    return int(found.group(1)) / 1024 if found else 0.0


def forget_peak() -> None:
    """Begin a new peak where the system allows it."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "utf-8")
    except OSError:
        return


def processor_ms(act: Callable[[], Any]) -> float:
    """Processor time of this process and of its database session, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    before = time.process_time(), _spent(backend)
    act()
    return 1000 * (time.process_time() - before[0] + _spent(backend) - before[1])


def _spent(pid: int) -> float:
    """Seconds a process has been on a processor."""
    path = Path(f"/proc/{pid}/schedstat")
    if path.exists():
        return int(path.read_text("utf-8").split()[0]) / 1e9
    ticks = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
