"""The bar of the first run: derived from the frozen nights, one query, gone when all is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from common import clock
from coverage.models import NightRun, NightState
from dashboards.demo.nights import FIRST_NIGHT
from dashboards.demo.progress import progress
from dashboards.shell import shell
from tests.factories import make_actor, make_federation, make_society

pytestmark = pytest.mark.django_db
NOW = clock.start_of(date(2016, 7, 10))


def freeze(federation, on: date) -> None:
    NightRun.objects.create(
        federation=federation, on=on, state=NightState.DONE, started_at=NOW, computed_at=NOW
    )


def test_counts_nights_up_to_yesterday(django_assert_num_queries):
    federation = make_federation(is_demo=True)
    assert (progress(federation, NOW).done, progress(federation, NOW).whole) == (0, 10)
    freeze(federation, FIRST_NIGHT + timedelta(days=3))
    with django_assert_num_queries(1):
        found = progress(federation, NOW)
    assert (found.done, found.whole, found.percent) == (4, 10, 40.0)


def test_is_over_when_at_most_last_night_is_left():
    """The beat computes last night at 02:00."""
    federation = make_federation(is_demo=True)
    freeze(federation, date(2016, 7, 7))
    assert progress(federation, NOW) is not None
    freeze(federation, date(2016, 7, 8))
    assert progress(federation, NOW) is None


def sign_in(client, *, is_demo: bool):
    actor = make_actor(Role.SOCIETY_CLERK, make_society(make_federation(is_demo=is_demo)))
    client.force_login(actor.user)
    return actor


def page(client, **headers) -> str:
    return client.get(reverse("demo_progress"), headers=headers).content.decode()


def test_the_fragment_asks_again_until_the_history_is_there(client):
    actor = sign_in(client, is_demo=True)
    text = page(client, hx_request="true")
    assert "正在生成演示数据" in text
    assert 'hx-trigger="every 5s"' in text
    freeze(actor.federation, clock.yesterday(clock.now()))
    text = page(client, hx_request="true")
    assert "演示数据已全部生成" in text
    assert "hx-get" not in text


def test_every_page_of_the_demonstration_shows_the_bar_without_javascript(client):
    actor = sign_in(client, is_demo=True)
    address = reverse("society", args=[actor.society_id])
    assert "正在生成演示数据" in client.get(address).content.decode()
    freeze(actor.federation, clock.yesterday(clock.now()))
    assert "正在生成演示数据" not in client.get(address).content.decode()


def test_a_real_federation_never_shows_it(client, django_assert_num_queries):
    actor = sign_in(client, is_demo=False)
    assert "正在生成演示数据" not in page(client, hx_request="true")
    request = RequestFactory().get("/")
    request.user, request.actor, request.actors, request.resolver_match = (
        actor.user,
        actor,
        [actor],
        None,
    )
    with django_assert_num_queries(0):
        assert shell(request)["filling"] is None


def test_opened_as_a_page_it_leads_home(client):
    sign_in(client, is_demo=True)
    answer = client.get(reverse("demo_progress"))
    assert answer.status_code == 302


def test_a_complete_history_is_asked_once_a_day(client):
    """The bar costs the lists of a finished demonstration no query of their budget."""
    actor = sign_in(client, is_demo=True)
    freeze(actor.federation, clock.yesterday(clock.now()))
    address = reverse("society", args=[actor.society_id])
    for expected in (1, 0):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked = [q for q in queries if 'MAX("coverage_nightrun"' in q["sql"]]
        assert len(asked) == expected
