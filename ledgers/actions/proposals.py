"""What a reviewer proposes and the leader decides: closing a period (定格), exempting a society.

A proposal waits until the leader agrees or refuses with a reason, or its proposer takes it back;
after a refusal or a withdrawal another may follow. Each verb locks the row, so of two at once
exactly one finds the proposal waiting.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.permissions import Permission
from common.clock import day_of
from common.errors import ActionRefused, NotAllowed
from ledgers.actions.periods import count_again
from ledgers.models import ExpectedFiling, Ledger, LedgerPeriod
from societies.access import Actor

LONGEST = 200


def _locked(period: LedgerPeriod) -> LedgerPeriod:
    return LedgerPeriod.objects.select_for_update().get(pk=period.pk)


@transaction.atomic
def propose_closing(*, period: LedgerPeriod, by: Actor, now: datetime) -> LedgerPeriod:
    """The reviewer's proposal to close (定格) a whole period.

    Raises NotAllowed, ActionRefused before its closing day has passed, after it was closed, or
    while a proposal waits.
    """
    period = _locked(period)
    by.require(Permission.PERIOD_PROPOSE, period)
    if period.closed_at:
        raise ActionRefused(f"{period.label}已定格")
    if period.proposed_at:
        raise ActionRefused("已提请定格，待负责人决定")
    if day_of(now) <= period.closes_on:
        raise ActionRefused(f"{period.label}报送至 {period.closes_on} 关闭，之后方可提请定格")
    period.proposed_by, period.proposed_at = by.user, now
    period.save(update_fields=["proposed_by", "proposed_at"])
    return period


@transaction.atomic
def close_period(*, period: LedgerPeriod, by: Actor, now: datetime) -> LedgerPeriod:
    """定格 by the leader, on a reviewer's proposal (R-LED-10).

    From then on expected set and exemptions stay; only a lock exception lets one society file.
    """
    period = _locked(period)
    by.require(Permission.PERIOD_DECIDE, period)
    _refuse_undecidable(period)
    _apart(period.proposed_by_id, by)
    period.closed_by, period.closed_at = by.user, now
    period.save(update_fields=["closed_by", "closed_at"])
    return period


@transaction.atomic
def refuse_closing(*, period: LedgerPeriod, reason: str, by: Actor, now: datetime) -> LedgerPeriod:
    """The leader's no with a reason, shown to the proposer; the period stays as it is.

    Raises NotAllowed, ActionRefused without a waiting proposal or a reason.
    """
    period = _locked(period)
    by.require(Permission.PERIOD_DECIDE, period)
    _refuse_undecidable(period)
    _apart(period.proposed_by_id, by)
    period.refusal_reason = _said(reason, "请写明不同意的原因")
    period.refused_by, period.refused_at = by.user, now
    period.refused_proposer = period.proposed_by
    period.proposed_by = period.proposed_at = None
    period.save()
    return period


@transaction.atomic
def withdraw_closing(*, period: LedgerPeriod, by: Actor, now: datetime) -> LedgerPeriod:
    """撤回 by the proposer while the leader has not decided.

    Raises NotAllowed for others, ActionRefused without a waiting proposal.
    """
    period = _locked(period)
    by.require(Permission.PERIOD_PROPOSE, period)
    _refuse_undecidable(period)
    _own(period.proposed_by_id, by)
    period.proposed_by = period.proposed_at = None
    period.save(update_fields=["proposed_by", "proposed_at"])
    return period


def _refuse_undecidable(period: LedgerPeriod) -> None:
    if period.closed_at:
        raise ActionRefused("本期已定格")
    if period.proposed_at is None:
        raise ActionRefused("没有待定格的提请")


@transaction.atomic
def propose_exemption(
    *, expected: ExpectedFiling, reason: str, by: Actor, now: datetime
) -> ExpectedFiling:
    """The reviewer's proposal that a society need not file this period."""
    expected = _open_expected(expected)
    by.require(Permission.PERIOD_PROPOSE, expected.period)
    _refuse_filed(expected)
    reason = _said(reason, "请写明免报原因")
    if expected.exemption_decided_at:
        raise ActionRefused("已决定免报")
    if expected.exemption_proposed_at:
        raise ActionRefused("已提请免报，待负责人决定")
    expected.exempt_reason = reason
    expected.exemption_proposed_by, expected.exemption_proposed_at = by.user, now
    expected.save()
    return expected


