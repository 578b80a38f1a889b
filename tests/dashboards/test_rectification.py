"""督导与整改 on the dashboard: every number opens the list that holds exactly its rows."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from dashboards import rectification
from supervision import progress
from supervision.models import CheckState, Finding, SpotCheck
from tests.factories import (
    make_actor,
    make_batch,
    make_batch_finding,
    make_federation,
    make_finding,
)
from tests.factories.findings import ISSUED, walk
from tests.factories.supervision import notified

pytestmark = pytest.mark.django_db
TODAY = ISSUED.date()
URL = "dashboard_rectification"
# (severity, days since the issue, days until it is to be finished)
ROWS = (
    *(("general", 0, 30), ("general", 30, 1), ("general", 31, -1), ("serious", 60, 0)),
    *(("serious", 61, -1), ("grave", 90, None), ("grave", 91, 20), ("general", 200, -170)),
)


@pytest.fixture
def world(monkeypatch):
    """Findings of every age beside a batch; a closed one; one of another federation."""
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    world = make_batch_finding()
    walk(world)
    for n, (severity, days, left) in enumerate(ROWS):
        _copy(world.finding, severity, days, left, n)
    far = make_finding()
    assert far.finding.federation_id != world.finding.federation_id
    return world


def _copy(finding, severity, days, left, n):
    names = ("society", "federation", "rule", "facts", "requirement", "author", "issued_by")
    day = TODAY - timedelta(days=days)
    planned = left is not None
    return Finding.objects.create(
        **{name: getattr(finding, name) for name in (*names, "issued_at")},
        code=f"ZG-2026-8{n:03}",
        source="self",
        title=f"第{n}个问题",
        severity=severity,
        state="rectifying" if planned else "plan_filed",
        issued_on=day,
        plan_due=day + timedelta(days=3),
        plan_filed_on=day,
        finish_due=TODAY + timedelta(days=left) if planned else None,
    )


def card(client, actor):
    client.force_login(actor.user, "django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(URL), headers={"HX-Request": "true"})


def links(html):
    """(number printed, address) of every number that opens a selection."""
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(?:<strong>)?([\d,]+)[^<]*<', html)
    found += re.findall(r'<a class="s" href="([^"]+)".*?<span class="m">([\d,]+) /', html)
    return [(int(number.replace(",", "")), unescape(url)) for url, number in found if "?" in url]


COMMITTEE = (Role.COMMITTEE_REVIEWER, Role.COMMITTEE_LEADER)


@pytest.mark.parametrize("role", COMMITTEE)
def test_ages_and_severities(client, world, role):
    """Bands of calendar days since the issue, both ends counted; what is closed counts nowhere."""
    response = card(client, make_actor(role, world.finding.federation))
    assert response.status_code == 200
    rows = response.context["ages"]
    table = {
        row.label: [number.count for number in (*row.severities, row.whole, row.overdue)]
        for row in (*rows, response.context["total"])
    }
    assert table == {
        "30 天以内": [2, 0, 0, 2, 0],
        "31—60 天": [1, 1, 0, 2, 1],
        "61—90 天": [0, 1, 1, 2, 1],
        "超过 90 天": [1, 0, 1, 2, 1],
        "合计": [4, 2, 2, 8, 3],
    }
    assert sum(row.percent for row in rows) == pytest.approx(100)


@pytest.mark.parametrize("role", COMMITTEE)
def test_every_number_opens_exactly_its_rows(client, world, role):
    response = card(client, make_actor(role, world.finding.federation))
    found = links(response.content.decode())
    assert len(found) >= 20
    for number, url in found:
        page = client.get(url.split("#")[0]).context
        rows = page["shown"] if "shown" in page else page["page"].paginator.object_list
        assert len(rows) == number, url


def test_the_batch_and_how_far_its_checks_are(world):
    batch = world.batch.batch
    actor = make_actor(Role.COMMITTEE_REVIEWER, batch.federation)
    ((found, stages),) = progress.running(actor)
    assert found.pk == batch.pk
    assert [(each.stage.key, each.count, each.of) for each in stages] == [
        ("drawn", 1, 1),
        ("notified", 1, 1),
        ("answered", 0, 1),
        ("concluded", 0, 1),
    ]
    assert [each.stage.key for each in stages if each.current] == ["answered"]


def test_stages_of_a_batch_of_three(client, monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    world = notified(make_batch())
    first, second, third = world.checks()
    SpotCheck.objects.filter(pk=first.pk).update(state=CheckState.IN_PROGRESS)
    SpotCheck.objects.filter(pk=second.pk).update(state=CheckState.TO_SIGN)
    by = {"concluded_by": world.cast.reviewer.user, "concluded_at": ISSUED}
    SpotCheck.objects.filter(pk=third.pk).update(state=CheckState.CONCLUDED, **by)
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, world.batch.federation)
    text = card(client, reviewer).content.decode()
    numbers = re.findall(r">(\d) / (\d) 家<", text)
    assert numbers == [("3", "3"), ("3", "3"), ("2", "3"), ("1", "3")]
    page = client.get(reverse("supervision:batch", args=[world.batch.pk]), {"stage": "answered"})
    assert {check.pk for check in page.context["shown"]} == {second.pk, third.pk}
    assert "只列检查项已答完的 2 家" in page.content.decode()
    page = client.get(reverse("supervision:batch", args=[world.batch.pk]), {"stage": "x"})
    assert len(page.context["shown"]) == 3


def test_without_anything_the_card_says_so(client, db):
    text = card(client, make_actor(Role.COMMITTEE_LEADER, make_federation())).content.decode()
    assert "没有未销号的问题" in text and "没有进行中的督导批次" in text


def test_it_is_the_committees(client, world):
    """Scope: nobody else has the page; another federation's committee sees only its own."""
    for role in (Role.LEADERSHIP_VIEWER, Role.INSPECTION_LEAD, Role.TRAINING_MANAGER):
        assert card(client, make_actor(role, world.finding.federation)).status_code == 403
    assert card(client, world.cast.clerk).status_code == 403
    other = make_finding()
    response = card(client, make_actor(Role.COMMITTEE_LEADER, other.finding.federation))
    assert response.context["total"].whole.count == 1
    assert response.context["batches"] == []


