"""Declaring an interest, entering another's, ending one (R-SUP-03)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission, Role
from accounts.roles import ROLES
from common.clock import day_of
from common.errors import ActionRefused, Conflict, NotAllowed
from common.querysets import valid_on_q
from common.refusals import refusals
from societies.access import Actor
from societies.models import Appointment, DeclaredInterest, Federation, Society

# Who declares: everybody who may come to judge a society.
COMMITTEE_SIDE: tuple[Role, ...] = tuple(
    spec.role for spec in ROLES if Permission.INTEREST_DECLARE in spec.permissions
)
FIRST_DAY = date(1949, 10, 1)
STALE = "这条申报刚被他人修改，您的修改未保存，请核对后重新填写"
_PLACES = {
    "interest_ends_after_start": "last_day",
    "interest_once": "kind",
    "interest_of_another_has_reason": "reason",
    "interest_ended_by_another_has_reason": "reason",
}


@transaction.atomic
def declare_interest(
    *,
    society: Society,
    kind: str,
    valid_from: date,
    last_day: date | None = None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> DeclaredInterest:
    """Declare one's own relation to a society. last_day: inclusive; None while it lasts.

    Raises NotAllowed; ActionRefused by field.
    """
    if not by.may_any(Permission.INTEREST_DECLARE) or not _within_reach(society, by):
        raise NotAllowed("当前身份无权办理")
    _refuse_days(valid_from, last_day, day_of(now))
    return _save(
        DeclaredInterest(
            user=by.user,
            society=society,
            kind=kind,
            note=note.strip(),
            valid_from=valid_from,
            valid_to=_day_after(last_day),
            entered_by=by.user,
        )
    )


@transaction.atomic
def enter_interest(
    *,
    user: User,
    society: Society,
    kind: str,
    valid_from: date,
    last_day: date | None = None,
    note: str = "",
    reason: str,
    by: Actor,
    now: datetime,
) -> DeclaredInterest:
    """Enter the relation of another person of the federation's side, with a reason.

    Raises NotAllowed; ActionRefused by field, also for who is nobody of that side today.
    """
    by.require(Permission.INTEREST_ENTER, society)
    today = day_of(now)
    if user.pk == by.user.pk:
        raise ActionRefused({"user": ["本人的关系请由本人申报"]})
    if by.federation is None or not people_of(by.federation, today).filter(pk=user.pk).exists():
        raise ActionRefused({"user": ["只能为本科协现任的委员、审核、初评、督导人员登记"]})
    _refuse_days(valid_from, last_day, today)
    return _save(
        DeclaredInterest(
            user=user,
            society=society,
            kind=kind,
            note=note.strip(),
            reason=reason.strip(),
            valid_from=valid_from,
            valid_to=_day_after(last_day),
            entered_by=by.user,
        )
    )


@transaction.atomic
def end_interest(
    *,
    interest: DeclaredInterest,
    row_version: int | None,
    last_day: date,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> DeclaredInterest:
    """End a relation on its last day, inclusive; the day after it binds no more.

    reason: needed for another's. Raises NotAllowed, Conflict, ActionRefused by field.
    """
    rows = DeclaredInterest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("society").get(pk=interest.pk)
    if not may_end(row, by):
        raise NotAllowed("该申报由登记人办理")
    if row_version is not None and row.row_version != row_version:
        raise Conflict(STALE)
    if row.valid_to is not None:
        raise ActionRefused(f"该申报已于 {row.last_day} 结束")
    _refuse_days(row.valid_from, last_day, day_of(now))
    row.valid_to, row.ended_by = _day_after(last_day), by.user
    row.end_reason = "" if row.user_id == by.user.pk else reason.strip()
    return _save(row)


def may_end(row: DeclaredInterest, by: Actor) -> bool:
    """One's own as one declared it; what concerns another, the reviewer.

    What was entered about a person that person cannot take back.
    """
    if row.user_id == by.user.pk:
        return row.entered_by_id == by.user.pk and by.may_any(Permission.INTEREST_DECLARE)
    return by.may(Permission.INTEREST_ENTER, row)


def people_of(federation: Federation, on: date) -> QuerySet[User]:
    """Users of the committee's side of a federation on a day, by name."""
    seats = Appointment.objects.filter(
        valid_on_q(on), federation=federation, role__in=COMMITTEE_SIDE
    )
    return User.objects.filter(pk__in=seats.values("user")).order_by("full_name", "pk")


def _within_reach(society: Society, by: Actor) -> bool:
    return Society.objects.declarable_by(by).filter(pk=society.pk).exists()


def _day_after(last_day: date | None) -> date | None:
    return last_day and last_day + timedelta(days=1)


def _refuse_days(valid_from: date, last_day: date | None, today: date) -> None:
    errors: dict[str, list[str]] = {}
    for name, day in (("valid_from", valid_from), ("last_day", last_day)):
        if day is not None and day < FIRST_DAY:
            errors[name] = ["日期早于 1949-10-01，请核对年份"]
        elif day is not None and day > today:
            errors[name] = [f"日期晚于今天（{today}），请填写已发生的日期"]
    if last_day is not None and last_day < valid_from and "last_day" not in errors:
        errors["last_day"] = [f"结束日期不能早于起始日期 {valid_from}"]
    if errors:
        raise ActionRefused(errors)


def _save(row: DeclaredInterest) -> DeclaredInterest:
    if row.pk:
        row.row_version += 1
    with refusals(DeclaredInterest, fields=_PLACES):
        row.full_clean()
        row.save()
    return row
