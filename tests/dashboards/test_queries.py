"""The dashboard takes at most 12 queries, the same at 50 and 5 000 societies."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from coverage.live import turn_live_day
from coverage.models import Indicator
from ledgers.models import GuidanceMeasure
from societies.models import SocietyUnit, UnitKind
from tests.dashboards.conftest import FROZEN, TODAY
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_edition,
    make_federation,
    make_ledger,
    make_society,
    make_target,
)
from tests.factories.many import analyze, many_postings, many_societies

LIMIT = 12
# A demonstration's frame asks one query of its own while its history is made.
OWN_LIMIT = LIMIT - 1
# Each kind of task is a question of its own; closings, terms and rounds of stars stand here too.
DESK_LIMIT = 18
SMALL, LARGE = 50, 5_000
VIEWS = [
    {"tab": tab, "view": view} for view in ("frozen", "live") for tab in ("org", "work", "t2", "t3")
]


def grow(federation, count):
    """Societies, each with a branch without organisation; one in ten has an instructor."""
    many_postings(many_societies(federation, count)[::10])
    analyze()


def counted(client, **query):
    """How many queries the page takes; the first request fills the caches of the process."""
    client.get(reverse("dashboard"), query)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(reverse("dashboard"), query)
    assert response.status_code == 200
    return len(queries), response


@pytest.fixture
def federation(db, today):
    """Fifty societies, one of which filed reasons and measures."""
    federation = make_federation()
    edition = make_edition(federation)
    make_target(edition)
    make_target(edition, indicator=Indicator.WORK, numerator=1, denominator=1)
    # Its name comes first in every order, so that each page shows what it filed.
    first = make_society(federation, name="阿示例学会")
    SocietyUnit.objects.create(society=first, kind=UnitKind.DIVISION, name="分会")
    grow(federation, SMALL - 1)
    ledger = make_ledger(first)
    for unit in first.units.all():
        GuidanceMeasure.objects.create(
            society=first,
            unit=unit,
            tier=unit.tier,
            code="GM01",
            reason="NE01",
            valid_from=date(2026, 7, 1),
            responsible_post="秘书长",
            source=ledger,
        )
    freeze(federation, date(2026, 10, 31))
    freeze(federation, FROZEN)
    turn_live_day(at(TODAY))
    return federation


@pytest.mark.slow
def test_the_same_few_queries_at_every_size(federation, enter):
    client = enter(make_actor(Role.COMMITTEE_REVIEWER, federation))
    small = {}
    for query in VIEWS:
        number, response = counted(client, **query)
        small[tuple(query.values())] = number
        assert number <= OWN_LIMIT, query
        assert response.context["gap"].paginator.count >= SMALL - 10
    assert "GM01" in client.get(reverse("dashboard"), {"sort": "name"}).content.decode()
    grow(federation, LARGE - SMALL)
    freeze(federation, TODAY, now=at(date(2026, 11, 23), 2))
    turn_live_day(at(date(2026, 11, 23), 3))
    for query in VIEWS:
        number, response = counted(client, **query)
        assert number == small[tuple(query.values())], query
        assert response.context["gap"].paginator.count >= LARGE - LARGE // 10 - 10


def test_the_desk_of_the_committee_reads_as_little(federation, enter):
    client = enter(make_actor(Role.COMMITTEE_LEADER, federation))
    client.get(reverse("home"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("home"))
    assert len(queries) <= DESK_LIMIT
