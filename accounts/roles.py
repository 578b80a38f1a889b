"""Which role may do what (roles.md). The one place that says it.

A right is granted on a scope object by an appointment; the database keeps one row per appointment,
right and object (django-guardian). Codenames carry the kind of object, because guardian needs them
unique within an app: `society_ledger_view`, `federation_ledger_view`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.permissions import Permission, Role, ScopeKind

P = Permission


@dataclass(frozen=True)
class RoleSpec:
    """One row of roles.md §1.

    granted: whether appointments to it may be made in this release (roles.md: a role is granted
    from the release that brings its first procedure). inside: the society itself or the committee,
    which alone read names of office-holders (§2.9) and data-quality issues (§3). duty: 0 for
    business roles, else one number per administrator (三员): two different duties never overlap in
    one user (roles.md §2.6). several: one appointment may hold several societies or organisations.
    """

    role: Role
    code: str
    kind: ScopeKind
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    granted: bool = False
    inside: bool = False
    privileged: bool = False
    duty: int = 0
    several: bool = False


_OWN_READ = (P.SOCIETY_VIEW, P.ORGANISATION_VIEW, P.LEDGER_VIEW)
_POSTS = (P.POST_VIEW, P.POST_FILE)
# Organisation life and visit reports of the own society or of the federation (roles.md §3).
_LIFE_READ = (P.LIFE_VIEW, P.VISIT_VIEW)
# Scores, the own entry of a round and the public list, vetoes (R-STAR-12).
_STAR_READ = (P.STAR_VIEW, P.STAR_ROUND_VIEW, P.VETO_VIEW)
# A society enrols and reads whom it enrolled; hours of persons are for UB and US alone (R-TRN-11).
_ENROLS = (P.CLASS_VIEW, P.CLASS_ENROL, P.ENROLMENT_VIEW, P.HOURS_TOTAL)
# Spot checks and what they found; a society's own from the notice on.
_INSPECTED = (P.CHECK_VIEW, P.FINDING_VIEW)

ROLES: tuple[RoleSpec, ...] = (
    RoleSpec(
        Role.SOCIETY_CLERK,
        "UC",
        ScopeKind.SOCIETY,
        frozenset(
            (
                *_OWN_READ,
                *_LIFE_READ,
                *_POSTS,
                *_STAR_READ,
                *_ENROLS,
                *_INSPECTED,
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
                *_OWN_READ,
                *_LIFE_READ,
                *_STAR_READ,
                *_ENROLS,
                P.HOURS_VIEW,
                P.HOURS_CONFIRM,
                *_INSPECTED,
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
                *_POSTS,
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
                *_OWN_READ,
                *_LIFE_READ,
                *_STAR_READ,
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
    RoleSpec(
        Role.COMMITTEE_REVIEWER,
        "CR",
        ScopeKind.FEDERATION,
        frozenset(
            (
                *_STAR_READ,
                P.INTEREST_DECLARE,
                P.INTEREST_VIEW,
                P.INTEREST_ENTER,
                *_INSPECTED,
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
                *_OWN_READ,
                *_LIFE_READ,
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
                *_STAR_READ,
                P.INTEREST_DECLARE,
                P.INTEREST_VIEW,
                *_INSPECTED,
                P.BATCH_VIEW,
                P.BATCH_DECIDE,
                P.FINDING_CLOSE_SERIOUS,
                P.FINDING_AGREE_DATE,
                P.FINDING_EXTEND_DECIDE,
                P.STAR_DECIDE,
                P.VETO_CONFIRM,
                *_OWN_READ,
                P.POST_VIEW,
                P.POST_DECIDE,
                *_LIFE_READ,
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
                *_OWN_READ,
                *_INSPECTED,
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
        frozenset((*_INSPECTED, P.INTEREST_DECLARE, P.BATCH_VIEW, P.BATCH_DRAFT, P.CHECK_REVIEW)),
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
        frozenset((*_OWN_READ, P.VISIT_VIEW, P.VISIT_FILE)),
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
    RoleSpec(
        Role.SYSADMIN,
        "SA",
        ScopeKind.PLATFORM,
        frozenset((P.NIGHT_VIEW, P.NIGHT_RUN)),
        granted=True,
        privileged=True,
        duty=1,
    ),
    RoleSpec(Role.SECADMIN, "SE", ScopeKind.PLATFORM, granted=True, privileged=True, duty=2),
    RoleSpec(Role.AUDITOR, "AU", ScopeKind.PLATFORM, granted=True, privileged=True, duty=3),
)
SPECS: dict[str, RoleSpec] = {spec.role.value: spec for spec in ROLES}


def codename(kind: str, permission: Permission) -> str:
    """The auth.Permission codename of a right on one kind of scope object."""
    return f"{kind}_{permission}"


def grant_permissions(kind: ScopeKind) -> tuple[tuple[str, str], ...]:
    """`Meta.permissions` of a scope model: every right that some role holds on that kind."""
    rights = sorted({p for spec in ROLES if spec.kind == kind for p in spec.permissions})
    return tuple((codename(kind, p), f"{kind}: {p}") for p in rights)
