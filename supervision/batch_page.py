"""What the page of a batch shows, read for one actor."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from accounts.permissions import Permission, Role
from branches.recusal import INSIDE
from common.states import Transition, open_steps
from societies.access import Actor
from societies.models import DisciplineClass
from supervision.draw import Stratum, allocate
from supervision.frame import candidates, cycle
from supervision.models import (
    BatchStep,
    FramePart,
    FrameRow,
    InspectionBatch,
    InspectorSeat,
    SpotCheck,
)
from supervision.pairing import SEATS
from supervision.states import PARTS, TRANSITIONS, VERB_LABELS


@dataclass(frozen=True)
class Bead:
    """One bead of the bar of steps; at: when it was done."""

    label: str
    words: str
    at: datetime | None
    current: bool


def open_transitions(actor: Actor, batch: InspectionBatch) -> list[Transition]:
    """The steps whose buttons this actor gets; the action checks again."""
    if actor.role == Role.INSPECTION_LEAD and batch.lead_id != actor.user.pk:
        return []
    found = open_steps(
        TRANSITIONS,
        state=batch.state,
        row=batch,
        permissions=actor.permissions,
        user_id=actor.user.pk,
    )
    steps = BatchStep.objects.visible_to(actor).filter(batch=batch, by=actor.user)
    acted = set(steps.order_by().values_list("verb", flat=True))
    barred = {verb for part in PARTS if not part & acted for verb in part} if acted else set()
    return [transition for transition in found if transition.verb not in barred]


def beads(batch: InspectionBatch, frame: int, checks: list[SpotCheck]) -> list[Bead]:
    """冻结抽样框 … 通知学会."""
    full = checks and all(len(_living(check)) == SEATS for check in checks)
    days = batch.edition.notice_workdays
    rows = [
        ("冻结抽样框", f"{frame} 家" if batch.decided_at else "", batch.decided_at),
        ("公布种子摘要", _recommits(batch), batch.committed_at),
        ("公开种子并抽取", f"{len(checks)} 家" if checks else "", batch.drawn_at),
        ("督导组配对与回避", "已配齐" if full else "", batch.drawn_at if full else None),
        ("通知学会", f"提前 {days} 个工作日", batch.notified_at),
    ]
    first = next((n for n, (_, _, at) in enumerate(rows) if at is None), None)
    return [Bead(label, words, at, n == first) for n, (label, words, at) in enumerate(rows)]


def _living(check: Any) -> list[InspectorSeat]:
    """What `checks_of` fetched."""
    return list(check.living)


def _recommits(batch: InspectionBatch) -> str:
    return f"重新公布 {batch.recommits} 次" if batch.recommits else ""


def checks_of(actor: Actor, batch: InspectionBatch) -> list[SpotCheck]:
    """The drawn societies in printed order, with sort values and living seats."""
    seats = InspectorSeat.objects.visible_to(actor).living().select_related("user")
    rows = SpotCheck.objects.visible_to(actor).filter(batch=batch).select_related("society")
    found = list(
        rows.prefetch_related(
            Prefetch("seats", seats.order_by("place"), to_attr="living")
        ).order_by("position")
    )
    frame = {
        row.society_id: row
        for row in FrameRow.objects.visible_to(actor).filter(batch=batch, drawn=True)
    }
    for check in found:
        check.row = frame.get(check.society_id)
    return found


def frame_facts(actor: Actor, batch: InspectionBatch, on: date) -> dict[str, Any]:
    """Sizes of the frame, its strata, the round of years; before the freezing as of today."""
    if batch.decided_at is None:
        rows = [(c.part, c.reason, c.discipline) for c in candidates(batch, on)]
    else:
        frozen = FrameRow.objects.visible_to(actor).filter(batch=batch).order_by("pk")
        rows = list(frozen.values_list("part", "reason", "discipline"))
    parts = Counter(part for part, _, _ in rows)
    reasons = Counter((part, reason) for part, reason, _ in rows if part != FramePart.RANDOM)
    inspected, everybody = cycle(batch.federation, batch.edition, on)
    return {
        "total": len(rows),
        "frame": parts[FramePart.RANDOM],
        "must": parts[FramePart.MUST],
        "left_out": parts[FramePart.EXCLUDED],
        "reasons": [
            (FramePart(part).label, reason, count) for (part, reason), count in reasons.items()
        ],
        "cycle": {"inspected": inspected, "all": everybody},
        "strata": _strata(batch, Counter(d for part, _, d in rows if part == FramePart.RANDOM)),
    }


def _strata(batch: InspectionBatch, sizes: Counter[str]) -> dict[str, Any]:
    """The table of largest remainders; the last seats are known with the seed only."""
    labels = dict(DisciplineClass.choices)
    sample = batch.sample_of(sum(sizes.values())) if batch.sample is None else batch.sample
    ordered = [(str(labels[key]), sizes[key]) for key in labels if sizes[key]]
    total = sum(sizes.values())
    if not total or sample > total:
        return {"rows": [], "sample": sample}
    rows: list[Stratum] = allocate(ordered, sample, batch.seed)
    return {
        "rows": [{"stratum": row, "share": row.product / total} for row in rows],
        "sample": sample,
        "total": total,
        "whole": sum(row.whole for row in rows),
        "extra": sum(row.extra for row in rows),
    }


def history(actor: Actor, batch: InspectionBatch) -> list[dict[str, Any]]:
    """The steps, latest first.

    A society's own people are named to the inside alone, to the lead by their role (roles.md §2.9).
    """
    rows = BatchStep.objects.visible_to(actor).filter(batch=batch)
    return [
        {"step": row, "label": VERB_LABELS[row.verb], "who": _who(actor, row)}
        for row in rows.select_related("by", "appointment")
    ]


def _who(actor: Actor, step: BatchStep) -> str:
    appointment = step.appointment
    if appointment and appointment.role in INSIDE and not actor.spec.inside:
        return str(appointment.role_label)
    return str(step.by or "系统")


def may_open_societies(actor: Actor) -> bool:
    """Whether names lead to the society's page."""
    return actor.may_any(Permission.SOCIETY_VIEW)
