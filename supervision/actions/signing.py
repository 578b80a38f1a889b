"""签字: two inspectors, then the society, or the lead's record that it did not (R-SUP-03)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from common.workdays import add_workdays
from societies.access import Actor
from supervision import check_states
from supervision.actions.check_common import (
    check_allowed,
    clean,
    lock_check,
    move,
    open_reply,
    seat_of,
)
from supervision.models import (
    Answer,
    CheckSignature,
    InspectorSeat,
    SignatureKind,
    SpotCheck,
    Unsigned,
)

_OF_PLACE = {1: SignatureKind.FIRST, 2: SignatureKind.SECOND}


@transaction.atomic
def sign_check(
    *, check: SpotCheck, version: int | None, by: Actor, now: datetime
) -> CheckSignature:
    """An inspector signs; the first signature ends answering.

    version: `version_of` the signer's page, so that nobody signs what he has not seen. Raises
    NotAllowed, Conflict; ActionRefused while an answer is missing or the other inspector is not
    there or has not declared.
    """
    row = lock_check(check, version)
    check_allowed(check_states.SIGN, row, by, day_of(now))
    seat = seat_of(row, by)
    _refuse_unready(row)
    # The state first: signatures are taken only of a check at signing, answers no more.
    move(row, check_states.SIGN.target, check_states.SIGN.verb, by, now)
    return _sign(row, _OF_PLACE[seat.place], by, now)


def _refuse_unready(check: SpotCheck) -> None:
    answers = Answer.objects.filter(spot_check=check).select_related("item")
    missing = [f"{row.item.code} {row.lacks}" for row in answers if row.lacks]
    if missing:
        raise ActionRefused(f"还有 {len(missing)} 项未答完：{'；'.join(missing[:5])}")
    seats = InspectorSeat.objects.living().filter(spot_check=check, declared_at__isnull=False)
    if seats.count() < len(_OF_PLACE):
        raise ActionRefused("两名督导组成员都声明无回避情形后才能签字")


@transaction.atomic
def reopen_check(
    *, check: SpotCheck, version: int | None, reason: str, by: Actor, now: datetime
) -> SpotCheck:
    """退回修改 before the society signed: an inspector's; signatures given so far lapse.

    Raises NotAllowed, Conflict; ActionRefused at `reason`.
    """
    row = lock_check(check, version)
    check_allowed(check_states.REOPEN, row, by, day_of(now), reason=reason.strip())
    seat_of(row, by)
    CheckSignature.objects.filter(spot_check=row).delete()
    return move(row, check_states.REOPEN.target, check_states.REOPEN.verb, by, now, reason.strip())


@transaction.atomic
def sign_for_society(
    *, check: SpotCheck, version: int | None, dissent: str, by: Actor, now: datetime
) -> CheckSignature:
    """The society's representative confirms what was found, with or without 不同意见.

    From here on nothing of the answers changes; the society's right of reply begins. Raises
    NotAllowed, Conflict; ActionRefused before both inspectors have signed.
    """
    row = lock_check(check, version)
    check_allowed(check_states.SIGN_SOCIETY, row, by, day_of(now))
    if CheckSignature.objects.filter(spot_check=row).count() < len(_OF_PLACE):
        raise ActionRefused("两名督导组成员签字后，由学会代表签字")
    signature = _sign(row, SignatureKind.SOCIETY, by, now, dissent.strip())
    open_reply(row, now)
    move(row, check_states.SIGN_SOCIETY.target, check_states.SIGN_SOCIETY.verb, by, now)
    return signature


@transaction.atomic
def record_unsigned(
    *,
    check: SpotCheck,
    version: int | None,
    unsigned: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> SpotCheck:
    """记录学会未签: the society refused, or said nothing until the days on site were over.

    The lead's, with how it was asked; nothing of it is agreement, and the right of reply begins
    all the same. Raises NotAllowed, Conflict; ActionRefused at `unsigned`, `reason`, before both
    inspectors have signed or while the days on site run.
    """
    row = lock_check(check, version)
    said = {"unsigned": unsigned, "reason": reason.strip()}
    check_allowed(check_states.RECORD_UNSIGNED, row, by, day_of(now), **said)
    if unsigned not in Unsigned.values:
        raise ActionRefused({"unsigned": ["请选择拒签或逾期未确认"]})
    if CheckSignature.objects.filter(spot_check=row).count() < len(_OF_PLACE):
        raise ActionRefused("两名督导组成员签字后，才能记录学会未签")
    if day_of(now) <= row.batch.on_site_to:
        raise ActionRefused(f"学会可在现场检查期内签字，{row.batch.on_site_to} 之后才能记录未签")
    if unsigned == Unsigned.SILENT and day_of(now) <= (until := sign_until(row)):
        raise ActionRefused({"unsigned": [f"学会可在 {until}（含当日）前签字，之后才算逾期未确认"]})
    row.unsigned, row.unsigned_reason = Unsigned(unsigned), said["reason"]
    row.unsigned_by, row.unsigned_at = by.user, now
    open_reply(row, now)
    clean(row, unsigned_reason="reason")
    words = f"{row.get_unsigned_display()}：{said['reason']}"
    verb = check_states.RECORD_UNSIGNED.verb
    return move(row, check_states.RECORD_UNSIGNED.target, verb, by, now, words)


def sign_until(check: SpotCheck) -> date:
    """The society's last day to sign: of the days on site, and as long as a notice is.

    The working days count from the second inspector's signature, which may come late (R-SUP-03a).
    """
    signatures = CheckSignature.objects.filter(spot_check=check).order_by()
    last = signatures.aggregate(at=Max("signed_at"))["at"]
    if last is None:
        return check.batch.on_site_to
    days = check.batch.edition.notice_workdays
    return max(check.batch.on_site_to, add_workdays(day_of(last), days).day)


def _sign(
    check: SpotCheck, kind: SignatureKind, by: Actor, now: datetime, dissent: str = ""
) -> CheckSignature:
    row = CheckSignature(
        spot_check=check,
        kind=kind,
        signed_by=by.user,
        appointment=by.appointment,
        signed_at=now,
        dissent=dissent,
    )
    with refusals(CheckSignature):
        row.clean_fields(exclude=["spot_check", "signed_by", "appointment"])
        row.save()
    return row
