"""Filing, correcting, withdrawing and returning records of organisation life (R-LIFE-01…06, -10).

Each takes the organisation's row first, so that counts of what is held never overtake each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from branches.actions.checks import check_version
from branches.life import states
from branches.life.access import may_file, may_return, require_filing
from branches.life.attendance import rewrite_list, write_lists
from branches.life.facts import NAMES, LifeFacts, errors_in
from branches.life.known import Known
from branches.models import (
    LifeDraft,
    LifeRecord,
    LifeState,
    ObligationEdition,
    OrganisationService,
    PartyOrganisation,
)
from branches.obligations.expected import recount
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from common.states import check_step
from common.workdays import add_workdays
from societies.access import Actor
from societies.actions import mark_dirty

MOST_MARKS = 1_000
# What a draft keeps beside the marks: the record's columns, and the shortcut of the list.
DRAFTED = (*NAMES, "all_present")
BATCH = 1_000
# References that the action itself fills in or has checked: looking each up again costs a query.
_SET_HERE = {"organisation", "society", "group", "filed_by", "returned_by", "withdrawn_by"}
_PLACES = {
    "life_event_once": "agenda",
    "life_has_learning_or_decision": "learning",
    "life_present_up_to_expected": "present",
}


def file_record(
    *, organisation: PartyOrganisation, facts: LifeFacts, by: Actor, now: datetime
) -> LifeRecord:
    """File one event; the person's draft of it goes. As `file_records`."""
    (record,) = file_records(organisation=organisation, facts=[facts], by=by, now=now)
    return record


@transaction.atomic
def file_records(
    *,
    organisation: PartyOrganisation,
    facts: Sequence[LifeFacts],
    by: Actor,
    now: datetime,
    moments: Sequence[datetime] | None = None,
) -> list[LifeRecord]:
    """File any number of events of one organisation at once; the statements do not grow with them.

    Each event passes the checks of the page; one with `attendees` gets its counts from them.
    moments: when each was filed, where it was not now (a history is taken over). Raises NotAllowed,
    and ActionRefused with messages at the fields of the first event that is wrong; then nothing is
    filed.
    """
    row = _lock(organisation)
    require_filing(by, row)
    known = Known(row)
    records, lists = [], []
    for each, moment in zip(facts, moments or [now] * len(facts), strict=True):
        filed_on = clock.day_of(moment)
        edition = known.edition(filed_on)
        each = _checked(each, known, edition, filed_on)
        record = LifeRecord(
            organisation=row,
            society_id=row.society_id,
            filed_at=moment,
            filed_by=by.user,
            counted_on=filed_on,
            is_late=_is_late(each.held_on, filed_on, edition),
            **each.columns(),
        )
        records.append(record)
        lists.append((record, each))
    with refusals(LifeRecord, fields=_PLACES):
        for record in records:
            record.clean_fields(exclude=_SET_HERE)
        LifeRecord.objects.bulk_create(records, batch_size=BATCH)
    write_lists(lists, known)
    LifeDraft.objects.filter(organisation=row, saved_by=by.user).delete()
    _count(row, [record.held_on for record in records], clock.day_of(now))
    return records


@transaction.atomic
def correct_record(
    *, record: LifeRecord, row_version: int | None, facts: LifeFacts, by: Actor, now: datetime
) -> LifeRecord:
    """Put a filed or returned record right; a returned one is filed again by this.

    A returned record mended within the working days of the return keeps its day of filing. Another
    kind, day or party group, or a class of talks more, is another event: it counts as filed today.
    """
    organisation = _lock(record.organisation)
    row = _lock_record(record)
    may = may_file(by, organisation)
    check_step(states.CORRECT, state=row.state, row=row, may=may, user_id=by.user.pk)
    check_version(row, row_version)
    today, known = clock.day_of(now), Known(organisation)
    edition = known.edition(today)
    facts = _checked(facts, known, edition, today)
    before, talks, days = _event(row), _talks(row), [row.held_on, facts.held_on]
    mended = row.state == LifeState.FILED or today <= _mend_until(row, edition)
    for name, value in facts.columns().items():
        setattr(row, name, value)
    if not mended or before != _event(row) or _talks(row) - talks:
        row.counted_on = today
    row.is_late = _is_late(row.held_on, row.counted_on, edition)
    row.state, row.filed_at, row.filed_by = LifeState.FILED, now, by.user
    _save(row)
    rewrite_list(row, facts, known)
    _count(organisation, days, today)
    return row


def _event(row: LifeRecord) -> tuple[Any, ...]:
    """What makes it this event and no other: obligations are counted by these."""
    return row.kind, row.also_kind, row.held_on, row.group_id


def _talks(row: LifeRecord) -> set[str]:
    """The classes of heart talks that took place, each of which counts once."""
    classes = ("talks_in_committee", "talks_with_members", "talks_between_members")
    return {name for name in classes if getattr(row, name)}


