"""Federations, societies, units, actors."""

from datetime import date
from itertools import count
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from common.pinyin import initials, sort_key
from societies.access import Actor
from societies.actions import appoint
from societies.grants import actors_for
from societies.models import (
    BodyKind,
    DeclaredInterest,
    DisciplineClass,
    Federation,
    FederationRelation,
    InterestKind,
    Society,
    SocietyUnit,
    UnitKind,
)
from tests.factories.accounts import make_user

_numbers = count(1)


def make_federation(**fields: Any) -> Federation:
    """A federation without societies."""
    n = next(_numbers)
    return Federation.objects.create(**({"code": f"fed{n}", "name": f"测试科协{n}"} | fields))


def make_society(
    federation: Federation | None = None, *, secretariat: bool = True, **fields: Any
) -> Society:
    """A society of the universe with its council unit and, unless refused, a secretariat."""
    n = next(_numbers)
    fields = {
        "federation": federation or make_federation(),
        "code": f"T-{n:03}",
        "name": f"测试第{n}学会",
        "discipline_class": DisciplineClass.SCIENCE,
        "body_kind": BodyKind.SOCIETY,
        "relation": FederationRelation.MEMBER,
    } | fields
    name = fields["name"]
    society = Society.objects.create(sort_key=sort_key(name), initials=initials(name), **fields)
    SocietyUnit.objects.create(society=society, kind=UnitKind.COUNCIL, name="理事会")
    if secretariat:
        SocietyUnit.objects.create(society=society, kind=UnitKind.SECRETARIAT, name="办事机构")
    return society


def make_society_branch(society: Society, **fields: Any) -> SocietyUnit:
    """A society branch (分支机构)."""
    n = next(_numbers)
    fields = {"kind": UnitKind.PROFESSIONAL_COMMITTEE, "name": f"第{n}专业委员会"} | fields
    return SocietyUnit.objects.create(society=society, **fields)


def make_interest(society: Society, user: User, **fields: Any) -> DeclaredInterest:
    """What a user declared of himself: a member of the society for years."""
    fields = {
        "kind": InterestKind.SOCIETY_MEMBERSHIP,
        "valid_from": date(2015, 1, 1),
        "entered_by": user,
    } | fields
    return DeclaredInterest.objects.create(society=society, user=user, **fields)


def make_actor(
    role: Role,
    *objects: Any,
    user: User | None = None,
    valid_from: date = date(2010, 1, 1),
    **fields: Any,
) -> Actor:
    """A user acting under a fresh appointment to the role on these objects."""
    user = user or make_user(full_name=f"{role.label}甲")
    appointment = appoint(
        user=user, role=role, objects=objects, valid_from=valid_from, by=None, **fields
    )
    actors = actors_for(user, max(valid_from, date(2026, 11, 22)))
    return next(a for a in actors if a.appointment.pk == appointment.pk)
