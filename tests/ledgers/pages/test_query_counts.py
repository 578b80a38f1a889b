"""Lists of ledgers ask at most 8 queries, the same at 50 and 5 000 rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coverage.models import NightRun, NightState
from tests.factories.ledgers import moment
from tests.factories.many import analyze, many_filed, many_societies
from tests.ledgers.pages.conftest import TODAY

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
LIST_BUDGET = 8
SMALL, LARGE = 50, 5_000


def queries(client, url):
    """Queries of a later request: the first also notes the session's last use."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_lists_stay_within_the_budget_at_any_size(federation, period, cast, sign_in):
    # A demonstration whose history is there: its bar asks once a day, not on every page.
    night = {"on": TODAY - timedelta(days=1), "state": NightState.DONE, "started_at": moment(TODAY)}
    NightRun.objects.create(federation=federation, computed_at=moment(TODAY), **night)
    client = sign_in(cast.reviewer)
    lists = [reverse("ledgers:list"), reverse("ledgers:review_queue"), reverse("ledgers:periods")]
    lists += [f"{lists[0]}?page=2", f"{lists[1]}?page=2", f"{lists[1]}?filed_window=on_time"]
    period_page = reverse("ledgers:period", args=[period.pk])
    lists += [period_page, f"{period_page}?show=on_time"]
    many_filed(period, many_societies(federation, SMALL), cast)
    few = {url: queries(client, url) for url in lists}
    many_filed(period, many_societies(federation, LARGE - SMALL), cast)
    analyze()
    assert {url: queries(client, url) for url in lists} == few
    assert {url: n for url, n in few.items() if n > LIST_BUDGET} == {}
