"""A small world and its people at the keyboard."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from societies.access import Actor
from tests.factories import make_federation, make_organisation, make_society
from tests.factories.ledgers import Cast, make_cast, make_ledger, make_period, moment

AS_OF = date(2026, 6, 30)
BEFORE = date(2025, 12, 31)
TODAY = date(2026, 7, 3)


@pytest.fixture(autouse=True)
def _the_day():
    """Filing days of the first half of 2026: 报送期限 is 2026-07-14."""
    with time_machine.travel(moment(TODAY), tick=True):
        yield


@pytest.fixture
def federation():
    return make_federation(name="示例科协", is_demo=True)


@pytest.fixture
def society(federation):
    """Council and secretariat are covered: 5.5 asks nothing."""
    society = make_society(federation, name="示例力学学会")
    make_organisation(society, *society.units.all(), type="branch", name="示例力学学会党支部")
    return society


@pytest.fixture
def cast(society) -> Cast:
    return make_cast(society)


@pytest.fixture
def period(federation):
    return make_period(federation, AS_OF)


@pytest.fixture
def draft(society, cast, period):
    """A complete draft of the period, the society's first."""
    return make_ledger(society, period, cast=cast)


@pytest.fixture
def before(society, cast, federation):
    """An accepted ledger of the period before; ask for it ahead of `draft`."""
    return make_ledger(society, make_period(federation, BEFORE), cast=cast, state="accepted")


@pytest.fixture
def sign_in(client: Client):
    """`sign_in(actor)` → a client acting under that appointment."""

    def enter(actor: Actor) -> Client:
        fresh = Client()
        fresh.force_login(actor.user)
        return fresh

    return enter
