"""下发问题: from the result of a spot check, or registered by the committee (R-SUP-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused
from common.refusals import refusals
from societies.access import Actor
from societies.models import Society
from supervision import finding_states, states
from supervision.actions import common as batches
from supervision.actions.finding_common import touch_figures, write_step
from supervision.models import (
    BatchState,
    ChecklistEdition,
    Finding,
    FindingSource,
    FindingState,
    SeverityRule,
    SpotCheck,
)
from supervision.numbers import next_numbers


@dataclass(frozen=True)
class FindingDraft:
    """What becomes a finding: one answer of a check that carries a severity.

    author: who answered last; neither verifies nor closes the finding, nor does whoever wrote that
    answer before (`finding_eyes`).
    """

    item_code: str
    severity: str
    title: str
    facts: str
    requirement: str
    author: User


@transaction.atomic
def issue_findings(
    *, check: SpotCheck, drafts: Sequence[FindingDraft], by: Actor, now: datetime
) -> list[Finding]:
    """Make a finding of each draft of a check, numbered in the order given; none for no drafts.

    For the action that concludes a check, in its transaction. It locks the batch first, as closing
    does, so a closed batch never gets a finding; whoever holds the check's lock already must have
    taken the batch's before. The batch moves to 问题已下发. Raises NotAllowed without the right to
    issue on the check's society; ActionRefused if the batch is closed, an item has its finding
    already, or a text is missing or too long.
    """
    if not drafts:
        return []
    batch = batches.lock_batch(check.batch)
    by.require(Permission.FINDING_ISSUE, check)
    if not batch.is_open:
        raise ActionRefused("批次已结束，不能再下发问题")
    rules = {rule.severity: rule for rule in SeverityRule.objects.filter(edition=batch.edition)}
    rows = [
        _finding(check.society, rules[draft.severity], draft.author, by, now, _said(draft))
        for draft in drafts
    ]
    for row in rows:
        row.batch, row.spot_check, row.source = batch, check, FindingSource.BATCH
    _issue(rows, by, now)
    if batch.state in (BatchState.NOTIFIED, BatchState.ON_SITE):
        words = f"{check.code} 下发问题 {len(rows)} 个"
        batches.move(batch, BatchState.FINDINGS_ISSUED, states.FINDINGS, by, now, words)
    return rows


@transaction.atomic
def register_finding(
    *,
    society: Society,
    source: str,
    severity: str,
    title: str,
    facts: str,
    requirement: str,
    by: Actor,
    now: datetime,
) -> Finding:
    """登记问题 outside a batch: 学会自查, 负面清单 or 主题教育.

    Its days are those of the checklist in force. Raises NotAllowed; ActionRefused by field.
    """
    by.require(Permission.FINDING_ISSUE, society)
    if source not in FindingSource.values or source == FindingSource.BATCH:
        raise ActionRefused({"source": ["请选择来源；督导抽查发现的问题由抽查结论下发"]})
    rule = rule_of(society, severity, day_of(now))
    said = {"title": title, "facts": facts, "requirement": requirement}
    row = _finding(society, rule, by.user, by, now, said)
    row.source = FindingSource(source)
    _issue([row], by, now)
    return row


def rule_of(society: Society, severity: str, on: date) -> SeverityRule:
    """The days of a severity by the checklist in force. Raises ActionRefused if there is none."""
    editions = ChecklistEdition.objects.valid_on(on).filter(federation=society.federation_id)
    rule = SeverityRule.objects.filter(edition__in=editions, severity=severity).first()
    if rule is None:
        raise ActionRefused({"severity": ["当前没有适用的检查清单规定这一程度的期限"]})
    return rule


def _said(draft: FindingDraft) -> dict[str, str]:
    return {
        "item_code": draft.item_code,
        "title": draft.title,
        "facts": draft.facts,
        "requirement": draft.requirement,
    }


def _finding(
    society: Society,
    rule: SeverityRule,
    author: User,
    by: Actor,
    now: datetime,
    said: dict[str, str],
) -> Finding:
    """One finding, unsaved: its days run from the day of issue, to their end."""
    said = {name: text.strip() for name, text in said.items()}
    if missing := {name: ["请填写"] for name, text in said.items() if not text}:
        raise ActionRefused(missing)
    today = day_of(now)
    return Finding(
        society=society,
        federation_id=society.federation_id,
        rule=rule,
        severity=rule.severity,
        author=author,
        issued_by=by.user,
        issued_at=now,
        issued_on=today,
        plan_due=today + timedelta(days=rule.plan_days),
        finish_due=_after(today, rule.finish_days),
        measure_due=_after(today, rule.measure_days),
        **said,
    )


def _after(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def _issue(rows: Sequence[Finding], by: Actor, now: datetime) -> None:
    year = day_of(now).year
    numbers = next_numbers(
        Finding.objects.all(), rows[0].federation_id, f"ZG-{year}-", len(rows), width=4
    )
    related = [field.name for field in Finding._meta.fields if field.is_relation]
    for row, code in zip(rows, numbers, strict=True):
        row.code, row.state = code, FindingState.ISSUED
        with refusals(Finding):
            row.clean_fields(exclude=related)
            row.save()
        write_step(row, finding_states.ISSUE.verb, by, now)
        touch_figures(row, row.issued_on, now)
