"""The tasks of a desk: explicit collectors over the rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.urls import reverse

from accounts.permissions import Permission
from branches import desk as branch_desk
from branches.life import desk as life_desk
from branches.members import desk as member_desk
from common.desk import Task, in_order
from coverage.models import CoverageRevision
from dashboards import quality
from ledgers import desk as ledger_desk
from societies.access import Actor
from starrating import desk as star_desk
from supervision import check_desk, finding_desk
from supervision import desk as supervision_desk
from training import desk as training_desk

Collector = Callable[[Actor, date], list[Task]]


def revisions(actor: Actor, on: date) -> list[Task]:
    """Reviewer: month-ends whose later revision nobody published yet (R-COV-02)."""
    if not actor.may_any(Permission.REVISION_PUBLISH):
        return []
    waiting = CoverageRevision.objects.visible_to(actor).waiting().order_by("-on")
    days = list(waiting.values_list("on", flat=True))
    if not days:
        return []
    others = "等月末" if len(days) > 1 else "月末"
    return [
        Task(
            title=f"发布月末修订 {len(days)} 个",
            why=f"补登或更正的事实改变了 {days[0]} {others}的定格数，发布前看板仍显示原数",
            status_kind="warn",
            status_label="待发布",
            due=None,
            due_text="",
            overdue=False,
            url=reverse("revisions"),
            button="去查看",
            count=len(days),
        )
    ]


COLLECTORS: tuple[Collector, ...] = (
    *life_desk.TASKS,
    *ledger_desk.TASKS,
    *branch_desk.TASKS,
    *member_desk.TASKS,
    *supervision_desk.TASKS,
    *star_desk.TASKS,
    *training_desk.TASKS,
    *check_desk.TASKS,
    *finding_desk.TASKS,
    quality.tasks,
    revisions,
)


def tasks_of(actor: Actor, on: date) -> list[Task]:
    """Everything that waits for this actor: overdue first, then by due day."""
    return in_order(task for collect in COLLECTORS for task in collect(actor, on))
