"""What a row of the table of roles says, and the rights that several rows share (roles.md §1)."""

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


OWN_READ = (P.SOCIETY_VIEW, P.ORGANISATION_VIEW, P.LEDGER_VIEW)
POSTS = (P.POST_VIEW, P.POST_FILE)
# Organisation life and visit reports of the own society or of the federation (roles.md §3).
LIFE_READ = (P.LIFE_VIEW, P.VISIT_VIEW)
# Scores, the own entry of a round and the public list, vetoes (R-STAR-12).
STAR_READ = (P.STAR_VIEW, P.STAR_ROUND_VIEW, P.VETO_VIEW)
# A society enrols and reads whom it enrolled; hours of persons are for UB and US alone (R-TRN-11).
ENROLS = (P.CLASS_VIEW, P.CLASS_ENROL, P.ENROLMENT_VIEW, P.HOURS_TOTAL)
# Spot checks and what they found; a society's own from the notice on.
INSPECTED = (P.CHECK_VIEW, P.FINDING_VIEW)
