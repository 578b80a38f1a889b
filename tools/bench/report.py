"""From the measurements of one size to its figures and promises."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from tools.bench.limits import JUDGED_FROM, PEAK_MB, RATIO, READS, SINGLE_MS, Limit
from tools.bench.meters import Cost
from tools.bench.nights import Findings

BIG = 15  # a big table has so many rows for each society


def size_row(found: Findings) -> dict[str, Any]:
    """One element of `sizes`."""
    first, changed = _seconds(found.first), _seconds(found.changed)
    return {
        "societies": found.societies,
        "first_seconds": round(first, 3),
        "seconds": round(changed, 3),
        "rows_read": sum(found.first[0].reads.values()),
        "rows_written": found.first[0].written,
        "statements": len(found.first[0].statements),
        "peak_mb": round(found.peak_mb, 1),
        "first_ratio": round(first / (found.scan + found.copy), 2),
        "scan_ratio": round(changed / found.changed_scan, 2),
    }


def limits_of(found: Findings) -> list[Limit]:
    """The promises of one size."""
    n, row = found.societies, size_row(found)
    statements = {len(cost.statements) for cost in (*found.first, *found.changed)}
    single = statistics.median(found.single_ms) / found.formulas
    limits = [
        Limit(f"{n}：再次运行写入的行", found.again.written, 0),
        Limit(f"{n}：与即时数的差异", sum(c.differences for c in found.changed), 0),
        Limit(f"{n}：各夜语句数之差", max(statements) - min(statements), 0),
        Limit(f"{n}：一家学会重算，每个算法的 CPU 毫秒", round(single, 2), SINGLE_MS),
        Limit(f"{n}：内存峰值 MB", row["peak_mb"], PEAK_MB),
    ]
    if n >= JUDGED_FROM:
        name, reads = _most_read(found)
        limits += [
            Limit(f"{n}：首夜 ÷（扫描 + COPY）", row["first_ratio"], RATIO),
            Limit(f"{n}：百分之一变化的夜 ÷ 扫描", row["scan_ratio"], RATIO),
            Limit(f"{n}：大表被读的遍数（{name}）", reads, READS),
        ]
    return limits


def details(found: Findings) -> Iterator[str]:
    """What lies behind the figures, for whoever looks for the reason."""
    yield f"{found.societies} 家：首夜 {_list(found.first)} 秒，变化的夜 {_list(found.changed)} 秒"
    yield (
        f"  扫描 {found.scan:.3f}（变化的夜 {found.changed_scan:.3f}），COPY {found.copy:.3f}，"
        f"日切 {found.turn:.3f}，单家 {statistics.median(found.single_ms):.0f} 毫秒 CPU"
        f"（{found.formulas} 个算法）"
    )
    most = sorted(found.first[0].reads.items(), key=lambda pair: -pair[1])[:8]
    yield "  读得最多：" + "，".join(
        f"{name} {count / max(1, found.rows.get(name, 0)):.1f} 遍" for name, count in most
    )


def _most_read(found: Findings) -> tuple[str, float]:
    """The big table that the first night reads most often over, and how often."""
    big = {name for name, rows in found.rows.items() if rows >= BIG * found.societies}
    reads = {name: found.first[0].reads.get(name, 0) / found.rows[name] for name in big}
    name = max(reads, key=lambda each: reads[each])
    return name, round(reads[name], 2)


def _seconds(costs: Sequence[Cost]) -> float:
    return statistics.median(cost.seconds for cost in costs)


def _list(costs: Sequence[Cost]) -> str:
    return " / ".join(f"{cost.seconds:.2f}" for cost in costs)
