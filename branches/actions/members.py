"""Filing and changing members: the branch secretary's, for the own organisation (roles.md §3).

Nothing here counts before the society's secretary confirms it for the first time
(`branches.actions.confirming`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts.permissions import Permission
from branches.actions.checks import check_version, served_societies
from branches.actions.member_checks import SINCE, check_facts, clean_name, lock_living, lock_member
from branches.members import writing
from branches.members.deciding import Facts, decide
from branches.members.known import known_members
from branches.models import (
    Affiliation,
    Participation,
    PartyMember,
    PartyOrganisation,
    Place,
)
from common import clock
from common.errors import ActionRefused
from common.imports.batches import Answer, RowKind
from common.pinyin import initials, sort_key
from common.refusals import refusals
from societies.access import Actor
from societies.actions import mark_dirty

CHANGEABLE = ("name", "birth_month", "joined_month", "full_since")
_PLACES = {
    "member_once": "name",
    "member_joined_after_birth": "joined_month",
    "member_full_after_joining": "full_since",
}
ON_THE_ROLL = "该同志已在本党组织名册中，请在其页面更正"


@transaction.atomic
def file_member(
    *,
    organisation: PartyOrganisation,
    name: str,
    birth_month: date,
    joined_month: date,
    full_since: date | None,
    place: str,
    since: date | None = None,
    answer: str = Answer.NONE,
    by: Actor,
    now: datetime,
) -> PartyMember:
    """Put somebody on an organisation's roll; `since` (default today) is the relation's first day.

    answer: what was said to “同一人？” where the register knows the key (R-MEM-07). Raises
    NotAllowed, ActionRefused at the fields, at `answer` where the question must be answered.
    """
    by.require(Permission.MEMBER_FILE, organisation)
    today = clock.day_of(now)
    facts = Facts(clean_name(name), birth_month, joined_month, full_since, place)
    since = since or today
    check_facts(facts, organisation, since, today)
    writing.lock_register(organisation.society_id)
    organisation = lock_living(organisation, today)
    found = known_members(organisation.society_id, organisation.pk, [facts.key])[facts.key]
    own = [k for k in found if k.is_of(organisation.pk)]
    if own and not answer:
        raise ActionRefused({"answer": ["本党组织名册已有三项都相同的党员，是同一人吗？"]})
    if own and answer == Answer.SAME:
        raise ActionRefused({"answer": [ON_THE_ROLL]})
    decision = decide(facts, [] if own else found, organisation.pk, answer=answer)
    if decision.kind == RowKind.ASK:
        raise ActionRefused({"answer": [decision.wrong]})
    if decision.kind == RowKind.REFUSED:
        raise ActionRefused({decision.column: [f"{decision.wrong}。{decision.mend}"]})
    member = _write(decision.op, decision.target, facts, organisation, since, by, now)
    # No figure reads members of the past: only what is live may follow.
    mark_dirty(served_societies(organisation), since=today, today=today)
    return member


def _write(
    op: str,
    target: int | None,
    facts: Facts,
    organisation: PartyOrganisation,
    since: date,
    by: Actor,
    now: datetime,
) -> PartyMember:
    with refusals(PartyMember, Affiliation, Participation, fields=_PLACES | SINCE):
        if op == "create":
            return writing.create(organisation, [facts], since=since, user=by.user, now=now)[0]
        member: PartyMember = PartyMember.objects.get(pk=target or 0)
        if member.left_on and since < member.left_on:
            words = f"该同志已于 {member.left_on} 离开，重新登记不能早于该日"
            raise ActionRefused({"since": [words]})
        if op == "join":
            writing.join(organisation, [member.pk], since=since)
            writing.note_parts(organisation, [member.pk], user=by.user, now=now)
        else:
            rejoin(organisation, {member.pk: facts.place or Place.HERE}, since, by.user, now)
        member.refresh_from_db()
        return member


def rejoin(
    organisation: PartyOrganisation,
    places: Mapping[int, str],
    since: date,
    user: Any,
    now: datetime,
) -> tuple[list[Affiliation], list[Participation]]:
    """People who had left come onto the roll of an organisation again; what was opened for them."""
    opened = writing.settle(organisation, list(places.items()), since=since)
    writing.refile(list(places), user=user, now=now, left_on=None, organisation=organisation)
    return opened


@transaction.atomic
def change_member(
    *,
    member: PartyMember,
    row_version: int | None,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> PartyMember:
    """Correct a record; it waits for confirmation again. `changes` names CHANGEABLE values.

    Raises NotAllowed, Conflict, ActionRefused by field; LookupError for anything else.
    """
    if unknown := set(changes) - set(CHANGEABLE):
        raise LookupError(sorted(unknown))
    row = lock_member(member, "change", by)
    check_version(row, row_version)
    for name, value in changes.items():
        setattr(row, name, clean_name(value) if name == "name" else value)
    today = clock.day_of(now)
    check_facts(
        Facts(row.name, row.birth_month, row.joined_month, row.full_since), None, today, today
    )
    row.sort_key, row.initials = sort_key(row.name), initials(row.name)
    with refusals(PartyMember, fields=_PLACES):
        row.full_clean(exclude=["return_reason"])
        row.save()
    writing.refile([row.pk], user=by.user, now=now)
    mark_dirty(served_societies(row.organisation), since=today, today=today)
    row.refresh_from_db()
    return row


@transaction.atomic
def withdraw_member(
    *, member: PartyMember, row_version: int | None, by: Actor, now: datetime
) -> None:
    """Take back a record that was never confirmed (误登). Raises NotAllowed, Conflict, refusal."""
    row = lock_member(member, "change", by)
    check_version(row, row_version)
    if row.first_confirmed_on:
        raise ActionRefused("该记录已经确认过，不能撤销；如已离开，请登记离开")
    try:
        row.delete()
    except ProtectedError as error:
        raise ActionRefused("该同志已登记参加组织生活、培训或担任职务，不能撤销") from error
