"""公示 of a round, 异议 against it, and the final decision with its document number (R-STAR-06)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused, Conflict, NotAllowed
from common.workdays import add_workdays, is_workday
from societies.access import Actor
from starrating import states
from starrating.actions.common import (
    check,
    end_of_title,
    forget_choice,
    lock_entry,
    lock_round,
    move,
    refuse_long,
)
from starrating.actions.rounds import end_seats
from starrating.awarding import Result
from starrating.eyes import TAKING_PART
from starrating.models import (
    EntryState,
    Outcome,
    RatingEntry,
    RatingObjection,
    RatingRound,
    RatingStep,
    StarAward,
    Veto,
)
from starrating.places import results_of, stands

# A title lasts to the end of the second year after the rated one (R-STAR-07).
YEARS = 2


def publicity_end(first: date, workdays: int) -> date:
    """The last day of a publicity begun on `first`, which counts if it is a working day (§12.4)."""
    return add_workdays(first, workdays - 1 if is_workday(first) else workdays).day


@transaction.atomic
def post(*, chosen: RatingRound, row_version: int | None, by: Actor, now: datetime) -> RatingRound:
    """公示: give the places, write every result, post the list.

    Posted anew are those deliberated since, and those whose stars a 复核 or a veto has moved; the
    others keep their days. Raises NotAllowed, Conflict; ActionRefused before the self-assessments
    have ended, while an entry or a veto proposal waits.
    """
    chosen = _locked(chosen, row_version)
    by.require(Permission.STAR_ROUND_OPEN, chosen)
    on = day_of(now)
    entries = _entries(chosen)
    _refuse_unready(chosen, on)
    found = results_of(chosen, entries)
    last = publicity_end(on, chosen.publicity_days)
    posted = 0
    for entry in entries:
        result = found[entry.pk]
        if entry.tie_decided_by_id and not result.chosen:
            forget_choice(entry)
            entry.save()
        if entry.state == EntryState.PUBLICITY and stands(entry, result):
            continue
        _write(entry, result)
        entry.publicity_from, entry.publicity_until = on, last
        move(entry, EntryState.PUBLICITY, states.POST, by, now, _said(entry))
        _list(chosen, entry)
        posted += 1
    if not posted:
        raise ActionRefused("没有新的结果需要公示")
    chosen.published_by, chosen.published_at = by.user, now
    chosen.row_version += 1
    chosen.save()
    return chosen


def _locked(chosen: RatingRound, row_version: int | None) -> RatingRound:
    row = lock_round(chosen.pk)
    if row_version is not None and row.row_version != row_version:
        raise Conflict("这次评定刚被他人办理，请核对后再办理")
    if not row.is_open:
        raise ActionRefused("评定已结束")
    return row


def _entries(chosen: RatingRound) -> list[RatingEntry]:
    rows = RatingEntry.objects.select_for_update(of=("self",)).filter(round=chosen)
    return list(rows.select_related("society").order_by("pk"))


def _refuse_unready(chosen: RatingRound, on: date) -> None:
    if chosen.computed_at is None or on <= chosen.self_by:
        raise ActionRefused(f"自评 {chosen.self_by.isoformat()} 截止，之后方可公示")
    rows = RatingEntry.objects.filter(round=chosen).undone(on).order_by("pk")
    undone = list(rows.values_list("society__name", flat=True))
    if undone:
        names = "、".join(undone[:5])
        raise ActionRefused(f"还有 {len(undone)} 家未办完退回补充的自评、初评、审议或复核：{names}")
    waiting = Veto.objects.waiting().filter(
        society__federation=chosen.federation_id, year=chosen.year
    )
    if count := waiting.count():
        raise ActionRefused(f"还有 {count} 项一票否决建议待核定")


def _write(entry: RatingEntry, result: Result) -> None:
    entry.outcome, entry.stars = result.outcome, result.stars


def _said(entry: RatingEntry) -> str:
    if entry.outcome != Outcome.RATED:
        return str(Outcome(entry.outcome).label)
    words = f"评定分 {entry.awarded_score}，{entry.stars} 星"
    if entry.by_quota:
        words += f"（达到 {entry.entitled} 星分值，因名额定 {entry.stars} 星）"
    return words


def _list(chosen: RatingRound, entry: RatingEntry) -> None:
    """The public line of an entry; one that is no longer rated is taken off."""
    rated = entry.outcome == Outcome.RATED
    if not rated:
        StarAward.objects.filter(round=chosen, society=entry.society_id).update(
            state=StarAward.State.DROPPED
        )
        return
    said: dict[str, Any] = {
        "stars": entry.stars,
        "score": entry.awarded_score,
        "state": StarAward.State.POSTED,
        "posted_from": entry.publicity_from,
        "posted_until": entry.publicity_until,
    }
    StarAward.objects.update_or_create(round=chosen, society_id=entry.society_id, defaults=said)


@transaction.atomic
def object_to(
    *, entry: RatingEntry, row_version: int | None, text: str, by: Actor, now: datetime
) -> RatingEntry:
    """异议 of the society's Party secretary, to 24:00 of the last day of publicity.

    Raises NotAllowed, Conflict; ActionRefused without words or after the last day.
    """
    entry, on = lock_entry(entry, row_version), day_of(now)
    text = text.strip()
    check(states.OBJECT, entry, by, on, text=text)
    refuse_long(500, text=text)
    if entry.publicity_until and on > entry.publicity_until:
        day = entry.publicity_until.isoformat()
        raise ActionRefused(f"公示已于 {day} 结束，不能再提出异议")
    RatingObjection.objects.create(
        entry=entry, society_id=entry.society_id, text=text, by=by.user, at=now
    )
    entry.re_examined_by = entry.re_examined_at = None
    entry.turn += 1
    # Kept by a later objection: only the first deliberators stay away (R-STAR-06).
    entry.again_from = entry.again_from or entry.turn
    return move(entry, EntryState.OBJECTED, states.OBJECT.verb, by, now, text)


@transaction.atomic
def finalise(
    *, chosen: RatingRound, row_version: int | None, number: str, by: Actor, now: datetime
) -> RatingRound:
    """The leader decides the round by a numbered document: the list becomes official.

    The leader took no other part in any entry. Raises NotAllowed, Conflict; ActionRefused while
    publicity runs, an objection waits, a veto has moved a result since it was posted, or for the
    number of another round.
    """
    chosen = _locked(chosen, row_version)
    by.require(Permission.STAR_DECIDE, chosen)
    number, on = number.strip(), day_of(now)
    if not number:
        raise ActionRefused({"number": ["请填写评定文号"]})
    if len(number) > 60:
        raise ActionRefused({"number": ["文号最多 60 个字"]})
    _refuse_taken(chosen, number)
    entries = _entries(chosen)
    _refuse_leader(chosen, entries, by)
    _refuse_unfinished(chosen, entries, on)
    for entry in entries:
        entry.finalised_by, entry.finalised_at = by.user, now
        move(entry, EntryState.FINAL, states.FINALISE, by, now, f"{number}：{_said(entry)}")
    chosen.document_number = number
    chosen.finalised_by, chosen.finalised_at = by.user, now
    chosen.row_version += 1
    chosen.save()
    _make_official(chosen, on)
    end_seats(chosen, on)
    return chosen


def _refuse_taken(chosen: RatingRound, number: str) -> None:
    """One document decides one round: the number of another is a slip of the pen."""
    others = RatingRound.objects.filter(federation=chosen.federation_id, document_number=number)
    if other := others.exclude(pk=chosen.pk).first():
        raise ActionRefused({"number": [f"该文号已用于{other}，请核对"]})


def _refuse_leader(chosen: RatingRound, entries: list[RatingEntry], by: Actor) -> None:
    acted = RatingStep.objects.filter(entry__round=chosen, by=by.user, verb__in=TAKING_PART)
    assigned = any(entry.assessor_id == by.user.pk for entry in entries)
    if assigned or acted.exists():
        raise NotAllowed("已参加过本次评定的其他环节，须由另一位负责人评定")


def _refuse_unfinished(chosen: RatingRound, entries: list[RatingEntry], on: date) -> None:
    undone = [entry for entry in entries if entry.state != EntryState.PUBLICITY]
    if undone:
        raise ActionRefused(f"还有 {len(undone)} 家未公示或异议未复核")
    last = max(_last_day(chosen, entry) for entry in entries)
    if on <= last:
        raise ActionRefused(f"公示至 {last.isoformat()}，期满后方可评定")
    found = results_of(chosen, entries)
    if any(not stands(entry, found[entry.pk]) for entry in entries):
        raise ActionRefused("公示后结果有变化（一票否决或名额），请重新公示")


def _last_day(chosen: RatingRound, entry: RatingEntry) -> date:
    """The posted last day, or a later one by a holiday table that came after the posting (暂算)."""
    first, last = entry.publicity_from, entry.publicity_until
    if first is None or last is None:
        raise ActionRefused(f"{entry.society} 尚未公示")
    return max(last, publicity_end(first, chosen.publicity_days))


def _make_official(chosen: RatingRound, on: date) -> None:
    """Titles of this round begin, those of earlier years end."""
    former = StarAward.objects.filter(
        round__federation=chosen.federation_id,
        round__year__lt=chosen.year,
        state=StarAward.State.OFFICIAL,
    )
    former.filter(valid_to__gt=on).update(valid_to=end_of_title(on))
    former.update(state=StarAward.State.ENDED)
    until = date(chosen.year + YEARS, 12, 31) + timedelta(days=1)
    StarAward.objects.filter(round=chosen, state=StarAward.State.POSTED).update(
        state=StarAward.State.OFFICIAL, valid_from=on, valid_to=max(until, on + timedelta(days=1))
    )
