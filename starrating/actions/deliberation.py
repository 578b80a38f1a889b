"""审议 by members of the committee: agree, refer back, choose among equals (R-STAR-04, -06)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from common.states import Transition
from societies.access import Actor
from starrating import states
from starrating.actions.common import (
    check,
    forget_choice,
    lock_entry,
    lock_round,
    move,
    refuse_long,
    refuse_voters,
    write_step,
)
from starrating.awarding import entitlement, scale_of
from starrating.models import (
    DeliberationVote,
    EntryState,
    RatingEntry,
    RatingLine,
    RatingObjection,
    TieVote,
)
from starrating.places import results_of
from starrating.ties import agreed, barred

_DONE = "已对该学会提出过审议意见"


@transaction.atomic
def agree(
    *, entry: RatingEntry, row_version: int | None, text: str = "", by: Actor, now: datetime
) -> RatingEntry:
    """One member's 同意; the last one needed settles 评定分 and the stars it gives.

    Raises NotAllowed for assessor, re-examiner, the society's own people, and after a 复核 for who
    deliberated before; Conflict; ActionRefused for a second vote.
    """
    entry, on = lock_entry(entry, row_version), day_of(now)
    text = text.strip()
    _check(states.AGREE, entry, by, on)
    refuse_long(300, text=text)
    _vote(entry, True, text, by, now)
    votes = DeliberationVote.objects.filter(entry=entry, turn=entry.turn, agreed=True).count()
    if votes < entry.round.members:
        words = f"同意（{votes} / {entry.round.members}）{text}"
        return move(entry, entry.state, states.AGREE.verb, by, now, words)
    _settle(entry)
    words = f"同意（{votes} / {entry.round.members}）{text} 评定分 {entry.awarded_score}"
    return move(entry, EntryState.DELIBERATED, states.AGREE.verb, by, now, words)


@transaction.atomic
def refer_back(
    *, entry: RatingEntry, row_version: int | None, text: str, by: Actor, now: datetime
) -> RatingEntry:
    """退回重评 with a reason: the assessor, or after an objection the re-examiner, begins again."""
    entry, on = lock_entry(entry, row_version), day_of(now)
    text = text.strip()
    _check(states.REFER_BACK, entry, by, on, text=text)
    refuse_long(300, text=text)
    _vote(entry, False, text, by, now)
    first = entry.state == EntryState.PRELIMINARY
    if first:
        entry.assessed_by = entry.assessed_at = None
    else:
        _reopen_objection(entry)
    entry.turn += 1
    target = EntryState.SELF_ASSESSED if first else EntryState.OBJECTED
    return move(entry, target, states.REFER_BACK.verb, by, now, text)


@transaction.atomic
def choose(
    *, entry: RatingEntry, row_version: int | None, text: str, by: Actor, now: datetime
) -> RatingEntry:
    """One member's word, with a reason, for one of those equal across the cut (R-STAR-04).

    The last of the round's `members` gives it the place. Raises NotAllowed also for who stays out
    of one of the equals; Conflict; ActionRefused for a second vote, or unless a place is left.
    """
    lock_round(entry.round_id)
    entry, on = lock_entry(entry, row_version), day_of(now)
    text = text.strip()
    check(states.CHOOSE, entry, by, on, text=text)
    refuse_long(300, text=text)
    found = results_of(entry.round)
    result = found[entry.pk]
    if barred(by.user, RatingEntry.objects.filter(pk__in=[entry.pk, *result.equals]), on):
        raise NotAllowed("应当回避或参加过并列学会评定的其他环节，不参加并列的审议")
    if not result.tied:
        raise ActionRefused("只有名额线上并列、且尚有名额的学会可由审议决定")
    voted = {vote.by_id for vote in agreed(entry.round, found).get(entry.pk, [])}
    if by.user.pk in voted:
        raise ActionRefused("已同意将该学会列入名额")
    TieVote.objects.create(entry=entry, society_id=entry.society_id, text=text, by=by.user, at=now)
    count, needed = len(voted) + 1, entry.round.members
    if count >= needed:
        entry.tie_decided_by, entry.tie_decided_at, entry.tie_reason = by.user, now, text
    entry.row_version += 1
    entry.save()
    words = f"同意列入名额（{count} / {needed}）{text}"
    write_step(entry, states.CHOOSE.verb, by, now, source=entry.state, text=words)
    return entry


def _check(step: Transition, entry: RatingEntry, by: Actor, on: date, **inputs: str) -> None:
    check(step, entry, by, on, **inputs)
    if entry.state == EntryState.RE_EXAMINED:
        # 复核 is for others than the first deliberators; who judged an earlier 复核 judges again.
        refuse_voters(entry, by, before_turn=entry.again_from)
    if by.user.pk == entry.assessor_id:
        raise NotAllowed("初评人不参加审议")
    if DeliberationVote.objects.filter(entry=entry, turn=entry.turn, by=by.user).exists():
        raise ActionRefused(_DONE)


def _vote(entry: RatingEntry, agreed: bool, text: str, by: Actor, now: datetime) -> None:
    DeliberationVote.objects.create(
        entry=entry,
        society_id=entry.society_id,
        turn=entry.turn,
        agreed=agreed,
        text=text,
        by=by.user,
        at=now,
    )


def _reopen_objection(entry: RatingEntry) -> None:
    """The answer that the members did not accept is none; the steps keep it."""
    objection = RatingObjection.objects.filter(entry=entry).latest("at", "pk")
    objection.answer, objection.answered_by, objection.answered_at = "", None, None
    objection.save()


def _settle(entry: RatingEntry) -> None:
    """评定分 and the stars it gives before places (steps 2 to 10).

    What was posted by a former score is none any more, nor is a choice among those equal by it.
    """
    rows = RatingLine.objects.filter(entry=entry)
    found = entitlement(entry, rows, scale_of(entry.round.edition))
    entry.awarded_score, entry.entitled = found.score, found.stars
    entry.held_back = list(dict.fromkeys(found.held_back))
    entry.outcome, entry.stars = "", None
    forget_choice(entry)
