"""The demonstration goes on while the portal runs, as if it were started anew each day."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest

from accounts.permissions import Role
from branches.models import PartyOrganisation, Posting
from common import clock
from coverage.models import CoverageSnapshot
from coverage.night import run_missing
from dashboards import tasks
from dashboards.demo import SEED, running, third_tier
from dashboards.demo.bodies import body_of
from dashboards.demo.courses import SECOND, WALKED
from dashboards.demo.filing_writer import VERBS, FilingWriter, People
from dashboards.demo.filings import ACCEPT, deadlines, filings
from dashboards.demo.fill import Filler
from dashboards.demo.happenings import Established, Posted
from dashboards.demo.nights import last_frozen
from dashboards.demo.periods import open_periods
from dashboards.demo.plan import plan
from ledgers.models import Ledger, LedgerStep
from societies.models import Federation
from tests.demo import test_running as running_tests
from tests.demo.counter import count, days
from tests.demo.test_running import AS_OF, DAY, at, freeze, granted, morning, writes

pytestmark = pytest.mark.django_db
world = running_tests.world
BEGIN, END = date(2016, 12, 31), date(2017, 2, 20)
CLOSING = deadlines(BEGIN)[2]
# Two days running, then shut for ten days, then on some days; the day after the closing is one.
SHUT = BEGIN + 12 * DAY
RUNS = (BEGIN + DAY, BEGIN + 2 * DAY, SHUT, CLOSING - 20 * DAY, CLOSING, CLOSING + DAY, END)


@pytest.fixture
def small(monkeypatch):
    """No third tier, so that two months go by in a minute."""
    monkeypatch.setattr(third_tier, "happenings", lambda seed, last_year: iter(()))
    plan.cache_clear()
    yield
    plan.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_portal_left_running_has_what_the_plan_says():
    """Facts, filings at their moments, frozen figures; over an as-of day and a closing (D-11)."""
    with at(BEGIN, hour=12):
        Filler(SEED, clock.now(), str).fill()
    federation = Federation.objects.get(code="demo")
    for day in RUNS:
        if day == SHUT:
            with at(day):
                assert federation.pk not in {r.federation_id for r in run_missing(clock.now())}
        morning(day)
        with at(day, hour=1, minute=0):
            tasks.go_on()
        with at(day, hour=2, minute=0):
            run_missing(clock.now())
        assert last_frozen(federation) == day - DAY
    with at(END, hour=3):
        assert granted(END).count() == 1
        assert running.go_on(clock.now())
        assert writes(lambda: running.go_on(clock.now())) == []
    check_facts(federation)
    check_filings(federation)
    check_figures(federation)


def check_facts(federation: Federation) -> None:
    found = plan(SEED, END - DAY).happenings
    organisations = PartyOrganisation.objects.filter(society__federation=federation)
    numbers = organisations.values_list("approval_number", flat=True)
    assert sorted(numbers) == sorted(h.number for h in found if isinstance(h, Established))
    postings = Posting.objects.filter(society__federation=federation)
    documents = postings.values_list("document_number", flat=True)
    assert sorted(documents) == sorted(h.number for h in found if isinstance(h, Posted))


def check_filings(federation: Federation) -> None:
    """R-LED-07: no filing was late because it was entered late."""
    now = clock.start_of(END)
    planned = {(f.code, step.verb, step.at) for f in filings(SEED, END) for step in f.until(now)}
    steps = LedgerStep.objects.filter(society__federation=federation, verb__in=VERBS)
    steps = steps.exclude(society__code=body_of(WALKED).code)
    taken = {(step.society.code, VERBS[step.verb], step.at) for step in steps}
    assert taken == planned
    assert sum(verb == ACCEPT for _, verb, _ in taken) == 4


def check_figures(federation: Federation) -> None:
    """R-COV-01: each night's first figures are an own count over what was entered by then."""
    found = CoverageSnapshot.objects.filter(federation=federation, dimension="all")
    figures = {
        (row.on, row.indicator): (row.covered, row.total)
        for row in found.filter(revision__number=1)
    }
    for day in days(BEGIN, END - DAY):
        frozen_on = next(run for run in RUNS if run > day)
        known = [h for h in plan(SEED, END).happenings if h.at.date() < frozen_on]
        counted = count(known, day)
        assert figures[day, "ORG"] == counted.org, day
        assert figures[day, "WORK"] == counted.work, day


def test_a_filing_entered_after_its_closing_is_left_out(world, caplog):
    """Negative control: why a filing cannot wait for the next start of the portal."""
    closing = deadlines(AS_OF)[2]
    freeze(world.federation, closing)
    now = clock.start_of(closing + DAY) + timedelta(hours=10)
    writer = FilingWriter(world, SEED)
    people = People(
        writer.actor("clerk2", Role.SOCIETY_CLERK),
        writer.actor("secretary2", Role.SOCIETY_SECRETARY),
    )
    code = body_of(SECOND).code
    found = next(f for f in filings(SEED, AS_OF) if (f.code, f.as_of) == (code, AS_OF))
    period = open_periods(world.federation, now)[AS_OF]
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        assert writer.file(found, period, now, people) == 0
    assert "left out" in caplog.text
    assert not Ledger.objects.filter(society__code=code, period=period).exists()
