"""The society's side: 创建申报 and 自评, each sent by the clerk and signed by the secretary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from branches.models import OrganisationService, PartyOrganisation
from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from societies.models import Society
from starrating import states
from starrating.actions.common import check, lock_entry, move, refuse_late, refuse_long
from starrating.awarding import COUNTING
from starrating.models import EntryState, RatingEntry, RatingLine, SelfWord


@dataclass(frozen=True)
class Said:
    """The society's word on one line. word: of SelfWord; text: needed for a dispute."""

    word: str
    text: str = ""


def highest_organisation(society: Society, on: date) -> PartyOrganisation | None:
    """The Party organisation that stands for the society: of the highest tier, own ones first."""
    services = OrganisationService.objects.covering(on).filter(society=society)
    links = services.select_related("organisation").order_by("tier", "organisation_id")
    found = [link.organisation for link in links]
    own = [each for each in found if each.society_id == society.pk]
    return next(iter(own or found), None)


@transaction.atomic
def send_application(
    *,
    entry: RatingEntry,
    row_version: int | None,
    target_stars: int,
    measures: str,
    by: Actor,
    now: datetime,
) -> RatingEntry:
    """创建申报 by the clerk: the stars aimed at, and what will be done for them.

    Raises NotAllowed, Conflict; ActionRefused after the deadline, without a Party organisation, or
    by field.
    """
    entry, on = lock_entry(entry, row_version), day_of(now)
    measures = measures.strip()
    check(states.SEND_APPLICATION, entry, by, on, target_stars=target_stars, measures=measures)
    refuse_late(entry.round.apply_by, on, "创建申报")
    refuse_long(500, measures=measures)
    if not 1 <= target_stars <= entry.round.edition.max_stars:
        most = entry.round.edition.max_stars
        raise ActionRefused({"target_stars": [f"创建目标为 1 至 {most} 星"]})
    entry.organisation = highest_organisation(entry.society, on)
    if entry.organisation is None:
        raise ActionRefused("本学会尚未建立党组织，不能申报星级党组织")
    entry.target_stars, entry.measures = target_stars, measures
    entry.applied_by, entry.applied_at = by.user, now
    text = f"创建目标 {target_stars} 星"
    return move(entry, EntryState.APPLYING, states.SEND_APPLICATION.verb, by, now, text)


@transaction.atomic
def sign_application(
    *, entry: RatingEntry, row_version: int | None, by: Actor, now: datetime
) -> RatingEntry:
    """审签并申报 by the Party secretary or deputy, another user than the clerk."""
    entry, on = lock_entry(entry, row_version), day_of(now)
    check(states.SIGN_APPLICATION, entry, by, on)
    refuse_late(entry.round.apply_by, on, "创建申报")
    entry.application_signed_by, entry.application_signed_at = by.user, now
    entry.return_reason = ""
    return move(entry, EntryState.APPLIED, states.SIGN_APPLICATION.verb, by, now)


@transaction.atomic
def send_self_assessment(
    *,
    entry: RatingEntry,
    row_version: int | None,
    said: Mapping[str, Said],
    by: Actor,
    now: datetime,
) -> RatingEntry:
    """自评 by the clerk: every line that counts is confirmed or disputed (R-STAR-06).

    said: by the line's code. Raises NotAllowed, Conflict; ActionRefused before the scores are
    taken, after the deadline, or with the lines left open (`word_A1`, `text_A1`).
    """
    entry, on = lock_entry(entry, row_version), day_of(now)
    check(states.SEND_SELF, entry, by, on)
    if entry.round.computed_at is None:
        day = entry.round.freeze_on.isoformat()
        raise ActionRefused(f"系统测算分 {day} 定格，定格后方可自评")
    refuse_late(self_deadline(entry), on, "自评")
    lines = list(RatingLine.objects.filter(entry=entry, state__in=COUNTING))
    _refuse_open(lines, said)
    for line in lines:
        line.word, line.self_text = said[line.code].word, said[line.code].text.strip()
    RatingLine.objects.bulk_update(lines, ["word", "self_text"])
    entry.self_sent_by, entry.self_sent_at = by.user, now
    disputed = sum(line.word == SelfWord.DISPUTED for line in lines)
    text = f"认可 {len(lines) - disputed} 项，有异议 {disputed} 项"
    return move(entry, EntryState.SELF_TO_SIGN, states.SEND_SELF.verb, by, now, text)


def self_deadline(entry: RatingEntry) -> date:
    """The last day of 自评; what the assessor gave back may come until the end of their time."""
    given_back = entry.self_signed_at is not None or (
        entry.returned_by_id is not None and entry.returned_by_id == entry.assessor_id
    )
    return entry.round.assess_by if given_back else entry.round.self_by


def _refuse_open(lines: list[RatingLine], said: Mapping[str, Said]) -> None:
    errors: dict[str, list[str]] = {}
    for line in lines:
        mine = said.get(line.code)
        if mine is None or mine.word not in SelfWord.values:
            errors[f"word_{line.code}"] = [f"请选择{line.code} 认可或有异议"]
        elif mine.word == SelfWord.DISPUTED and not mine.text.strip():
            errors[f"text_{line.code}"] = [f"{line.code} 有异议的，请在说明里写明理由"]
        elif len(mine.text.strip()) > 300:
            errors[f"text_{line.code}"] = [f"{line.code} 的说明最多 300 个字"]
    if errors:
        raise ActionRefused(errors)


@transaction.atomic
def sign_self_assessment(
    *, entry: RatingEntry, row_version: int | None, by: Actor, now: datetime
) -> RatingEntry:
    """审签并报送自评 by the Party secretary or deputy."""
    entry, on = lock_entry(entry, row_version), day_of(now)
    check(states.SIGN_SELF, entry, by, on)
    refuse_late(self_deadline(entry), on, "自评")
    entry.self_signed_by, entry.self_signed_at = by.user, now
    entry.return_reason = ""
    return move(entry, EntryState.SELF_ASSESSED, states.SIGN_SELF.verb, by, now)


@transaction.atomic
def hand_back(
    *, entry: RatingEntry, row_version: int | None, reason: str, by: Actor, now: datetime
) -> RatingEntry:
    """The secretary returns application or self-assessment to the clerk, with a reason."""
    entry, on = lock_entry(entry, row_version), day_of(now)
    reason = reason.strip()
    check(states.HAND_BACK, entry, by, on, reason=reason)
    refuse_long(300, reason=reason)
    before = {EntryState.APPLYING: EntryState.OPEN, EntryState.SELF_TO_SIGN: EntryState.APPLIED}
    target = before[EntryState(entry.state)]
    entry.returned_by, entry.returned_at, entry.return_reason = by.user, now, reason
    return move(entry, target, states.HAND_BACK.verb, by, now, reason)
