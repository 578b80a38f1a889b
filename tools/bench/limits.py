"""The figures a night is held to. No Django here: the measuring processes' parent reads it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

JUDGED_FROM = 2100  # smaller worlds fit into fixed costs: printed, not judged
RATIO, SLOPE, SINGLE_MS, READS, PEAK_MB = 12, 1.15, 5.0, 2.0, 200


@dataclass(frozen=True)
class Limit:
    """One promise: what was found, and the most it may be."""

    name: str
    found: float
    most: float

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.found <= self.most

    def __str__(self) -> str:
        return (
            f"{'达到' if self.holds else '未达'}  {self.name}：{self.found}（不超过 {self.most}）"
        )


def over_all(rows: Sequence[Mapping[str, Any]]) -> list[Limit]:
    """The promises over all sizes."""
    statements = [row["statements"] for row in rows]
    return [
        Limit("各规模语句数之差", max(statements) - min(statements), 0),
        Limit("斜率", slope(rows), SLOPE),
    ]


def slope(rows: Sequence[Mapping[str, Any]]) -> float:
    """The steeper of first and changed nights over societies, both logarithmic; 0 for one size."""
    return max(_slope(rows, name) for name in ("first_seconds", "seconds"))


def _slope(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    points = [(math.log(row["societies"]), math.log(row[name])) for row in rows]
    if len(points) < 2:
        return 0.0
    x, y = (statistics.mean(values) for values in zip(*points, strict=True))
    spread = sum((a - x) ** 2 for a, _ in points)
    return round(sum((a - x) * (b - y) for a, b in points) / spread, 3)
