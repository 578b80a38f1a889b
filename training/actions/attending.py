"""Attendance of a class, by hand or by workbook, and settling it into hours (R-TRN-05)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from training import states
from training.actions.common import begin_class_step, edition_of, save
from training.models import (
    ClassMode,
    ClassState,
    CourseResult,
    Enrolment,
    HourCredit,
    HourEvent,
    HourEventState,
    HourKind,
    SessionAttendance,
    TrainingClass,
    TrainingSession,
)
from training.recompute import bring_up


@dataclass(frozen=True)
class Marks:
    """What is said of one person: the sessions attended, the result of the assessment."""

    sessions: frozenset[int]
    result: str = ""


@transaction.atomic
def record_attendance(
    *,
    chosen: TrainingClass,
    row_version: int | None,
    marks: Mapping[int, Marks],
    by: Actor,
    now: datetime,
) -> TrainingClass:
    """Write who was present, by enrolment; whoever is not named stays as is.

    The first attendance ends the enrolment; a grid without any does not, nor does taking the last
    one back: the class may then be called off.

    Raises NotAllowed, Conflict, ActionRefused for a class that has not begun or a session yet to
    come.
    """
    row = begin_class_step(states.ATTEND, chosen, by, row_version)
    check_begun(row, day_of(now))
    write_marks(row, marks, day_of(now))
    return row


def check_begun(row: TrainingClass, today: date) -> None:
    """Raises ActionRefused before the first day."""
    if today < row.starts_on:
        raise ActionRefused(f"培训班 {row.starts_on} 开班，开班后登记到课")


def write_marks(row: TrainingClass, marks: Mapping[int, Marks], today: date) -> None:
    """Bring the attendance of a locked class to what is said; only what differs is written.

    Raises ActionRefused for strangers and for sessions yet to come.
    """
    sessions = {each.pk: each for each in row.sessions.all()}
    enrolments = {each.pk: each for each in row.enrolments.standing()}
    for pk, said in marks.items():
        if pk not in enrolments or said.sessions - set(sessions):
            raise ActionRefused("名单已变化，请刷新后重新登记")
        for number in said.sessions:
            if sessions[number].held_on > today:
                raise ActionRefused(f"{sessions[number]} 尚未开课，不能登记到课")
    _write_rows(marks)
    changed = []
    for pk, said in marks.items():
        if enrolments[pk].result != said.result:
            enrolments[pk].result = said.result
            changed.append(enrolments[pk])
    Enrolment.objects.bulk_update(changed, ["result"], batch_size=500)
    row.state = ClassState.HELD if row.attended() else ClassState.OPEN
    save(row)


def _write_rows(marks: Mapping[int, Marks]) -> None:
    rows = SessionAttendance.objects.filter(enrolment__in=marks)
    standing = {(each.enrolment_id, each.session_id): each.pk for each in rows}
    wanted = {(pk, session) for pk, said in marks.items() for session in said.sessions}
    gone = [pk for key, pk in standing.items() if key not in wanted]
    SessionAttendance.objects.filter(pk__in=gone).delete()
    SessionAttendance.objects.bulk_create(
        SessionAttendance(enrolment_id=enrolment, session_id=session)
        for enrolment, session in sorted(wanted - set(standing))
    )


@transaction.atomic
def settle_class(
    *, chosen: TrainingClass, row_version: int | None, by: Actor, now: datetime
) -> TrainingClass:
    """Close a class: certificates without gaps, and hours for every session attended.

    Of an online class only who passed gets hours: 线上课程 counts with completion (R-TRN-03).
    Raises NotAllowed, Conflict, ActionRefused before the last day or without results.
    """
    row = begin_class_step(states.SETTLE, chosen, by, row_version)
    if day_of(now) < row.ends_on:
        raise ActionRefused(f"培训班 {row.ends_on} 结束，结束后办理结业")
    present = _present(row)
    _give_certificates(row, present)
    row.state, row.settled_at, row.settled_by = ClassState.SETTLED, now, by.user
    save(row)
    years: dict[int, list[HourEvent]] = defaultdict(list)
    for session in row.sessions.all():
        for event in _events(row, session, present, by, now):
            years[session.held_on.year].append(event)
    for year, events in years.items():
        edition = edition_of(row.federation_id, year)
        bring_up(events, edition, today=day_of(now))
    return row


def _present(row: TrainingClass) -> dict[int, list[Enrolment]]:
    """Session → who attended it. Raises ActionRefused where somebody's result is missing."""
    found: dict[int, list[Enrolment]] = defaultdict(list)
    rows = SessionAttendance.objects.filter(session__training_class=row)
    for each in rows.select_related("enrolment__society").order_by("enrolment_id"):
        found[each.session_id].append(each.enrolment)
    people = {each.pk: each for attended in found.values() for each in attended}
    missing = [each.person_name for each in people.values() if not each.result]
    if missing:
        more = f"等 {len(missing)} 人" if len(missing) > 3 else ""
        raise ActionRefused(f"{'、'.join(missing[:3])}{more}到过课，还没有考核结果")
    if not people:
        raise ActionRefused("还没有人到课，不能结业；没有办成的班请取消")
    return found


def _give_certificates(row: TrainingClass, present: Mapping[int, list[Enrolment]]) -> None:
    people = {each.pk: each for attended in present.values() for each in attended}
    passed = [each for each in people.values() if each.result == CourseResult.PASSED]
    passed.sort(key=lambda each: (each.society.sort_key, each.person_name, each.pk))
    for number, each in enumerate(passed, 1):
        each.certificate_no = f"{row.code}-{number:03}"
    Enrolment.objects.bulk_update(passed, ["certificate_no"], batch_size=500)


def _events(
    row: TrainingClass,
    session: TrainingSession,
    present: Mapping[int, list[Enrolment]],
    by: Actor,
    now: datetime,
) -> list[HourEvent]:
    """One event for each society that took part in a session, with its credits."""
    online = row.mode == ClassMode.ONLINE
    people = [
        each
        for each in present.get(session.pk, ())
        if not online or each.result == CourseResult.PASSED
    ]
    events = {
        society: HourEvent(
            society_id=society,
            kind=HourKind.ONLINE if online else HourKind.CONCENTRATED,
            title=f"{row.title} 第 {session.number} 节",
            held_on=session.held_on,
            portion=session.portion,
            minutes=session.minutes,
            session=session,
            state=HourEventState.CONFIRMED,
            filed_at=now,
            filed_by=by.user,
        )
        for society in sorted({each.society_id for each in people})
    }
    made = HourEvent.objects.bulk_create(events.values())
    HourCredit.objects.bulk_create(
        HourCredit(
            event=events[each.society_id], member_id=each.member_id, society_id=each.society_id
        )
        for each in people
    )
    return made
