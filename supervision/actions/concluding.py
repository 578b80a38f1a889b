"""The society's reply, the lead's opinion, the conclusion that issues the findings (R-SUP-06)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from supervision import check_states
from supervision.actions import common as batches
from supervision.actions.check_common import check_allowed, lock_check, move
from supervision.actions.issuing import FindingDraft, issue_findings
from supervision.models import Answer, CheckState, Finding, SpotCheck


@transaction.atomic
def reply_to_check(
    *, check: SpotCheck, version: int | None, reply: str, by: Actor, now: datetime
) -> SpotCheck:
    """学会反馈意见, once, until the end of its last day.

    Raises NotAllowed, Conflict; ActionRefused at `reply` or after that day.
    """
    row = lock_check(check, version)
    check_allowed(check_states.REPLY, row, by, day_of(now), reply=reply.strip())
    if row.reply_due is not None and day_of(now) > row.reply_due:
        raise ActionRefused(f"反馈期限为 {row.reply_due}，已过期限")
    row.reply, row.replied_by, row.replied_at = reply.strip(), by.user, now
    _clean(row)
    return move(row, check_states.REPLY.target, check_states.REPLY.verb, by, now)


@transaction.atomic
def pass_on_check(
    *, check: SpotCheck, version: int | None, opinion: str, by: Actor, now: datetime
) -> SpotCheck:
    """报送结果 with the lead's opinion: after the reply, or once its time is over.

    Raises NotAllowed, Conflict; ActionRefused at `opinion` or while the society may still reply.
    """
    row = lock_check(check, version)
    check_allowed(check_states.PASS_ON, row, by, day_of(now), opinion=opinion.strip())
    due = row.reply_due
    if row.state == CheckState.CONFIRMED and due is not None and day_of(now) <= due:
        raise ActionRefused(f"学会可在 {due} 前反馈意见，期满或反馈后再报送")
    row.opinion, row.passed_by, row.passed_at = opinion.strip(), by.user, now
    _clean(row)
    return move(row, check_states.PASS_ON.target, check_states.PASS_ON.verb, by, now)


@transaction.atomic
def conclude_check(
    *, check: SpotCheck, version: int | None, conclusion: str, by: Actor, now: datetime
) -> list[Finding]:
    """作出结论: final; every answer that carries a severity becomes a finding, in one transaction.

    Raises NotAllowed, Conflict; ActionRefused at `conclusion`.
    """
    batches.lock_batch(check.batch)
    row = lock_check(check, version)
    check_allowed(check_states.CONCLUDE, row, by, day_of(now), conclusion=conclusion.strip())
    row.conclusion, row.concluded_by, row.concluded_at = conclusion.strip(), by.user, now
    _clean(row)
    move(row, check_states.CONCLUDE.target, check_states.CONCLUDE.verb, by, now)
    return issue_findings(check=row, drafts=_drafts(row), by=by, now=now)


def _drafts(check: SpotCheck) -> list[FindingDraft]:
    answers = Answer.objects.filter(spot_check=check).exclude(severity="")
    rows = answers.select_related("item", "answered_by").order_by("item__position")
    return [
        FindingDraft(
            item_code=row.item.code,
            severity=row.severity,
            title=f"{row.item.title}：{row.get_value_display()}",
            facts=row.note,
            requirement=f"对照 {row.item.clause} 完成“{row.item.title}”的整改",
            author=row.answered_by,
        )
        for row in rows
        if row.answered_by is not None
    ]


def _clean(check: SpotCheck) -> None:
    related = [field.name for field in SpotCheck._meta.fields if field.is_relation]
    with refusals(SpotCheck):
        check.clean_fields(exclude=related)
