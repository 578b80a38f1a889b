"""A society with two branches and its people; training is set for the whole federation."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pytest

from accounts.permissions import Role
from branches.models import PartyMember, PartyOrganisation
from common.clock import start_of
from societies.access import Actor
from societies.models import Federation, Society
from tests.factories import (
    make_actor,
    make_federation,
    make_organisation,
    make_society,
    make_society_branch,
    make_training,
)
from tests.factories.members import make_member
from training.models import TrainingEdition

TODAY = date(2026, 6, 10)
NOW = start_of(TODAY).replace(hour=10)
FILED = start_of(date(2026, 1, 1)).replace(hour=9)


@dataclass
class School:
    """Everybody who has a part in training."""

    federation: Federation
    edition: TrainingEdition
    society: Society
    branch: PartyOrganisation
    other: PartyOrganisation
    filer: Actor
    other_filer: Actor
    secretary: Actor
    clerk: Actor
    leader: Actor
    reviewer: Actor
    more: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def manager(self) -> Actor:
        """Who runs the classes."""
        return make_actor(Role.TRAINING_MANAGER, self.federation)

    def member(self, organisation: PartyOrganisation | None = None, **facts: Any) -> PartyMember:
        """A member who counts, on the roll since 2020."""
        organisation = organisation or self.branch
        by = self.other_filer if organisation == self.other else self.filer
        said = {"since": date(2020, 1, 1), "now": FILED} | facts
        return make_member(organisation, by=by, confirmed_by=self.secretary, **said)


@pytest.fixture
def school(db, monkeypatch) -> School:
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    return make_school()


def make_school(federation: Federation | None = None) -> School:
    """A federation of one society with its people."""
    federation = federation or make_federation()
    society = make_society(federation, name="示例力学学会")
    branch = make_organisation(society, name="示例力学学会党支部")
    other = make_organisation(
        society, make_society_branch(society), type="working_group", name="第一工作小组"
    )
    return School(
        federation,
        make_training(federation),
        society,
        branch,
        other,
        make_actor(Role.BRANCH_SECRETARY, branch),
        make_actor(Role.BRANCH_SECRETARY, other),
        make_actor(Role.SOCIETY_SECRETARY, society),
        make_actor(Role.SOCIETY_CLERK, society),
        make_actor(Role.COMMITTEE_LEADER, federation),
        make_actor(Role.COMMITTEE_REVIEWER, federation),
    )
