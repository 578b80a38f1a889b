"""Frozen intervals of one figure never overlap and, once begun, only end (common.chains)."""

from datetime import date

import pgtrigger
import pytest
from django.db import IntegrityError, transaction

from coverage.models import SocietyCoverage
from starrating.models import FrozenLine, FrozenTotal
from tests.factories import make_society

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD, FOURTH = (date(2026, 3, day) for day in (1, 5, 9, 20))


@pytest.fixture
def society():
    return make_society()


def begin(society, first, after=None, indicator="ORG", covered=1):
    return SocietyCoverage.objects.create(
        society=society,
        indicator=indicator,
        state="value",
        covered=covered,
        total=1,
        valid_from=first,
        valid_to=after,
    )


def refused(words, act):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        act()


def test_intervals_that_touch_or_leave_a_gap_are_one_chain(society):
    begin(society, FIRST, SECOND)
    begin(society, THIRD)
    begin(society, SECOND, THIRD)
    begin(society, FIRST, indicator="WORK")
    begin(make_society(society.federation), FIRST)
    assert SocietyCoverage.objects.filter(society=society, indicator="ORG").count() == 3


@pytest.mark.parametrize(
    ("first", "after"),
    [(FIRST, None), (FIRST, SECOND), (SECOND, date(2026, 3, 8)), (SECOND, FOURTH), (SECOND, None)],
)
def test_an_interval_that_reaches_into_another_is_refused(society, first, after):
    """R-COV-01: one value a day; with the negative control."""
    begin(society, date(2026, 3, 3), THIRD)
    refused("重叠", lambda: begin(society, first, after))
    with pgtrigger.ignore("coverage.SocietyCoverage:begins_apart"):
        begin(society, first, after)
    assert SocietyCoverage.objects.filter(society=society).count() == 2


def test_an_interval_behind_an_open_one_is_refused(society):
    begin(society, SECOND)
    refused("重叠", lambda: begin(society, FIRST, THIRD))
    begin(society, FIRST, SECOND)
    assert SocietyCoverage.objects.filter(society=society).count() == 2


def test_two_open_intervals_are_refused_by_the_index(society):
    """The index alone: it also lets two writers of one key wait for each other."""
    begin(society, FIRST)
    with pgtrigger.ignore("coverage.SocietyCoverage:begins_apart"):
        refused("frozen_once_a_day", lambda: begin(society, SECOND))
    assert SocietyCoverage.objects.get(society=society).valid_from == FIRST


def test_two_rows_of_one_statement_are_compared_too(society):
    rows = [
        SocietyCoverage(
            society=society,
            indicator="ORG",
            state="value",
            covered=1,
            total=1,
            valid_from=first,
            valid_to=after,
        )
        for first, after in ((FIRST, THIRD), (SECOND, None))
    ]
    refused("重叠", lambda: SocietyCoverage.objects.bulk_create(rows))
    assert not SocietyCoverage.objects.filter(society=society).exists()


def test_what_is_frozen_only_ends_and_only_once(society):
    row = begin(society, FIRST, covered=0)
    mine = SocietyCoverage.objects.filter(pk=row.pk)
    refused("不能修改", lambda: mine.update(covered=1))
    refused("不能修改", lambda: mine.update(valid_from=SECOND))
    assert mine.update(valid_to=SECOND) == 1
    refused("不能修改", lambda: mine.update(valid_to=None))
    refused("不能修改", lambda: mine.update(valid_to=THIRD))
    with pgtrigger.ignore("coverage.SocietyCoverage:ends_once"):
        assert mine.update(valid_to=THIRD) == 1


def test_every_chain_of_figures_is_guarded():
    for model in (SocietyCoverage, FrozenLine, FrozenTotal):
        names = {trigger.name for trigger in model._meta.triggers}
        assert {"begins_apart", "only_ends", "ends_once"} <= names