@transaction.atomic
def withdraw_record(
    *, record: LifeRecord, row_version: int | None, reason: str, by: Actor, now: datetime
) -> LifeRecord:
    """Take back a record filed by mistake; it counts no more."""
    organisation = _lock(record.organisation)
    row = _lock_record(record)
    reason = reason.strip()
    may = may_file(by, organisation)
    check_step(
        states.WITHDRAW, state=row.state, row=row, may=may, user_id=by.user.pk, reason=reason
    )
    check_version(row, row_version)
    row.state, row.withdrawal_reason = LifeState.WITHDRAWN, reason
    row.withdrawn_at, row.withdrawn_by = now, by.user
    _save(row)
    _count(organisation, [row.held_on], clock.day_of(now))
    return row


@transaction.atomic
def return_record(
    *, record: LifeRecord, row_version: int | None, reason: str, by: Actor, now: datetime
) -> LifeRecord:
    """The superior's return, within the edition's working days after filing (R-LIFE-05)."""
    organisation = _lock(record.organisation)
    row = _lock_record(record)
    reason = reason.strip()
    may = may_return(by, organisation)
    check_step(states.RETURN, state=row.state, row=row, may=may, user_id=by.user.pk, reason=reason)
    check_version(row, row_version)
    today = clock.day_of(now)
    last = return_until(row, Known(organisation).edition(today))
    if today > last:
        raise ActionRefused(f"已过退回期限（{last}），该记录已最终计入")
    row.state, row.return_reason = LifeState.RETURNED, reason
    row.returned_at, row.returned_by = now, by.user
    _save(row)
    _count(organisation, [row.held_on], today)
    return row


@transaction.atomic
def save_draft(
    *,
    organisation: PartyOrganisation,
    values: Mapping[str, str],
    marks: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> LifeDraft:
    """Keep what is typed so far, right or wrong; `values` names fields of the record.

    marks: what is marked in the list of names, by member.
    """
    require_filing(by, organisation)
    kept: dict[str, Any] = {
        name: _storable(value)[:2000] for name, value in values.items() if name in DRAFTED
    }
    if marks:
        listed = list(marks.items())[:MOST_MARKS]
        kept["attendees"] = {_storable(who)[:20]: _storable(mark)[:20] for who, mark in listed}
    draft, _ = LifeDraft.objects.update_or_create(
        organisation=organisation,
        saved_by=by.user,
        defaults={"society_id": organisation.society_id, "values": kept, "saved_at": now},
    )
    return draft


def _storable(text: str) -> str:
    """Without NUL, the one character that PostgreSQL keeps in no text."""
    return str(text).replace("\x00", "")


@transaction.atomic
def discard_draft(*, organisation: PartyOrganisation, by: Actor, now: datetime) -> None:
    """Forget what is typed; raises NotAllowed."""
    require_filing(by, organisation)
    LifeDraft.objects.filter(organisation=organisation, saved_by=by.user).delete()


def return_until(record: LifeRecord, edition: ObligationEdition) -> date:
    """The last day on which the superior may return a filed record."""
    return add_workdays(clock.day_of(record.filed_at), edition.return_workdays).day


def _mend_until(record: LifeRecord, edition: ObligationEdition) -> date:
    """The last day on which a mended record keeps its first day of filing."""
    returned_on = clock.day_of(record.returned_at) if record.returned_at else record.counted_on
    return add_workdays(returned_on, edition.return_workdays).day


def _is_late(held_on: date, counted_on: date, edition: ObligationEdition) -> bool:
    return counted_on > held_on + timedelta(days=edition.on_time_days)


def _lock(organisation: PartyOrganisation) -> PartyOrganisation:
    rows = PartyOrganisation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("society").get(pk=organisation.pk)


def _lock_record(record: LifeRecord) -> LifeRecord:
    return LifeRecord.objects.select_for_update(of=("self",), no_key=True).get(pk=record.pk)


def _checked(facts: LifeFacts, known: Known, edition: ObligationEdition, today: date) -> LifeFacts:
    """The facts with the counts of their list; raises ActionRefused with everything wrong."""
    facts = facts.counted()
    errors = errors_in(facts, known, edition, today)
    if errors:
        raise ActionRefused(errors)
    return facts


def _save(row: LifeRecord) -> None:
    row.row_version += 1
    with refusals(LifeRecord, fields=_PLACES):
        row.clean_fields(exclude=_SET_HERE)
        row.save()


def _count(organisation: PartyOrganisation, days: Sequence[date], today: date) -> None:
    """Bring the expected sets and, through the dirty rows, the live figures up to the facts.

    All societies served on a day of the events are concerned (R-LIFE-10).
    """
    for day in {day.year: day for day in days}.values():
        recount([organisation.pk], day.replace(month=1, day=1), day.replace(month=12, day=31))
    services = OrganisationService.objects.filter(organisation=organisation)
    mark_dirty(
        {organisation.society_id, *services.values_list("society_id", flat=True)},
        since=min(days),
        today=today,
    )
