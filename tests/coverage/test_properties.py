"""Over random worlds: live follows every fact (P17), a late fact revises month-ends only (R14)."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import given

from branches.models import PartyOrganisation, Posting
from coverage import live
from coverage.models import CoverageRevision, CoverageSnapshot, LiveCoverage
from societies.actions import mark_dirty
from tests.coverage.test_oracle import INDICATORS, PLAIN, seeds
from tests.factories import at, freeze, make_edition
from tests.oracle import coverage as oracle
from tests.oracle.worlds import FIRST, days, random_world, write

pytestmark = pytest.mark.django_db
MONTH_END = date(2026, 6, 30)


def served(world, organisation):
    """Societies that an organisation serves by any link."""
    bodies = {u.key: u.body for u in world.units}
    return {bodies[s.unit] for s in world.services if s.organisation == organisation.key}


def change(world, societies, random, today):
    """One fact since a day up to `today`, in tuples and in rows, with its mark."""
    since = FIRST + timedelta(days=random.randrange((today - FIRST).days + 1))
    living = [o for o in world.organisations if o.established < since and o.dissolved is None]
    if living and random.random() < 0.5:
        chosen = random.choice(living)
        place = world.organisations.index(chosen)
        world.organisations[place] = chosen._replace(dissolved=since)
        PartyOrganisation.objects.filter(
            name=f"党组织{chosen.key}", society__in=societies.values()
        ).update(dissolved_on=since, dissolution_number="撤2号")
        touched = served(world, chosen)
    else:
        body = random.choice(world.bodies).key
        world.postings.append(oracle.Posted(body, "GM03", since, None))
        Posting.objects.create(
            society_id=societies[body],
            kind="GM03",
            person_name=f"王某{len(world.postings)}",
            home_unit="示例单位",
            document_number="补1号",
            valid_from=since,
        )
        touched = {body}
    mark_dirty([societies[body] for body in touched], since=since, today=today)


def wholes(world, day):
    found = defaultdict(list)
    for (_, indicator), count in oracle.figures(world, day).items():
        found[indicator].append(count)
    return {i: tuple(oracle.whole(found[i]))[:2] for i in INDICATORS}


def stored(rows):
    return {
        row.indicator: (row.covered, row.total)
        for row in rows
        if row.dimension == "all" and row.indicator in INDICATORS
    }


@PLAIN
@given(seed=seeds)
def test_live_follows_every_fact(seed):
    """Incremental equals full: 0 differences after any number of edits."""
    random, today = Random(seed), days()[-1]
    with transaction.atomic():
        world = random_world(random)
        edition = make_edition(work_evidence_days=world.evidence_days)
        societies, units = write(world, edition.federation)
        live.turn_live_day(at(today, 0))
        for _ in range(4 if world.bodies else 0):
            change(world, societies, random, today)
            live.drain_dirty(at(today, 12))
        key = {pk: k for k, pk in societies.items()}
        unit = {pk: k for k, pk in units.items()}
        rows = LiveCoverage.objects.filter(society__in=key, indicator__in=INDICATORS)
        assert {
            (key[r.society_id], r.indicator): oracle.Count(
                r.covered, r.total, tuple(sorted(unit[u] for u in r.gap_ids))
            )
            for r in rows
        } == oracle.figures(world, today)
        live.turn_live_day(at(today + timedelta(days=1), 0))
        assert freeze(edition.federation, today).differences == 0
        transaction.set_rollback(True)


@PLAIN
@given(seed=seeds)
def test_a_late_fact_revises_the_month_end_and_nothing_else(seed):
    """R14: an unpublished revision exactly where the recomputation differs, all else stays."""
    random, today = Random(seed), days()[-1]
    with transaction.atomic():
        world = random_world(random)
        edition = make_edition(work_evidence_days=world.evidence_days)
        federation = edition.federation
        societies, _ = write(world, federation)
        frozen = [day for day in days() if day < today and day.day % 2 == 0]
        for day in frozen:
            freeze(federation, day)
        figures = CoverageSnapshot.objects.filter(federation=federation)
        before = {day: stored(figures.of_day(day)) for day in frozen}
        old = oracle.figures(world, MONTH_END)
        if world.bodies:
            change(world, societies, random, today)
        freeze(federation, today)
        assert {day: stored(figures.of_day(day)) for day in frozen} == before
        assert stored(figures.of_day(today)) == wholes(world, today)
        later = CoverageRevision.objects.filter(federation=federation, number__gt=1)
        if oracle.figures(world, MONTH_END) == old:
            assert not later.exists()
        else:
            (revision,) = later
            assert (revision.on, revision.number, revision.shown) == (MONTH_END, 2, False)
            assert stored(revision.figures.all()) == wholes(world, MONTH_END)
        transaction.set_rollback(True)
