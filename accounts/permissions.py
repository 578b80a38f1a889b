"""Rights and roles (roles.md). The one place that says which role may do what.

A right is granted on a scope object by an appointment; the database keeps one row per appointment,
right and object (django-guardian). Codenames carry the kind of object, because guardian needs them
unique within an app: `society_ledger_view`, `federation_ledger_view`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import TextChoices


class ScopeKind(TextChoices):
    """What an appointment is bound to. `platform` and `own` have no scope object."""

    FEDERATION = "federation", "科协"
    SOCIETY = "society", "学会"
    UNIT = "unit", "分支机构"
    ORGANISATION = "organisation", "党组织"
    PLATFORM = "platform", "平台"
    OWN = "own", "本人"


class Permission(StrEnum):
    """One right each; a model names the one that reading it needs."""

    SOCIETY_VIEW = "society_view"
    SOCIETY_EDIT = "society_edit"
    ORGANISATION_VIEW = "organisation_view"
    ORGANISATION_ENTER = "organisation_enter"
    POST_VIEW = "post_view"
    POST_FILE = "post_file"
    POST_SIGN = "post_sign"
    POST_REVIEW = "post_review"
    POST_DECIDE = "post_decide"
    PARTY_GROUP_EDIT = "party_group_edit"
    MEMBER_VIEW = "member_view"
    MEMBER_FILE = "member_file"
    MEMBER_CONFIRM = "member_confirm"
    MEMBER_COUNT = "member_count"
    LEDGER_VIEW = "ledger_view"
    LEDGER_EDIT = "ledger_edit"
    LEDGER_SEND = "ledger_send"
    LEDGER_SIGN = "ledger_sign"
    LEDGER_REVIEW = "ledger_review"
    LEDGER_DECIDE = "ledger_decide"
    LOCK_REQUEST = "lock_request"
    LOCK_COUNTERSIGN = "lock_countersign"
    LOCK_REVIEW = "lock_review"
    LOCK_DECIDE = "lock_decide"
    PERIOD_PROPOSE = "period_propose"
    PERIOD_DECIDE = "period_decide"
    COVERAGE_VIEW = "coverage_view"
    GAP_VIEW = "gap_view"
    REVISION_PUBLISH = "revision_publish"
    NIGHT_VIEW = "night_view"
    NIGHT_RUN = "night_run"
    STAR_VIEW = "star_view"
    STAR_ROUND_VIEW = "star_round_view"
    STAR_ROUND_OPEN = "star_round_open"
    STAR_APPLY = "star_apply"
    STAR_SIGN = "star_sign"
    STAR_ASSESS = "star_assess"
    STAR_DELIBERATE = "star_deliberate"
    STAR_RE_EXAMINE = "star_re_examine"
    STAR_DECIDE = "star_decide"
    VETO_VIEW = "veto_view"
    VETO_PROPOSE = "veto_propose"
    VETO_STATE = "veto_state"
    VETO_CONFIRM = "veto_confirm"
    VETO_SECOND = "veto_second"
    LIFE_VIEW = "life_view"
    LIFE_FILE = "life_file"
    LIFE_RETURN = "life_return"
    VISIT_VIEW = "visit_view"
    VISIT_FILE = "visit_file"
    VISIT_COMMENT = "visit_comment"


class Role(TextChoices):
    """All roles of roles.md §1. `society_secretary` always means the Party secretary."""

    SOCIETY_CLERK = "society_clerk", "填报人"
    SOCIETY_SECRETARY = "society_secretary", "党组织书记"
    BRANCH_SECRETARY = "branch_secretary", "支部书记"
    DISCIPLINE_MEMBER = "discipline_member", "纪检委员"
    UNIT_LIAISON = "unit_liaison", "分支机构党建联系人"
    SUPERVISOR_READER = "supervisor_reader", "监事会查阅人"
    PARTY_MEMBER = "party_member", "党员本人"
    COMMITTEE_REVIEWER = "committee_reviewer", "审核员"
    ASSESSOR = "assessor", "初评人"
    COMMITTEE_MEMBER = "committee_member", "科技社团党委委员"
    COMMITTEE_LEADER = "committee_leader", "负责人"
    COMMITTEE_DISCIPLINE = "committee_discipline", "科技社团党委纪检"
    INSPECTOR = "inspector", "督导组成员"
    INSPECTION_LEAD = "inspection_lead", "督导组组长"
    EXPERT = "expert", "评审专家"
    INSTRUCTOR = "instructor", "党建指导员"
    TRAINING_MANAGER = "training_manager", "培训管理员"
    SOCIETY_DEPARTMENT = "society_department", "学会管理部门"
    LEADERSHIP_VIEWER = "leadership_viewer", "党组查阅人"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


P = Permission


@dataclass(frozen=True)
class RoleSpec:
    """One row of roles.md §1.

    granted: whether appointments to it may be made in this release (roles.md: a role is granted
    from the release that brings its first procedure). inside: the society itself or the committee,
    which alone read names of office-holders (§2.9) and data-quality issues (§3). duty: 0 for
    business roles, else one number per administrator (三员): two different duties never overlap in
    one user (roles.md §2.6).
    """

    role: Role
    code: str
    kind: ScopeKind
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    granted: bool = False
    inside: bool = False
    privileged: bool = False
    duty: int = 0


_OWN_READ = (P.SOCIETY_VIEW, P.ORGANISATION_VIEW, P.LEDGER_VIEW)
_POSTS = (P.POST_VIEW, P.POST_FILE)
# Organisation life and visit reports of the own society or of the federation (roles.md §3).
_LIFE_READ = (P.LIFE_VIEW, P.VISIT_VIEW)
# Scores, the own entry of a round and the public list, vetoes (R-STAR-12).
_STAR_READ = (P.STAR_VIEW, P.STAR_ROUND_VIEW, P.VETO_VIEW)

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
            )
        ),
        granted=True,
    ),
    RoleSpec(
        Role.DISCIPLINE_MEMBER,
        "UD",
        ScopeKind.SOCIETY,
        frozenset((*_OWN_READ, *_LIFE_READ, *_STAR_READ, P.POST_VIEW, P.MEMBER_VIEW)),
        granted=True,
        inside=True,
    ),
    RoleSpec(Role.UNIT_LIAISON, "UL", ScopeKind.UNIT),
    RoleSpec(Role.SUPERVISOR_READER, "UV", ScopeKind.SOCIETY),
    RoleSpec(Role.PARTY_MEMBER, "PM", ScopeKind.OWN),
    RoleSpec(
        Role.COMMITTEE_REVIEWER,
        "CR",
        ScopeKind.FEDERATION,
        frozenset(
            (
                *_STAR_READ,
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
        frozenset((P.ORGANISATION_VIEW, P.STAR_ROUND_VIEW, P.STAR_ASSESS)),
        granted=True,
    ),
    RoleSpec(
        Role.COMMITTEE_MEMBER,
        "CM",
        ScopeKind.FEDERATION,
        frozenset((P.STAR_ROUND_VIEW, P.STAR_DELIBERATE, P.VETO_VIEW, P.VETO_SECOND)),
        granted=True,
    ),
    RoleSpec(
        Role.COMMITTEE_LEADER,
        "CL",
        ScopeKind.FEDERATION,
        frozenset(
            (
                *_STAR_READ,
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
            )
        ),
        granted=True,
        inside=True,
        privileged=True,
    ),
    RoleSpec(Role.COMMITTEE_DISCIPLINE, "CD", ScopeKind.FEDERATION),
    RoleSpec(Role.INSPECTOR, "IN", ScopeKind.SOCIETY, frozenset(_OWN_READ), granted=True),
    RoleSpec(Role.INSPECTION_LEAD, "IL", ScopeKind.SOCIETY),
    RoleSpec(Role.EXPERT, "EX", ScopeKind.OWN, granted=True),
    RoleSpec(
        Role.INSTRUCTOR,
        "IT",
        ScopeKind.SOCIETY,
        frozenset((*_OWN_READ, P.VISIT_VIEW, P.VISIT_FILE)),
        granted=True,
    ),
    RoleSpec(Role.TRAINING_MANAGER, "TM", ScopeKind.FEDERATION),
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
