"""Actors that need no database: if the shell asked it anything, these tests would fail."""

import datetime

import pytest
from django.test import RequestFactory
from django.urls import resolve

from accounts.models import User
from accounts.permissions import Role, ScopeKind
from accounts.roles import SPECS
from societies.access import Actor, Scope, ScopeObject
from societies.models import Appointment, Federation


def make_actor(role: Role, *names: str, demo: bool = True, pk: int = 1) -> Actor:
    """An unsaved actor of a role, bound to one object per name, with all rights of the role."""
    spec = SPECS[role]
    platform = spec.kind in (ScopeKind.PLATFORM, ScopeKind.OWN)
    federation = None if platform else Federation(pk=1, name="示例科协", is_demo=demo)
    user = User(pk=1, username="zhang", full_name="张某某")
    until = datetime.date(2028, 1, 1)
    appointment = Appointment(pk=pk, user=user, role=role, federation=federation, valid_to=until)
    objects = tuple(ScopeObject(spec.kind, number + 7, name) for number, name in enumerate(names))
    scope = Scope(spec.kind, frozenset(each.pk for each in objects))
    return Actor(user, appointment, dict.fromkeys(spec.permissions, scope), objects)


@pytest.fixture(autouse=True)
def _history_is_there(monkeypatch):
    """The bar of the first run is the one part of the frame that asks (tests/demo)."""
    monkeypatch.setattr("dashboards.shell.progress", lambda federation, now: None)


@pytest.fixture(autouse=True)
def _bare_addresses(settings):
    settings.ROOT_URLCONF = "tests.ui.urls"


@pytest.fixture
def visit(rf: RequestFactory):
    """A request as the middleware leaves it: `visit(path, actor, *other_actors)`."""

    def make(path: str = "/", actor: Actor | None = None, *others: Actor, **headers: str):
        request = rf.get(path, **headers)
        request.actor = actor
        request.actors = [each for each in (actor, *others) if each]
        request.user = actor.user if actor else None
        request.resolver_match = resolve(path.partition("?")[0])
        return request

    return make
