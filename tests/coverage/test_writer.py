"""The figure writer: one statement for every day, none per society (P3), nothing in Python."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.computing import compute, plan, rows
from coverage import live, revisions
from coverage.formulas import FORMULAS
from coverage.models import Indicator
from societies.actions import mark_dirty
from societies.models import Society
from tests.factories import at, freeze, make_edition, make_organisation, make_society

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 19)


def result():
    return rows("SELECT key, owner, covered, total FROM figure_result ORDER BY 1, 2", [])


def test_formulas_read_no_rows_while_they_build(django_assert_num_queries):
    """So one plan serves every day."""
    definition = revisions.definition_of(make_edition())
    with django_assert_num_queries(0):
        assert set(definition.figures(DAY)) == set(Indicator.values)
        assert plan(definition.figures) is not None
    assert [name for name, _ in FORMULAS] == list(Indicator)


def test_a_plan_gives_what_each_day_by_itself_gives():
    edition = make_edition()
    for month in (1, 6, 12):
        make_organisation(make_society(edition.federation), established_on=date(2016, month, 1))
    definition = revisions.definition_of(edition)
    made = plan(definition.figures)
    for day in (date(2015, 12, 31), date(2016, 6, 1), date(2016, 12, 31)):
        made.compute(day)
        planned = result()
        compute(definition.figures(day))
        assert planned == result()
        assert len(planned) == 3 * len(Indicator)


def test_a_formula_that_moves_unlike_its_day_gets_no_plan():
    edition = make_edition()

    def odd(day):
        societies = Society.objects.filter(federation=edition.federation, founded_year=day.year)
        return revisions.figures_of(societies, day, revisions.definition_of(edition).params)

    assert plan(odd) is None


def statements(count):
    edition = make_edition()
    societies = Society.objects.bulk_create(
        Society(
            federation=edition.federation,
            code=f"N-{n}",
            name=f"第{n}学会",
            body_kind="society",
            relation="member",
        )
        for n in range(count)
    )
    live.turn_live_day(at(DAY, 0))
    freeze(edition.federation, DAY.replace(day=18))
    mark_dirty([s.pk for s in societies], since=date(2026, 10, 1), today=DAY)
    with CaptureQueriesContext(connection) as night:
        freeze(edition.federation, DAY)
    with CaptureQueriesContext(connection) as drained:
        live.drain_dirty(at(DAY, 12))
    return len(night), len(drained)


def test_statements_do_not_grow_with_societies():
    """P3: equal at 12 and 120 societies, within 20 and 2 for each formula."""
    small, large = statements(12), statements(120)
    assert small == large
    assert small[0] <= 20 + 2 * len(FORMULAS)


def test_a_rerun_of_live_writes_nothing():
    edition = make_edition()
    society = make_society(edition.federation)
    live.turn_live_day(at(DAY, 0))
    owners = Society.objects.filter(pk=society.pk)
    revisions.compute_day(edition, DAY)
    assert rows("SELECT count(*) FROM figure_result", []) == [(len(Indicator),)]
    assert revisions.FIGURES.upsert_live(revisions.LiveCoverage, owners, DAY) == 0
