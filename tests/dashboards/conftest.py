"""Signing in as an actor; a small federation with nights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.test import Client

from accounts.permissions import Role
from coverage.live import turn_live_day
from coverage.models import CoverageEdition, Indicator
from societies.access import Actor
from societies.models import DisciplineClass, Federation, Society
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_organisation,
    make_posting,
    make_society,
    make_society_branch,
    make_target,
)

BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = date(2026, 11, 22)
FROZEN = date(2026, 11, 21)


@pytest.fixture
def enter(client: Client) -> Callable[[Actor], Client]:
    """The test client, signed in as an actor."""

    def sign_in(actor: Actor) -> Client:
        client.force_login(actor.user, BACKEND)
        return client

    return sign_in


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The clock stands on 2026-11-22, 10:00 in Shanghai."""
    monkeypatch.setattr("common.clock.now", lambda: at(TODAY))
    return TODAY


@dataclass
class World:
    """Five societies: two with a branch, one with an instructor, one with nothing, one besides.

    covered, posted, bare: societies; the covered one has three society branches, one with a group.
    """

    federation: Federation
    edition: CoverageEdition
    covered: Society
    other: Society
    posted: Society
    bare: Society
    medical: Society
    foreign: Society
    societies: list[Society] = field(default_factory=list)

    def actor(self, role: Role) -> Actor:
        """A committee-side actor."""
        return make_actor(role, self.federation)


@pytest.fixture
def world(db: None, today: date) -> World:
    """Frozen on 2016-12-31, at the last two month-ends and yesterday; live today."""
    federation = make_federation(is_demo=True)
    edition = make_edition(federation)
    make_target(edition)
    make_target(edition, due_on=date(2017, 6, 30), numerator=1, denominator=1)
    make_target(edition, indicator=Indicator.WORK, numerator=1, denominator=1)
    make_target(edition, indicator=Indicator.ORG_T1, due_on=None, numerator=1, denominator=1)
    names = ("示例甲学会", "示例乙学会", "示例丙学会", "示例丁学会", "示例戊学会")
    covered, other, posted, bare, medical = (make_society(federation, name=n) for n in names)
    Society.objects.filter(pk=medical.pk).update(discipline_class=DisciplineClass.MEDICINE)
    foreign = make_society(name="外域学会")
    branches = [make_society_branch(covered) for _ in range(3)]
    make_organisation(covered)
    make_organisation(covered, branches[0], type="working_group", name="示例工作小组")
    make_organisation(other, established_on=date(2026, 11, 10))
    make_organisation(medical)
    make_posting(posted)
    for day in (date(2016, 12, 31), date(2017, 6, 30), date(2026, 9, 30), date(2026, 10, 31)):
        freeze(federation, day)
    freeze(federation, FROZEN)
    turn_live_day(at(TODAY))
    return World(
        federation,
        edition,
        covered,
        other,
        posted,
        bare,
        medical,
        foreign,
        [covered, other, posted, bare, medical],
    )
