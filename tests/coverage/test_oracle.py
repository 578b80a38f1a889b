"""The night against an independent recomputation, and the invariants of R-COV-05."""

from collections import defaultdict
from random import Random

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches import querysets as branches_querysets
from branches import querysets_life
from branches.querysets import COVERING_TYPES
from branches.querysets_life import LifeRecordQuerySet, VisitReportQuerySet, days_before
from common.querysets import valid_on_q
from coverage import formulas, reads
from coverage.models import CoverageSnapshot, SocietyCoverage
from coverage.revisions import planned
from tests.factories import freeze, make_edition
from tests.oracle import coverage as oracle
from tests.oracle.worlds import days, random_world, write

pytestmark = pytest.mark.django_db
INDICATORS = ("ORG", "ORG_T1", "ORG_T2", "ORG_T3", "WORK")
PLAIN = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
seeds = st.integers(0, 2**32 - 1)


def frozen_rows(world, societies, units, day):
    """(society key, indicator) → Count, as the night stored it."""
    society = {pk: key for key, pk in societies.items()}
    unit = {pk: key for key, pk in units.items()}
    return {
        (society[row.society_id], row.indicator): oracle.Count(
            row.covered, row.total, tuple(sorted(unit[pk] for pk in row.gap_ids))
        )
        for row in SocietyCoverage.objects.at(day).filter(
            society__in=society, indicator__in=INDICATORS
        )
    }


def disagreements(seed, sampled=None):
    """Days on which the frozen rows or the wholes differ from the oracle's."""
    found = []
    with transaction.atomic():
        world = random_world(Random(seed))
        edition = make_edition(work_evidence_days=world.evidence_days)
        societies, units = write(world, edition.federation)
        for day in sampled or days()[::3]:
            freeze(edition.federation, day)
            expected = oracle.figures(world, day)
            rows = frozen_rows(world, societies, units, day)
            wholes = {
                row.indicator: (row.covered, row.total)
                for row in CoverageSnapshot.objects.filter(
                    federation=edition.federation, dimension="all", indicator__in=INDICATORS
                ).of_day(day)
            }
            expected_wholes = {
                i: tuple(oracle.whole(c for (_, k), c in expected.items() if k == i))[:2]
                for i in INDICATORS
            }
            if rows != expected or wholes != expected_wholes:
                found.append(day)
        transaction.set_rollback(True)
    return found


@PLAIN
@given(seed=seeds)
def test_the_night_agrees_with_the_oracle(seed):
    assert disagreements(seed) == []


def end_inclusive(on, start="valid_from", end="valid_to", prefix=""):
    return valid_on_q(on, start, end, prefix) | Q(**{f"{prefix}{end}": on})


def blind_to_suspensions(on, tiers=(1, 2, 3)):
    counts = Q()
    for tier in tiers:
        counts |= Q(tier=tier, organisation_type__in=COVERING_TYPES[tier])
    lives = valid_on_q(on, "established_on", "dissolved_on", prefix="organisation__")
    return counts & valid_on_q(on) & lives


def a_day_more(on, days):
    return days_before(on, days + 1)


# Forgets since when an organisation serves a society.
EVER_SERVED = formulas._EVIDENT.replace("AND r.held_on >= s.first", "")


@pytest.mark.parametrize(
    ("owner", "name", "mutant"),
    [
        (querysets_life, "days_before", a_day_more),
        (LifeRecordQuerySet, "counting", lambda self: self.all()),
        (VisitReportQuerySet, "counting", lambda self: self.all()),
        (formulas, "_EVIDENT", EVER_SERVED),
        (branches_querysets, "valid_on_q", end_inclusive),
        (branches_querysets, "_standing_q", blind_to_suspensions),
        (reads, "_TIERS", reads._TIERS.replace("u.tier = 2)", "u.tier >= 2)", 1)),
    ],
)
def test_a_planted_mutant_is_caught(owner, name, mutant, monkeypatch):
    monkeypatch.setattr(owner, name, mutant)
    planned.cache_clear()
    try:
        assert any(disagreements(seed, days()) for seed in range(40))
    finally:
        planned.cache_clear()


def reached(world):
    """Which hard cases a world holds."""
    served = defaultdict(set)
    bodies = {u.key: u.body for u in world.units}
    for service in world.services:
        served[service.organisation].add(bodies[service.unit])
    ends = {s.ends for s in world.services if s.ends}
    return {
        name
        for name, holds in (
            ("joint", any(len(found) > 1 for found in served.values())),
            ("dissolved", any(o.dissolved for o in world.organisations)),
            ("same-day", any(s.begins in ends for s in world.services)),
            ("suspended", bool(world.suspensions)),
            ("empty", not world.bodies),
            ("leaves", any(b.left for b in world.bodies)),
            ("evidence", bool(world.evidence_days and (world.events or world.visits))),
        )
        if holds
    }


def test_the_random_worlds_reach_the_hard_cases():
    cases = set().union(*(reached(random_world(Random(seed))) for seed in range(40)))
    assert cases == {"joint", "dissolved", "same-day", "suspended", "empty", "leaves", "evidence"}


@PLAIN
@given(seed=seeds)
def test_invariants_hold_over_random_histories(seed):
    """R-COV-05 as far as the five indicators go."""
    with transaction.atomic():
        world = random_world(Random(seed))
        edition = make_edition(work_evidence_days=world.evidence_days)
        write(world, edition.federation)
        for day in days()[::4]:
            freeze(edition.federation, day)
            rows = list(CoverageSnapshot.objects.filter(federation=edition.federation).of_day(day))
            check_invariants(rows)
        transaction.set_rollback(True)


def check_invariants(rows):
    whole = {row.indicator: row for row in rows if row.dimension == "all"}
    assert set(whole) == {*INDICATORS, "FIVE_CLEARS"}
    for row in rows:
        assert 0 <= row.covered <= row.total
        assert (row.state == "value") == (row.total > 0)
    assert whole["ORG"].covered <= whole["WORK"].covered
    assert whole["ORG_T1"].covered <= whole["ORG"].covered
    assert whole["ORG_T2"].covered <= whole["ORG"].covered
    assert whole["ORG"].covered <= whole["ORG_T1"].covered + whole["ORG_T2"].covered
    assert whole["ORG_T2"].total <= whole["ORG"].total == whole["WORK"].total
    for indicator in INDICATORS:
        classes = [
            row
            for row in rows
            if row.indicator == indicator and row.dimension == "discipline_class"
        ]
        assert sum(row.covered for row in classes) == whole[indicator].covered
        assert sum(row.total for row in classes) == whole[indicator].total
