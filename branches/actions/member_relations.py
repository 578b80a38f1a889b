"""Where a member's relation lies, leaving the roll, taking part no longer (R-MEM-01)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.permissions import Permission
from branches.actions.checks import check_dates, check_version, served_societies
from branches.actions.member_checks import SINCE, lock_member
from branches.members import writing
from branches.models import Affiliation, Participation, PartyMember, Place
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty


@transaction.atomic
def relate_member(
    *, member: PartyMember, row_version: int | None, place: str, on: date, by: Actor, now: datetime
) -> PartyMember:
    """Register that the relation lies elsewhere, or here, from a day on (R-MEM-01).

    Raises NotAllowed, Conflict, ActionRefused at `place` or `on`.
    """
    row = lock_member(member, "relate", by)
    check_version(row, row_version)
    today = clock.day_of(now)
    check_dates(today, {"on": on}, {})
    present = row.affiliations.open().first()
    if present and present.place == place:
        raise ActionRefused({"place": [f"组织关系已在{Place(place).label}"]})
    if row.left_on:
        raise ActionRefused("该同志已离开，不能变更组织关系")
    if present and on < present.valid_from:
        raise ActionRefused({"on": [f"不能早于现有组织关系的起始日 {present.valid_from}"]})
    with refusals(Affiliation, Participation, fields=dict.fromkeys(SINCE, "on")):
        writing.move(row.organisation, {row.pk: place}, on=on)
    writing.refile([row.pk], user=by.user, now=now)
    mark_dirty(served_societies(row.organisation), since=today, today=today)
    row.refresh_from_db()
    return row


@transaction.atomic
def leave_member(
    *, member: PartyMember, row_version: int | None, on: date, by: Actor, now: datetime
) -> PartyMember:
    """Somebody leaves the society's roll: relation and participations end; `on` no longer counts.

    Raises NotAllowed, Conflict, ActionRefused at `on`.
    """
    row = lock_member(member, "leave", by)
    check_version(row, row_version)
    today = clock.day_of(now)
    check_dates(today, {"on": on}, {})
    if row.left_on:
        raise ActionRefused(f"已登记于 {row.left_on} 离开")
    for rows in (row.affiliations.open(), row.participations.open()):
        latest = rows.order_by("-valid_from").first()
        if latest and on <= latest.valid_from:
            raise ActionRefused({"on": [f"离开日期须晚于组织关系的起始日 {latest.valid_from}"]})
        rows.update(valid_to=on)
    writing.refile([row.pk], user=by.user, now=now, left_on=on)
    mark_dirty(served_societies(row.organisation), since=on, today=today)
    row.refresh_from_db()
    return row


@transaction.atomic
def stop_taking_part(
    *, participation: Participation, on: date, by: Actor, now: datetime
) -> Participation:
    """A member of another organisation no longer takes part in the own one from a day on.

    Raises NotAllowed, ActionRefused at `on`.
    """
    if participation.organisation_id not in by.scope(Permission.MEMBER_FILE).ids:
        raise NotAllowed("当前身份不能办理")
    writing.lock_register(participation.society_id)
    row = Participation.objects.select_for_update().get(pk=participation.pk)
    today = clock.day_of(now)
    check_dates(today, {"on": on}, {})
    if row.valid_to:
        raise ActionRefused(f"已登记于 {row.valid_to} 结束")
    if on <= row.valid_from:
        raise ActionRefused({"on": [f"结束日期须晚于起始日 {row.valid_from}"]})
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    writing.note_parts(row.organisation, [row.member_id], user=by.user, now=now)
    mark_dirty(served_societies(row.organisation), since=today, today=today)
    return row
