"""Confirming and returning member records: the society's secretary, never the filer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce, JSONObject

from accounts.permissions import Permission
from branches.actions.checks import check_version, served_by
from branches.member_states import MEMBER_STEPS
from branches.models import Affiliation, MemberState, Participation, PartyMember
from common import clock
from common.errors import ActionRefused, Conflict
from common.states import check_step, find
from societies.access import Actor
from societies.actions import mark_dirty

REASON_LENGTH = 200


@transaction.atomic
def confirm_members(*, members: Mapping[int, int], by: Actor, now: datetime) -> int:
    """Confirm records as they were shown: id → row version. All or none; returns how many.

    Raises NotAllowed (no right, or filed by the same user), Conflict if one changed meanwhile.
    """
    if not members:
        raise ActionRefused("请先勾选要确认的党员")
    rows = list(_mine(by).filter(pk__in=members).select_for_update(of=("self",)).order_by("pk"))
    if len(rows) != len(members):
        raise Conflict("名册刚有变化，请刷新后重新核对")
    step = find(MEMBER_STEPS, "confirm")
    for row in rows:
        check_version(row, members[row.pk])
        check_step(step, state=row.state, row=row, may=True, user_id=by.user.pk)
    today = clock.day_of(now)
    PartyMember.objects.filter(pk__in=members).update(
        state=step.target,
        confirmed_by=by.user,
        confirmed_at=now,
        confirmed_values=present_values(),
        first_confirmed_on=Coalesce("first_confirmed_on", today),
        returned_by=None,
        returned_at=None,
        return_reason="",
        row_version=F("row_version") + 1,
    )
    own, served = {row.society_id for row in rows}, served_by(row.organisation_id for row in rows)
    mark_dirty(own | served, since=today, today=today)
    return len(rows)


@transaction.atomic
def return_member(
    *, member: PartyMember, row_version: int | None, reason: str, by: Actor, now: datetime
) -> PartyMember:
    """Send a record back to the branch secretary, with the reason.

    Raises NotAllowed, Conflict, ActionRefused at `reason`.
    """
    row: PartyMember = PartyMember.objects.select_for_update().get(pk=member.pk)
    step, reason = find(MEMBER_STEPS, "return"), reason.strip()
    may = by.may(Permission.MEMBER_CONFIRM, row)
    check_step(step, state=row.state, row=row, may=may, user_id=by.user.pk, reason=reason)
    check_version(row, row_version)
    if len(reason) > REASON_LENGTH:
        raise ActionRefused({"reason": [f"退回原因不能超过 {REASON_LENGTH} 个字"]})
    row.state, row.return_reason = MemberState.RETURNED, reason
    row.returned_by, row.returned_at = by.user, now
    row.row_version += 1
    row.save()
    return row


def _mine(by: Actor) -> QuerySet[PartyMember]:
    rows: QuerySet[PartyMember] = PartyMember.objects.within(by.scope(Permission.MEMBER_CONFIRM))
    return rows


def present_values() -> JSONObject:
    """What stands registered of a member, as the database's JSON: one statement for thousands."""
    open_relation = Affiliation.objects.open().filter(member=OuterRef("pk"))
    parts = Participation.objects.open().filter(member=OuterRef("pk")).order_by("organisation_id")
    return JSONObject(
        name="name",
        birth_month=Cast("birth_month", CharField()),
        joined_month=Cast("joined_month", CharField()),
        full_since=Cast("full_since", CharField()),
        left_on=Cast("left_on", CharField()),
        place=Subquery(open_relation.values("place")[:1]),
        parts=ArraySubquery(parts.values("organisation_id")),
    )