def test_the_scope_is_what_keeps_the_others_out(world, monkeypatch):
    """Negative control: without `visible_to` the other federation's finding is counted too."""
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, world.finding.federation)
    assert rectification.context(reviewer, TODAY)["total"].whole.count == len(ROWS)
    monkeypatch.setattr(type(Finding.objects.all()), "visible_to", lambda self, actor: self)
    assert rectification.context(reviewer, TODAY)["total"].whole.count == len(ROWS) + 1


def test_the_card_takes_the_same_few_queries(client, world):
    actor = make_actor(Role.COMMITTEE_REVIEWER, world.finding.federation)
    card(client, actor)
    counts = []
    for more in (0, 20):
        for n in range(more):
            _copy(world.finding, "general", n, 5, 100 + n)
        with CaptureQueriesContext(connection) as captured:
            card(client, actor)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_dashboard_asks_for_the_card_after_itself(client, world):
    actor = make_actor(Role.COMMITTEE_LEADER, world.finding.federation)
    client.force_login(actor.user, "django.contrib.auth.backends.ModelBackend")
    text = client.get(reverse("dashboard")).content.decode()
    assert f'hx-get="{reverse(URL)}"' in text
    assert f'<a href="{reverse(URL)}"' in text, "without JavaScript"
    assert "<html" in client.get(reverse(URL)).content.decode()
    viewer = make_actor(Role.LEADERSHIP_VIEWER, world.finding.federation)
    client.force_login(viewer.user, "django.contrib.auth.backends.ModelBackend")
    assert reverse(URL) not in client.get(reverse("dashboard")).content.decode()
