"""The chain of a filing: send → sign → accept, or on to the leader for an extension (D-14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from branches import states
from branches.actions.filings import check_filing_step, lock_filing, lock_organisation_of
from branches.actions.post_facts import write_facts
from branches.filing_checks import check_filing, claim_of
from branches.models import PostFiling, PostFilingState
from common.clock import day_of
from common.errors import ActionRefused
from societies.access import Actor


@transaction.atomic
def send_filing(*, filing: PostFiling, by: Actor, now: datetime) -> PostFiling:
    """送审签 by clerk or branch secretary, once nothing is wrong with it.

    Raises NotAllowed, or ActionRefused with the errors of `check_filing` by field.
    """
    filing = lock_filing(filing.pk)
    check_filing_step(states.SEND, filing, by)
    _refuse_wrong(filing, now)
    filing.sent_by, filing.sent_at = by.user, now
    for column in ("signed", "reviewed", "decided", "returned"):
        setattr(filing, f"{column}_by", None)
        setattr(filing, f"{column}_at", None)
    return _move(filing, PostFilingState.TO_SIGN)


@transaction.atomic
def sign_filing(*, filing: PostFiling, by: Actor, now: datetime) -> PostFiling:
    """审签并报送 by the Party secretary or deputy, another user than the sender."""
    filing = lock_filing(filing.pk)
    check_filing_step(states.SIGN, filing, by)
    _refuse_wrong(filing, now)
    filing.signed_by, filing.signed_at = by.user, now
    return _move(filing, PostFilingState.FILED)


@transaction.atomic
def hand_back_filing(*, filing: PostFiling, reason: str, by: Actor, now: datetime) -> PostFiling:
    """The secretary returns it to whoever filed it, with a reason."""
    return _return(states.HAND_BACK, filing, reason, by, now)


@transaction.atomic
def accept_filing(*, filing: PostFiling, by: Actor, now: datetime) -> PostFiling:
    """The reviewer accepts: the facts are written in the same transaction.

    Raises NotAllowed; ActionRefused if the facts meanwhile forbid it: then it is returned instead.
    """
    filing = lock_filing(filing.pk)
    check_filing_step(states.ACCEPT, filing, by)
    lock_organisation_of(filing)
    _refuse_wrong(filing, now)
    filing.reviewed_by, filing.reviewed_at = by.user, now
    write_facts(filing, now)
    return _move(filing, PostFilingState.ACCEPTED)


@transaction.atomic
def forward_filing(*, filing: PostFiling, by: Actor, now: datetime) -> PostFiling:
    """The reviewer passes an extension on to the leader."""
    filing = lock_filing(filing.pk)
    check_filing_step(states.FORWARD, filing, by)
    _refuse_wrong(filing, now)
    filing.reviewed_by, filing.reviewed_at = by.user, now
    return _move(filing, PostFilingState.TO_DECIDE)


@transaction.atomic
def return_filing(*, filing: PostFiling, reason: str, by: Actor, now: datetime) -> PostFiling:
    """The reviewer returns it to the society, with a reason."""
    return _return(states.RETURN, filing, reason, by, now)


@transaction.atomic
def agree_extension(*, filing: PostFiling, number: str, by: Actor, now: datetime) -> PostFiling:
    """The leader grants an extension by a numbered reply; the term runs on from now."""
    filing = lock_filing(filing.pk)
    check_filing_step(states.AGREE, filing, by, number=number.strip())
    lock_organisation_of(filing)
    _refuse_wrong(filing, now)
    filing.decided_by, filing.decided_at = by.user, now
    filing.document_number = number.strip()
    write_facts(filing, now)
    return _move(filing, PostFilingState.ACCEPTED)


@transaction.atomic
def disagree_extension(*, filing: PostFiling, reason: str, by: Actor, now: datetime) -> PostFiling:
    """The leader refuses an extension, with a reason."""
    return _return(states.DISAGREE, filing, reason, by, now)


def _return(step: Any, filing: PostFiling, reason: str, by: Actor, now: datetime) -> PostFiling:
    filing = lock_filing(filing.pk)
    check_filing_step(step, filing, by, reason=reason.strip())
    if len(reason.strip()) > 300:
        raise ActionRefused({"reason": ["退回原因最多 300 个字"]})
    filing.returned_by, filing.returned_at = by.user, now
    filing.return_reason = reason.strip()
    return _move(filing, PostFilingState.RETURNED)


def _refuse_wrong(filing: PostFiling, now: datetime) -> None:
    found = check_filing(claim_of(filing, day_of(now)))
    if found.errors:
        raise ActionRefused(found.errors)


def _move(filing: PostFiling, target: PostFilingState) -> PostFiling:
    filing.state = target
    filing.row_version += 1
    filing.save()
    return filing
