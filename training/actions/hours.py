"""Hours filed by a branch and confirmed by another person of its society (roles.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from branches.actions.checks import check_version
from branches.life.known import Known
from branches.models import LifeRecord, LifeState, PartyMember, PartyOrganisation
from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from common.refusals import refusals
from common.states import Transition, check_step
from societies.access import Actor
from training import states
from training.actions.common import edition_of, save
from training.hours import event_hours
from training.models import HourCredit, HourEvent, HourEventState, HourKind, TrainingEdition
from training.recompute import bring_up

_PLACES = {
    "hours_of_a_record_once": "title",
    "hour_event_once": "title",
    "hour_event_minutes_by_portion": "minutes",
}
OF_A_RECORD = (HourKind.LECTURE, HourKind.STUDY)


@dataclass(frozen=True)
class HourFacts:
    """What is filed: an event and its people. lecturer: who of them lectured (党课 only)."""

    kind: str
    title: str
    held_on: date
    portion: str
    minutes: int | None
    attendees: tuple[int, ...]
    lecturer: int | None = None
    record: LifeRecord | None = None


@transaction.atomic
def file_hours(
    *, organisation: PartyOrganisation, facts: HourFacts, by: Actor, now: datetime
) -> HourEvent:
    """File an event; it counts when the society's secretary has confirmed it.

    Raises NotAllowed, ActionRefused at the fields, also for an event that counts already.
    """
    by.require(Permission.HOURS_FILE, organisation)
    row = _lock(organisation)
    societies = _checked(row, facts, day_of(now))
    event = HourEvent(
        organisation=row,
        society_id=row.society_id,
        life_record=facts.record,
        filed_at=now,
        filed_by=by.user,
    )
    _write(event, facts, societies)
    return event


@transaction.atomic
def correct_hours(
    *, event: HourEvent, row_version: int | None, facts: HourFacts, by: Actor, now: datetime
) -> HourEvent:
    """Put a filed or returned event right; it waits for confirmation again."""
    row = _begin(states.CORRECT, event, row_version, by)
    if row.organisation is None:
        raise ActionRefused("培训班的学时由结业登记，不能在此更正")
    societies = _checked(_lock(row.organisation), facts, day_of(now))
    row.filers = sorted({*row.filers, row.filed_by_id})
    row.state, row.filed_at, row.filed_by = HourEventState.FILED, now, by.user
    row.confirmed_at = row.confirmed_by = None
    row.credits.all().delete()
    row.row_version += 1
    _write(row, facts, societies)
    return row


@transaction.atomic
def withdraw_hours(
    *, event: HourEvent, row_version: int | None, by: Actor, now: datetime
) -> HourEvent:
    """Take back what was filed by mistake."""
    row = _begin(states.WITHDRAW, event, row_version, by)
    row.state, row.withdrawn_at, row.withdrawn_by = HourEventState.WITHDRAWN, now, by.user
    save(row)
    return row


@transaction.atomic
def confirm_hours(
    *, event: HourEvent, row_version: int | None, by: Actor, now: datetime
) -> HourEvent:
    """The society's secretary confirms: the hours count from now (R-COV-06).

    Raises NotAllowed, also for whoever filed it once; Conflict; ActionRefused where the record of
    organisation life behind it stands no more.
    """
    row = _begin(states.CONFIRM, event, row_version, by)
    _check_another(row, by, states.CONFIRM)
    _check_record_stands(row)
    row.state, row.confirmed_at, row.confirmed_by = HourEventState.CONFIRMED, now, by.user
    save(row)
    bring_up([row], _edition(row), today=day_of(now))
    return row


@transaction.atomic
def return_hours(
    *, event: HourEvent, row_version: int | None, reason: str, by: Actor, now: datetime
) -> HourEvent:
    """Send an event back, with a reason; one that counted counts no more."""
    row = _begin(states.RETURN, event, row_version, by, reason=reason.strip())
    _check_another(row, by, states.RETURN)
    counted = row.state == HourEventState.CONFIRMED
    row.state, row.return_reason = HourEventState.RETURNED, reason.strip()
    row.returned_at, row.returned_by = now, by.user
    save(row)
    if counted:
        bring_up([row], _edition(row), today=day_of(now))
    return row


def _check_another(row: HourEvent, by: Actor, step: Transition) -> None:
    """Four eyes compare users over every filing, not the last alone (R-ROLE-01)."""
    if row.was_filed_by(by.user.pk):
        raise NotAllowed(f"“{step.label}”须由另一人办理，不能由登记或更正过本条的人办理")


def _check_record_stands(row: HourEvent) -> None:
    """Locks the record, so that it is not withdrawn meanwhile."""
    if row.life_record_id is None:
        return
    records = LifeRecord.objects.select_for_update(of=("self",), no_key=True)
    if records.get(pk=row.life_record_id).state != LifeState.FILED:
        raise ActionRefused("所依据的组织生活记录已退回或撤回，不能确认；请退回本条学时")


def _edition(row: HourEvent) -> TrainingEdition:
    return edition_of(row.society.federation_id, row.held_on.year)


def _lock(organisation: PartyOrganisation) -> PartyOrganisation:
    rows = PartyOrganisation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("society").get(pk=organisation.pk)


def _begin(
    step: Transition, event: HourEvent, row_version: int | None, by: Actor, reason: str = ""
) -> HourEvent:
    rows = HourEvent.objects.select_for_update(of=("self",), no_key=True)
    row: HourEvent = rows.select_related("society", "organisation").get(pk=event.pk)
    may = by.may(step.permission, row)  # type: ignore[arg-type]
    check_step(step, state=row.state, row=row, may=may, user_id=by.user.pk, reason=reason)
    if row.session_id is not None:
        raise ActionRefused("培训班的学时由结业登记，不能单独办理")
    check_version(row, row_version)
    return row


def _checked(organisation: PartyOrganisation, facts: HourFacts, today: date) -> dict[int, int]:
    """Member → society of everybody credited; raises ActionRefused with everything wrong."""
    errors: dict[str, list[str]] = {}
    if facts.held_on > today:
        errors["held_on"] = [f"日期晚于今天（{today}），请在活动后登记"]
    elif facts.held_on.year < today.year - 1:
        errors["held_on"] = ["只登记本年度和上年度的学时"]
    if facts.lecturer is not None and facts.kind != HourKind.LECTURE:
        errors["lecturer"] = ["只有党课登记授课人"]
    errors |= _errors_of_record(organisation, facts)
    roll = Known(organisation).roll_on(facts.held_on)
    people = {*facts.attendees, *([facts.lecturer] if facts.lecturer else [])}
    if not people:
        errors["attendees"] = ["请至少选择一人"]
    elif people - set(roll) or not _all_counted(people):
        errors["attendees"] = ["名单中有当天不在本党组织或尚未确认的同志，请重新选择"]
    if errors:
        raise ActionRefused(errors)
    edition = edition_of(organisation.society.federation_id, facts.held_on.year)
    if not event_hours(facts.portion, facts.minutes, edition.rules):
        raise ActionRefused({"minutes": ["不足 30 分钟不计学时"]})
    return {member: roll[member] for member in sorted(people)}


def _errors_of_record(organisation: PartyOrganisation, facts: HourFacts) -> dict[str, list[str]]:
    record = facts.record
    if record is None:
        return {}
    if record.organisation_id != organisation.pk or record.state != LifeState.FILED:
        return {"title": ["这条组织生活记录已撤回或不属于本党组织"]}
    errors = {}
    if record.held_on != facts.held_on:
        errors["held_on"] = [f"与组织生活记录的日期 {record.held_on} 不一致"]
    if facts.kind not in OF_A_RECORD:
        errors["kind"] = ["组织生活只计党课或集体学习，一次活动只计一种"]
    return errors


def _all_counted(people: set[int]) -> bool:
    return PartyMember.objects.filter(pk__in=people).counted().count() == len(people)


def _write(event: HourEvent, facts: HourFacts, societies: dict[int, int]) -> None:
    for name in ("kind", "title", "held_on", "portion", "minutes"):
        setattr(event, name, getattr(facts, name))
    with refusals(HourEvent, fields=_PLACES):
        event.full_clean(exclude=("society", "organisation", "filed_by", "life_record"))
        event.save()
    HourCredit.objects.bulk_create(
        HourCredit(event=event, member_id=pk, society_id=society, as_lecturer=pk == facts.lecturer)
        for pk, society in societies.items()
    )
