"""The planner knows what the loader has filled before the nights read it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from dashboards.demo.statistics import FACTS, FIGURES, analyze
from dashboards.demo.world import build_register
from societies.models import SocietyUnit

pytestmark = pytest.mark.django_db


def rows_known(table: str) -> float:
    """How many rows the planner believes in; -1 for a table it has never seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return float(cursor.fetchone()[0])


def test_statistics_are_brought_up_inside_a_transaction():
    """Negative control: what was just written is unknown until then."""
    build_register(date(2026, 11, 22))
    before = rows_known("societies_societyunit")
    analyze()
    known = rows_known("societies_societyunit")
    # Other tests of the database may have left a number, but not this one.
    assert known == SocietyUnit.objects.count() != before
    assert rows_known("branches_posting") >= 0


def test_facts_and_figures_are_told_apart():
    """Figures come with the nights, facts before them."""
    assert not set(FACTS) & set(FIGURES)
    analyze(FIGURES)
    assert rows_known("coverage_societycoverage") >= 0
