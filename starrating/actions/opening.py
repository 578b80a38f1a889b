"""Opening a round: what its form may hold, and whom it asks (R-STAR-06, -08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission, Role
from common.clock import day_of
from common.errors import ActionRefused
from common.querysets import valid_on_q
from common.refusals import refusals
from societies.access import Actor
from societies.models import Federation
from starrating import states
from starrating.actions.rounds import compute_round
from starrating.closing import last_day, universe
from starrating.models import (
    EntryState,
    RatingEdition,
    RatingEntry,
    RatingRound,
    RatingStep,
    StarAward,
)

DAYS = ("freeze_on", "apply_by", "self_by", "assess_by", "deliberate_by")
_PLACES = {
    "rating_round_once_a_year": "year",
    "rating_round_one_open": "year",
    "rating_round_days_in_order": "self_by",
    "rating_round_publicity_of_five_days": "publicity_days",
    "rating_round_members": "members",
}


@transaction.atomic
def open_round(
    *, federation: Federation, year: int, values: Mapping[str, Any], by: Actor, now: datetime
) -> RatingRound:
    """Open the round of a year: whom it asks is written down now (D-5).

    values: the five days of DAYS, `members`, `publicity_days`. Raises NotAllowed; ActionRefused by
    field: no standard on 31 December, a day that is past, too few members to deliberate, a round
    that exists, is still open, or is of a later year: titles and the rise limit follow the order
    of years (R-STAR-07).
    """
    by.require(Permission.STAR_ROUND_OPEN, federation)
    today = day_of(now)
    edition = RatingEdition.objects.valid_on(last_day(year)).filter(federation=federation).first()
    errors = _errors(edition, year, values, today)
    if clash := _clash(federation, year):
        errors.setdefault("year", [clash])
    if lack := _lack(federation, values["members"], today):
        errors["members"] = [lack]
    if errors:
        raise ActionRefused(errors)
    chosen = RatingRound(
        federation=federation, edition=edition, year=year, opened_by=by.user, opened_at=now
    )
    for name, value in values.items():
        setattr(chosen, name, value)
    with refusals(RatingRound, fields=_PLACES):
        chosen.full_clean()
        chosen.save()
    _write_entries(chosen, by, now)
    if chosen.freeze_on <= today:
        compute_round(chosen=chosen, now=now)
    return chosen


def members_on(federation: Federation, on: date) -> int:
    """How many people deliberate for the federation on a day."""
    held = Q(appointments__federation=federation, appointments__role=Role.COMMITTEE_MEMBER)
    held &= valid_on_q(on, prefix="appointments__")
    return User.objects.filter(held, is_active=True).distinct().count()


def lacks_others(chosen: RatingRound, on: date) -> bool:
    """Whether an objection would find too few members who have not deliberated (R-STAR-06)."""
    return members_on(chosen.federation, on) < 2 * chosen.members


def _lack(federation: Federation, members: int, today: date) -> str:
    """Why so many cannot agree to an entry; empty if there are enough of them."""
    there = members_on(federation, today)
    if there >= members:
        return ""
    return f"现任委员 {there} 人，少于审议所需的 {members} 人，请减少人数或先开通委员账号"


def _clash(federation: Federation, year: int) -> str:
    """Why the federation's other rounds do not let this year be opened; empty if they do."""
    rounds = RatingRound.objects.filter(federation=federation)
    if rounds.filter(year=year).exists():
        return "该年度的评定已经开启"
    if later := rounds.filter(year__gt=year).order_by("-year").first():
        return f"{later.year} 年度的评定已经开启，不能再开启更早的年度"
    if rounds.open().exists():
        return "还有一次评定尚未结束，评定后再开启下一次"
    return ""


def _errors(
    edition: RatingEdition | None, year: int, values: Mapping[str, Any], today: date
) -> dict[str, list[str]]:
    """What is wrong, each at its field; the days are judged in the order of the steps."""
    errors: dict[str, list[str]] = defaultdict(list)
    if year > today.year:
        errors["year"].append(f"{year} 年尚未开始，不能开启评定")
    elif edition is None:
        errors["year"].append(f"{year} 年 12 月 31 日没有适用的星级标准")
    freeze, apply_by, self_by, assess_by, deliberate_by = (values[name] for name in DAYS)
    if not errors and freeze <= last_day(year):
        errors["freeze_on"].append(f"定格日须在 {year} 年之后，默认为 {year + 1}-01-31")
    if apply_by < today:
        errors["apply_by"].append(f"申报截止日早于今天（{today}），请改为今天或以后")
    if self_by < freeze:
        errors["self_by"].append(f"定格后学会才能自评，自评截止日不能早于定格日 {freeze}")
    if self_by < apply_by:
        errors["self_by"].append(f"自评截止日不能早于申报截止日 {apply_by}")
    if assess_by <= self_by:
        errors["assess_by"].append(f"初评截止日须晚于自评截止日 {self_by}")
    if deliberate_by < assess_by:
        errors["deliberate_by"].append(f"审议截止日不能早于初评截止日 {assess_by}")
    return dict(errors)


def _write_entries(chosen: RatingRound, by: Actor, now: datetime) -> None:
    asked = universe(chosen.federation, min(last_day(chosen.year), day_of(now)))
    before = _former_stars(chosen)
    entries = RatingEntry.objects.bulk_create(
        RatingEntry(round=chosen, society_id=pk, before=before.get(pk))
        for pk in asked.order_by("pk").values_list("pk", flat=True)
    )
    if not entries:
        raise ActionRefused({"year": ["该年度没有计入口径的学会，不能开启评定"]})
    RatingStep.objects.bulk_create(
        RatingStep(
            entry=entry,
            society_id=entry.society_id,
            verb=states.OPEN,
            to_state=EntryState.OPEN,
            by=by.user,
            appointment=by.appointment,
            at=now,
        )
        for entry in entries
    )


def _former_stars(chosen: RatingRound) -> dict[int, int]:
    """Society → stars of its last official title; none after a withdrawal (R-STAR-07)."""
    rows = StarAward.objects.filter(
        round__federation=chosen.federation,
        round__year__lt=chosen.year,
        valid_from__isnull=False,
    ).order_by("round__year")
    withdrawn = StarAward.State.WITHDRAWN
    return {row.society_id: 0 if row.state == withdrawn else row.stars for row in rows}
