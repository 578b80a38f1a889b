"""初评 by the assigned assessor, 复核 by a reviewer: points for a line, each with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from societies.access import Actor
from starrating import states
from starrating.actions.common import (
    check,
    lock_entry,
    move,
    refuse_late,
    refuse_long,
    write_step,
)
from starrating.awarding import COUNTING
from starrating.models import EntryState, RatingEntry, RatingLine, RatingObjection

QUARTERS = tuple(Decimal(n) / 4 for n in range(5))
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Put:
    """What a person puts in a line's place. points: None leaves the value before it.

    concluded: of a line people rate, whether an item of it is concluded.
    """

    points: Decimal | None
    reason: str = ""
    concluded: bool = False


@transaction.atomic
def save_assessment(
    *,
    entry: RatingEntry,
    row_version: int | None,
    puts: Mapping[str, Put],
    opinion: str = "",
    by: Actor,
    now: datetime,
) -> RatingEntry:
    """Keep the assessor's points so far; every change is a step of the history.

    Where nothing differs from what is kept nothing is written, and the version stays.
    Raises NotAllowed, Conflict; ActionRefused by field (`points_A1`, `reason_A1`, `opinion`).
    """
    entry = lock_entry(entry, row_version)
    check(states.SAVE_ASSESSMENT, entry, by, day_of(now))
    refuse_long(200, opinion=opinion.strip())
    kept = _keep(entry, puts, "assessed", by, now)
    opinion = opinion.strip()
    if not kept.changed and opinion == entry.opinion:
        return entry
    entry.opinion = opinion
    if not kept.adjusted:
        # Words alone are the assessor's part as well (`starrating.eyes`).
        write_step(entry, states.SAVE_ASSESSMENT.verb, by, now, source=entry.state)
    entry.row_version += 1
    entry.save()
    return entry


@transaction.atomic
def submit_assessment(
    *,
    entry: RatingEntry,
    row_version: int | None,
    puts: Mapping[str, Put],
    opinion: str,
    by: Actor,
    now: datetime,
) -> RatingEntry:
    """提交审议: the preliminary assessment with its opinion.

    Raises NotAllowed, Conflict; ActionRefused by field, or while a line people rate is open.
    """
    entry, on = lock_entry(entry, row_version), day_of(now)
    opinion = opinion.strip()
    check(states.SUBMIT_ASSESSMENT, entry, by, on)
    refuse_long(200, opinion=opinion)
    lines = _keep(entry, puts, "assessed", by, now, _asked("初评说明", opinion)).lines
    open_ones = {
        f"points_{line.code}": [f"{line.code} 由评审人评分，请选择得分率并写明理由"]
        for line in lines
        if line.reviewed and line.assessed is None
    }
    if open_ones:
        raise ActionRefused(open_ones)
    entry.opinion = opinion
    entry.assessed_by, entry.assessed_at = by.user, now
    return move(entry, EntryState.PRELIMINARY, states.SUBMIT_ASSESSMENT.verb, by, now, opinion)


@transaction.atomic
def give_back(
    *, entry: RatingEntry, row_version: int | None, reason: str, by: Actor, now: datetime
) -> RatingEntry:
    """退回学会补充依据: the society assesses itself again, until the end of the assessor's time."""
    entry, on = lock_entry(entry, row_version), day_of(now)
    reason = reason.strip()
    check(states.GIVE_BACK, entry, by, on, reason=reason)
    refuse_long(300, reason=reason)
    refuse_late(entry.round.assess_by, on, "初评")
    entry.returned_by, entry.returned_at, entry.return_reason = by.user, now, reason
    return move(entry, EntryState.APPLIED, states.GIVE_BACK.verb, by, now, reason)


@transaction.atomic
def re_examine(
    *,
    entry: RatingEntry,
    row_version: int | None,
    puts: Mapping[str, Put],
    opinion: str,
    by: Actor,
    now: datetime,
) -> RatingEntry:
    """复核 of an objection, by others than assessor and first deliberators (R-STAR-06).

    The result goes to deliberating members who have not spoken yet. Raises as `submit_assessment`.
    """
    entry, on = lock_entry(entry, row_version), day_of(now)
    opinion = opinion.strip()
    check(states.RE_EXAMINE, entry, by, on)
    if by.user.pk == entry.assessor_id:
        raise NotAllowed("复核须由初评人以外的人办理")
    refuse_long(200, opinion=opinion)
    _keep(entry, puts, "re_examined", by, now, _asked("复核说明", opinion))
    # The newest objection is the one in hand, also where the members referred its answer back.
    objection = RatingObjection.objects.filter(entry=entry).latest("at", "pk")
    objection.answer, objection.answered_by, objection.answered_at = opinion, by.user, now
    objection.save()
    entry.re_opinion = opinion
    entry.re_examined_by, entry.re_examined_at = by.user, now
    return move(entry, EntryState.RE_EXAMINED, states.RE_EXAMINE.verb, by, now, opinion)