@transaction.atomic
def decide_exemption(*, expected: ExpectedFiling, by: Actor, now: datetime) -> ExpectedFiling:
    """The leader's decision; the row stays in the frozen set, exempt with its reason."""
    expected = _open_expected(expected)
    by.require(Permission.PERIOD_DECIDE, expected.period)
    _refuse_unproposed(expected)
    _apart(expected.exemption_proposed_by_id, by)
    _refuse_filed(expected)
    expected.exemption_decided_by, expected.exemption_decided_at = by.user, now
    expected.save()
    count_again([expected.society_id], now)
    return expected


@transaction.atomic
def refuse_exemption(
    *, expected: ExpectedFiling, reason: str, by: Actor, now: datetime
) -> ExpectedFiling:
    """The leader's no with a reason, shown to the proposer; the society goes on owing.

    Raises NotAllowed, ActionRefused without a waiting proposal or a reason.
    """
    expected = _open_expected(expected)
    by.require(Permission.PERIOD_DECIDE, expected.period)
    _refuse_unproposed(expected)
    _apart(expected.exemption_proposed_by_id, by)
    expected.exemption_refusal_reason = _said(reason, "请写明不同意的原因")
    expected.exemption_refused_by, expected.exemption_refused_at = by.user, now
    expected.exemption_refused_proposer = expected.exemption_proposed_by
    expected.exemption_proposed_by = expected.exemption_proposed_at = None
    expected.save()
    return expected


@transaction.atomic
def withdraw_exemption(*, expected: ExpectedFiling, by: Actor, now: datetime) -> ExpectedFiling:
    """撤回 by the proposer while the leader has not decided.

    Raises NotAllowed for others, ActionRefused without a waiting proposal.
    """
    expected = _open_expected(expected)
    by.require(Permission.PERIOD_PROPOSE, expected.period)
    _refuse_unproposed(expected)
    _own(expected.exemption_proposed_by_id, by)
    expected.exempt_reason = ""
    expected.exemption_proposed_by = expected.exemption_proposed_at = None
    expected.save()
    return expected


def _open_expected(expected: ExpectedFiling) -> ExpectedFiling:
    row = ExpectedFiling.objects.select_for_update().select_related("period").get(pk=expected.pk)
    if row.period.closed_at:
        raise ActionRefused(f"{row.period.label}已定格，应报名单不再变动")
    return row


def _refuse_unproposed(expected: ExpectedFiling) -> None:
    if expected.exemption_decided_at:
        raise ActionRefused("已决定免报")
    if expected.exemption_proposed_at is None:
        raise ActionRefused("没有待决定的免报提请")


def _refuse_filed(expected: ExpectedFiling) -> None:
    """What was filed stays in the figures, late or not."""
    filed = Ledger.objects.filter(
        period=expected.period_id, society=expected.society_id, first_filed_at__isnull=False
    )
    if filed.exists():
        raise ActionRefused("该学会本期已报送台账，不再免报")


def _said(reason: str, missing: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ActionRefused({"reason": [missing]})
    if len(reason) > LONGEST:
        raise ActionRefused({"reason": [f"原因最多 {LONGEST} 个字"]})
    return reason


def _apart(proposer_id: int | None, by: Actor) -> None:
    if proposer_id == by.user.pk:
        raise NotAllowed("提请与决定须由不同的人办理")


def _own(proposer_id: int | None, by: Actor) -> None:
    if proposer_id != by.user.pk:
        raise NotAllowed("提请由提请人本人撤回")
