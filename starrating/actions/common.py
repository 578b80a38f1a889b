"""What every step of an entry does first and last."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Value, When

from accounts.permissions import Permission, Role
from branches.recusal import is_inside, refuse_recused
from common.errors import ActionRefused, Conflict, NotAllowed
from common.states import Transition, check_step
from societies.access import Actor
from starrating.eyes import Part, part_of, parts_of
from starrating.models import DeliberationVote, EntryState, RatingEntry, RatingRound, RatingStep

STALE = "这家学会的评定刚被他人办理，您的内容未保存，请核对后重新提交"


def lock_round(pk: int) -> RatingRound:
    """The round, locked until the transaction ends."""
    return (
        RatingRound.objects.select_for_update(of=("self",))
        .select_related("edition", "federation")
        .get(pk=pk)
    )


def lock_entry(entry: RatingEntry, row_version: int | None) -> RatingEntry:
    """The entry, locked; every step works on what this returns.

    Raises Conflict if somebody else acted since the page was made (R8).
    """
    row = (
        RatingEntry.objects.select_for_update(of=("self",))
        .select_related("round__edition", "society")
        .get(pk=entry.pk)
    )
    if row_version is not None and row.row_version != row_version:
        raise Conflict(STALE)
    return row


def check(transition: Transition, entry: RatingEntry, by: Actor, on: date, **inputs: Any) -> None:
    """`check_step` for a locked entry; an assessor's must be assigned to them, and open.

    Raises NotAllowed also for who ever acted in another part of its way (`starrating.eyes`).
    """
    may = by.may(Permission(transition.permission), entry)
    if by.role == Role.ASSESSOR:
        may = may and entry.assessor_id == by.user.pk
    check_step(transition, state=entry.state, row=entry, may=may, user_id=by.user.pk, **inputs)
    refuse_other_parts(entry, by, part_of(transition.verb, entry.state))
    if not is_inside(by):
        refuse_recused(by.user, entry.society, on)


def refuse_other_parts(entry: RatingEntry, by: Actor, part: Part | None) -> None:
    """Raise NotAllowed for who acted in another part of this entry's way, however long ago."""
    acted = parts_of(RatingStep.objects.filter(entry=entry), by.user.pk)
    if acted.get(entry.pk, set()) - {part}:
        raise NotAllowed("已办理过该学会评定的其他环节，须由另一人办理")


def refuse_voters(entry: RatingEntry, by: Actor, before_turn: int | None) -> None:
    """Raise NotAllowed for who deliberated this entry in an earlier turn."""
    votes = DeliberationVote.objects.filter(entry=entry, by=by.user, turn__lt=before_turn)
    if votes.exists():
        raise NotAllowed("已参加过该学会的审议，须由另一人办理")


def refuse_late(last: date, on: date, what: str) -> None:
    """Raise ActionRefused after the last day of a step."""
    if on > last:
        raise ActionRefused(f"{what}已于 {last.isoformat()} 截止")


def refuse_long(most: int, **texts: str) -> None:
    """Raise ActionRefused for what is longer than its column."""
    errors = {
        name: [f"最多 {most} 个字，现为 {len(text)} 个字"]
        for name, text in texts.items()
        if len(text) > most
    }
    if errors:
        raise ActionRefused(errors)


def end_of_title(on: date) -> Case:
    """`valid_to` of titles ended on a day; one that began that day was held for that day."""
    return Case(When(valid_from__lt=on, then=Value(on)), default=Value(on + timedelta(days=1)))


def forget_choice(entry: RatingEntry) -> None:
    """Take a choice among equals off the entry, unsaved; the steps keep it (R-STAR-04)."""
    entry.tie_decided_by = entry.tie_decided_at = None
    entry.tie_reason = ""


def move(
    entry: RatingEntry, target: str, verb: str, by: Actor | None, now: datetime, text: str = ""
) -> RatingEntry:
    """Save the entry in its new state and write the step."""
    source = entry.state
    entry.state = EntryState(target)
    entry.row_version += 1
    entry.save()
    write_step(entry, verb, by, now, source=source, text=text)
    return entry


def write_step(
    entry: RatingEntry,
    verb: str,
    by: Actor | None,
    now: datetime,
    *,
    source: str = "",
    text: str = "",
) -> None:
    """One line of the history."""
    RatingStep.objects.create(
        entry=entry,
        society_id=entry.society_id,
        verb=verb,
        from_state=source,
        to_state=entry.state,
        text=text[:500],
        by=by.user if by else None,
        appointment=by.appointment if by else None,
        at=now,
    )
