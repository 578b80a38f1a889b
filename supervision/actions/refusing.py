"""拒绝检查: a society that does not let itself be inspected (R-SUP-03b, R-STAR-05 V4).

The lead records it with what happened; the society replies, the lead passes on, another person
concludes, as with every check. The conclusion says whether the refusal is found. Either way the
check ends without findings, for nothing was inspected and signed, and the society stays due for
inspection. Found, V4 is proposed for the year of the conclusion, and the veto's own procedure
decides; not found, nothing follows from it. Who should be inspected after all is a matter of the
next batch.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor
from supervision import check_states, states
from supervision.actions import common as batches
from supervision.actions.check_common import check_allowed, clean, lock_check, move, open_reply
from supervision.models import Answer, BatchState, SpotCheck


@transaction.atomic
def record_barred(
    *, check: SpotCheck, version: int | None, reason: str, by: Actor, now: datetime
) -> SpotCheck:
    """记录拒绝检查 from the first day on site on, while the check is not answered: the lead's.

    Inspectors answer no more, the society's right of reply begins. Raises NotAllowed, Conflict;
    ActionRefused at `reason`, before the society was told or the days on site begin, or where every
    item is answered.
    """
    batch = batches.lock_batch(check.batch)
    row = lock_check(check, version)
    said = reason.strip()
    check_allowed(check_states.RECORD_BARRED, row, by, day_of(now), reason=said)
    if batch.notified_at is None or day_of(now) < batch.on_site_from:
        raise ActionRefused(f"通知学会后，自现场检查首日 {batch.on_site_from} 起才能记录拒绝检查")
    answers = list(Answer.objects.filter(spot_check=row))
    if answers and not any(answer.lacks for answer in answers):
        raise ActionRefused("检查项都已答完，不属于拒绝检查；请由督导组成员签字")
    row.barred_reason, row.barred_by, row.barred_at = said, by.user, now
    open_reply(row, now)
    clean(row, barred_reason="reason")
    if batch.state == BatchState.NOTIFIED:
        batches.move(batch, BatchState.ON_SITE, states.START, by, now, row.code)
    verb = check_states.RECORD_BARRED.verb
    return move(row, check_states.RECORD_BARRED.target, verb, by, now, said)


def judged(check: SpotCheck, upheld: bool | None) -> bool | None:
    """是否认定拒绝接受检查; None for a check that took place.

    Raises ActionRefused at `upheld` where a refused check is concluded without saying so.
    """
    if not check.is_barred:
        return None
    if upheld is None:
        raise ActionRefused({"upheld": ["请选择是否认定拒绝接受检查"]})
    return upheld
