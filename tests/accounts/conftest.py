"""People at the sign-in page."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.permissions import Role
from tests.factories import make_actor, make_federation, make_society, make_user
from tests.factories.accounts import PASSWORD

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def clock():
    """A clock the test moves: `clock.shift(timedelta(minutes=5))`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(db):
    """A society clerk's account; not privileged."""
    return make_actor(Role.SOCIETY_CLERK, make_society(), user=make_user(password=PASSWORD)).user


@pytest.fixture
def reviewer(db):
    """A committee reviewer's account; privileged (roles.md §2.13)."""
    user = make_user(password=PASSWORD)
    return make_actor(Role.COMMITTEE_REVIEWER, make_federation(), user=user).user


@pytest.fixture
def enter():
    """Sign in through the page: `enter(user)` returns the browser, `enter.answer` the answer."""

    def sign_in(user, password: str = PASSWORD, client: Client | None = None, **data):
        client = client or Client()
        sign_in.answer = client.post(
            SIGN_IN, {"username": user.username, "password": password} | data
        )
        return client

    return sign_in


@pytest.fixture
def probes(settings):
    """Pages behind the decorators: /edit for the clerk, /desk for everybody."""
    settings.ROOT_URLCONF = "tests.accounts.urls"
