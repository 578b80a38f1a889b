"""The closing score: the ledger of 31 December as known at the freeze date (R-STAR-08)."""

from datetime import date, timedelta

import pytest

from common.computing import rows
from ledgers.models import LedgerState
from starrating import actions
from starrating.figures import compute_closing
from starrating.models import RatingEdition
from tests.factories import (
    make_edition,
    make_ledger,
    make_period,
    make_standard,
)
from tests.factories.rounds import (
    COMPUTED,
    OPENED,
    VALUES,
    YEAR,
    make_rated_society,
    make_round_cast,
)

pytestmark = pytest.mark.django_db
FREEZE = VALUES["freeze_on"]
H1, H2 = date(YEAR, 6, 30), date(YEAR, 12, 31)
JANUARY = date(YEAR + 1, 1, 5)
NO_CHARTER = {"charter_has_party_building": "no"}


@pytest.fixture
def standard():
    found = make_standard(make_edition().federation, "star-start")
    RatingEdition.objects.filter(pk=found.pk).update(valid_from=None)
    found.refresh_from_db()
    return found


@pytest.fixture
def society(standard):
    return make_rated_society(standard.federation)


@pytest.fixture
def periods(standard, society):
    return [make_period(standard.federation, as_of) for as_of in (H1, H2)]


def closing(standard, society):
    compute_closing(standard, YEAR, FREEZE)
    sql = "SELECT key, state, numerator, denominator FROM star_line WHERE owner = %s"
    return {code: tuple(rest) for code, *rest in rows(sql, [society.pk])}


def test_the_first_half_year_does_not_stand_for_the_second(standard, society, periods):
    """E1: accepted for June, never filed for December."""
    make_ledger(society, periods[0], state=LedgerState.ACCEPTED)
    found = closing(standard, society)
    assert found["E1"] == ("value", 0, 5)
    assert found["B4"] == ("value", 1, 1)


def test_filed_and_accepted_before_the_freeze_counts_in_full(standard, society, periods):
    make_ledger(society, periods[1], state=LedgerState.ACCEPTED, on=JANUARY, reviewed_on=FREEZE)
    assert closing(standard, society)["E1"] == ("value", 5, 5)
    assert closing(standard, society)["B4"] == ("value", 1, 1)


def test_accepted_after_the_freeze_counts_no_more(standard, society, periods):
    """Filed late and looked at too late: neither on time nor accepted at the freeze."""
    late, after = periods[1].due_on + timedelta(days=1), FREEZE + timedelta(days=1)
    make_ledger(society, periods[1], state=LedgerState.ACCEPTED, on=late, reviewed_on=after)
    assert closing(standard, society)["E1"] == ("value", 0, 5)
    assert closing(standard, society)["B4"][0] == "missing"


@pytest.mark.parametrize(("late", "tables"), [(0, 5), (1, 0)])
def test_under_review_counts_if_it_was_on_time(standard, society, periods, late, tables):
    """R-LED-02: the committee's delay is not the society's fault."""
    filed = periods[1].due_on + timedelta(days=late)
    make_ledger(society, periods[1], state=LedgerState.FILED, on=filed)
    assert closing(standard, society)["E1"] == ("value", tables, 5)


def test_returned_before_the_freeze_is_not_clear(standard, society, periods):
    make_ledger(society, periods[1], state=LedgerState.RETURNED, on=JANUARY)
    assert closing(standard, society)["E1"] == ("value", 0, 5)


def test_the_charter_is_read_from_the_ledger_of_the_year_end(standard, society, periods):
    """B4: what the December ledger says goes before what June said, under review too."""
    make_ledger(society, periods[0], state=LedgerState.ACCEPTED)
    make_ledger(society, periods[1], state=LedgerState.FILED, on=JANUARY, operations=NO_CHARTER)
    assert closing(standard, society)["B4"] == ("value", 0, 1)


def test_a_later_ledger_says_nothing_of_the_year(standard, society, periods):
    """A freeze date of the next autumn still closes the year on its own December."""
    following = make_period(standard.federation, date(YEAR + 1, 6, 30))
    make_ledger(society, periods[1], state=LedgerState.ACCEPTED, on=JANUARY, operations=NO_CHARTER)
    make_ledger(society, following, state=LedgerState.ACCEPTED)
    compute_closing(standard, YEAR, date(YEAR + 1, 9, 1))
    sql = "SELECT key, numerator FROM star_line WHERE owner = %s AND key IN ('B4', 'E1')"
    assert dict(rows(sql, [society.pk])) == {"B4": 0, "E1": 5}


@pytest.mark.parametrize(("on", "share"), [(None, 0), (JANUARY, 1)])
def test_a_round_takes_the_ledger_of_the_year_end(standard, society, periods, on, share):
    """Through the round: the stored line, and no state that a closed year does not know."""
    make_ledger(society, periods[0], state=LedgerState.ACCEPTED)
    if on:
        make_ledger(society, periods[1], state=LedgerState.ACCEPTED, on=on)
    people = make_round_cast(standard.federation, [society])
    chosen = actions.open_round(
        federation=standard.federation, year=YEAR, values=VALUES, by=people.reviewer, now=OPENED
    )
    entry = actions.compute_round(chosen=chosen, now=COMPUTED).entries.get()
    assert entry.lines.get(code="E1").share == share
    assert not entry.lines.filter(state="not_due").exists()
