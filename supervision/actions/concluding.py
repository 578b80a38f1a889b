"""The society's reply, the lead's opinion, the conclusion that issues the findings (R-SUP-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from supervision import check_states
from supervision.actions import common as batches
from supervision.actions.check_common import check_allowed, clean, lock_check, move
from supervision.actions.issuing import FindingDraft, issue_findings
from supervision.actions.refusing import judged
from supervision.models import (
    Answer,
    AnswerRuling,
    CheckSignature,
    CheckState,
    Finding,
    FindingSeverity,
    SpotCheck,
)

UNASKED = "学会没有反馈意见也没有不同意见的，按检查情况下发，不调整"


@dataclass(frozen=True)
class Ruling:
    """What becomes of an answer that carries a severity. severity: "" where nothing is issued."""

    answer: int
    severity: str
    reason: str


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
    clean(row)
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
        raise ActionRefused(f"学会可在 {due}（含当日）前反馈意见，期满或反馈后再报送")
    row.opinion, row.passed_by, row.passed_at = opinion.strip(), by.user, now
    clean(row)
    return move(row, check_states.PASS_ON.target, check_states.PASS_ON.verb, by, now)


@transaction.atomic
def conclude_check(
    *,
    check: SpotCheck,
    version: int | None,
    conclusion: str,
    rulings: Sequence[Ruling] = (),
    upheld: bool | None = None,
    by: Actor,
    now: datetime,
) -> list[Finding]:
    """作出结论: final; every answer that carries a severity becomes a finding, in one transaction.

    rulings: what differs from the answers after the society's reply; the answers stay as they
    were signed. upheld: of a check recorded as 拒绝检查, whether it is found so (`refusing`).
    Raises NotAllowed, Conflict; ActionRefused at `conclusion`, `upheld`, or at `ruling_<answer>`
    and `reason_<answer>`.
    """
    batches.lock_batch(check.batch)
    row = lock_check(check, version)
    check_allowed(check_states.CONCLUDE, row, by, day_of(now), conclusion=conclusion.strip())
    row.barred_upheld = judged(row, upheld)
    ruled = _rule(row, rulings, by, now)
    row.conclusion, row.concluded_by, row.concluded_at = conclusion.strip(), by.user, now
    clean(row)
    move(row, check_states.CONCLUDE.target, check_states.CONCLUDE.verb, by, now)
    return issue_findings(check=row, drafts=_drafts(row, ruled), by=by, now=now)


def flagged(check: SpotCheck) -> list[Answer]:
    """The answers that carry a severity, in the order of the checklist.

    None of a check that was refused: nobody signed what had been answered by then.
    """
    if check.is_barred:
        return []
    rows = Answer.objects.filter(spot_check=check).exclude(severity="")
    return list(rows.select_related("item", "answered_by").order_by("item__position"))


def _rule(
    check: SpotCheck, rulings: Sequence[Ruling], by: Actor, now: datetime
) -> dict[int, AnswerRuling]:
    """Write what changes; the users who answered are barred from concluding as from signing."""
    answers = {answer.pk: answer for answer in flagged(check)}
    changed = [each for each in rulings if each.answer in answers]
    changed = [each for each in changed if each.severity != answers[each.answer].severity]
    if changed and not (check.reply or _dissented(check)):
        raise ActionRefused({f"ruling_{changed[0].answer}": [UNASKED]})
    rows: dict[int, AnswerRuling] = {}
    for each in changed:
        if each.severity and each.severity not in FindingSeverity.values:
            raise ActionRefused({f"ruling_{each.answer}": ["请在一般、较重、严重中选择"]})
        if not each.reason.strip():
            raise ActionRefused({f"reason_{each.answer}": ["调整或不下发须写明原因"]})
        row = AnswerRuling(
            answer=answers[each.answer],
            severity=each.severity,
            reason=each.reason.strip(),
            ruled_by=by.user,
            ruled_at=now,
        )
        with refusals(AnswerRuling, fields={"reason": f"reason_{each.answer}"}):
            row.clean_fields(exclude=["answer", "ruled_by"])
            row.save()
        rows[each.answer] = row
    return rows


def _dissented(check: SpotCheck) -> bool:
    return CheckSignature.objects.filter(spot_check=check).exclude(dissent="").exists()


def _drafts(check: SpotCheck, ruled: dict[int, AnswerRuling]) -> list[FindingDraft]:
    kept = [
        (row, ruled[row.pk].severity if row.pk in ruled else row.severity) for row in flagged(check)
    ]
    return [
        FindingDraft(
            item_code=row.item.code,
            severity=severity,
            title=f"{row.item.title}：{row.get_value_display()}",
            facts=row.note,
            requirement=f"对照 {row.item.clause} 完成“{row.item.title}”的整改",
            author=row.answered_by,
        )
        for row, severity in kept
        if severity and row.answered_by is not None
    ]
