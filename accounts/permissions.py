"""The words that rights are made of: kinds of scope, rights, roles (roles.md §1).

Which role holds which right is said in `accounts.roles`.
"""

from __future__ import annotations

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
