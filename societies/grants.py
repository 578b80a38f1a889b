"""Reading and writing grants across the scope models named in `settings.GRANT_MODELS`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission as AuthPermission
from django.db.models import CharField, F, QuerySet, Value

from accounts.models import User
from accounts.permissions import Permission, ScopeKind
from accounts.roles import SPECS, codename
from societies.access import Actor, Scope, ScopeObject
from societies.models import Appointment, GrantBase


def grant_models() -> list[type[GrantBase]]:
    """Every grant model, lowest room first."""
    return [apps.get_model(label) for label in settings.GRANT_MODELS]


def _rows(model: Any, appointment_ids: Sequence[int]) -> QuerySet:
    return (
        model.objects.filter(appointment_id__in=appointment_ids)
        .annotate(
            kind=Value(model.scope_kind.value, output_field=CharField()),
            name=F("content_object__name"),
            right=F("permission__codename"),
        )
        .values_list("appointment_id", "kind", "content_object_id", "name", "right")
        .order_by()
    )


def actors_for(user: User, on: date) -> list[Actor]:
    """The user's actors on a Shanghai day, one per valid appointment, oldest first.

    Two queries whatever their number. A role without scope object (platform, own) holds its rights
    by its row in the role table.
    """
    appointments = list(
        Appointment.objects.filter(user=user)
        .valid_on(on)
        .select_related("federation")
        .order_by("valid_from", "pk")
    )
    if not appointments:
        return []
    ids = [a.pk for a in appointments]
    first, *others = (_rows(model, ids) for model in grant_models())
    found: dict[int, dict[tuple[str, int, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for appointment_id, kind, pk, name, right in first.union(*others, all=True):
        found[appointment_id][(kind, pk, name)].add(right)
    return [_actor(user, a, found[a.pk]) for a in appointments]


def _actor(
    user: User, appointment: Appointment, found: dict[tuple[str, int, str], set[str]]
) -> Actor:
    appointment.user = user
    spec = SPECS[appointment.role]
    if spec.kind in (ScopeKind.PLATFORM, ScopeKind.OWN):
        # 本人: no row below an owner is reached by it, only what names the user.
        ids = frozenset({user.pk}) if spec.kind == ScopeKind.OWN else frozenset()
        held = Scope(spec.kind, ids)
        return Actor(user, appointment, dict.fromkeys(spec.permissions, held))
    grants: dict[Permission, Scope] = {}
    for permission in Permission:
        name = codename(spec.kind, permission)
        ids = frozenset(pk for (_, pk, _), rights in found.items() if name in rights)
        if ids:
            grants[permission] = Scope(spec.kind, ids)
    objects = tuple(ScopeObject(kind, pk, name) for kind, pk, name in sorted(found))
    return Actor(user, appointment, grants, objects)


def write_grants(appointment: Appointment, objects: Iterable) -> None:
    """Write the rows an appointment gives; its role names the rights, its kind the model."""
    spec = SPECS[appointment.role]
    model: Any = next(m for m in grant_models() if m.scope_kind == spec.kind)
    names = [codename(spec.kind, p) for p in spec.permissions]
    rights = AuthPermission.objects.filter(
        codename__in=names, content_type__app_label=model._meta.app_label
    )
    model.objects.bulk_create(
        model(
            user_id=appointment.user_id, appointment=appointment, permission=right, content_object=o
        )
        for o in objects
        for right in rights
    )


def complete_grants() -> int:
    """Write the rows that appointments lack because their role has gained rights since.

    Run after an upgrade; rights taken from a role act no more as soon as no page asks for them.
    Returns how many rows were written.
    """
    return sum(_complete(model) for model in grant_models())


def _complete(model: Any) -> int:
    rights = {
        right.codename: right
        for right in AuthPermission.objects.filter(content_type__app_label=model._meta.app_label)
    }
    held = set(model.objects.values_list("appointment", "content_object", "permission__codename"))
    bound = model.objects.order_by().values_list(
        "appointment_id", "appointment__role", "user_id", "content_object_id"
    )
    missing = [
        model(
            appointment_id=appointment, user_id=user, content_object_id=pk, permission=rights[name]
        )
        for appointment, role, user, pk in bound.distinct()
        for name in (codename(SPECS[role].kind, p) for p in SPECS[role].permissions)
        if (appointment, pk, name) not in held
    ]
    return len(model.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000))
