"""Organisation life on the 360° page: no query of its own, within the reader's rights."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from branches.life import panel
from dashboards import society as pages
from tests.factories import (
    file_life,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    turn_life,
)
from tests.factories.life import moment_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(moment_of(TODAY), tick=False):
        yield


@pytest.fixture
def society():
    federation = make_federation()
    make_obligations(federation)
    return make_society(federation, name="示例数学学会")


@pytest.fixture
def joint(society):
    other = make_society(society.federation)
    units = [each.units.get(tier=2) for each in (other, society)]
    found = make_organisation(other, *units, type="joint_branch", name="联合党支部")
    turn_life(society.federation, TODAY, since=date(2026, 1, 1))
    for month in (2, 5):
        file_life(found, "members_congress", date(2026, month, 5), agenda=f"第{month}次大会")
    file_life(found, held_on=date(2026, 3, 5), on=TODAY, agenda="补登的活动")
    return found


def values(response):
    for place in response.context["places"].values():
        for each in place:
            if each["template"] == panel.TEMPLATE:
                return each["values"]
    return None


def page(client, society, role, scope=None, **query):
    client.force_login(make_actor(role, scope or society).user)
    return client.get(reverse("society", args=[society.pk]), query)


def test_kinds_and_newest_records_of_every_organisation_serving(client, society, joint):
    """R-LIFE-10: a joint branch's records are each society's it serves."""
    answer = page(client, society, Role.SOCIETY_CLERK)
    found = values(answer)
    kinds = {row["kind"]: (row["num"], row["den"], row["share"]) for row in found["kinds"]}
    assert kinds["members_congress"] == (2, 3, "66.7%")
    assert [row["agenda"] for row in found["newest"]] == ["第5次大会", "补登的活动", "第2次大会"]
    html = answer.content.decode()
    assert "2026 年按党组织查看" in html and "补录" in html and "联合党支部" in html


def test_a_past_day_shows_what_had_ended_by_then(client, society, joint):
    leader = (Role.COMMITTEE_LEADER, society.federation)
    found = values(page(client, society, *leader, on="2026-04-01"))
    assert {row["kind"]: row["den"] for row in found["kinds"]}["members_congress"] == 1
    assert [row["agenda"] for row in found["newest"]] == ["补登的活动", "第2次大会"]


def test_without_records_it_says_so_and_others_do_not_see_it(client, society):
    found = page(client, society, Role.SOCIETY_SECRETARY)
    assert values(found) == {"year": 2026, "kinds": [], "newest": []}
    assert "没有已结束的应开期间：不适用" in found.content.decode()
    assert values(page(client, society, Role.INSPECTOR)) is None


def test_the_panel_asks_nothing_more(client, society, joint, monkeypatch):
    """The page's budget of 15 queries is used up: all of it comes with the society's row."""
    page(client, society, Role.COMMITTEE_REVIEWER, society.federation)

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("society", args=[society.pk])).status_code == 200
        return len(asked)

    with_it = count()
    others = tuple(each for each in pages.PANELS if each.template != panel.TEMPLATE)
    monkeypatch.setattr(pages, "PANELS", others)
    assert count() == with_it
