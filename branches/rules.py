"""Thresholds of Party organisations (rules §2.1), as plain functions."""

from __future__ import annotations

MUST_HAVE_COMMITTEE_FROM = 7
BRANCH_NEEDS_FULL_MEMBERS = 3


def branch_is_possible(full_members: int) -> bool:
    """Whether a 党支部 may stand: three full members or more (art. 4, S1)."""
    return full_members >= BRANCH_NEEDS_FULL_MEMBERS


def needs_branch_committee(full_members: int) -> bool:
    """Whether a 支部委员会 is required: seven full members or more (R-ORG-06)."""
    return full_members >= MUST_HAVE_COMMITTEE_FROM
