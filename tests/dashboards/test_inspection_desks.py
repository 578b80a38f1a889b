"""Findings and checks on the desks of who reads them; and how many queries these desks take."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role, ScopeKind
from accounts.roles import SPECS
from dashboards.desks.statements import STATEMENTS
from supervision import actions
from supervision.models import FindingState
from tests.dashboards.test_queries import DESK_LIMIT
from tests.factories import make_actor, make_batch_finding, make_finding, make_society
from tests.factories.coverage import at
from tests.factories.findings import DRAFT, ISSUED, walk

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
READERS = (Role.DISCIPLINE_MEMBER, Role.SUPERVISOR_READER)
LATE = at((ISSUED + timedelta(days=60)).date(), 10)


def desk(actor):
    client = Client()
    client.force_login(actor.user, BACKEND)
    response = client.get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def world(monkeypatch):
    """A finding of the second inspector's check, one of a neighbour, one of another federation."""
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    world = make_batch_finding()
    near = make_society(world.finding.federation, name="示例近邻学会")
    said = {"source": "self", "severity": "serious", "by": world.cast.author, "now": ISSUED}
    actions.register_finding(society=near, **said, **(DRAFT | {"title": "近邻的问题"}))
    make_finding(title="外域的问题")
    return world


@pytest.mark.parametrize("role", READERS)
def test_who_only_reads_findings_sees_the_open_ones(role, world, enter, monkeypatch):
    """roles.md §3: UD and UV see findings of the own society; nothing of it is theirs to do."""
    actor = make_actor(role, world.finding.society)
    html = desk(actor)
    assert world.finding.title in html and "未销号的问题" in html
    assert "近邻的问题" not in html and "外域的问题" not in html
    monkeypatch.setattr("common.clock.now", lambda: LATE)
    assert "逾期 1 个" in desk(actor)
    listed = enter(actor).get(f"{reverse('supervision:finding_list')}?lane=open")
    assert listed.context["page"].paginator.count == 1
    walk(world, FindingState.CLOSED)
    html = desk(actor)
    assert "未销号的问题" not in html
    assert STATEMENTS[role].later in html


def test_the_inspector_sees_checks_and_tasks(world):
    """An inspector's own seats; with something to verify the task stands first."""
    inspector = world.cast.verifier
    html = desk(inspector)
    (check,) = world.batch.checks()
    assert "本批检查" in html and check.code in html
    assert "当前没有开放的督导批次" not in html
    walk(world, FindingState.SUBMITTED)
    html = desk(inspector)
    assert f"复查：{world.finding.society.name}" in html
    assert "近邻" not in html


def test_an_inspector_of_an_earlier_time_sees_no_check(world):
    """Negative control: the same society, another appointment."""
    other = make_actor(Role.INSPECTOR, world.finding.society)
    html = desk(other)
    assert "本批检查" not in html and "当前没有开放的督导批次" in html


ROLES = (
    *(Role.INSPECTOR, Role.SUPERVISOR_READER, Role.DISCIPLINE_MEMBER),
    *(Role.INSPECTION_LEAD, Role.TRAINING_MANAGER),
)


@pytest.mark.parametrize("role", ROLES)
def test_these_desks_stay_within_the_limit(role, world, enter):
    federal = SPECS[role].kind == ScopeKind.FEDERATION
    place = world.finding.federation if federal else world.finding.society
    client = enter(make_actor(role, place))
    client.get(reverse("home"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("home"))
    assert len(queries) <= DESK_LIMIT, len(queries)
