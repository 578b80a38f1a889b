"""Revisions of published days, gap lists, and why a figure changed (R-COV-02, -03, -08; R14)."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.permissions import Permission, Role
from branches.models import OrganisationType
from common.errors import ActionRefused, NotAllowed
from coverage import live
from coverage.actions import publish_revision
from coverage.explain import changed_societies, explain_change, explain_changes
from coverage.gaps import frozen_gap, live_gap
from coverage.models import (
    CoverageRevision,
    CoverageSnapshot,
    Indicator,
    LiveCoverage,
    NightRun,
    SocietyCoverage,
    SocietyCoverageCorrection,
)
from coverage.night import missing_days, run_missing
from societies.actions import mark_dirty
from tests.coverage.test_night import figures
from tests.factories import (
    at,
    freeze,
    make_actor,
    make_edition,
    make_organisation,
    make_posting,
    make_society,
    make_society_branch,
)

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 31)
DAY = date(2026, 11, 20)


@pytest.fixture
def world():
    """Covered, bare and half-covered (two branches, one with a group), frozen twice."""
    edition = make_edition()
    covered, bare, half = (make_society(edition.federation) for _ in range(3))
    make_organisation(covered)
    first, _ = make_society_branch(half), make_society_branch(half)
    make_organisation(half, first, type=OrganisationType.WORKING_GROUP)
    for day in (OCTOBER, DAY - timedelta(days=1)):
        freeze(edition.federation, day)
    return edition.federation, covered, bare, half


def backdate(society, since, today=DAY):
    organisation = make_organisation(society, established_on=since)
    mark_dirty([society.pk], since=since, today=today)
    return organisation


def revise(world):
    federation, _, bare, _ = world
    backdate(bare, date(2026, 10, 20))
    freeze(federation, DAY)
    return CoverageRevision.objects.get(on=OCTOBER, number=2)


def gap_matches(actor, revision):
    """R-COV-03: the list's length is total − covered, for every indicator."""
    for indicator in Indicator:
        figure = revision.figures.filter(indicator=indicator, dimension="all").first()
        if figure is not None:
            rows = frozen_gap(actor, indicator, revision)
            assert len(rows) == figure.total - figure.covered, indicator
    return True


def test_a_reviewer_publishes_with_a_reason(world):
    federation = world[0]
    revision = revise(world)
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    assert figures(federation, OCTOBER)["ORG"] == (1, 3)
    with pytest.raises(ActionRefused) as refused:
        publish_revision(revision=revision, reason="  ", by=reviewer, now=at(DAY, 10))
    assert list(refused.value.errors) == ["reason"]
    with pytest.raises(ActionRefused, match="200"):
        publish_revision(revision=revision, reason="长" * 201, by=reviewer, now=at(DAY, 10))
    publication = publish_revision(
        revision=revision, reason="补登批复", by=reviewer, now=at(DAY, 10)
    )
    assert publication.published_by == reviewer.user
    assert figures(federation, OCTOBER)["ORG"] == (2, 3)
    assert CoverageSnapshot.objects.filter(revision__number=1, on=OCTOBER).exists()
    with pytest.raises(ActionRefused, match="已发布"):
        publish_revision(revision=revision, reason="再来", by=reviewer, now=at(DAY, 11))
    assert publication.events.count() == 1


def test_only_the_reviewer_of_the_federation_publishes(world):
    revision = revise(world)
    strangers = [
        make_actor(Role.COMMITTEE_LEADER, world[0]),
        make_actor(Role.LEADERSHIP_VIEWER, world[0]),
        make_actor(Role.SYSADMIN),
        make_actor(Role.COMMITTEE_REVIEWER, make_edition().federation),
    ]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            publish_revision(revision=revision, reason="补登", by=stranger, now=at(DAY, 10))
    revision.refresh_from_db()
    assert not revision.shown


