"""The 360° page of a society that has everything: score, check, findings, training (P9)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from branches.models import LifeKind
from coverage import live
from dashboards.society import PANELS
from starrating import panel as stars
from starrating.models import LineState
from supervision import actions
from supervision.models import SpotCheck
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_batch_finding,
    make_class,
    make_edition,
    make_ledger,
    make_organisation,
    make_posting,
    make_society_branch,
    make_standard,
    make_training,
)
from tests.factories.findings import DRAFT, ISSUED
from tests.factories.ledgers import AS_OF, make_cast, make_period
from tests.factories.life import file_life, make_obligations
from tests.factories.terms import make_term
from training.models import ClassQuota

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
BUDGET = 25
DAY = date(2027, 2, 1)
ROLES = (Role.SOCIETY_SECRETARY, Role.SOCIETY_CLERK, Role.COMMITTEE_REVIEWER, Role.COMMITTEE_LEADER)


@pytest.fixture
def found():
    """A finding of a check, overdue, of a society with a provisional score of the day."""
    with time_machine.travel(at(DAY, 10), tick=False):
        world = make_batch_finding()
        society = world.finding.society
        federation = society.federation
        make_edition(federation)
        make_standard(federation, "star-start-2")
        make_obligations(federation)
        make_training(federation)
        branch = make_organisation(society, name="办事机构党支部")
        make_term(branch, date(2024, 3, 1), seats=3)
        make_posting(society)
        file_life(branch, LifeKind.MEMBERS_CONGRESS, date(2026, 10, 9))
        make_ledger(society, make_period(federation, AS_OF), cast=make_cast(society))
        more(world, 1)
        freeze(federation, DAY - timedelta(days=1))
        live.turn_live_day(at(date(2026, 1, 1), 0))
        live.turn_live_day(at(DAY, 0))
        yield world


def more(world, number):
    """Findings, classes and branches of the society."""
    society = world.finding.society
    said = {"source": "self", "severity": "general", "by": world.cast.author, "now": ISSUED}
    for _ in range(number):
        n = society.units.count()
        actions.register_finding(society=society, **said, **(DRAFT | {"title": f"问题{n}"}))
        chosen = make_class(society.federation, starts_on=date(2026, 8, 3))
        ClassQuota.objects.create(training_class=chosen, society=society, places=1)
        unit = make_society_branch(society)
        group = make_organisation(society, unit, type="working_group", name=f"第{n}工作小组")
        make_term(group, date(2024, 3, 1), seats=3)


def asked(client, society, actor):
    """How many queries the page takes, and its panels."""
    client.force_login(actor.user, BACKEND)
    url = reverse("society", args=[society.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    places = answer.context["places"].values()
    return len(captured), {p["template"]: p["values"] for place in places for p in place}


@pytest.mark.parametrize("role", ROLES)
def test_a_society_with_everything_takes_the_same_few_queries(client, found, role):
    society = found.finding.society
    inside = role in (Role.SOCIETY_SECRETARY, Role.SOCIETY_CLERK)
    actor = make_actor(role, society if inside else society.federation)
    few, shown = asked(client, society, actor)
    assert set(shown) == {panel.template for panel in PANELS}, "nothing is left out"
    score = shown[stars.TEMPLATE]
    states = {row.state for row in score["rows"]}
    assert score["total"] and score["is_live"] and LineState.VALUE in states
    assert score["adjustments"], "the overdue finding takes points"
    assert shown["supervision/check_panel.html"]["checks"] == list(
        SpotCheck.objects.filter(society=society)
    )
    assert few <= BUDGET
    more(found, 5)
    live.turn_live_day(at(DAY, 0))
    assert asked(client, society, actor)[0] == few


def test_a_panel_that_asks_row_by_row_is_seen(client, found, monkeypatch):
    """Negative control."""
    society = found.finding.society
    actor = make_actor(Role.SOCIETY_CLERK, society)

    def read(actor, society, on):
        return {"units": [unit.services.count() for unit in society.units.all()]}

    extra = replace(PANELS[-1], read=read)
    monkeypatch.setattr("dashboards.society.PANELS", (*PANELS, extra))
    few, _ = asked(client, society, actor)
    more(found, 3)
    assert asked(client, society, actor)[0] > few
