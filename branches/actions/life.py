"""Filing, correcting, withdrawing and returning records of organisation life (R-LIFE-01…06, -10).

Each takes the organisation's row first, so that counts of what is held never overtake each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from branches.actions.checks import check_version
from branches.life import states
from branches.life.access import may_file, may_return, require_filing
from branches.life.facts import NAMES, LifeFacts, errors_in
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

NO_EDITION = "本科协尚未载入组织生活要求，暂不能登记，请联系科技社团党委"
# References that the action itself fills in: looking each up again would cost a query.
_SET_HERE = {"organisation", "society", "filed_by", "returned_by", "withdrawn_by"}
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
    *, organisation: PartyOrganisation, facts: Sequence[LifeFacts], by: Actor, now: datetime
) -> list[LifeRecord]:
    """File several events of one organisation at once; they count from this moment on.

    Raises NotAllowed, and ActionRefused with messages at the fields of the first event that is
    wrong; then nothing is filed.
    """
    row = _lock(organisation)
    require_filing(by, row)
    today = clock.day_of(now)
    edition = _edition(row, today)
    for each in facts:
        _refuse(errors_in(each, row, edition, today))
    records = [
        LifeRecord(
            organisation=row,
            society_id=row.society_id,
            filed_at=now,
            filed_by=by.user,
            counted_on=today,
            is_late=_is_late(each.held_on, today, edition),
            **each.columns(),
        )
        for each in facts
    ]
    with refusals(LifeRecord, fields=_PLACES):
        for record in records:
            record.clean_fields(exclude=_SET_HERE)
        LifeRecord.objects.bulk_create(records)
    LifeDraft.objects.filter(organisation=row, saved_by=by.user).delete()
    _count(row, [record.held_on for record in records], today)
    return records


@transaction.atomic
def correct_record(
    *, record: LifeRecord, row_version: int | None, facts: LifeFacts, by: Actor, now: datetime
) -> LifeRecord:
    """Put a filed or returned record right; a returned one is filed again by this.

    A returned record mended within the working days of the return keeps its day of filing. Another
    kind or day is another event: it counts as filed today.
    """
    organisation = _lock(record.organisation)
    row = _lock_record(record)
    may = may_file(by, organisation)
    check_step(states.CORRECT, state=row.state, row=row, may=may, user_id=by.user.pk)
    check_version(row, row_version)
    today = clock.day_of(now)
    edition = _edition(organisation, today)
    _refuse(errors_in(facts, organisation, edition, today))
    before, days = (row.kind, row.also_kind, row.held_on), [row.held_on, facts.held_on]
    mended = row.state == LifeState.FILED or today <= _mend_until(row, edition)
    for name, value in facts.columns().items():
        setattr(row, name, value)
    if not mended or before != (row.kind, row.also_kind, row.held_on):
        row.counted_on = today
    row.is_late = _is_late(row.held_on, row.counted_on, edition)
    row.state, row.filed_at, row.filed_by = LifeState.FILED, now, by.user
    _save(row)
    _count(organisation, days, today)
    return row


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
    last = return_until(row, _edition(organisation, today))
    if today > last:
        raise ActionRefused(f"已过退回期限（{last}），该记录已最终计入")
    row.state, row.return_reason = LifeState.RETURNED, reason
    row.returned_at, row.returned_by = now, by.user
    _save(row)
    _count(organisation, [row.held_on], today)
    return row


@transaction.atomic
def save_draft(
    *, organisation: PartyOrganisation, values: dict[str, str], by: Actor, now: datetime
) -> LifeDraft:
    """Keep what is typed so far, right or wrong; `values` names fields of the record."""
    require_filing(by, organisation)
    kept = {name: str(value)[:2000] for name, value in values.items() if name in NAMES}
    draft, _ = LifeDraft.objects.update_or_create(
        organisation=organisation,
        saved_by=by.user,
        defaults={"society_id": organisation.society_id, "values": kept, "saved_at": now},
    )
    return draft


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


def _edition(organisation: PartyOrganisation, on: date) -> ObligationEdition:
    found = ObligationEdition.objects.of(organisation.society.federation_id, on)
    if found is None:
        raise ActionRefused(NO_EDITION)
    return found


def _refuse(errors: dict[str, list[str]]) -> None:
    if errors:
        raise ActionRefused(errors)


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
