"""Fixtures shared by all tests. The servers are started by `devstack.pytest_plugin`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection


@pytest.fixture(scope="module")
def swept(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """Take away what rolled back rows leave in the files of tables, once a module is through.

    After a test with 10^5 rows the planner would take tables of ten rows for large ones, and every
    later test of this process would wait.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE)")
