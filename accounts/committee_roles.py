"""Roles of the committee's side (科协侧, roles.md §1)."""

from __future__ import annotations

from accounts.permissions import Permission, Role, ScopeKind
from accounts.role_spec import INSPECTED, LIFE_READ, OWN_READ, STAR_READ, RoleSpec

P = Permission

COMMITTEE_SIDE: tuple[RoleSpec, ...] = (
    RoleSpec(
        Role.COMMITTEE_REVIEWER,
        "CR",
        ScopeKind.FEDERATION,
        frozenset(
            (
                *STAR_READ,
                P.INTEREST_DECLARE,
                P.INTEREST_VIEW,
                P.INTEREST_ENTER,
                *INSPECTED,
                P.BATCH_VIEW,
                P.BATCH_REVIEW,
                P.CHECK_CONCLUDE,
                P.FINDING_ISSUE,
                P.FINDING_VERIFY,
                P.FINDING_CLOSE,
                P.FINDING_EXTEND_REVIEW,
                P.STAR_ROUND_OPEN,
                P.STAR_RE_EXAMINE,
                P.VETO_PROPOSE,
                *OWN_READ,
                *LIFE_READ,
                P.LIFE_RETURN,
                P.SOCIETY_EDIT,
                P.ORGANISATION_ENTER,
                P.POST_VIEW,
                P.POST_REVIEW,
                P.LEDGER_REVIEW,
                P.LOCK_REVIEW,
                P.PERIOD_PROPOSE,
                P.COVERAGE_VIEW,
                P.GAP_VIEW,
                P.REVISION_PUBLISH,
                P.MEMBER_COUNT,
                P.CLASS_VIEW,
                P.HOURS_TOTAL,
            )
        ),
        granted=True,
        inside=True,
        privileged=True,
    ),
    RoleSpec(
        Role.ASSESSOR,
        "CR2",
        ScopeKind.ORGANISATION,
        frozenset((P.ORGANISATION_VIEW, P.STAR_ROUND_VIEW, P.STAR_ASSESS, P.INTEREST_DECLARE)),
        granted=True,
        several=True,
    ),
    RoleSpec(
        Role.COMMITTEE_MEMBER,
        "CM",
        ScopeKind.FEDERATION,
        frozenset(
            (
                P.STAR_ROUND_VIEW,
                P.STAR_DELIBERATE,
                P.VETO_VIEW,
                P.VETO_SECOND,
                P.INTEREST_DECLARE,
            )
        ),
        granted=True,
    ),
    RoleSpec(
        Role.COMMITTEE_LEADER,
        "CL",
        ScopeKind.FEDERATION,
        frozenset(
            (
                *STAR_READ,
                P.INTEREST_DECLARE,
                P.INTEREST_VIEW,
                *INSPECTED,
                P.BATCH_VIEW,
                P.BATCH_DECIDE,
                P.FINDING_CLOSE_SERIOUS,
                P.FINDING_AGREE_DATE,
                P.FINDING_EXTEND_DECIDE,
                P.STAR_DECIDE,
                P.VETO_CONFIRM,
                *OWN_READ,
                P.POST_VIEW,
                P.POST_DECIDE,
                *LIFE_READ,
                P.LEDGER_DECIDE,
                P.LOCK_DECIDE,
                P.PERIOD_DECIDE,
                P.COVERAGE_VIEW,
                P.GAP_VIEW,
                P.MEMBER_COUNT,
                P.CLASS_VIEW,
                P.CLASS_DECIDE,
                P.HOURS_TOTAL,
            )
        ),
        granted=True,
        inside=True,
        privileged=True,
    ),
    RoleSpec(Role.COMMITTEE_DISCIPLINE, "CD", ScopeKind.FEDERATION),
    RoleSpec(
        Role.INSPECTOR,
        "IN",
        ScopeKind.SOCIETY,
        frozenset(
            (
                *OWN_READ,
                *INSPECTED,
                P.INTEREST_DECLARE,
                P.CHECK_ANSWER,
                P.FINDING_VERIFY,
            )
        ),
        granted=True,
        several=True,
    ),
    # He drafts before the batch exists; rows are narrowed to the batches that he leads.
    RoleSpec(
        Role.INSPECTION_LEAD,
        "IL",
        ScopeKind.FEDERATION,
        frozenset((*INSPECTED, P.INTEREST_DECLARE, P.BATCH_VIEW, P.BATCH_DRAFT, P.CHECK_REVIEW)),
        granted=True,
    ),
    RoleSpec(
        Role.EXPERT,
        "EX",
        ScopeKind.OWN,
        frozenset((P.INTEREST_DECLARE,)),
        granted=True,
    ),
    RoleSpec(
        Role.INSTRUCTOR,
        "IT",
        ScopeKind.SOCIETY,
        frozenset((*OWN_READ, P.VISIT_VIEW, P.VISIT_FILE)),
        granted=True,
        several=True,
    ),
    RoleSpec(
        Role.TRAINING_MANAGER,
        "TM",
        ScopeKind.FEDERATION,
        frozenset((P.CLASS_VIEW, P.CLASS_PLAN, P.CLASS_ATTEND, P.ENROLMENT_VIEW)),
        granted=True,
    ),
    RoleSpec(Role.SOCIETY_DEPARTMENT, "SD", ScopeKind.FEDERATION),
    RoleSpec(
        Role.LEADERSHIP_VIEWER,
        "LV",
        ScopeKind.FEDERATION,
        frozenset((P.COVERAGE_VIEW,)),
        granted=True,
    ),
)
