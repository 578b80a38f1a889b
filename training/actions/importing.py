"""Importing attendance by workbook: rights and scope around the generic batch (common.imports)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused, Conflict
from common.imports import running
from societies.access import Actor
from training.actions.attending import check_begun
from training.importing import ATTENDANCE, MOVED
from training.models import AttendanceImport, ClassState, TrainingClass

ATTEND = Permission.CLASS_ATTEND


def upload_attendance(
    *, chosen: TrainingClass, name: str, data: bytes, by: Actor, now: datetime
) -> AttendanceImport:
    """Take a workbook of a class's attendance in and check it. Writes no attendance.

    Raises NotAllowed, ActionRefused at `file`.
    """
    by.require(ATTEND, chosen)
    if chosen.state not in (ClassState.OPEN, ClassState.HELD):
        raise ActionRefused(MOVED)
    check_begun(chosen, day_of(now))
    batch: AttendanceImport = running.start(
        ATTENDANCE, name=name, data=data, by=by, now=now, training_class=chosen
    )
    return batch


def place_attendance_columns(
    *, batch: AttendanceImport, places: Mapping[str, int], by: Actor
) -> None:
    """Say which column is which. Raises NotAllowed, ActionRefused at the columns' keys."""
    by.require(ATTEND, batch)
    running.place_columns(ATTENDANCE, batch, places)


def adopt_offer(
    *, batch: AttendanceImport, line: int, column: str, by: Actor, now: datetime
) -> None:
    """Put what was offered for a cell into it. Raises NotAllowed, ActionRefused."""
    by.require(ATTEND, batch)
    running.adopt(ATTENDANCE, batch, line, column, now)


def confirm_attendance(*, batch: AttendanceImport, by: Actor, now: datetime) -> AttendanceImport:
    """Write the lines that change something, all or none.

    Raises NotAllowed; ActionRefused if there is nothing to write or the class changed since the
    check: the lines are then judged again.
    """
    by.require(ATTEND, batch)
    try:
        done: AttendanceImport = running.confirm(ATTENDANCE, batch, by=by, now=now)
    except Conflict as stale:
        running.judge_anew(ATTENDANCE, batch.pk, now)
        raise ActionRefused(str(stale)) from stale
    return done


def roll_back_attendance(*, batch: AttendanceImport, by: Actor, now: datetime) -> AttendanceImport:
    """Take everything back within 24 hours, unless something was changed since.

    Raises NotAllowed, ActionRefused.
    """
    by.require(ATTEND, batch)
    done: AttendanceImport = running.roll_back(ATTENDANCE, batch, by=by, now=now)
    return done


def abandon_attendance(*, batch: AttendanceImport, by: Actor) -> None:
    """Give a batch up before it is confirmed. Raises NotAllowed, ActionRefused."""
    by.require(ATTEND, batch)
    running.abandon(ATTENDANCE, batch)
