"""The chain of a filing: send → sign → accept, or on to the leader for an extension (D-14).

Each step is taken on the version its page showed (R8): nobody signs or accepts what they have not
seen. row_version: that version; None where no page stands between. Each raises NotAllowed,
ActionRefused, Conflict.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from branches import states
from branches.actions.checks import check_version
from branches.actions.filings import check_filing_step, lock_filing, lock_organisation_of
from branches.actions.post_facts import write_facts
from branches.filing_checks import check_filing, claim_of
from branches.models import PostFiling, PostFilingState
from common.clock import day_of
from common.errors import ActionRefused
from common.states import Transition
from societies.access import Actor


@transaction.atomic
def send_filing(
    *, filing: PostFiling, row_version: int | None = None, by: Actor, now: datetime
) -> PostFiling:
    """送审签 by clerk or branch secretary, once nothing is wrong with it.

    ActionRefused has the errors of `check_filing` by field.
    """
    filing = _begun(states.SEND, filing, row_version, by)
    _refuse_wrong(filing, now)
    filing.sent_by, filing.sent_at = by.user, now
    for column in ("signed", "reviewed", "decided", "returned"):
        setattr(filing, f"{column}_by", None)
        setattr(filing, f"{column}_at", None)
    return _move(filing, PostFilingState.TO_SIGN)


@transaction.atomic
def sign_filing(
    *, filing: PostFiling, row_version: int | None = None, by: Actor, now: datetime
) -> PostFiling:
    """审签并报送 by the Party secretary or deputy, another user than the sender."""
    filing = _begun(states.SIGN, filing, row_version, by)
    _refuse_wrong(filing, now)
    filing.signed_by, filing.signed_at = by.user, now
    return _move(filing, PostFilingState.FILED)


@transaction.atomic
def hand_back_filing(
    *, filing: PostFiling, row_version: int | None = None, reason: str, by: Actor, now: datetime
) -> PostFiling:
    """The secretary returns it to whoever filed it, with a reason."""
    return _return(states.HAND_BACK, filing, row_version, reason, by, now)


@transaction.atomic
def accept_filing(
    *, filing: PostFiling, row_version: int | None = None, by: Actor, now: datetime
) -> PostFiling:
    """The reviewer accepts: the facts are written in the same transaction.

    ActionRefused if the facts meanwhile forbid it: then it is returned instead.
    """
    filing = _begun(states.ACCEPT, filing, row_version, by)
    lock_organisation_of(filing)
    _refuse_wrong(filing, now)
    filing.reviewed_by, filing.reviewed_at = by.user, now
    write_facts(filing, now)
    return _move(filing, PostFilingState.ACCEPTED)


@transaction.atomic
def forward_filing(
    *, filing: PostFiling, row_version: int | None = None, by: Actor, now: datetime
) -> PostFiling:
    """The reviewer passes an extension on to the leader."""
    filing = _begun(states.FORWARD, filing, row_version, by)
    _refuse_wrong(filing, now)
    filing.reviewed_by, filing.reviewed_at = by.user, now
    return _move(filing, PostFilingState.TO_DECIDE)


@transaction.atomic
def return_filing(
    *, filing: PostFiling, row_version: int | None = None, reason: str, by: Actor, now: datetime
) -> PostFiling:
    """The reviewer returns it to the society, with a reason."""
    return _return(states.RETURN, filing, row_version, reason, by, now)


@transaction.atomic
def agree_extension(
    *, filing: PostFiling, row_version: int | None = None, number: str, by: Actor, now: datetime
) -> PostFiling:
    """The leader grants an extension by a numbered reply; the term runs on from now."""
    filing = _begun(states.AGREE, filing, row_version, by, number=number.strip())
    lock_organisation_of(filing)
    _refuse_wrong(filing, now)
    filing.decided_by, filing.decided_at = by.user, now
    filing.document_number = number.strip()
    write_facts(filing, now)
    return _move(filing, PostFilingState.ACCEPTED)


@transaction.atomic
def disagree_extension(
    *, filing: PostFiling, row_version: int | None = None, reason: str, by: Actor, now: datetime
) -> PostFiling:
    """The leader refuses an extension, with a reason."""
    return _return(states.DISAGREE, filing, row_version, reason, by, now)


def _begun(
    step: Transition, filing: PostFiling, row_version: int | None, by: Actor, **inputs: str
) -> PostFiling:
    """The filing, locked and read afresh, where this step may be taken on the version shown."""
    filing = lock_filing(filing.pk)
    check_filing_step(step, filing, by, **inputs)
    check_version(filing, row_version)
    return filing


def _return(
    step: Transition,
    filing: PostFiling,
    row_version: int | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> PostFiling:
    filing = _begun(step, filing, row_version, by, reason=reason.strip())
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
