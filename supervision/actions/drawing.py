"""Committing a seed, revealing it and drawing (R-SUP-02)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from supervision import states
from supervision.actions.common import check, lock_batch, move
from supervision.draw import draw, seed_digest
from supervision.frame import drawable
from supervision.models import FramePart, FrameRow, InspectionBatch, SpotCheck
from supervision.numbers import next_numbers
from supervision.seeds import new_seed, typed_seed

WRONG_SEED = "种子与公布的摘要不一致，请核对抄录的种子；确已遗失的，说明理由后重新公布摘要"


@transaction.atomic
def commit_seed(
    *, batch: InspectionBatch, row_version: int | None, by: Actor, now: datetime
) -> tuple[InspectionBatch, str]:
    """Make a seed and keep its digest; the seed itself is returned once, stored at the draw only.

    Raises NotAllowed, Conflict, ActionRefused.
    """
    batch = lock_batch(batch, row_version)
    check(states.COMMIT, batch, by)
    seed = _commit(batch, by, now)
    text = f"种子摘要 {batch.seed_digest}"
    return move(batch, states.COMMIT.target, states.COMMIT.verb, by, now, text), seed


@transaction.atomic
def recommit_seed(
    *, batch: InspectionBatch, row_version: int | None, reason: str, by: Actor, now: datetime
) -> tuple[InspectionBatch, str]:
    """Make another seed because the first is lost; the reason stands on the page for good.

    Raises NotAllowed, Conflict, ActionRefused.
    """
    batch = lock_batch(batch, row_version)
    check(states.RECOMMIT, batch, by, reason=reason)
    seed = _commit(batch, by, now)
    batch.recommits += 1
    text = f"{reason}；种子摘要 {batch.seed_digest}"
    return move(batch, "", states.RECOMMIT.verb, by, now, text), seed


def _commit(batch: InspectionBatch, by: Actor, now: datetime) -> str:
    seed = new_seed(batch.code)
    batch.seed_digest = seed_digest(seed, batch.frame_digest)
    batch.committed_by, batch.committed_at = by.user, now
    return seed


@transaction.atomic
def draw_batch(
    *, batch: InspectionBatch, row_version: int | None, seed: str, by: Actor, now: datetime
) -> InspectionBatch:
    """公开种子并抽取: reveal the seed, draw from the frozen frame, make the spot checks.

    Raises NotAllowed, Conflict; ActionRefused at `seed` if it does not fit its digest.
    """
    batch = lock_batch(batch, row_version)
    check(states.DRAW, batch, by, seed=seed.strip())
    seed = typed_seed(batch.code, seed)
    if seed_digest(seed, batch.frame_digest) != batch.seed_digest:
        raise ActionRefused({"seed": [WRONG_SEED]})
    drawn = _fill_in(batch, seed)
    codes = next_numbers(
        SpotCheck.objects.all(),
        batch.federation_id,
        f"DC-{day_of(now).year}-",
        count=len(drawn),
        width=3,
    )
    SpotCheck.objects.bulk_create(
        SpotCheck(
            batch=batch,
            federation_id=batch.federation_id,
            society_id=row.society_id,
            code=code,
            part=row.part,
            position=position,
        )
        for position, (row, code) in enumerate(zip(drawn, codes, strict=True), 1)
    )
    batch.seed, batch.drawn_by, batch.drawn_at = seed, by.user, now
    return move(batch, states.DRAW.target, states.DRAW.verb, by, now, f"种子 {seed}")


def _fill_in(batch: InspectionBatch, seed: str) -> list[FrameRow]:
    """Write sort values and who is drawn into the frame; the drawn rows in printed order."""
    rows = {row.name: row for row in FrameRow.objects.filter(batch=batch).order_by("pk")}
    _, found = draw(drawable(batch), batch.sample or 0, seed)
    for each in found:
        rows[each.name].sort_hash, rows[each.name].drawn = each.sort_hash, each.drawn
    must = [row for row in rows.values() if row.part == FramePart.MUST]
    drawn = [rows[each.name] for each in found if each.drawn] + must
    for position, row in enumerate(drawn, 1):
        row.drawn, row.position = True, position
    FrameRow.objects.bulk_update(rows.values(), ["sort_hash", "drawn", "position"])
    return drawn


@transaction.atomic
def reschedule_batch(
    *,
    batch: InspectionBatch,
    row_version: int | None,
    on_site_from: date,
    on_site_to: date,
    reason: str,
    by: Actor,
    now: datetime,
) -> InspectionBatch:
    """改期 before the notice; the frame stays as it was frozen.

    Raises NotAllowed, Conflict, ActionRefused by field.
    """
    batch = lock_batch(batch, row_version)
    check(states.RESCHEDULE, batch, by, reason=reason)
    if on_site_from < day_of(now):
        raise ActionRefused({"on_site_from": ["现场检查起日早于今天，请改为今天以后"]})
    before = f"{batch.on_site_from} 至 {batch.on_site_to}"
    batch.on_site_from, batch.on_site_to = on_site_from, on_site_to
    with refusals(InspectionBatch, fields={"inspection_batch_days_in_order": "on_site_to"}):
        batch.full_clean()
    return move(batch, "", states.RESCHEDULE.verb, by, now, f"原为 {before}；{reason}")
