"""A night freezes a day, once, and a second one finds nothing to write (R-COV-01)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from coverage.models import (
    CoverageSnapshot,
    NightRun,
    NightState,
    SocietyCoverage,
    SocietyCoverageCorrection,
)
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


def test_a_frozen_figure_is_never_changed():
    """D-16: insert-only; a later result is a later revision."""
    edition = make_edition()
    society = make_society(edition.federation)
    freeze(edition.federation, DAY)
    with pytest.raises(IntegrityError, match="定格数不能修改"), transaction.atomic():
        CoverageSnapshot.objects.filter(indicator="ORG").update(covered=1)
    make_organisation(society)
    freeze(edition.federation, DAY, again=True)
    assert SocietyCoverageCorrection.objects.exists()
    with pytest.raises(IntegrityError, match="定格数不能修改"), transaction.atomic():
        SocietyCoverageCorrection.objects.update(covered=0)
    assert figures(edition.federation, DAY)["ORG"] == (0, 1)


@pytest.mark.parametrize(("state", "total"), [("value", 0), ("not_applicable", 1), ("missing", 1)])
def test_an_aggregate_counts_what_its_state_says(state, total):
    """D-4, trap 7."""
    edition = make_edition()
    make_society(edition.federation)
    freeze(edition.federation, DAY)
    row = CoverageSnapshot.objects.filter(indicator="ORG", dimension="all").get()
    row.pk, row.value, row.state, row.covered, row.total = None, "x", state, 0, total
    with pytest.raises(IntegrityError, match="snapshot_counts_fit_state"), transaction.atomic():
        row.save()
