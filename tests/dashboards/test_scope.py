"""What readers of aggregates see (LV, roles.md §1), and what is refused outright."""

import pytest
from django.urls import reverse

from accounts.permissions import Role
from societies.access import Actor
from tests.factories import make_actor

PAGES = ("dashboard", "dashboard_export", "dashboard_progress")
NAMED = ("dashboard_changes", "dashboard_gap_export", "dashboard_rectification", "revisions")
QUERIES = ({}, {"view": "live"}, {"tab": "t3"}, {"disc": "medicine"}, {"page": "2"})


def text_of(response):
    """The body, also of a download."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace")


def test_leadership_sees_no_society_name(world, enter):
    """The canary; its negative control is the reviewer below."""
    client = enter(world.actor(Role.LEADERSHIP_VIEWER))
    for view in PAGES:
        for query in QUERIES:
            response = client.get(reverse(view), query)
            assert response.status_code == 200
            body = text_of(response)
            assert not [s.name for s in world.societies if s.name in body], (view, query)
    html = client.get(reverse("dashboard")).content.decode()
    assert "3 / 5 家" in html and 'id="gap"' not in html and "即时数" not in html


def test_the_canary_is_found_where_names_belong(world, enter):
    """Negative control: the same page names the uncovered to the reviewer, and only those."""
    html = enter(world.actor(Role.COMMITTEE_REVIEWER)).get(reverse("dashboard")).content.decode()
    assert [s.name for s in world.societies if s.name in html] == ["示例丙学会", "示例丁学会"]
    assert "外域学会" not in html


def test_small_classes_are_not_shown_alone_to_leadership(world, enter, monkeypatch):
    """Cells of fewer than five: 4 + 1 societies are both withheld; the whole is shown."""
    client = enter(world.actor(Role.LEADERSHIP_VIEWER))
    html = client.get(reverse("dashboard")).content.decode()
    assert html.count("家数过少，不单列") == 2 and "1 / 1" not in html
    monkeypatch.setattr("dashboards.coverage.disciplines.SMALL", 0)
    assert "1 / 1" in client.get(reverse("dashboard")).content.decode()


@pytest.mark.parametrize("view", NAMED)
def test_pages_with_names_are_refused_to_leadership(view, world, enter, monkeypatch):
    client = enter(world.actor(Role.LEADERSHIP_VIEWER))
    assert client.get(reverse(view)).status_code == 403
    # Negative control: the guard is what refuses; the rows stay out of scope even without it.
    monkeypatch.setattr(Actor, "may_any", lambda self, permission: True)
    response = client.get(reverse(view))
    assert response.status_code == 200
    body = text_of(response)
    assert not [s.name for s in world.societies if s.name in body]


@pytest.mark.parametrize("view", [*PAGES, *NAMED])
@pytest.mark.parametrize(
    "role", [Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.INSPECTOR, Role.AUDITOR]
)
def test_the_dashboard_is_the_committees(view, role, world, enter):
    objects = () if role == Role.AUDITOR else (world.covered,)
    assert enter(make_actor(role, *objects)).get(reverse(view)).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("view", [*PAGES, *NAMED])
def test_anonymous_is_sent_to_sign_in(view, client):
    assert client.get(reverse(view)).url.startswith(reverse("accounts:sign_in"))


def test_another_federation_sees_none_of_it(world, enter):
    """The foreigner's page has its own universe: nothing."""
    client = enter(make_actor(Role.COMMITTEE_REVIEWER, world.foreign.federation))
    for query in QUERIES:
        html = client.get(reverse("dashboard"), query).content.decode()
        assert not [s.name for s in world.societies if s.name in html]
        assert "3 / 5" not in html