def test_an_overtaken_revision_is_not_published(world):
    federation, covered, _, half = world
    second = revise(world)
    backdate(half, date(2026, 10, 21))
    freeze(federation, DAY + timedelta(days=1))
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    with pytest.raises(ActionRefused, match="新的修订"):
        publish_revision(revision=second, reason="补登", by=reviewer, now=at(DAY, 10))
    (waiting,) = CoverageRevision.objects.waiting()
    assert (waiting.on, waiting.number) == (OCTOBER, 3)
    assert gap_matches(reviewer, waiting)
    assert gap_matches(reviewer, second)


def test_every_revision_opens_exactly_its_units(world):
    federation, _, bare, half = world
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    second = revise(world)
    first = CoverageRevision.objects.get(on=OCTOBER, number=1)
    assert gap_matches(reviewer, first)
    assert gap_matches(reviewer, second)
    listed = {row.society for row in frozen_gap(reviewer, Indicator.ORG, first)}
    assert listed == {bare, half}
    assert {r.society for r in frozen_gap(reviewer, Indicator.ORG, second)} == {half}
    (uncovered,) = frozen_gap(reviewer, Indicator.ORG_T3, first)
    assert uncovered.unit == half.units.filter(tier=3).last()
    assert uncovered.since == OCTOBER
    # A later fact about the branch leaves the frozen list as it was.
    make_organisation(
        half, uncovered.unit, type=OrganisationType.WORKING_GROUP, established_on=OCTOBER
    )
    assert [r.unit for r in frozen_gap(reviewer, Indicator.ORG_T3, first)] == [uncovered.unit]


def test_the_live_list_is_as_long_as_the_live_gap(world):
    federation = world[0]
    live.turn_live_day(at(DAY))
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    totals = LiveCoverage.objects.within(reviewer.scope(Permission.COVERAGE_VIEW)).totals()
    assert {i: len(live_gap(reviewer, Indicator(i))) for i in totals} == {
        i: t["total"] - t["covered"] for i, t in totals.items()
    }
    assert live_gap(reviewer, Indicator.ORG)[0].since == OCTOBER


def test_gap_lists_stay_within_the_right(world):
    federation = world[0]
    live.turn_live_day(at(DAY))
    revision = CoverageRevision.objects.get(on=OCTOBER)
    stranger = make_actor(Role.COMMITTEE_REVIEWER, make_edition().federation)
    viewer = make_actor(Role.LEADERSHIP_VIEWER, federation)
    for actor in (stranger, viewer):
        assert live_gap(actor, Indicator.ORG) == []
        assert frozen_gap(actor, Indicator.ORG, revision) == []


def test_a_society_that_left_before_the_month_end_is_outside_the_revision(world):
    federation, covered, *_ = world
    covered.left_on = date(2026, 10, 1)
    covered.save()
    mark_dirty([covered.pk], since=covered.left_on, today=DAY)
    freeze(federation, DAY)
    second = CoverageRevision.objects.get(on=OCTOBER, number=2)
    outside = SocietyCoverageCorrection.objects.filter(revision=second, society=covered)
    assert set(outside.values_list("state", flat=True)) == {"outside"}
    assert second.figures.get(indicator="ORG", dimension="all").total == 2
    assert gap_matches(make_actor(Role.COMMITTEE_REVIEWER, federation), second)


def test_one_fact_changes_exactly_its_rows(world):
    federation, _, bare, _ = world
    make_organisation(bare, established_on=DAY)
    mark_dirty([bare.pk], since=DAY, today=DAY)
    before = set(SocietyCoverage.objects.values_list("pk", flat=True))
    run = freeze(federation, DAY)
    new = SocietyCoverage.objects.exclude(pk__in=before)
    assert set(new.values_list("society", "indicator", "covered", "valid_from")) == {
        (bare.pk, indicator, 1, DAY) for indicator in ("ORG", "ORG_T2", "WORK")
    }
    assert set(
        SocietyCoverage.objects.filter(valid_to=DAY).values_list("society", "indicator")
    ) == {(bare.pk, indicator) for indicator in ("ORG", "ORG_T2", "WORK")}
    assert run.changed == 3
    assert not CoverageRevision.objects.filter(number__gt=1).exists()


