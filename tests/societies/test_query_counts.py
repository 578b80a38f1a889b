"""Query budgets: list ≤ 8, society page ≤ 15, the same at 50 and 5 000 rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from societies.models import Federation, Society, SocietyUnit, UnitKind
from tests.factories import make_actor, make_federation
from tests.factories.many import analyze, many_organisations, many_postings, many_societies

pytestmark = pytest.mark.django_db
LIST_BUDGET, PAGE_BUDGET = 8, 15
SMALL, LARGE = 50, 5_000


def grow(federation: Federation, count: int) -> None:
    """Societies with a secretariat, a society branch each, organisations and postings, in bulk."""
    societies = many_societies(federation, count)
    many_organisations(societies)
    many_postings(societies)
    analyze()


def queries(client, url: str) -> int:
    """Queries of a later request: the first also notes the session's last use."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def federation(client):
    federation = make_federation()
    client.force_login(make_actor(Role.COMMITTEE_REVIEWER, federation).user)
    return federation


@pytest.mark.slow
def test_pages_stay_within_the_budget_at_any_size(client, federation):
    """The same numbers at 50 and 5 000 societies."""
    grow(federation, SMALL)
    society = Society.objects.order_by("pk").first()
    lists = [reverse(name) for name in ("societies:list", "branches:list")]
    lists += [f"{url}?page=2" for url in lists] + [f"{lists[0]}?q=示例第1"]
    pages = [reverse(name, args=[society.pk]) for name in ("society", "branches:society")]
    budgets = dict.fromkeys(lists, LIST_BUDGET) | dict.fromkeys(pages, PAGE_BUDGET)
    few = {url: queries(client, url) for url in budgets}
    grow(federation, LARGE - SMALL)
    assert {url: queries(client, url) for url in budgets} == few
    assert {url for url in budgets if few[url] > budgets[url]} == set(), few


def test_society_page_does_not_grow_with_its_branches(client, federation):
    grow(federation, 1)
    society = Society.objects.get()
    url = reverse("society", args=[society.pk])
    before = queries(client, url)
    SocietyUnit.objects.bulk_create(
        SocietyUnit(society=society, kind=UnitKind.DIVISION, name=f"第{n}分会") for n in range(40)
    )
    assert queries(client, url) == before


def test_export_asks_per_chunk_not_per_row(client, federation):
    grow(federation, 50)
    url = reverse("societies:export")

    def asked():
        b"".join(client.get(url).streaming_content)
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(url).streaming_content)
        return len(captured)

    few = asked()
    grow(federation, 400)
    assert asked() == few
