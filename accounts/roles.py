"""Which role may do what (roles.md). The one place that says it.

A right is granted on a scope object by an appointment; the database keeps one row per appointment,
right and object (django-guardian). Codenames carry the kind of object, because guardian needs them
unique within an app: `society_ledger_view`, `federation_ledger_view`.
"""

from __future__ import annotations

from accounts.committee_roles import COMMITTEE_SIDE
from accounts.permissions import Permission, Role, ScopeKind
from accounts.role_spec import RoleSpec
from accounts.society_roles import SOCIETY_SIDE

P = Permission

# 三员: they hold no business role and see no business row (roles.md §2.6).
PLATFORM: tuple[RoleSpec, ...] = (
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
ROLES: tuple[RoleSpec, ...] = (*SOCIETY_SIDE, *COMMITTEE_SIDE, *PLATFORM)
SPECS: dict[str, RoleSpec] = {spec.role.value: spec for spec in ROLES}


def codename(kind: str, permission: Permission) -> str:
    """The auth.Permission codename of a right on one kind of scope object."""
    return f"{kind}_{permission}"


def grant_permissions(kind: ScopeKind) -> tuple[tuple[str, str], ...]:
    """`Meta.permissions` of a scope model: every right that some role holds on that kind."""
    rights = sorted({p for spec in ROLES if spec.kind == kind for p in spec.permissions})
    return tuple((codename(kind, p), f"{kind}: {p}") for p in rights)
