"""A society with two branches, their secretaries and the society's."""

from dataclasses import dataclass
from datetime import date

import pytest

from accounts.permissions import Role
from branches.models import PartyOrganisation
from common.clock import start_of
from societies.access import Actor
from societies.models import Society
from tests.factories import make_actor, make_organisation, make_society, make_society_branch

TODAY = date(2026, 6, 10)
NOW = start_of(TODAY).replace(hour=10)


@dataclass
class Register:
    society: Society
    branch: PartyOrganisation
    other: PartyOrganisation
    filer: Actor
    other_filer: Actor
    secretary: Actor


@pytest.fixture
def register(db, monkeypatch) -> Register:
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    society = make_society(name="示例力学学会")
    branch = make_organisation(society, name="示例力学学会办事机构党支部")
    other = make_organisation(
        society, make_society_branch(society), type="working_group", name="第一工作小组"
    )
    return Register(
        society,
        branch,
        other,
        make_actor(Role.BRANCH_SECRETARY, branch),
        make_actor(Role.BRANCH_SECRETARY, other),
        make_actor(Role.SOCIETY_SECRETARY, society),
    )
