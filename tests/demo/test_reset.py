"""Removing the demonstration: all of it, nothing else, and the change log keeps what happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, transaction

from accounts.models import User
from common import clock
from coverage.night import run_night
from dashboards.demo import SEED, reset
from dashboards.demo.accounts import ACCOUNTS
from dashboards.demo.facts import enter_chunk
from dashboards.demo.filing_writer import FilingWriter
from dashboards.demo.periods import open_periods
from dashboards.demo.plan import plan
from dashboards.demo.standing import keep_walkable
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from ledgers.models import Ledger, LedgerState
from societies.models import Federation, Society
from tests.factories import make_organisation, make_society

pytestmark = pytest.mark.django_db
NOW = clock.start_of(date(2026, 2, 20)) + timedelta(hours=10)


@pytest.fixture
def world() -> World:
    """Register, accounts, some facts, accepted ledgers, a lock exception, a frozen day."""
    there = build_register(clock.day_of(NOW))
    call_command("load_editions", verbosity=0)
    open_accounts(ACCOUNTS, NOW)
    appoint_accounts(there, ACCOUNTS)
    enter_chunk(World(there.federation), plan(SEED, date(2016, 7, 31)).upper[:40], NOW)
    there = World(there.federation)
    appoint_accounts(there, [a for a in ACCOUNTS if a.username == "expert"], organisations=True)
    keep_walkable(FilingWriter(there, SEED), open_periods(there.federation, NOW), NOW)
    run_night(there.federation, date(2016, 6, 30), now=NOW)
    return there


def rows() -> dict[str, int]:
    """How many rows each table of the rooms holds, the change log apart."""
    models = [m for label in reset.ROOMS for m in apps.get_app_config(label).get_models()]
    own = [m for m in models if not hasattr(m, "pgh_tracked_model")]
    return {m._meta.label: m._base_manager.count() for m in own}


def test_everything_below_the_federation_is_removed(world):
    other = make_society()
    make_organisation(other)
    assert Ledger.objects.filter(state=LedgerState.ACCEPTED).exists()
    events = apps.get_model("societies.SocietyEvent").objects
    logged = events.count()
    assert reset.remove() > 1000
    assert not Federation.objects.filter(is_demo=True).exists()
    assert not User.objects.filter(username__in=[a.username for a in ACCOUNTS]).exists()
    assert list(Society.objects.all()) == [other]
    assert other.party_organisations.count() == 1
    assert {k for k, n in rows().items() if n} == {
        "societies.Federation",
        "societies.Society",
        "societies.SocietyUnit",
        "branches.PartyOrganisation",
        "branches.OrganisationService",
    }
    assert events.count() >= logged + 205


def test_the_guards_hold_outside_of_it(world):
    """Negative control: without lifting its trigger an accepted ledger cannot be removed."""
    accepted = Ledger.objects.filter(state=LedgerState.ACCEPTED)
    with pytest.raises(DatabaseError), transaction.atomic():
        accepted._raw_delete("default")
    assert accepted.exists()


def test_without_a_demonstration_nothing_is_removed():
    make_society()
    before = rows()
    assert reset.remove() == 0
    assert rows() == before


def test_every_model_is_reached_or_belongs_to_nobody():
    """A new model that hangs on a federation is removed without anybody thinking of it."""
    unreached = {m._meta.label for m in reset._own_models() if not reset._path(m)}
    assert unreached == set()


def test_the_command_asks_first(monkeypatch, world):
    monkeypatch.setattr("builtins.input", lambda question: "no")
    call_command("demo", "--reset")
    assert Federation.objects.filter(is_demo=True).exists()