@dataclass(frozen=True)
class _Kept:
    """The lines afterwards; whether any differs from before, whether in its points."""

    lines: Sequence[RatingLine]
    changed: bool
    adjusted: bool


_REASONS = {"assessed": "assessed_reason", "re_examined": "re_reason"}


def _asked(label: str, opinion: str) -> dict[str, list[str]]:
    """What is wrong with the words beside the lines: said together with what is wrong in them."""
    return {} if opinion else {"opinion": [f"请填写{label}"]}


def _keep(
    entry: RatingEntry,
    puts: Mapping[str, Put],
    column: str,
    by: Actor,
    now: datetime,
    errors: Mapping[str, list[str]] = MappingProxyType({}),
) -> _Kept:
    """Write what differs into a column of the lines, a step for each; errors: found before."""
    lines = list(entry.lines.all())
    wanted = {line.code: _wanted(line, puts.get(line.code), column) for line in lines}
    _refuse(lines, wanted, errors)
    changed, adjusted = [], False
    for line in lines:
        mine, reason = wanted[line.code], _REASONS[column]
        if getattr(line, column) != mine.points:
            old = _said(getattr(line, column), line)
            words = f"调整 {line.code}，{old} → {_said(mine.points, line)}"
            write_step(entry, states.ADJUST, by, now, source=entry.state, text=words)
            adjusted = True
        before = (getattr(line, column), getattr(line, reason), line.concluded)
        setattr(line, column, mine.points)
        setattr(line, reason, mine.reason)
        line.concluded = mine.concluded
        if before != (mine.points, mine.reason, mine.concluded):
            changed.append(line)
    RatingLine.objects.bulk_update(changed, [column, _REASONS[column], "concluded"])
    return _Kept(lines, bool(changed), adjusted)


def _wanted(line: RatingLine, put: Put | None, column: str) -> Put:
    """What is to be stored; points equal to the value before them put nothing in its place."""
    if put is None or (put.points is None and not line.reviewed):
        return Put(None, "", line.concluded)
    concluded = put.concluded if line.reviewed else False
    if put.points is None:
        return Put(None, "", concluded)
    before = line.assessed if column == "re_examined" and line.assessed is not None else None
    stands = line.points if before is None else before
    stood = before is not None or line.state in COUNTING
    if stood and put.points == stands.quantize(_CENT):
        return Put(None, "", concluded)
    return Put(put.points, put.reason.strip(), concluded)


def _refuse(
    lines: Sequence[RatingLine], wanted: Mapping[str, Put], found: Mapping[str, list[str]]
) -> None:
    errors = dict(found)
    for line in lines:
        mine = wanted[line.code]
        if mine.points is None:
            continue
        if not line.reviewed and line.state not in COUNTING:
            errors[f"points_{line.code}"] = [f"{line.code} 不适用，不能评分"]
        elif not 0 <= mine.points <= line.maximum:
            most = line.maximum.normalize()
            errors[f"points_{line.code}"] = [f"{line.code} 的评定分应在 0 至 {most:f} 之间"]
        elif line.reviewed and mine.points / line.maximum not in QUARTERS:
            errors[f"points_{line.code}"] = [f"{line.code} 按满分的 0、25%、50%、75%、100% 评分"]
        if not mine.reason:
            errors[f"reason_{line.code}"] = [f"{line.code} 评定分与系统测算分不同，请写明理由"]
        elif len(mine.reason) > 300:
            errors[f"reason_{line.code}"] = [f"{line.code} 的理由最多 300 个字"]
    if errors:
        raise ActionRefused(errors)


def _said(points: Decimal | None, line: RatingLine) -> str:
    value = line.points if points is None else points
    return f"{value.quantize(_CENT)}"
