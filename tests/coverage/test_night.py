"""A night freezes a day, once, and a second one finds nothing to write (R-COV-01)."""

from datetime import date, timedelta

import pytest

from coverage.models import CoverageSnapshot, NightRun, NightState, SocietyCoverage
from tests.factories import (
    freeze,
    make_edition,
    make_organisation,
    make_posting,
    make_society,
    make_society_branch,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 19)


def figures(federation, on, dimension="all"):
    """indicator → (covered, total) as published."""
    rows = CoverageSnapshot.objects.filter(federation=federation).of_day(on)
    return {
        (r.indicator if dimension == "all" else (r.indicator, r.value)): (r.covered, r.total)
        for r in rows.filter(dimension=dimension)
    }


def test_a_night_writes_each_indicator_whole_and_by_class():
    edition = make_edition()
    covered = make_society(edition.federation, discipline_class="science")
    visited = make_society(edition.federation, discipline_class="medicine")
    make_society(edition.federation, discipline_class="medicine", secretariat=False)
    make_organisation(covered)
    make_posting(visited)
    make_society_branch(covered)
    run = freeze(edition.federation, DAY)
    assert run.state == NightState.DONE
    assert timedelta(0) < run.finished_at - run.started_at < timedelta(minutes=1)
    assert figures(edition.federation, DAY) == {
        "ORG": (1, 3),
        "ORG_T1": (0, 3),
        "ORG_T2": (1, 2),
        "ORG_T3": (0, 1),
        "WORK": (2, 3),
        "FIVE_CLEARS": (0, 0),
    }
    assert figures(edition.federation, DAY, "discipline_class") == {
        ("ORG", "science"): (1, 1),
        ("ORG", "medicine"): (0, 2),
        ("ORG_T1", "science"): (0, 1),
        ("ORG_T1", "medicine"): (0, 2),
        ("ORG_T2", "science"): (1, 1),
        ("ORG_T2", "medicine"): (0, 1),
        ("ORG_T3", "science"): (0, 1),
        ("ORG_T3", "medicine"): (0, 0),
        ("WORK", "science"): (1, 1),
        ("WORK", "medicine"): (1, 2),
        ("FIVE_CLEARS", "science"): (0, 0),
        ("FIVE_CLEARS", "medicine"): (0, 0),
    }


def test_the_same_night_twice_makes_no_second_revision():
    edition = make_edition()
    make_organisation(make_society(edition.federation))
    freeze(edition.federation, DAY)
    before = list(CoverageSnapshot.objects.values()), list(SocietyCoverage.objects.values())
    again = freeze(edition.federation, DAY, again=True)
    assert again.rows_written == 0
    assert again.state == NightState.DONE
    assert (
        list(CoverageSnapshot.objects.values()),
        list(SocietyCoverage.objects.values()),
    ) == before


def test_a_frozen_day_is_skipped_and_logged():
    edition = make_edition()
    make_society(edition.federation)
    freeze(edition.federation, DAY)
    second = freeze(edition.federation, DAY)
    assert second.state == NightState.SKIPPED
    assert "已定格" in second.note
    assert NightRun.objects.frozen().count() == 1
