"""Two federations, three societies, one person for each role: what the access tests ask about.

Federation 本 has the own society and a neighbour; federation 外 has one society. Every society has
the same kinds of objects, so that the same address and the same body can be tried on each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.permissions import Role, ScopeKind
from accounts.roles import SPECS
from branches.models import OrganisationType, PartyOrganisation
from common.clock import start_of
from coverage.live import turn_live_day
from coverage.models import CoverageRevision
from societies.actions import mark_dirty
from societies.models import Federation, Society, SocietyUnit
from supervision.seeds import LENGTH, typed_seed
from tests.access import posts
from tests.access.checks import add_checks
from tests.access.findings import add_findings
from tests.access.ledgers import add_ledger, ledger_target
from tests.access.life import add_life, make_visit
from tests.access.members import add_members, member_target
from tests.access.places import FAR, JOINT, MISSING, MIXED, NEAR, OWN, SIBLING, without
from tests.access.stars import add_rounds
from tests.access.supervision import add_batches
from tests.access.table import ROLES
from tests.access.training import add_training, training_target
from tests.factories import (
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_interest,
    make_organisation,
    make_posting,
    make_society,
    make_society_branch,
    make_standard,
    make_target,
    make_user,
)
from tests.factories.accounts import PASSWORD
from tests.factories.ledgers import AS_OF, Cast, make_cast

MONTH_END = date(2026, 5, 31)
NOW = start_of(AS_OF).replace(hour=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"
ROLE_OF = {spec.code: spec.role for spec in SPECS.values() if spec.granted}
MEMBER_KINDS = {"member", "participation", "import", "asked", "offered"}
TRAINING_KINDS = {"offered_line", "own_member", "hour_event"}
LEDGER_KINDS = {"ledger", "section", "leaders", "leader", "last_leader", "measure", "guidance"}
# Whose society the objects of the other places belong to.
OWNER = {SIBLING: OWN, JOINT: NEAR, MISSING: OWN, MIXED: OWN}
NOBODY, ANONYMOUS = "none", "anon"


@dataclass
class Holding:
    """One society with one object of each kind.

    group: a second organisation. spare: a society branch that no organisation serves.
    """

    society: Society
    organisation: PartyOrganisation
    group: PartyOrganisation
    spare: SocietyUnit
    objects: dict[str, Any] = field(default_factory=dict)

    @property
    def cast(self) -> Cast:
        """People of this society and its committee who are not under test."""
        found: Cast = self.objects["cast"]
        return found


@dataclass
class World:
    """Where everything lies; `users` by the code of the role."""

    holdings: dict[str, Holding]
    joint: PartyOrganisation
    users: dict[str, User] = field(default_factory=dict)
    browsers: dict[str, tuple[Client, str]] = field(default_factory=dict)

    @property
    def federation(self) -> Federation:
        """The one whose roles are tried."""
        return self.holdings[OWN].society.federation

    def holding(self, place: str) -> Holding:
        """The society that owns what lies at a place."""
        return self.holdings[OWNER.get(place, place)]

    def organisation(self, place: str) -> PartyOrganisation:
        """The organisation at a place."""
        if place == JOINT:
            return self.joint
        holding = self.holding(place)
        return holding.group if place == SIBLING else holding.organisation

    def holding_of(self, organisation: PartyOrganisation) -> Holding:
        """The society that owns an organisation."""
        return next(h for h in self.holdings.values() if h.society.pk == organisation.society_id)

    def target(self, kind: str, place: str) -> dict[str, Any]:
        """What an address of this kind is filled with; see places.py."""
        kwargs = self._existing(kind, place)
        return without(kwargs) if place == MISSING else kwargs

    def _existing(self, kind: str, place: str) -> dict[str, Any]:
        if kind in ("-", "appointment"):
            return {}
        if kind == "society":
            return {"pk": self.holding(place).society.pk}
        if kind in ("organisation", "filed_organisation"):
            return {"pk": self.organisation(place).pk}
        if kind in ("life", "own_life"):
            return {"pk": self.organisation(place).life_records.get().pk}
        if kind == "service":
            owner = OWN if place == JOINT else place
            links = self.organisation(place).services.filter(society=self.holding(owner).society)
            return {"pk": links.get().pk}
        if kind in MEMBER_KINDS:
            return member_target(self.holding(place), kind, sibling=place == SIBLING)
        if kind in TRAINING_KINDS:
            return training_target(self.holding(place), kind, sibling=place == SIBLING)
        if kind in LEDGER_KINDS:
            return self._below_ledger(kind, place)
        found = self.holding(place).objects[kind]
        return found if isinstance(found, dict) else {"pk": found.pk}

    def _below_ledger(self, kind: str, place: str) -> dict[str, Any]:
        kwargs = ledger_target(self.holding(place).objects["ledger"], kind)
        if place == MIXED:
            foreign = ledger_target(self.holdings[NEAR].objects["ledger"], kind)
            return kwargs | {"row": foreign["row"]}
        return kwargs

    def browser(self, role: str) -> Client:
        """A browser signed in as the role, as if nothing had been opened before."""
        if role not in self.browsers:
            client = Client(raise_request_exception=False)
            if role != ANONYMOUS:
                client.force_login(self.users[role], BACKEND)
                client.get("/account/roles/")  # starts the clocks of the session
            self.browsers[role] = client, client.cookies.output(header="", sep=";")
        client, cookies = self.browsers[role]
        client.cookies = SimpleCookie(cookies)
        return client


def _holding(federation: Federation, name: str) -> Holding:
    society = make_society(federation, name=name, uscc="", website="https://example.org")
    served, spare, shared = (make_society_branch(society) for _ in range(3))
    organisation = make_organisation(society, name=f"{name}党支部")
    group = make_organisation(
        society, served, type=OrganisationType.WORKING_GROUP, name=f"{name}工作小组"
    )
    holding = Holding(society, organisation, group, spare)
    holding.objects |= {"unit": served, "shared": shared, "posting": make_posting(society)}
    holding.objects["cast"] = make_cast(society)
    posts.add(holding.objects, organisation)
    return holding


def build() -> World:
    """The world without people to try."""
    own, other = make_federation(name="本科协"), make_federation(name="外科协")
    holdings = {
        OWN: _holding(own, "本一学会"),
        NEAR: _holding(own, "本二学会"),
        FAR: _holding(other, "外一学会"),
    }
    mine, near = (holdings[place].objects["shared"] for place in (OWN, NEAR))
    joint = make_organisation(
        holdings[NEAR].society, near, mine, type=OrganisationType.JOINT_BRANCH, form="joint"
    )
    # Opening a period writes down every society that stands by then.
    for place, holding in holdings.items():
        add_members(holding, place)
    for holding in holdings.values():
        add_ledger(holding.objects, holding.society, holding.cast)
    world = World(holdings, joint)
    add_life(world)
    return world


def _figures(world: World) -> None:
    """A frozen month-end, yesterday, today; a later revision of the month-end waits."""
    for place in (OWN, FAR):
        holding = world.holdings[place]
        federation = holding.society.federation
        make_target(make_edition(federation))
        make_standard(federation)
        freeze(federation, MONTH_END)
        group = OrganisationType.FUNCTIONAL_BRANCH
        day = MONTH_END - timedelta(days=9)
        late = make_organisation(holding.society, holding.spare, established_on=day, type=group)
        late.services.update(valid_to=AS_OF)
        mark_dirty([holding.society.pk], since=day, today=AS_OF)
        freeze(federation, AS_OF - timedelta(days=1))
        waiting = CoverageRevision.objects.waiting().filter(federation=federation)
        holding.objects["revision"] = waiting.get()
    turn_live_day(NOW)


def people(world: World) -> None:
    """One user with one appointment for each role of the table, and one without any."""
    own = world.holdings[OWN]
    objects = {
        ScopeKind.FEDERATION: [world.federation],
        ScopeKind.SOCIETY: [own.society],
        ScopeKind.ORGANISATION: [own.organisation],
    }
    for code in (role for role in ROLES if role not in (NOBODY, ANONYMOUS)):
        role = Role(ROLE_OF[code])
        user = make_user(password=PASSWORD, username=f"try-{code.lower()}")
        make_actor(role, *objects.get(SPECS[role].kind, []), user=user)
        world.users[code] = user
    for place in (OWN, NEAR):
        # The leader's own, who takes no part before the decision; the reviewer reads it.
        society = world.holdings[place].society
        world.holdings[place].objects["interest"] = make_interest(society, world.users["CL"])
    far = world.holdings[FAR]
    far.objects["interest"] = make_interest(far.society, far.cast.leader.user)
    own.objects["posting"].user = world.users["IT"]
    own.objects["posting"].save()
    own.objects["visit"] = make_visit(own.objects["posting"])
    world.users[NOBODY] = make_user(password=PASSWORD, username="try-none")


def _seed(code: str) -> str:
    """The same seed for a batch every time."""
    return typed_seed(code, f"{code}{'0' * LENGTH}")


@contextmanager
def standing_world(now: datetime = NOW) -> Iterator[World]:
    """A world that is gone afterwards; the clock stands on the first day of filing."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("common.clock.now", lambda: now)
        # Requests are compared row by row, so chance is taken out of the seeds.
        patch.setattr("supervision.actions.drawing.new_seed", _seed)
        world = build()
        _figures(world)
        people(world)
        add_rounds(world)
        add_batches(world)
        add_training(world)
        add_findings(world)
        add_checks(world)
        for role in ROLES:
            world.browser(role)
        yield world
        transaction.set_rollback(True)
