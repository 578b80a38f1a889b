"""The federation, its register, its people: what the happenings stand on. Safe to run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pghistory
from django.db import connection, transaction

from accounts.actions import create_account
from accounts.models import User
from accounts.permissions import Role, ScopeKind
from accounts.roles import SPECS
from branches.models import (
    OrganisationService,
    OrganisationSuspension,
    PartyOrganisation,
    Posting,
)
from common import clock
from dashboards.demo import CODE, COMMITTEE, NAME
from dashboards.demo.accounts import PASSWORD, REVIEWER, DemoAccount, Duty
from dashboards.demo.bodies import bodies, body_of
from dashboards.demo.happenings import Unit
from societies.access import Actor
from societies.actions import appoint
from societies.grants import actors_for
from societies.models import Appointment, Federation, Society, SocietyUnit, Tier
from societies.register import Shipped, load_register

SINCE = date(2016, 6, 1)
# Their appointments follow from postings and from inspection batches (roles.md §2.5).
OPENED = (Role.INSTRUCTOR, Role.INSPECTOR)


@dataclass
class World:
    """What the writers look up. Built anew for each chunk of work."""

    federation: Federation

    @cached_property
    def societies(self) -> dict[str, Society]:
        """code → society."""
        found = Society.objects.filter(federation=self.federation).select_related("federation")
        return {society.code: society for society in found}

    @cached_property
    def units(self) -> dict[Unit, SocietyUnit]:
        """(code, name) → unit; a name is used once in the demonstration."""
        found = SocietyUnit.objects.filter(society__federation=self.federation)
        return {(u.society.code, u.name): u for u in found.select_related("society")}

    def has_ended(self, unit: Unit) -> bool:
        """Whether the unit is closed."""
        return unit in self.units and self.units[unit].valid_to is not None

    def is_dissolved(self, number: str) -> bool:
        """Whether the organisation is dissolved; a group may have ended with its unit."""
        return number in self.organisations and bool(self.organisations[number].dissolved_on)

    def is_resumed(self, number: str) -> bool:
        """Whether the suspension is over."""
        return number in self.suspensions and self.suspensions[number].valid_to is not None

    def ends(self, number: str) -> date | None:
        """The day from which the posting no longer counts."""
        return self.postings[number].valid_to if number in self.postings else None

    def actor(self, username: str, role: Role, society: int | None = None) -> Actor:
        """The account acting in a role, for one society if asked.

        Raises LookupError without such an appointment.
        """
        user = User.objects.get(username=username)
        for actor in actors_for(user, clock.today()):
            if actor.role == role and society in (None, actor.society_id):
                return actor
        raise LookupError(f"{username} is no {role}")

    @cached_property
    def organisations(self) -> dict[str, PartyOrganisation]:
        """Approval number → organisation."""
        found = PartyOrganisation.objects.filter(society__federation=self.federation)
        return {o.approval_number: o for o in found.select_related("society")}

    @cached_property
    def suspensions(self) -> dict[str, OrganisationSuspension]:
        """Document number → suspension."""
        found = OrganisationSuspension.objects.filter(society__federation=self.federation)
        return {s.document_number: s for s in found}

    @cached_property
    def postings(self) -> dict[str, Posting]:
        """Document number → posting."""
        found = Posting.objects.filter(society__federation=self.federation)
        return {p.document_number: p for p in found.select_related("society")}

    @cached_property
    def reviewer(self) -> Actor:
        """Who enters organisations from paper decisions."""
        return self.actor(REVIEWER, Role.COMMITTEE_REVIEWER)


def demo_federation() -> Federation | None:
    """The demonstration's federation, if there is one."""
    return Federation.objects.filter(code=CODE, is_demo=True).first()


@transaction.atomic
def build_register(today: date) -> World:
    """The federation with its 205 bodies, councils and secretariats."""
    Federation.objects.get_or_create(
        code=CODE, defaults={"name": NAME, "committee_name": COMMITTEE, "is_demo": True}
    )
    shipped = Shipped(CODE, NAME, COMMITTEE)
    load_register(shipped, today=today, rows=[body.columns() for body in bodies()])
    return World(Federation.objects.get(code=CODE))


def open_accounts(accounts: Iterable[DemoAccount], now: datetime) -> None:
    """Printed accounts; one that is there stays as it is."""
    known = set(User.objects.values_list("username", flat=True))
    for account in accounts:
        if account.username not in known:
            create_account(
                username=account.username,
                full_name=account.full_name,
                password=PASSWORD,
                must_change=account.first_sign_in,
                by=None,
                now=now,
            )


def appoint_accounts(
    world: World, accounts: Iterable[DemoAccount], *, organisations: bool = False
) -> None:
    """Their appointments; those bound to organisations come after the organisations."""
    for account in accounts:
        for duty in account.duties:
            bound = SPECS[duty.role].kind == ScopeKind.ORGANISATION
            if bound == organisations and duty.role not in OPENED:
                objects = _objects(world, duty)
                appoint_once(account.username, duty.role, objects, is_deputy=duty.is_deputy)


def beside(work: Callable[[], None]) -> Callable[[], None]:
    """Begin the work in a thread with its own connection; the answer waits for its end.

    Hashing passwords takes seconds and leaves the interpreter free. Inside a transaction, whose
    rows no other connection sees, the work is done at once.
    """
    if connection.in_atomic_block:
        work()
        return lambda: None
    pool = ThreadPoolExecutor(1)
    running = pool.submit(_in_thread, work)

    def wait() -> None:
        running.result()
        pool.shutdown()

    return wait


def _in_thread(work: Callable[[], None]) -> None:
    try:
        with pghistory.context(command="demo"):
            work()
    finally:
        connection.close()


def _objects(world: World, duty: Duty) -> Iterable[Any]:
    kind = SPECS[duty.role].kind
    if kind == ScopeKind.FEDERATION:
        return [world.federation]
    societies = [world.societies[body_of(word).code] for word in duty.words]
    if kind == ScopeKind.ORGANISATION:
        return [_organisation_of(society) for society in societies]
    return societies


def _organisation_of(society: Society) -> PartyOrganisation:
    """The secretariat's organisation; the council's in years when there is no other."""
    links = OrganisationService.objects.filter(society=society, tier__lt=Tier.SOCIETY_BRANCH)
    newest = links.select_related("organisation").order_by("-tier", "-valid_from")[0]
    return newest.organisation


def appoint_once(
    username: str, role: Role, objects: Iterable[Any], *, is_deputy: bool = False
) -> None:
    """Appoint a person who does not hold the role yet, from the first day on."""
    user = User.objects.get(username=username)
    if not Appointment.objects.filter(user=user, role=role).exists():
        appoint(
            user=user, role=role, objects=objects, valid_from=SINCE, is_deputy=is_deputy, by=None
        )
