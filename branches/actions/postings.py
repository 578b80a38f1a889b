"""People posted to a society; screens give the last day in office, storage the day after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from branches.actions.checks import check_dates, check_version
from branches.actions.instructors import follow_posting
from branches.models import Posting
from common import clock
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty
from societies.models import Society

CHANGEABLE = (
    "kind",
    "person_name",
    "home_unit",
    "document_number",
    "valid_from",
    "last_day",
    "user",
)
_PLACES = {
    "posting_ends_after_start": "last_day",
    "posting_person_once": "person_name",
    "posting_has_document": "document_number",
}


def day_after(last_day: date | None) -> date | None:
    """The stored end of validity for an inclusive last day (rules §12.6)."""
    return last_day and last_day + timedelta(days=1)


@transaction.atomic
def enter_posting(
    *,
    society: Society,
    kind: str,
    person_name: str,
    home_unit: str,
    document_number: str,
    valid_from: date,
    last_day: date | None = None,
    user: User | None = None,
    by: Actor,
    now: datetime,
) -> Posting:
    """Post a person to a society. last_day: the last day in office, inclusive.

    user: the person's account, which gets the instructor's desk for the days of the posting.

    Raises NotAllowed, ActionRefused with messages at the fields of the same names.
    """
    by.require(Permission.ORGANISATION_ENTER, society)
    today = clock.day_of(now)
    check_dates(today, {}, {"valid_from": valid_from, "last_day": last_day})
    posting = Posting(
        society=society,
        kind=kind,
        person_name=person_name.strip(),
        home_unit=home_unit.strip(),
        document_number=document_number.strip(),
        valid_from=valid_from,
        valid_to=day_after(last_day),
        user=user,
    )
    _save(posting)
    follow_posting(posting, by=by, today=today)
    mark_dirty({society.pk}, since=valid_from, today=today)
    return posting


@transaction.atomic
def change_posting(
    *,
    posting: Posting,
    row_version: int | None,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Posting:
    """Correct a posting; `changes` names CHANGEABLE values.

    Raises NotAllowed, Conflict, ActionRefused; LookupError for anything else.
    """
    if unknown := set(changes) - set(CHANGEABLE):
        raise LookupError(sorted(unknown))
    row = _lock(posting, by)
    check_version(row, row_version)
    today = clock.day_of(now)
    before = (row.kind, row.valid_from, row.valid_to)
    for name, value in changes.items():
        if name == "last_day":
            row.valid_to = day_after(value)
        else:
            setattr(row, name, value)
    check_dates(today, {}, {"valid_from": row.valid_from, "last_day": row.last_day})
    _save(row)
    follow_posting(row, by=by, today=today)
    since = _first_day_touched(before, (row.kind, row.valid_from, row.valid_to))
    if since:
        mark_dirty({row.society_id}, since=since, today=today)
    return row


@transaction.atomic
def end_posting(*, posting: Posting, last_day: date, by: Actor, now: datetime) -> Posting:
    """End a posting, or recall the person earlier than planned (EX-04); last_day is inclusive."""
    row = _lock(posting, by)
    today = clock.day_of(now)
    check_dates(today, {}, {"last_day": last_day})
    if last_day < row.valid_from:
        raise ActionRefused({"last_day": [f"派驻止日不能早于起日 {row.valid_from}"]})
    before = (row.kind, row.valid_from, row.valid_to)
    row.valid_to = day_after(last_day)
    _save(row)
    follow_posting(row, by=by, today=today)
    since = _first_day_touched(before, (row.kind, row.valid_from, row.valid_to))
    if since:
        mark_dirty({row.society_id}, since=since, today=today)
    return row


def _lock(posting: Posting, by: Actor) -> Posting:
    by.require(Permission.ORGANISATION_ENTER, posting)
    rows = Posting.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("society", "appointment").get(pk=posting.pk)


def _save(row: Posting) -> None:
    if row.pk:
        row.row_version += 1
    with refusals(Posting, fields=_PLACES):
        row.full_clean()
        row.save()


def _first_day_touched(
    before: tuple[str, date, date | None], after: tuple[str, date, date | None]
) -> date | None:
    """The first day on which the two states differ, None if on no day."""
    if before[0] != after[0] or before[1] != after[1]:
        return min(before[1], after[1])
    ends = [end for end in (before[2], after[2]) if end]
    return min(ends) if before[2] != after[2] else None
