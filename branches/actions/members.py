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
from branches.actions.checks import check_dates, check_version
from branches.member_states import MEMBER_STEPS
from branches.members import writing
from branches.members.deciding import Facts, decide, problems_of
from branches.members.known import known_members
from branches.models import (
    Affiliation,
    Participation,
    PartyMember,
    PartyOrganisation,
    Place,
)
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.imports.batches import Answer, RowKind
from common.pinyin import initials, sort_key
from common.refusals import refusals
from common.states import check_step, find
from societies.access import Actor
from societies.actions import mark_dirty

CHANGEABLE = ("name", "birth_month", "joined_month", "full_since")
_PLACES = {
    "member_once": "name",
    "member_joined_after_birth": "joined_month",
    "member_full_after_joining": "full_since",
}
_SINCE = {"affiliation_one_at_a_time": "since", "participation_once_at_a_time": "since"}
ON_THE_ROLL = "该同志已在本党组织名册中，请在其页面更正"


def keeps(by: Actor, member: PartyMember) -> bool:
    """Whether the actor files for the organisation that keeps this record."""
    return member.organisation_id in by.scope(Permission.MEMBER_FILE).ids


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
    mark_dirty([organisation.society_id], since=today, today=today)
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
    with refusals(PartyMember, Affiliation, Participation, fields=_PLACES | _SINCE):
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
    mark_dirty([row.society_id], since=today, today=today)
    row.refresh_from_db()
    return row


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
    with refusals(Affiliation, Participation, fields=dict.fromkeys(_SINCE, "on")):
        writing.move(row.organisation, {row.pk: place}, on=on)
    writing.refile([row.pk], user=by.user, now=now)
    mark_dirty([row.society_id], since=today, today=today)
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
    mark_dirty([row.society_id], since=on, today=today)
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
    mark_dirty([row.society_id], since=today, today=today)
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
        raise ActionRefused("该同志已登记参加组织生活或担任职务，不能撤销") from error


def lock_member(member: PartyMember, verb: str, by: Actor) -> PartyMember:
    """The member's row for a step of the keeper, locked and read afresh.

    The register first, as everybody who writes it does, or two would wait for each other.
    """
    writing.lock_register(member.society_id)
    rows = PartyMember.objects.select_for_update(of=("self",))
    row = rows.select_related("organisation", "society").get(pk=member.pk)
    step = find(MEMBER_STEPS, verb)
    check_step(step, state=row.state, row=row, may=keeps(by, row), user_id=by.user.pk)
    return row


def clean_name(name: str) -> str:
    """A name without blanks; the dot between the parts of a name is always ·."""
    plain = "".join(name.split()) if not name.isascii() else " ".join(name.split())
    for dot in "•‧∙・．.｡":
        plain = plain.replace(dot, "·") if not plain.isascii() else plain
    return plain


def check_facts(
    facts: Facts, organisation: PartyOrganisation | None, since: date, today: date
) -> None:
    """Refuse impossible values at their fields; organisation: where somebody is put on the roll."""
    errors = {name: [f"{w}。{m}"] for name, (w, m) in problems_of(facts, today).items()}
    if not facts.name:
        errors["name"] = ["请填写姓名"]
    if organisation is not None:
        check_dates(today, {"since": since}, {})
        if since < organisation.established_on:
            day = organisation.established_on
            errors["since"] = [f"不能早于党组织成立日期 {day}"]
        check_living(organisation, today)
    if errors:
        raise ActionRefused(errors)


def check_living(organisation: PartyOrganisation, today: date) -> None:
    """Nobody is put on the roll of an organisation that no longer is. Raises ActionRefused."""
    if organisation.dissolved_on and organisation.dissolved_on <= today:
        raise ActionRefused(f"该党组织已于 {organisation.dissolved_on} 撤销，不能登记党员")
