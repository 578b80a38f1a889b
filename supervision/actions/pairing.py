"""督导组配对: the portal proposes, the lead adjusts, until the societies are told (R-SUP-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from branches.recusal import is_recused
from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from supervision import states
from supervision.actions.common import check, lock_batch, move
from supervision.models import InspectionBatch, InspectorSeat, SpotCheck
from supervision.pairing import SEATS, occupied, propose


@transaction.atomic
def propose_pairs(
    *,
    batch: InspectionBatch,
    row_version: int | None,
    users: Sequence[User],
    by: Actor,
    now: datetime,
) -> list[SpotCheck]:
    """Pair these users round-robin, in place of what was paired before.

    Returns the checks that two of them could not be found for: the others are recused. Raises
    NotAllowed, Conflict; ActionRefused at `users`.
    """
    batch = lock_batch(batch, row_version)
    check(states.PAIR, batch, by)
    if len(users) < SEATS:
        raise ActionRefused({"users": ["至少选择两名督导组成员"]})
    for user in users:
        _refuse_occupied(user, batch, "users")
    checks = _checks(batch)
    found = propose(checks, users, day_of(now))
    _write(checks, found)
    short = [each for each in checks if len(found[each.pk]) < SEATS]
    words = f"建议配对 {len(checks)} 家"
    if short:
        words += f"；因回避未配齐：{'、'.join(each.society.name for each in short)}"
    move(batch, "", states.PAIR.verb, by, now, words)
    return short


@transaction.atomic
def set_pairs(
    *,
    batch: InspectionBatch,
    row_version: int | None,
    pairs: Mapping[int, tuple[User | None, User | None]],
    by: Actor,
    now: datetime,
) -> InspectionBatch:
    """What the lead chose: check → its two users, None where open.

    Raises NotAllowed, Conflict; ActionRefused at `pair_<check>` for one user twice, a recused or
    occupied one; LookupError for a check of another batch.
    """
    batch = lock_batch(batch, row_version)
    check(states.PAIR, batch, by)
    checks = {each.pk: each for each in _checks(batch)}
    if unknown := set(pairs) - set(checks):
        raise LookupError(sorted(unknown))
    errors: dict[str, list[str]] = {}
    for pk, users in pairs.items():
        try:
            refuse_unfit([u for u in users if u], checks[pk], batch, day_of(now))
        except ActionRefused as refused:
            errors[f"pair_{pk}"] = [str(refused)]
    if errors:
        raise ActionRefused(errors)
    before = {pk: _seated(each) for pk, each in checks.items()}
    changed = [pk for pk, users in pairs.items() if before[pk] != users]
    _write([checks[pk] for pk in changed], {pk: pairs[pk] for pk in changed})
    return move(batch, "", states.PAIR.verb, by, now, f"调整 {len(changed)} 家")


def _seated(each: SpotCheck) -> tuple[User | None, ...]:
    by_place = {seat.place: seat.user for seat in each.seats.living().select_related("user")}
    return tuple(by_place.get(place) for place in range(1, SEATS + 1))


def _checks(batch: InspectionBatch) -> list[SpotCheck]:
    rows = SpotCheck.objects.select_for_update(of=("self",)).filter(batch=batch)
    return list(rows.select_related("society").order_by("position"))


def _write(checks: Sequence[SpotCheck], pairs: Mapping[int, Sequence[User | None]]) -> None:
    """Before the notice nobody was told: seats are made anew (the change log keeps the old)."""
    InspectorSeat.objects.filter(spot_check__in=checks).delete()
    InspectorSeat.objects.bulk_create(
        InspectorSeat(spot_check=each, place=place, user=user)
        for each in checks
        for place, user in enumerate(pairs[each.pk], 1)
        if user is not None
    )


def refuse_unfit(users: Sequence[User], each: SpotCheck, batch: InspectionBatch, on: date) -> None:
    """Raise ActionRefused for the same user twice, one who acted otherwise, or one recused."""
    if len({user.pk for user in users}) < len(users):
        raise ActionRefused("同一学会须由两名不同的督导组成员检查")
    for user in users:
        _refuse_occupied(user, batch)
        if is_recused(user, each.society, on):
            raise ActionRefused(f"{user}在该学会任职或派驻，应当回避，请另选一人")


def _refuse_occupied(user: User, batch: InspectionBatch, field: str = "__all__") -> None:
    if user.pk in occupied(batch):
        raise ActionRefused({field: [f"{user}已办理该批次的编报、审核或批准，不能再作督导组成员"]})
