"""Work of this room that a request does not wait for."""

from __future__ import annotations

from celery import shared_task

from branches.members.people import confirmer_of
from common import clock
from common.imports import keeping, running
from training.importing import ATTENDANCE


@shared_task
def work_on_attendance_import(batch_id: int) -> None:
    """Check or write one uploaded workbook; safe to run twice or be killed (R11)."""
    running.work(ATTENDANCE, batch_id, actor_of=confirmer_of, now=clock.now())


@shared_task
def sweep_attendance_imports() -> None:
    """Each minute: workbooks whose message was lost or whose worker died."""
    for batch_id in keeping.sweep(ATTENDANCE):
        work_on_attendance_import(batch_id)


@shared_task
def forget_attendance_imports() -> None:
    """Each night: uploaded files and staged rows older than a week."""
    keeping.forget_old(ATTENDANCE, clock.now())
