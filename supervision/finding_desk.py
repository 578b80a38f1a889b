"""Open tasks of findings, of everybody along them: queries over rows, none stored (D-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.permissions import Permission as P
from accounts.roles import SPECS
from common.clock import day_of
from common.desk import Task, days_left
from societies.access import Actor
from societies.models import Appointment
from supervision import finding_eyes
from supervision import finding_states as steps
from supervision.finding_querysets import WITH_SOCIETY
from supervision.models import Finding, FindingSeverity, FindingState, FindingStep

S = FindingState
MOST = 20
_CLOSING = [role for role, spec in SPECS.items() if P.FINDING_CLOSE in spec.permissions]
_GRAVE = Q(severity=FindingSeverity.GRAVE)
_MEASURE = Q(measure_due__isnull=False, measure_signed_at__isnull=True)
_BEFORE_EVIDENCE = Q(state__in=steps.SEND_MEASURE.sources)
_TO_CLOSE = Q(state=S.VERIFIED) & (
    Q(extension__isnull=True) | Q(extension__decided_at__isnull=False)
)
_ASKED = Q(extension__isnull=False, state__in=steps.REVIEW_EXTENSION.sources)


@dataclass(frozen=True)
class Wait:
    """What waits for a right. verb: the step, so that who may not take it is not asked.

    day: the column with the day it is due, "" for none. last: only what no reviewer may take.
    """

    right: P
    verb: str
    rows: Q
    what: str
    label: str
    button: str
    day: str = ""
    last: bool = False


WAITS: tuple[Wait, ...] = (
    Wait(P.FINDING_SIGN, "accept", Q(state=S.ISSUED), "确认", "待确认", "去确认", "plan_due"),
    Wait(
        P.FINDING_FILE,
        "send_plan",
        Q(state=S.ACCEPTED),
        "报整改方案",
        "待报方案",
        "去填报",
        "plan_due",
    ),
    Wait(
        P.FINDING_SIGN,
        "sign_plan",
        Q(state=S.PLAN_TO_SIGN),
        "审签整改方案",
        "待审签",
        "去审签",
        "plan_due",
    ),
    Wait(
        P.FINDING_FILE,
        "send_measure",
        _MEASURE & _BEFORE_EVIDENCE & Q(measure=""),
        "报立即措施",
        "待填报",
        "去填报",
        "measure_due",
    ),
    Wait(
        P.FINDING_SIGN,
        "sign_measure",
        _MEASURE & _BEFORE_EVIDENCE & ~Q(measure=""),
        "审签立即措施",
        "待审签",
        "去审签",
        "measure_due",
    ),
    Wait(
        P.FINDING_FILE,
        "send_evidence",
        Q(state__in=(S.RECTIFYING, S.SENT_BACK)),
        "报整改情况",
        "整改中",
        "去填报",
        "finish_due",
    ),
    Wait(
        P.FINDING_SIGN,
        "sign_evidence",
        Q(state=S.EVIDENCE_TO_SIGN),
        "审签整改情况",
        "待审签",
        "去审签",
        "finish_due",
    ),
    Wait(P.FINDING_VERIFY, "verify", Q(state=S.SUBMITTED), "复查", "待复查", "去复查"),
    Wait(P.FINDING_CLOSE, "close", _TO_CLOSE & ~_GRAVE, "销号", "待销号", "去销号"),
    Wait(P.FINDING_CLOSE_SERIOUS, "close", _TO_CLOSE & _GRAVE, "销号", "待销号", "去销号"),
    Wait(
        P.FINDING_CLOSE_SERIOUS,
        "close",
        _TO_CLOSE & ~_GRAVE & (Q(batch__isnull=True) | finding_eyes.all_wrote()),
        "销号",
        "待销号",
        "去销号",
        last=True,
    ),
    Wait(
        P.FINDING_AGREE_DATE,
        "agree_date",
        Q(state=S.PLAN_FILED),
        "确定完成期限",
        "待决定",
        "去办理",
    ),
    Wait(
        P.FINDING_EXTEND_REVIEW,
        "review_extension",
        _ASKED & Q(extension__reviewed_at__isnull=True),
        "审核延期",
        "待审核",
        "去审核",
        "finish_due",
    ),
    Wait(
        P.FINDING_EXTEND_DECIDE,
        "decide_extension",
        _ASKED & Q(extension__reviewed_at__isnull=False, extension__decided_at__isnull=True),
        "决定延期",
        "待决定",
        "去决定",
        "finish_due",
    ),
)


def findings(actor: Actor, on: date) -> list[Task]:
    """What waits for this actor, step by step; nothing that four eyes keep from them.

    One query, whatever the number of steps.
    """
    waits = [wait for wait in WAITS if actor.may_any(wait.right)]
    if not waits or not actor.may_any(P.FINDING_VIEW):
        return []
    first, *others = (_waiting(actor, wait, place, on) for place, wait in enumerate(waits))
    rows = first.union(*others, all=True) if others else first
    return [_task(line, waits[line.place], on) for line in map(Line._make, rows)]


class Line(NamedTuple):
    """What a task says of a finding. place: of the wait; due: its day, if it has one."""

    pk: int
    place: int
    code: str
    title: str
    severity: str
    state: str
    society__name: str
    due: date | None
    reminders: int
    reminded_at: datetime | None


def _waiting(actor: Actor, wait: Wait, place: int, on: date) -> QuerySet:
    """A `Line` of at most MOST findings that wait for one step, the most urgent first."""
    rows: Any = Finding.objects.visible_to(actor).filter(wait.rows)
    rows = _without(rows, actor, wait.verb)
    if wait.last:
        rows = rows.exclude(_reviewer_left(on))
    # A bare NULL has no type in a union.
    day = F(wait.day) if wait.day else Cast(Value(None), DateField())
    said = rows.with_reminders().annotate(place=Value(place), due=day)
    return said.order_by(wait.day or "submitted_on", "pk").values_list(*Line._fields)[:MOST]


def _without(rows: QuerySet[Finding], actor: Actor, verb: str) -> QuerySet[Finding]:
    """Findings in whose other parts the user never acted, nor wrote what they came of."""
    acted = FindingStep.objects.filter(
        finding=OuterRef("pk"), by=actor.user, verb__in=steps.others(verb)
    )
    transition = next(step for step in steps.TRANSITIONS if step.verb == verb)
    mine = Q()
    for column in transition.distinct_from:
        mine |= Q(**{column: actor.user})
    if finding_eyes.AUTHOR in transition.distinct_from:
        rows = rows.exclude(finding_eyes.wrote(actor.user))
    return rows.exclude(mine).exclude(Exists(acted)) if mine else rows.exclude(Exists(acted))


def _reviewer_left(on: date) -> Exists:
    """Whether the committee has a reviewer who acted in no other part of the finding."""
    acted = FindingStep.objects.filter(
        finding=OuterRef(OuterRef("pk")), by=OuterRef("user"), verb__in=steps.others("close")
    )
    theirs = Appointment.objects.valid_on(on).filter(federation=OuterRef("federation"))
    theirs = theirs.filter(role__in=_CLOSING, user__is_active=True)
    return Exists(theirs.exclude(Exists(acted)).order_by())


def _task(line: Line, wait: Wait, on: date) -> Task:
    late = line.due is not None and line.due < on
    severity = FindingSeverity(line.severity).label
    return Task(
        title=f"{wait.what}：{line.society__name}",
        why=f"{line.code} {line.title}（{severity}）{_reminded(line, on)}",
        status_kind="bad" if late else "warn",
        status_label="逾期" if late else wait.label,
        due=line.due,
        due_text=days_left(line.due, on) if line.due else "",
        overdue=late,
        url=reverse("supervision:finding", args=[line.pk]),
        button=wait.button,
    )


def _reminded(line: Line, on: date) -> str:
    """How often the committee reminded the society, while it is the society's turn."""
    if line.reminded_at is None or line.state not in WITH_SOCIETY:
        return ""
    last = day_of(line.reminded_at)
    said = "今天" if last == on else f"{last:%Y-%m-%d}"
    return f"，已提醒 {line.reminders} 次，最近 {said}"


TASKS = (findings,)
