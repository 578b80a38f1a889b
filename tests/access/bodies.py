"""What each POST of the table sends: a body that succeeds for the role that may do it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from societies.models import UnitKind
from tests.access.places import MISSING, OWN
from tests.access.world import World
from tests.factories.accounts import PASSWORD

Body = dict[str, Any]


def body(world: World, name: str, place: str, role: str) -> Body:
    """The body of one POST; what is missing is asked for with the body of an own object."""
    token = {"form_token": str(uuid.uuid4()), "row_version": 1}
    return token | BODIES[name](world, OWN if place == MISSING else place, role)


def _sign_in(world: World, place: str, role: str) -> Body:
    user = world.users.get(role)
    return {"username": user.username, "password": PASSWORD} if user else {}


def _password(world: World, place: str, role: str) -> Body:
    return {"old": PASSWORD, "password": "Qinglang-2027", "again": "Qinglang-2027"}


def _act_as(world: World, place: str, role: str) -> Body:
    user = world.users.get(role)
    mine = user.appointments.first() if user else None
    if place == OWN:
        return {"appointment": mine.pk if mine else 0}
    return {"appointment": world.holdings[place].cast.clerk.appointment.pk}


def _society(world: World, place: str, role: str) -> Body:
    return {
        "name": "改名学会",
        "discipline_class": "science",
        "body_kind": "society",
        "relation": "member",
    }


DECISION = {
    "type": "branch",
    "form": "independent",
    "basis": "application",
    "name": "新党支部",
    "approval_number": "科社党〔2026〕88号",
    "approved_on": "2026-03-01",
    "established_on": "2026-03-05",
}


def _enter(world: World, place: str, role: str) -> Body:
    units = world.holding(place).society.units.filter(kind=UnitKind.SECRETARIAT)
    return DECISION | {"units": [unit.pk for unit in units]}


def _change(world: World, place: str, role: str) -> Body:
    row = world.organisation(place)
    said = {"type": row.type, "form": row.form, "established_on": row.established_on}
    return DECISION | said | {"approved_on": row.approved_on}


def _serve(world: World, place: str, role: str) -> Body:
    # A branch does not serve a second secretariat; every kind used here may serve a branch.
    return {"unit": world.holding(place).spare.pk, "valid_from": "2018-01-01"}


POSTING = {
    "kind": "GM04",
    "person_name": "钱某",
    "home_unit": "示例大学",
    "document_number": "5号",
    "valid_from": "2026-01-01",
}


def _run_again(world: World, place: str, role: str) -> Body:
    return {"federation": world.federation.pk, "on": "2026-06-20"}


def _same(**values: Any) -> Callable[[World, str, str], Body]:
    return lambda world, place, role: values


BODIES: dict[str, Callable[[World, str, str], Body]] = {
    "accounts:sign_in": _sign_in,
    "accounts:sign_out": _same(),
    "accounts:password_change": _password,
    "accounts:act_as": _act_as,
    "societies:edit": _society,
    "branches:enter": _enter,
    "branches:posting_enter": _same(**POSTING),
    "branches:unit_open": _same(kind="division", name="新分会", valid_from="2018-01-01"),
    "branches:change": _change,
    "branches:dissolve": _same(on="2026-03-01", number="4号"),
    "branches:suspend": _same(on="2020-01-01", document_number="3号"),
    "branches:resume": _same(on="2020-02-01"),
    "branches:serve": _serve,
    "branches:service_stop": _same(on="2020-01-01"),
    "branches:posting_change": _same(**POSTING),
    "branches:posting_end": _same(last_day="2026-01-31"),
    "revision_publish": _same(reason="补登 1 个党支部的批复"),
    "coverage:run_again": _run_again,
    "branches:unit_close": _same(on="2026-01-01", note="理事会决议"),
}
