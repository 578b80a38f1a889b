"""Thresholds of Party organisations (rules §2.1), as plain functions."""

from __future__ import annotations

MUST_HAVE_COMMITTEE_FROM = 7
BRANCH_NEEDS_FULL_MEMBERS = 3
JOINT_UNITS = (2, 5)


def branch_is_possible(full_members: int) -> bool:
    """Whether a 党支部 may stand: three full members or more (art. 4, S1)."""
    return full_members >= BRANCH_NEEDS_FULL_MEMBERS


def needs_branch_committee(full_members: int) -> bool:
    """Whether a 支部委员会 is required: seven full members or more (R-ORG-06)."""
    return full_members >= MUST_HAVE_COMMITTEE_FROM


def joint_units_warning(type: str, units: int) -> str:
    """What to tell about a joint branch that serves too few or too many units; "" if usual.

    A joint branch generally serves two to five units (R-ORG-05, “一般”: a hint, no refusal).
    """
    if type != "joint_branch" or JOINT_UNITS[0] <= units <= JOINT_UNITS[1]:
        return ""
    return f"联合党支部一般覆盖 2 至 5 个机构，现为 {units} 个，请核对批复"
