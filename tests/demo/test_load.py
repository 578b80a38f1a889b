"""The plan made real by the ordinary actions and nights: nothing lost, nothing twice."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from branches.models import PartyOrganisation, Posting
from common import clock
from coverage.models import CoverageSnapshot, NightRun, NightState, NightStep
from coverage.night import run_missing
from dashboards.demo import SEED, facts, nights, third_tier
from dashboards.demo.accounts import ACCOUNTS
from dashboards.demo.bodies import bodies
from dashboards.demo.facts import enter_chunk
from dashboards.demo.fill import AnotherSeed, Filler, moment_of
from dashboards.demo.happenings import BranchOpened, Dissolved, Established, Posted
from dashboards.demo.plan import plan
from dashboards.demo.world import World, appoint_accounts, build_register, open_accounts
from ledgers.models import Ledger, LedgerState
from societies.models import Federation, Society, SocietyUnit, Tier
from tests.demo.counter import count, days

pytestmark = pytest.mark.django_db
EARLY = date(2016, 6, 30)
NOW = clock.start_of(date(2026, 11, 22))


@pytest.fixture
def world() -> World:
    """The register and the reviewer, no fact yet."""
    there = build_register(date(2026, 11, 22))
    reviewers = [account for account in ACCOUNTS if account.username == "reviewer"]
    open_accounts(reviewers, NOW)
    appoint_accounts(there, reviewers)
    return World(there.federation)


def numbers(federation: Federation) -> set[str]:
    organisations = PartyOrganisation.objects.filter(society__federation=federation)
    return set(organisations.values_list("approval_number", flat=True))


def test_the_register_has_205_invented_bodies(world):
    """D-11: council and secretariat each, marked as demonstration."""
    assert world.federation.is_demo
    assert Society.objects.filter(federation=world.federation).count() == len(bodies()) == 205
    units = SocietyUnit.objects.filter(society__federation=world.federation)
    assert units.filter(tier=Tier.COUNCIL).count() == units.filter(tier=2).count() == 205


def test_a_chunk_is_entered_once_and_whole(world, monkeypatch):
    """Killed inside a chunk nothing of it stays; the next run enters it, a third finds it."""
    chunk = plan(SEED, EARLY).upper[:30]
    original = facts.WRITERS[Established]
    calls = []

    def dies_at_the_tenth(*args):
        calls.append(args)
        if len(calls) == 10:
            raise KeyboardInterrupt
        original[1](*args)

    monkeypatch.setitem(facts.WRITERS, Established, (original[0], dies_at_the_tenth))
    with pytest.raises(KeyboardInterrupt):
        enter_chunk(world, chunk, NOW)
    assert numbers(world.federation) == set()
    monkeypatch.setitem(facts.WRITERS, Established, original)
    assert enter_chunk(World(world.federation), chunk, NOW) == len(chunk)
    assert enter_chunk(World(world.federation), chunk, NOW) == 0
    planned = {h.number for h in chunk if isinstance(h, Established)}
    assert numbers(world.federation) == planned


def test_without_asking_what_is_there_everything_came_twice(world, monkeypatch):
    """Negative control of the test above."""
    chunk = [h for h in plan(SEED, EARLY).upper if isinstance(h, Posted | Established)][:3]
    enter_chunk(world, chunk, NOW)
    writer = facts.WRITERS[Established][1]
    monkeypatch.setitem(facts.WRITERS, Established, (lambda w, h: False, writer))
    assert enter_chunk(World(world.federation), chunk, NOW) > 0


def test_a_happening_that_no_longer_fits_is_left_out_and_said(world, caplog):
    """Somebody used the demonstration: the rest of the plan goes on."""
    upper = plan(SEED, date(2024, 1, 1)).upper
    orphan = next(h for h in upper if isinstance(h, Dissolved))
    chunk = [orphan, next(h for h in upper if isinstance(h, Established))]
    with caplog.at_level(logging.WARNING, "dashboards.demo.facts"):
        assert enter_chunk(world, chunk, NOW) == 1
    assert "left out" in caplog.text


def test_a_fact_of_a_frozen_day_is_entered_today():
    """R-COV-02: later facts about frozen days are backdated facts like any other."""
    fact = plan(SEED, EARLY).upper[-1]
    assert facts.moment(fact, None, NOW) == fact.at
    assert facts.moment(fact, fact.on - timedelta(days=1), NOW) == fact.at
    assert facts.moment(fact, fact.on, NOW) == NOW


def test_the_beat_leaves_the_history_to_the_command(world):
    """More than last night is left to `demo --fill`, which goes in order; one is the beat's."""
    call_command("load_editions", verbosity=0)
    federation = world.federation
    assert [r for r in run_missing(NOW) if r.federation_id == federation.pk] == []
    before = clock.yesterday(NOW) - timedelta(days=1)
    for n in range(31):
        NightRun.objects.create(
            federation=federation,
            on=before - timedelta(days=n),
            state=NightState.DONE,
            started_at=NOW,
            computed_at=NOW,
        )
    found = [r for r in run_missing(NOW) if r.federation_id == federation.pk]
    frozen = [run.on for run in found if run.step == NightStep.COVERAGE]
    assert frozen == [clock.yesterday(NOW)]
    # Scores keep no history: those of the last 31 days are the beat's.
    assert sum(run.step == NightStep.STARS for run in found) == 31


