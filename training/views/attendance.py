"""到课登记 by hand: one grid for the class."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused, Conflict
from common.once import new_token, run_once
from societies.access import Actor
from societies.decorators import ActorRequest, require_permission
from training import actions
from training.actions import Marks
from training.models import ClassState, CourseResult, Enrolment, TrainingClass, TrainingSession
from training.views.common import page_of, version_sent, visible_class

STALE = (
    "刚有他人登记过到课，您的内容未保存。不一致的格子已注明当前记录，请核对；"
    "再次保存将以您填写的内容为准"
)


@require_permission(P.CLASS_ATTEND)
def attendance(request: ActorRequest, pk: int) -> HttpResponse:
    """Checkboxes for each person and session, and the result of the assessment."""
    chosen = visible_class(request.actor, pk)
    found = _people(request.actor, chosen)
    sessions, today = list(chosen.sessions.all()), clock.today()
    errors: list[str] = []
    status, now = 200, None
    if request.method == "POST":
        marks = _sent(request.POST, found, sessions)
        try:
            return redirect(run_once(request, lambda: _save(request, chosen, marks)))
        except ActionRefused as refused:
            status, errors = 422, [m for each in refused.errors.values() for m in each]
        except Conflict:
            # The version first: whatever is saved after it is told by the next conflict.
            chosen = visible_class(request.actor, pk)
            found = _people(request.actor, chosen)
            now = _standing(found, sessions, today, everybody=False)
            marks = now | {key: said for key, said in marks.items() if key in now}
            status, errors = 409, [STALE]
    else:
        marks = _standing(found, sessions, today, everybody="all" in request.GET)
    context = {
        "chosen": chosen,
        "sessions": sessions,
        "rows": _lines(found, sessions, marks, today, now),
        "results": CourseResult.choices,
        "errors": errors,
        "token": new_token(),
        "version": chosen.row_version,
        "open": chosen.state in (ClassState.OPEN, ClassState.HELD) and today >= chosen.starts_on,
    }
    return render(request, "training/attendance.html", context, status=status)


def _people(actor: Actor, chosen: TrainingClass) -> list[Enrolment]:
    """Who is enrolled, with the attendance registered."""
    rows = Enrolment.objects.visible_to(actor).filter(training_class=chosen).standing()
    rows = rows.select_related("society").prefetch_related("attendances")
    return list(rows.order_by("society__sort_key", "pk"))


def _save(request: ActorRequest, chosen: TrainingClass, marks: dict[int, Marks]) -> str:
    actions.record_attendance(
        chosen=chosen,
        row_version=version_sent(request),
        marks=marks,
        by=request.actor,
        now=clock.now(),
    )
    messages.success(request, f"已登记 {len(marks)} 人的到课")
    return page_of(chosen)


def _sent(
    data: QueryDict, people: list[Enrolment], sessions: list[TrainingSession]
) -> dict[int, Marks]:
    """What the grid says of everybody on it; a result that is none counts as not assessed."""
    return {
        each.pk: Marks(
            frozenset(s.pk for s in sessions if f"s-{each.pk}-{s.pk}" in data),
            _result(data.get(f"r-{each.pk}", "")),
        )
        for each in people
        if f"r-{each.pk}" in data
    }


def _result(text: str) -> str:
    return text if text in CourseResult.values else ""


def _standing(
    people: list[Enrolment], sessions: list[TrainingSession], today: date, *, everybody: bool
) -> dict[int, Marks]:
    """What is registered; everybody: all boxes of the sessions held so far."""
    held = frozenset(each.pk for each in sessions if each.held_on <= today)
    return {
        each.pk: Marks(
            held if everybody else frozenset(a.session_id for a in each.attendances.all()),
            each.result,
        )
        for each in people
    }


def _lines(
    people: list[Enrolment],
    sessions: list[TrainingSession],
    marks: dict[int, Marks],
    today: date,
    now: dict[int, Marks] | None,
) -> list[dict[str, Any]]:
    """The grid. now: what is registered, if it is to be told where it differs (R8)."""
    nothing = Marks(frozenset())
    lines = []
    for each in people:
        said = marks.get(each.pk, nothing)
        kept = said if now is None else now[each.pk]
        lines.append(
            {
                "enrolment": each,
                "result": said.result,
                "other": "" if kept.result == said.result else CourseResult(kept.result).label,
                "cells": [
                    {
                        "session": s,
                        "checked": s.pk in said.sessions,
                        "coming": s.held_on > today,
                        "other": _other(s.pk, said, kept),
                    }
                    for s in sessions
                ],
            }
        )
    return lines


def _other(session: int, said: Marks, kept: Marks) -> str:
    """What is registered of a session where something else is said; "" where not."""
    if (session in said.sessions) == (session in kept.sessions):
        return ""
    return "到课" if session in kept.sessions else "未到课"
