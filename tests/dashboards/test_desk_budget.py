"""Every desk takes at most 25 queries where every app has a task, whatever the rows (P9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dashboards.desks import tasks
from supervision import actions
from supervision.models import Finding
from tests.access.findings import EARLIER
from tests.access.places import NEAR, OWN
from tests.access.stages import STAGES
from tests.access.table import ROLES
from tests.access.world import World, standing_world
from tests.factories import make_organisation, make_society_branch
from tests.factories.findings import DRAFT
from tests.factories.ledgers import AS_OF
from tests.factories.terms import make_term
from tests.factories.training import make_class
from training.models import ClassQuota

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
BUDGET = 25
# Procedures that wait at the same time; in the first for the society, then for the committee.
BUSY = {
    "society": ("to_sign", "post_sent", "check_signed", "finding_evidenced", "asked"),
    "committee": (
        *("filed", "post_filed", "star_ready", "finding_submitted", "check_passed_on"),
        *("batch_sent", "class_planned", "proposed"),
    ),
    "leader": ("star_over", "extension_reviewed", "batch_reviewed", "finding_filed", "proposed"),
    "members": ("star_tied", "veto_heard", "finding_reviewed"),
    "last year": ("star_decided", "filed", "post_filed", "check_passed_on"),
    "objections": ("star_objected", "filed", "post_filed", "check_passed_on"),
    "nothing more": (),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Two federations with a task of every app."""
    with django_db_blocker.unblock(), standing_world() as built:
        for role in ROLES:
            built.browser(role).get("/")  # the first request of a session writes it
        yield built


@contextmanager
def at(world: World, stages: tuple[str, ...]) -> Iterator[World]:
    """The world with its procedures there; taken back afterwards."""
    with transaction.atomic():
        for name in stages:
            STAGES[name](world)
        yield world
        transaction.set_rollback(True)


def counted(world: World) -> dict[str, int]:
    """Role → how many queries its desk takes."""
    found = {}
    for role in ROLES:
        connection.queries_log.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = world.browser(role).get("/")
        assert answer.status_code in (200, 302), role
        found[role] = len(queries)
    return found


def grow(world: World) -> None:
    """More of what desks show, of the own society and its neighbour."""
    for place in (OWN, NEAR):
        holding = world.holdings[place]
        society, federation = holding.society, holding.society.federation
        said = {"source": "self", "severity": "general", "by": holding.cast.reviewer}
        for number in range(5):
            more = DRAFT | {"title": f"问题{number}"}
            actions.register_finding(society=society, now=EARLIER, **said, **more)
            chosen = make_class(federation, starts_on=AS_OF + timedelta(days=40))
            ClassQuota.objects.create(training_class=chosen, society=society, places=2)
            unit = make_society_branch(society)
            branch = make_organisation(society, unit, name=f"{society.name}第{number}党支部")
            make_term(branch, AS_OF - timedelta(days=3 * 365 + 30), seats=3)


@pytest.mark.parametrize("case", BUSY)
def test_every_desk_keeps_its_budget(world, case):
    with at(world, BUSY[case]):
        found = counted(world)
    assert {role: n for role, n in found.items() if n > BUDGET} == {}


def test_more_rows_ask_nothing_more(world):
    with at(world, ()):
        few = counted(world)
        grow(world)
        assert counted(world) == few


def test_a_query_for_each_row_is_seen(world, monkeypatch):
    """Negative control."""

    def one_by_one(actor, on):
        for row in Finding.objects.visible_to(actor):
            row.steps.count()
        return []

    monkeypatch.setattr(tasks, "COLLECTORS", (*tasks.COLLECTORS, one_by_one))
    with at(world, ()):
        few = counted(world)
        grow(world)
        assert counted(world)["US"] > few["US"]
