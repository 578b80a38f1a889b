"""The draw as arithmetic: names and numbers in, names out; anybody can repeat it (R-SUP-02).

Seats go to the strata by largest remainders; of equal remainders the smaller
SHA-256(seed|discipline) wins. Within a stratum the names with the smallest SHA-256(seed|name) are
drawn. Texts are UTF-8, digests lower-case hexadecimal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FORMAT = "学会党建督导抽样框 1"


@dataclass(frozen=True)
class Stratum:
    """What one discipline gets.

    size: societies in the frame. product: sample × size, of which whole = product // total and
    remainder = product % total. extra: 1 if the remainder won a seat.
    """

    discipline: str
    size: int
    product: int
    whole: int
    remainder: int
    extra: int

    @property
    def seats(self) -> int:
        """How many of it are drawn."""
        return self.whole + self.extra


@dataclass(frozen=True)
class Drawn:
    """One name of the frame with its sort value; `drawn` if it is among the smallest."""

    discipline: str
    name: str
    sort_hash: str
    drawn: bool


def sha256(text: str) -> str:
    """The digest of a text, as everywhere here."""
    return hashlib.sha256(text.encode()).hexdigest()


def allocate(sizes: Sequence[tuple[str, int]], sample: int, seed: str) -> list[Stratum]:
    """Seats of the strata by largest remainders, in the order given.

    Raises ValueError if the sample is larger than the frame or negative.
    """
    total = sum(size for _, size in sizes)
    if not 0 <= sample <= total:
        raise ValueError(f"sample {sample} of a frame of {total}")
    parts = [
        (name, size, sample * size, *divmod(sample * size, total or 1)) for name, size in sizes
    ]
    left = sample - sum(whole for *_, whole, _ in parts)
    order = sorted(parts, key=lambda part: (-part[4], sha256(f"{seed}|{part[0]}")))
    winners = {name for name, *_ in order[:left]}
    return [
        Stratum(name, size, product, whole, remainder, int(name in winners))
        for name, size, product, whole, remainder in parts
    ]


def draw(
    frame: Iterable[tuple[str, str]], sample: int, seed: str
) -> tuple[list[Stratum], list[Drawn]]:
    """Strata and names of a frame of (discipline, name); disciplines in order of appearance.

    Names come by stratum and ascending sort value. Raises ValueError as `allocate`.
    """
    by_discipline: dict[str, list[tuple[str, str]]] = {}
    for discipline, name in frame:
        by_discipline.setdefault(discipline, []).append((sha256(f"{seed}|{name}"), name))
    strata = allocate([(d, len(names)) for d, names in by_discipline.items()], sample, seed)
    rows = [
        Drawn(stratum.discipline, name, value, place < stratum.seats)
        for stratum in strata
        for place, (value, name) in enumerate(sorted(by_discipline[stratum.discipline]))
    ]
    return strata, rows


def frame_text(code: str, sample: int, rows: Iterable[tuple[str, str, str, str]]) -> str:
    """The frame as everybody can download and digest it: one JSON array a line, LF at each end.

    rows: (part, discipline, name, reason) in the frozen order, in Chinese words.
    """
    lines = [[FORMAT], ["批次", code], ["应抽", sample], *map(list, rows)]
    return "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )


def seed_digest(seed: str, frame_digest: str) -> str:
    """What is made known before the draw: binds the seed to this frame."""
    return sha256(f"{seed}|{frame_digest}")
