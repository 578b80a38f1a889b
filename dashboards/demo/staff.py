"""The people of the other societies: clerks and secretaries by the dozen, posted instructors."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from accounts.actions import create_account
from accounts.models import User
from accounts.permissions import Permission, Role
from branches.actions import change_posting
from branches.models import PartyOrganisation, PostingKind
from common import clock
from dashboards.demo.accounts import BRANCH_STAFF, INSTRUCTORS, staff_names
from dashboards.demo.bodies import body_of
from dashboards.demo.world import SINCE, World
from societies.access import Actor
from societies.actions import appoint
from societies.grants import actors_for
from societies.models import Society


def hire_staff(world: World, now: datetime) -> None:
    """Clerks and secretaries of the other societies, who file in the history."""
    known = set(User.objects.values_list("username", flat=True))
    codes = sorted(world.societies)
    names = staff_names()
    pairs = len(names) // 2
    for n, (username, full_name, role) in enumerate(names):
        with transaction.atomic():
            if username not in known:
                create_account(username=username, full_name=full_name, by=None, now=now)
            _appoint_for_each(username, role, [world.societies[c] for c in codes[n // 2 :: pairs]])
    for username, full_name in (*INSTRUCTORS.values(), *BRANCH_STAFF):
        if not User.objects.filter(username=username).exists():
            create_account(username=username, full_name=full_name, by=None, now=now)
    seat_instructors(world, now)


def _appoint_for_each(username: str, role: Role, societies: list[Society]) -> None:
    """An appointment per society, as roles.md §1 has it; those that stand stay."""
    user = User.objects.get(username=username)
    held = {actor.society_id for actor in actors_for(user, clock.today()) if actor.role == role}
    for society in societies:
        if society.pk not in held:
            appoint(user=user, role=role, objects=[society], valid_from=SINCE, by=None)


def seat_instructors(world: World, now: datetime) -> None:
    """Each posting of an instructor with an account gets its person (roles.md §2.5)."""
    for word, (username, full_name) in INSTRUCTORS.items():
        society = world.societies[body_of(word).code]
        mine = society.postings.filter(kind=PostingKind.INSTRUCTOR, person_name=full_name)
        for user in User.objects.filter(username=username):
            for posting in mine.filter(user=None):
                change_posting(
                    posting=posting,
                    row_version=None,
                    changes={"user": user},
                    by=world.reviewer,
                    now=now,
                )


def staff_of(world: World, code: str) -> tuple[str, str]:
    """User names of the clerk and the secretary of a society."""
    names = staff_names()
    n = sorted(world.societies).index(code) % (len(names) // 2)
    return names[2 * n][0], names[2 * n + 1][0]


def branch_secretaries(world: World) -> dict[int, Actor]:
    """Organisation id → who files its members and meetings; new organisations are shared out."""
    names = [username for username, _ in BRANCH_STAFF]
    users = list(User.objects.filter(username__in=names).order_by("pk"))
    found = _seated(users)
    waiting: dict[int, list[PartyOrganisation]] = defaultdict(list)
    codes = sorted(world.societies)
    for organisation in sorted(world.organisations.values(), key=lambda o: o.pk):
        if users and organisation.pk not in found:
            waiting[codes.index(organisation.society.code) % len(users)].append(organisation)
    role = Role.BRANCH_SECRETARY
    for n, organisations in waiting.items():
        for each in organisations:
            appoint(user=users[n], role=role, objects=[each], valid_from=SINCE, by=None)
    return _seated(users) if waiting else found


def _seated(users: list[User]) -> dict[int, Actor]:
    actors = [actor for user in users for actor in actors_for(user, clock.today())]
    return {pk: actor for actor in actors for pk in actor.scope(Permission.LIFE_FILE).ids}