def test_all_figures_deleted_and_run_again_are_the_same(world):
    """P6: in a world without backdated facts."""
    federation = world[0]

    def everything():
        return (
            list(
                SocietyCoverage.objects.order_by("society", "indicator", "valid_from").values(
                    "society",
                    "indicator",
                    "state",
                    "covered",
                    "total",
                    "gap_ids",
                    "valid_from",
                    "valid_to",
                )
            ),
            list(
                CoverageSnapshot.objects.order_by(
                    "on", "indicator", "dimension", "value"
                ).values_list("on", "indicator", "dimension", "value", "covered", "total", "owners")
            ),
        )

    before = everything()
    assert all(before)
    for model in (SocietyCoverage, NightRun):
        model.objects.all().delete()
    assert everything() == ([], [])
    for day in (OCTOBER, DAY - timedelta(days=1)):
        freeze(federation, day)
    assert everything() == before


def test_identical_recomputation_after_a_backdated_mark_writes_nothing(world):
    federation, covered, *_ = world
    mark_dirty([covered.pk], since=date(2026, 10, 1), today=DAY)
    freeze(federation, DAY)
    assert not CoverageRevision.objects.filter(number__gt=1).exists()
    assert not SocietyCoverageCorrection.objects.exists()


def test_missed_nights_are_caught_up_in_order(world):
    """R-COV-07: 31 days; a hole before the newest day is filled beside the chain."""
    federation = world[0]
    missed = missing_days(federation, DAY + timedelta(days=1))
    assert missed[0] == DAY - timedelta(days=30)
    assert OCTOBER not in missed
    assert len(missed) == 29
    runs = run_missing(at(DAY + timedelta(days=1), 7))
    assert [run.on for run in runs] == missed
    assert [run.caught_up for run in runs] == [True] * 28 + [False]
    assert missing_days(federation, DAY + timedelta(days=1)) == []
    assert {figures(federation, day)["ORG"] for day in missed} == {(1, 3)}
    assert set(CoverageRevision.objects.values_list("number", "shown")) == {(1, True)}


def test_a_demonstration_under_way_is_left_to_its_loader(world):
    federation = world[0]
    federation.is_demo = True
    federation.save()
    NightRun.objects.filter(on__gt=OCTOBER).delete()
    december = at(date(2026, 12, 15), 7)
    assert run_missing(december) == []
    assert NightRun.objects.frozen().latest_day() == OCTOBER
    freeze(federation, date(2026, 12, 12))
    assert run_missing(december) == []
    freeze(federation, date(2026, 12, 13))
    assert [run.on for run in run_missing(december)][-1] == date(2026, 12, 14)


def test_why_it_changed_names_the_facts(world):
    """D-6, R-COV-08."""
    federation, covered, bare, half = world
    make_organisation(bare, name="示例党支部", established_on=DAY)
    make_posting(half, person_name="王某", valid_from=DAY)
    freeze(federation, DAY)
    assert changed_societies(federation, DAY) == {bare.pk, half.pk}
    texts = {fact.text for fact in explain_change(bare, DAY)}
    assert texts == {"示例党支部：成立", "示例党支部与办事机构：建立覆盖关系"}
    assert [f.text for f in explain_change(half, DAY)] == ["党建指导员王某：派驻开始"]
    assert explain_change(covered, DAY) == []


def test_why_it_changed_names_facts_recorded_late(world):
    federation, _, bare, _ = world
    NightRun.objects.update(computed_at=at(date(2020, 1, 1)))
    organisation = backdate(bare, date(2026, 10, 20))
    with time_machine.travel(at(DAY, 10)):
        run = freeze(federation, DAY)
    run.computed_at = at(date(2099, 1, 1))
    run.save()
    found = explain_changes(federation, DAY)
    late = [fact for fact in found[bare.pk] if fact.late]
    assert f"{organisation.name}：成立" in {fact.text for fact in late}
    assert {fact.on for fact in late} == {date(2026, 10, 20)}


def test_explaining_a_night_costs_a_fixed_number_of_queries(world, django_assert_max_num_queries):
    federation, _, bare, half = world
    for society in (bare, half):
        make_organisation(society, established_on=DAY)
    freeze(federation, DAY)
    with django_assert_max_num_queries(60):
        found = explain_changes(federation, DAY)
    assert all(found.values())
