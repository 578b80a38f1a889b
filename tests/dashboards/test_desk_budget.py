import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.access.world import standing_world
from tests.access.table import ROLES


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), standing_world() as built:
        yield built


@pytest.mark.django_db
def test_measure(world):
    import re

    for code in ROLES:
        c = world.browser(code)
        c.get("/")
        with CaptureQueriesContext(connection) as q:
            r = c.get("/")
        print("=====", code, r.status_code, len(q))
        for each in q.captured_queries:
            print("   --", re.sub(r"SELECT .{0,4000}? FROM", "SELECT..FROM", each["sql"])[:230])
