"""Actor, Scope and `visible_to`: the only way from a person to rows.

An Actor is a user under one dated appointment. Its grants are read once per request and compiled
to plain `IN` lists on a row's own columns. One appointment has scope objects of one kind, so a
query never needs an OR between kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

from accounts.permissions import Permission, Role, ScopeKind
from accounts.role_spec import RoleSpec
from common.errors import NotAllowed
from common.querysets import valid_on_q

if TYPE_CHECKING:
    from accounts.models import User
    from societies.models import Appointment, Federation


@dataclass(frozen=True)
class ScopePaths:
    """The columns by which a model is narrowed, one for each kind of scope object.

    None: an actor of that kind sees no row of the model.
    """

    federation: str | None = None
    society: str | None = None
    unit: str | None = None
    organisation: str | None = None


@dataclass(frozen=True)
class Scope:
    """The objects on which an actor holds one right: ids of one kind, or the whole platform."""

    kind: str = ""
    ids: frozenset[int] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether the right holds on the platform as such (三员)."""
        return self.kind == ScopeKind.PLATFORM

    def __bool__(self) -> bool:
        return self.everything or bool(self.ids)


NOTHING = Scope()


@dataclass(frozen=True)
class ScopeObject:
    """One object an appointment is bound to, as the role menu names it."""

    kind: str
    pk: int
    name: str


@dataclass(frozen=True)
class Actor:
    """Who acts, and as what, in one request, token or task."""

    user: User
    appointment: Appointment
    grants: Mapping[Permission, Scope]
    objects: tuple[ScopeObject, ...] = field(default=())

    @property
    def role(self) -> Role:
        """The role of the acting appointment."""
        return Role(self.appointment.role)

    @property
    def spec(self) -> RoleSpec:
        """The role's row of roles.md."""
        return self.appointment.spec

    @property
    def federation(self) -> Federation | None:
        """The tenant acted in; None for platform roles."""
        return self.appointment.federation

    @property
    def permissions(self) -> frozenset[Permission]:
        """Every right held on at least one object."""
        return frozenset(self.grants)

    @property
    def society_id(self) -> int | None:
        """The one society of a society-side actor, else None."""
        if len(self.objects) == 1 and self.objects[0].kind == ScopeKind.SOCIETY:
            return self.objects[0].pk
        return None

    def scope(self, permission: Permission) -> Scope:
        """Where this actor holds the right."""
        return self.grants.get(permission, NOTHING)

    def may_any(self, permission: Permission) -> bool:
        """Whether the right is held anywhere: decides menus and 403, never rows."""
        return bool(self.scope(permission))

    def may(self, permission: Permission, obj: Any) -> bool:
        """Whether the right is held on this object's owner."""
        scope = self.scope(permission)
        if scope.everything:
            return True
        if not scope.ids:
            return False
        return type(obj).objects.filter(pk=obj.pk).within(scope).exists()

    def require(self, permission: Permission, obj: Any) -> None:
        """As `may`, raising NotAllowed."""
        if not self.may(permission, obj):
            raise NotAllowed("当前身份无权办理")


class ScopedQuerySet(models.QuerySet[Any]):
    """Querysets of owned models. The model names `read_permission` and `scope_paths`."""

    def visible_to(self, actor: Actor | None) -> Self:
        """The rows this actor may read; none for nobody. Every read of a page starts here."""
        if actor is None:
            return self.none()
        return self.within(actor.scope(self.model.read_permission))

    def within(self, scope: Scope) -> Self:
        """The rows whose owner lies in the scope."""
        if scope.everything:
            return self.all()
        path = getattr(self.model.scope_paths, scope.kind, None) if scope else None
        if path is None:
            return self.none()
        if len(scope.ids) == 1:
            return self.filter(**{path: next(iter(scope.ids))})
        return self.filter(**{f"{path}__in": sorted(scope.ids)})


class DatedQuerySet(ScopedQuerySet):
    """Owned rows with `valid_from` and `valid_to`."""

    def valid_on(self, on: date) -> Self:
        """Rows valid on that day in Asia/Shanghai, meaning its end (rules §6)."""
        return self.filter(valid_on_q(on))


class Owned:
    """What an owned model declares (a plain marker; the structure tests walk it)."""

    read_permission: ClassVar[Permission]
    scope_paths: ClassVar[ScopePaths]


# The owner column of most rows below a society.
BY_SOCIETY = ScopePaths(federation="society__federation_id", society="society_id")
BY_FEDERATION = ScopePaths(federation="federation_id")
