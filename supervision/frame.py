"""Whom a batch may draw, must inspect, leaves out (R-SUP-02); and the round of all societies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from common.clock import start_of
from common.periods import add_months
from societies.models import DisciplineClass, Federation, Society
from supervision.draw import frame_text
from supervision.models import (
    ChecklistEdition,
    Finding,
    FramePart,
    FrameRow,
    InspectionBatch,
    SpotCheck,
)

_ORDER = {value: place for place, value in enumerate(DisciplineClass.values)}
_PARTS = {part.value: place for place, part in enumerate(FramePart)}


@dataclass(frozen=True)
class Candidate:
    """A society as the frame would hold it."""

    society_id: int
    name: str
    discipline: str
    part: str
    reason: str


def candidates(
    batch: InspectionBatch, on: date, must_include: Mapping[int, str] | None = None
) -> list[Candidate]:
    """Everybody in the scope of a batch on a day, random first, by discipline and name.

    must_include: society → why it is inspected whatever the draw says, beside those with an open
    finding where the batch asks for them. It comes before 近期已抽查, not before the scope of the
    batch.
    """
    must = (with_open_finding(batch) if batch.include_open else {}) | dict(must_include or {})
    out: dict[int, str] = {}
    if batch.exclude_recent:
        words = f"{batch.edition.recent_months} 个月内已抽查"
        out |= dict.fromkeys(recently_inspected(batch), words)
        out |= dict.fromkeys(under_inspection(batch), "另一批次检查中")
    rows = universe(batch.federation, batch.edition, on)
    if batch.disciplines:
        rows = rows.filter(discipline_class__in=batch.disciplines)
    found = [
        Candidate(pk, name, discipline, *_part(pk, must, out))
        for pk, name, discipline in rows.values_list("pk", "name", "discipline_class")
    ]
    return sorted(found, key=lambda c: (_PARTS[c.part], _ORDER[c.discipline], c.name))


def _part(pk: int, must: Mapping[int, str], out: Mapping[int, str]) -> tuple[str, str]:
    if pk in must:
        return FramePart.MUST, must[pk]
    return (FramePart.EXCLUDED, out[pk]) if pk in out else (FramePart.RANDOM, "")


def universe(federation: Federation, edition: ChecklistEdition, on: date) -> QuerySet[Society]:
    """The societies that the checklist's edition lets a batch draw."""
    rows = Society.objects.filter(federation=federation).order_by()
    return rows.in_universe(on, edition.body_kinds, edition.relations)


def with_open_finding(batch: InspectionBatch) -> dict[int, str]:
    """Societies whose rectification is not closed, and what the frame says of them (R-SUP-02)."""
    rows = Finding.objects.open().filter(federation=batch.federation_id).order_by()
    counts = rows.values_list("society").annotate(n=Count("pk"))
    return {society: f"整改未销号 {n} 个" for society, n in counts}


def under_inspection(batch: InspectionBatch) -> set[int]:
    """Societies whose check in another open batch has no conclusion yet: not drawn twice."""
    rows = SpotCheck.objects.filter(federation=batch.federation_id, batch__closed_at__isnull=True)
    rows = rows.filter(concluded_at__isnull=True).exclude(batch_id=batch.pk)
    return set(rows.order_by().values_list("society", flat=True))


def recently_inspected(batch: InspectionBatch) -> set[int]:
    """Societies with a concluded check in the months before the first day on site."""
    since = start_of(add_months(batch.on_site_from, -batch.edition.recent_months))
    rows = SpotCheck.objects.filter(federation=batch.federation_id).inspected(since)
    return set(rows.order_by().values_list("society", flat=True))


def cycle(federation: Federation, edition: ChecklistEdition, on: date) -> tuple[int, int]:
    """How many of how many societies were inspected in the years of one round up to a day."""
    since = start_of(add_months(on, -12 * edition.cycle_years))
    rows = SpotCheck.objects.filter(federation=federation).inspected(since)
    everybody = universe(federation, edition, on)
    return everybody.filter(pk__in=rows.order_by().values("society")).count(), everybody.count()


def text_of(batch: InspectionBatch, sample: int) -> str:
    """The frozen frame of a batch as its digest is made from (`supervision.draw.frame_text`)."""
    rows = FrameRow.objects.filter(batch=batch).order_by("pk")
    return frame_text(
        batch.code,
        sample,
        (
            (row.get_part_display(), row.get_discipline_display(), row.name, row.reason)
            for row in rows
        ),
    )


def drawable(batch: InspectionBatch) -> list[tuple[str, str]]:
    """(discipline, name) of the frame, in words, as the draw takes them."""
    rows = FrameRow.objects.filter(batch=batch, part=FramePart.RANDOM).order_by("pk")
    return [(row.get_discipline_display(), row.name) for row in rows]
