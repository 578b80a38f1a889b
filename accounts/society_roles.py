"""Roles of a society's own side (学会侧, roles.md §1)."""

from __future__ import annotations

from accounts.permissions import Permission, Role, ScopeKind
from accounts.role_spec import ENROLS, INSPECTED, LIFE_READ, OWN_READ, POSTS, STAR_READ, RoleSpec

P = Permission

SOCIETY_SIDE: tuple[RoleSpec, ...] = (
    RoleSpec(
        Role.SOCIETY_CLERK,
        "UC",
        ScopeKind.SOCIETY,
        frozenset(
            (
                *OWN_READ,
                *LIFE_READ,
                *POSTS,
                *STAR_READ,
                *ENROLS,
                *INSPECTED,
                P.FINDING_FILE,
                P.STAR_APPLY,
                P.LEDGER_EDIT,
                P.LEDGER_SEND,
                P.LOCK_REQUEST,
                P.VISIT_COMMENT,
            )
        ),
        granted=True,
        inside=True,
    ),
    RoleSpec(
        Role.SOCIETY_SECRETARY,
        "US",
        ScopeKind.SOCIETY,
        frozenset(
            (
                *OWN_READ,
                *LIFE_READ,
                *STAR_READ,
                *ENROLS,
                P.HOURS_VIEW,
                P.HOURS_CONFIRM,
                *INSPECTED,
                P.CHECK_SIGN,
                P.FINDING_SIGN,
                P.FINDING_EXTEND,
                P.STAR_SIGN,
                P.VETO_STATE,
                P.POST_VIEW,
                P.POST_SIGN,
                P.LEDGER_EDIT,
                P.LEDGER_SIGN,
                P.LOCK_COUNTERSIGN,
                P.LIFE_FILE,
                P.LIFE_RETURN,
                P.VISIT_COMMENT,
                P.MEMBER_VIEW,
                P.MEMBER_CONFIRM,
            )
        ),
        granted=True,
        inside=True,
    ),
    RoleSpec(
        Role.BRANCH_SECRETARY,
        "UB",
        ScopeKind.ORGANISATION,
        frozenset(
            (
                P.ORGANISATION_VIEW,
                *POSTS,
                P.PARTY_GROUP_EDIT,
                P.MEMBER_VIEW,
                P.MEMBER_FILE,
                P.LIFE_VIEW,
                P.LIFE_FILE,
                P.CLASS_VIEW,
                P.HOURS_VIEW,
                P.HOURS_FILE,
            )
        ),
        granted=True,
    ),
    RoleSpec(
        Role.DISCIPLINE_MEMBER,
        "UD",
        ScopeKind.SOCIETY,
        frozenset(
            (
                *OWN_READ,
                *LIFE_READ,
                *STAR_READ,
                P.FINDING_VIEW,
                P.POST_VIEW,
                P.MEMBER_VIEW,
            )
        ),
        granted=True,
        inside=True,
    ),
    RoleSpec(Role.UNIT_LIAISON, "UL", ScopeKind.UNIT),
    RoleSpec(
        Role.SUPERVISOR_READER,
        "UV",
        ScopeKind.SOCIETY,
        frozenset((P.SOCIETY_VIEW, P.FINDING_VIEW)),
        granted=True,
    ),
    RoleSpec(Role.PARTY_MEMBER, "PM", ScopeKind.OWN),
)
