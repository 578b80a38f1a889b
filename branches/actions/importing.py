"""Importing members by workbook: rights and scope around the generic batch (common.imports)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.permissions import Permission
from branches.actions.member_checks import check_living
from branches.members.importing import MEMBERS
from branches.models import MemberImport, PartyOrganisation
from common import clock
from common.errors import ActionRefused, Conflict
from common.imports import running
from societies.access import Actor


def upload_members(
    *, organisation: PartyOrganisation, name: str, data: bytes, by: Actor, now: datetime
) -> MemberImport:
    """Take a workbook of an organisation's members in and check it. Writes no member.

    Raises NotAllowed, ActionRefused at `file`.
    """
    by.require(Permission.MEMBER_FILE, organisation)
    check_living(organisation, clock.day_of(now))
    batch: MemberImport = running.start(
        MEMBERS,
        name=name,
        data=data,
        by=by,
        now=now,
        organisation=organisation,
        society_id=organisation.society_id,
    )
    return batch


def place_member_columns(*, batch: MemberImport, places: Mapping[str, int], by: Actor) -> None:
    """Say which column is which. Raises NotAllowed, ActionRefused at the columns' keys."""
    by.require(Permission.MEMBER_FILE, batch)
    running.place_columns(MEMBERS, batch, places)


def answer_line(*, batch: MemberImport, line: int, said: str, by: Actor, now: datetime) -> None:
    """Answer “同一人？” for a line. Raises NotAllowed, ActionRefused."""
    by.require(Permission.MEMBER_FILE, batch)
    running.answer(MEMBERS, batch, line, said, now)


def adopt_offer(*, batch: MemberImport, line: int, column: str, by: Actor, now: datetime) -> None:
    """Put what was offered for a cell into it. Raises NotAllowed, ActionRefused."""
    by.require(Permission.MEMBER_FILE, batch)
    running.adopt(MEMBERS, batch, line, column, now)


def confirm_import(*, batch: MemberImport, by: Actor, now: datetime) -> MemberImport:
    """Write the rows that are new or changed, all or none; they wait for the secretary then.

    Raises NotAllowed; ActionRefused if there is nothing to write, if the organisation has been
    dissolved, or if the register changed since the check: the rows are then judged again.
    """
    by.require(Permission.MEMBER_FILE, batch)
    check_living(PartyOrganisation.objects.get(pk=batch.organisation_id), clock.day_of(now))
    try:
        done: MemberImport = running.confirm(MEMBERS, batch, by=by, now=now)
    except Conflict as stale:
        running.judge_anew(MEMBERS, batch.pk, now)
        raise ActionRefused(str(stale)) from stale
    return done


def roll_back_import(*, batch: MemberImport, by: Actor, now: datetime) -> MemberImport:
    """Take everything back within 24 hours, unless something was confirmed or changed since.

    Raises NotAllowed, ActionRefused.
    """
    by.require(Permission.MEMBER_FILE, batch)
    done: MemberImport = running.roll_back(MEMBERS, batch, by=by, now=now)
    return done


def abandon_import(*, batch: MemberImport, by: Actor) -> None:
    """Give a batch up before it is confirmed. Raises NotAllowed, ActionRefused."""
    by.require(Permission.MEMBER_FILE, batch)
    running.abandon(MEMBERS, batch)
