"""Repeating a draw from what is frozen, and comparing it with what was recorded (R-SUP-02)."""

from __future__ import annotations

from dataclasses import dataclass

from supervision.draw import Drawn, Stratum, draw, seed_digest, sha256
from supervision.frame import drawable, text_of
from supervision.models import FramePart, FrameRow, InspectionBatch


@dataclass(frozen=True)
class Replay:
    """The draw computed anew beside the recorded one; digests are those computed now.

    recorded: names that the record says were drawn at random. same_hashes: whether the recorded
    sort values are these.
    """

    frame_digest: str
    seed_digest: str
    frame_agrees: bool
    seed_agrees: bool
    strata: list[Stratum]
    rows: list[Drawn]
    recorded: frozenset[str]
    same_hashes: bool

    @property
    def agrees(self) -> bool:
        """Whether everything recorded follows from frame and seed."""
        drawn = {row.name for row in self.rows if row.drawn}
        same = drawn == self.recorded and self.same_hashes
        return self.frame_agrees and self.seed_agrees and same


def replay(batch: InspectionBatch, seed: str) -> Replay:
    """Repeat the draw of a drawn batch with this seed."""
    sample = batch.sample or 0
    frame_digest = sha256(text_of(batch, sample))
    digest = seed_digest(seed, frame_digest)
    strata, rows = draw(drawable(batch), sample, seed)
    record = FrameRow.objects.filter(batch=batch, part=FramePart.RANDOM)
    hashes = dict(record.values_list("name", "sort_hash"))
    return Replay(
        frame_digest,
        digest,
        frame_digest == batch.frame_digest,
        digest == batch.seed_digest,
        strata,
        rows,
        frozenset(record.filter(drawn=True).values_list("name", flat=True)),
        hashes == {row.name: row.sort_hash for row in rows},
    )