def test_it_is_refused_in_production(monkeypatch):
    monkeypatch.setenv("PORTAL_ENV", "production")
    with pytest.raises(CommandError, match="生产环境"):
        call_command("demo", "--prepare")
    assert not Federation.objects.filter(is_demo=True).exists()


def test_a_day_to_come_is_refused():
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(CommandError, match="--until"):
        call_command("demo", "--fill", "--until", tomorrow.isoformat())


@pytest.fixture
def fewer_branches(monkeypatch):
    """A fifth of the third tier, so that eight months load in a minute."""
    original = third_tier.happenings

    def some(seed: int, last_year: int):
        for happening in original(seed, last_year):
            code = happening.code if isinstance(happening, Established) else happening.unit[0]
            if code[-1] in "28":
                yield happening

    monkeypatch.setattr(third_tier, "happenings", some)
    plan.cache_clear()
    yield
    plan.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("fewer_branches")
def test_eight_months_are_loaded_and_counted_right(caplog):
    """Every fact of the plan is there; each night's figures equal an own count over the plan."""
    until = date(2017, 2, 20)
    said: list[str] = []
    filler = Filler(SEED, moment_of(until), said.append)
    with caplog.at_level(logging.WARNING, "dashboards.demo"):
        filler.fill()
    assert "left out" not in caplog.text
    federation = Federation.objects.get(code="demo")
    check_facts(federation, until)
    check_nights(federation, until)
    check_filings(federation)
    check_later_runs(federation, until, said)


def check_facts(federation: Federation, until: date) -> None:
    assert federation.checklist_editions.exists(), "no batch without a checklist"
    found = plan(SEED, until).happenings
    assert numbers(federation) == {h.number for h in found if isinstance(h, Established)}
    postings = Posting.objects.filter(society__federation=federation)
    assert postings.count() == sum(isinstance(h, Posted) for h in found)
    branches = SocietyUnit.objects.filter(society__federation=federation, tier=3)
    assert branches.count() == sum(isinstance(h, BranchOpened) for h in found)


def check_nights(federation: Federation, until: date) -> None:
    """R-COV-01: one revision a day, no day missing, the figures of an own count."""
    found = plan(SEED, until).happenings
    rows = CoverageSnapshot.objects.filter(federation=federation, dimension="all")
    figures = {
        (r.on, r.indicator): (r.covered, r.total, r.revision.number)
        for r in rows.select_related("revision")
    }
    for day in days(nights.FIRST_NIGHT, until - timedelta(days=1)):
        counted = count(found, day)
        for indicator, expected in (
            ("ORG", counted.org),
            ("ORG_T1", counted.t1),
            ("ORG_T2", counted.t2),
            ("ORG_T3", counted.t3),
            ("WORK", counted.work),
        ):
            assert figures[day, indicator] == (*expected, 1), (day, indicator)
    assert (until, "ORG") not in figures


def check_filings(federation: Federation) -> None:
    """Four societies file from the beginning; every ledger passed every check (no E)."""
    ledgers = Ledger.objects.filter(society__federation=federation, period__key="2016H2")
    assert ledgers.filter(state=LedgerState.ACCEPTED).count() == 4


def check_later_runs(federation: Federation, until: date, said: list[str]) -> None:
    """The same again changes nothing; two days later only adds two nights; a seed stays."""
    before = (numbers(federation), NightRun.objects.count(), Ledger.objects.count())
    Filler(SEED, moment_of(until), said.append).fill()
    assert (numbers(federation), NightRun.objects.count(), Ledger.objects.count()) == before
    Filler(SEED, moment_of(until + timedelta(days=2)), said.append).fill()
    assert NightRun.objects.count() == before[1] + 2
    assert numbers(federation) >= before[0]
    with pytest.raises(AnotherSeed):
        Filler(SEED + 1, moment_of(until), said.append).prepare()
