"""Lock exceptions: clerk asks, secretary countersigns, reviewer reviews, leader decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused
from common.states import Transition, check_step
from ledgers import states
from ledgers.models import FilingWindow, LedgerPeriod, LockException, LockState
from societies.access import Actor
from societies.models import Society


@transaction.atomic
def request_lock_exception(
    *, society: Society, period: LedgerPeriod, reason: str, until: date, by: Actor, now: datetime
) -> LockException:
    """Ask for leave to file after the closing day (R-LED-07).

    until: the last day of filing asked for. Raises NotAllowed, ActionRefused at the fields,
    or for a period that is open or of which nothing is owed.
    """
    by.require(Permission.LOCK_REQUEST, society)
    if period.federation_id != society.federation_id:
        raise ActionRefused("期次与学会不属于同一科协")
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = ["请写明补报原因"]
    elif len(reason.strip()) > 300:
        errors["reason"] = ["补报原因最多 300 个字"]
    if until < day_of(now):
        errors["until"] = ["补报截止日不能早于今天"]
    if errors:
        raise ActionRefused(errors)
    if period.window(day_of(now)) != FilingWindow.CLOSED:
        raise ActionRefused(f"{period.label}尚未关闭报送，可以直接报送")
    if not LedgerPeriod.objects.filter(pk=period.pk).owed_by(society.pk).exists():
        raise ActionRefused(f"本学会没有未报送的{period.label}台账，无须申请补报")
    try:
        with transaction.atomic():
            return LockException.objects.create(
                period=period,
                society=society,
                reason=reason.strip(),
                until=until,
                requested_by=by.user,
                requested_at=now,
            )
    except IntegrityError:
        raise ActionRefused("本期已有办理中的补报申请") from None


@transaction.atomic
def countersign_lock(*, exception: LockException, by: Actor, now: datetime) -> LockException:
    """The secretary's signature on the request."""
    return _step(exception, states.LOCK_COUNTERSIGN, "countersigned", by, now)


@transaction.atomic
def review_lock(*, exception: LockException, by: Actor, now: datetime) -> LockException:
    """The reviewer passes it on to the leader."""
    return _step(exception, states.LOCK_REVIEW, "reviewed", by, now)


@transaction.atomic
def grant_lock(
    *, exception: LockException, until: date | None = None, by: Actor, now: datetime
) -> LockException:
    """The leader grants it, with another last day if `until` is given."""
    if until is not None and until < day_of(now):
        raise ActionRefused({"until": ["补报截止日不能早于今天"]})
    return _step(exception, states.LOCK_GRANT, "decided", by, now, until=until)


@transaction.atomic
def refuse_lock(
    *, exception: LockException, reason: str, by: Actor, now: datetime
) -> LockException:
    """The leader refuses it with a reason; the society may ask again."""
    return _step(exception, states.LOCK_REFUSE, "decided", by, now, reason=reason.strip())


def _step(
    exception: LockException,
    transition: Transition,
    column: str,
    by: Actor,
    now: datetime,
    until: date | None = None,
    **inputs: str,
) -> LockException:
    row = LockException.objects.select_for_update().get(pk=exception.pk)
    check_step(
        transition,
        state=row.state,
        row=row,
        may=by.may(Permission(transition.permission), row),
        user_id=by.user.pk,
        **inputs,
    )
    row.state = LockState(transition.target)
    row.until = until or row.until
    row.refusal_reason = inputs.get("reason", "")[:300]
    setattr(row, f"{column}_by", by.user)
    setattr(row, f"{column}_at", now)
    row.save()
    return row
