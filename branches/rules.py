"""Thresholds of Party organisations (rules §2.1), as plain functions."""

from __future__ import annotations

from datetime import date

from common.periods import add_months

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


# Terms and elections (rules §2.2, R-ORG-06…08).
REMINDER_DAYS = (180, 90, 60, 30, 7, 0)
VACANCY_DAYS = 60
EXTENSION_MONTHS = 12
STANDING_MONTHS = 12
MAX_TERM_YEARS = 5
MAX_SEATS = 31
COMMITTEE_SEATS = 3
USUAL_SEATS = 5
MOST_SEATS = 7
# Types in which 7 full members make a 支部委员会 necessary (R-ORG-06).
BRANCH_TYPES = ("branch", "joint_branch")
# Types that are a committee themselves (rules §2.1).
COMMITTEE_TYPES = ("committee", "general_branch", "functional_committee")
# Types with a term of their own; the others end with their task body, carrier or unit.
TYPES_WITH_TERM = (*COMMITTEE_TYPES, *BRANCH_TYPES)
_YEARS = {"committee": 5, "functional_committee": 5}


def usual_term_years(type: str) -> int:
    """The term's usual length by type (rules §2.1): 5 years for a 党委, else 3."""
    return _YEARS.get(type, 3)


def meeting_is_valid(present: int, entitled: int) -> bool:
    """Whether an election meeting may elect: at least 4/5 of those with a vote came (R-ORG-08)."""
    return 0 < entitled and present <= entitled and present * 5 >= entitled * 4


def standing_suffices(full_since: date | None, on: date) -> bool:
    """Whether somebody may be secretary: a full member for a year (R-ORG-07).

    Party standing begins when probation ends (R-DEV-04). The register knows the month, so the month
    decides: whoever became full in May may be elected from May of the next year on.
    """
    return full_since is not None and add_months(full_since, STANDING_MONTHS) <= on


def is_elected(votes: int, present: int) -> bool:
    """Whether a candidate is elected: more than half of those with a vote present (R-ORG-08)."""
    return votes <= present < votes * 2


def reminder(days_left: int) -> int | None:
    """The threshold of §2.2 that stands so many days before the end; None before the first."""
    return min((days for days in REMINDER_DAYS if days_left <= days), default=None)
