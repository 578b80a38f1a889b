"""抽取表 as a workbook and for print."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from common.exports import xlsx_response
from common.listing import Column
from societies.decorators import ActorRequest, require_permission
from supervision import batch_page
from supervision.models import FramePart, InspectionBatch, SpotCheck
from supervision.views.batches import batch_context, visible_batch

PART_WORDS = {FramePart.RANDOM: "随机", FramePart.MUST: "必查"}


def _people(check: Any) -> str:
    return "、".join(str(seat.user) for seat in check.living)


def _state(check: Any) -> str:
    words = check.get_state_display()
    return f"{words}，{check.remark}" if check.remark else words


COLUMNS = (
    Column("position", "序", value=lambda c: c.position, width=6),
    Column("code", "编号", value=lambda c: c.code, width=14),
    Column("name", "学会", value=lambda c: c.row.name, width=30),
    Column("discipline", "学科", value=lambda c: c.row.get_discipline_display()),
    Column("part", "方式", value=lambda c: PART_WORDS[c.part]),
    Column("reason", "原因", value=lambda c: c.row.reason, width=20),
    Column("hash", "排序值", value=lambda c: c.row.sort_hash, width=66),
    Column("people", "督导组成员", value=_people, width=24),
    Column("state", "状态", value=_state, width=30),
)


def lines_of(batch: InspectionBatch, checks: list[SpotCheck]) -> list[str]:
    """What stands above the rows: the batch, digests, seed, how to repeat the draw."""
    lines = [
        f"批次 {batch.code}；{batch.edition}；现场检查 {batch.on_site_from} 至 {batch.on_site_to}",
        f"抽样框摘要：{batch.frame_digest or '未冻结'}",
        f"种子摘要：{batch.seed_digest or '未公布'}",
    ]
    if checks:
        lines.append(f"种子：{batch.seed}")
        lines.append(f"复算：./portal manage replay_draw {batch.code} --seed {batch.seed}")
    return lines


@require_safe
@require_permission(P.BATCH_VIEW)
def export(request: ActorRequest, pk: int) -> FileResponse:
    """抽取表 as a workbook."""
    batch = visible_batch(request, pk)
    checks = batch_page.checks_of(request.actor, batch)
    return xlsx_response(
        f"抽取表-{batch.code}",
        title=f"抽取表 {batch.code}",
        lines=[batch.name, *lines_of(batch, checks)],
        columns=COLUMNS,
        rows=checks,
        demo=batch.federation.is_demo,
    )


@require_safe
@require_permission(P.BATCH_VIEW)
def batch_print(request: ActorRequest, pk: int) -> HttpResponse:
    """抽取表 for print."""
    batch = visible_batch(request, pk)
    return render(request, "supervision/print.html", batch_context(request, batch))
