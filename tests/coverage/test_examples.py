"""The worked examples of rules §17, as far as the five indicators go."""

from datetime import UTC, date, timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from branches.models import OrganisationForm, OrganisationType
from coverage import live
from coverage.display import rate, why_empty
from coverage.models import Indicator, LiveCoverage
from coverage.targets import gap, is_met
from dashboards.coverage.figures import load
from dashboards.coverage.trend import trend
from societies.models import UnitKind
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
    make_target,
)

pytestmark = pytest.mark.django_db
NEW_YEARS_EVE = date(2016, 12, 31)


def council(society):
    return society.units.get(kind=UnitKind.COUNCIL)


def verdicts(edition):
    """The dated targets as the committee's page judges them."""
    actor = make_actor(Role.COMMITTEE_REVIEWER, edition.federation)
    return trend(load(actor)).verdicts


def secretariat(society):
    return society.units.get(kind=UnitKind.SECRETARIAT)


@pytest.mark.parametrize(
    ("covered", "met", "missing", "shown"),
    [(164, True, 0, "80.00%"), (163, False, 1, "79.51%"), (205, True, 0, "100.00%")],
)
def test_ex_01_target_arithmetic(covered, met, missing, shown):
    assert is_met(covered, 205, 4, 5) is met
    assert gap(covered, 205, 4, 5) == missing
    assert rate(covered, 205) == shown


@pytest.mark.parametrize(
    ("covered", "total", "shown"),
    [
        (79_996, 100_000, "80.00%"),
        (99_996, 100_000, "99.99%"),
        (1, 1_000_000, "0.01%"),
        (0, 7, "0.00%"),
        (1, 8, "12.50%"),
        (2, 3, "66.67%"),
        (12_345, 100_000, "12.35%"),
        (0, 0, "—"),
    ],
)
def test_rates_round_half_up_and_never_lie_at_the_ends(covered, total, shown):
    """R-COV-04, trap 6, trap 7."""
    assert rate(covered, total) == shown
    assert (covered, total) != (79_996, 100_000) or not is_met(covered, total, 4, 5)


def test_empty_says_why():
    """R-COV-10."""
    assert why_empty("value") == ""
    assert why_empty("not_applicable", 0) == "暂无学会"
    assert why_empty("not_applicable", 3) == "不适用"
    assert why_empty("missing") == "未报"


class Joint:
    """The world of EX-02."""

    def __init__(self, dissolved_on=None, council_too=False):
        self.edition = make_edition()
        federation = self.federation = self.edition.federation
        self.s = [make_society(federation) for _ in range(5)]
        make_organisation(self.s[3], council(self.s[3]), type=OrganisationType.FUNCTIONAL_COMMITTEE)
        units = [secretariat(s) for s in self.s[:3]]
        if council_too:
            units.append(council(self.s[0]))
        number = {"dissolution_number": "撤1号"} if dissolved_on else {}
        self.joint = make_organisation(
            self.s[0],
            *units,
            type=OrganisationType.JOINT_BRANCH,
            form=OrganisationForm.JOINT,
            approved_on=date(2016, 11, 20),
            established_on=date(2016, 12, 5),
            dissolved_on=dissolved_on,
            **number,
        )

    def on(self, day):
        freeze(self.federation, day)
        return figures(self.federation, day)


def test_ex_02_joint_organisation_counts_societies_not_organisations():
    world = Joint()
    make_target(world.edition)
    early = world.on(date(2016, 12, 4))
    assert early["ORG"] == (1, 5)
    found = world.on(NEW_YEARS_EVE)
    assert (found["ORG_T1"], found["ORG_T2"], found["ORG"]) == ((1, 5), (3, 5), (4, 5))
    assert found["ORG_T3"] == (0, 0)
    (verdict,) = verdicts(world.edition)
    assert (verdict.met, verdict.lack) == (True, 0)


def test_ex_02_joint_organisation_of_a_council():
    found = Joint(council_too=True).on(NEW_YEARS_EVE)
    assert (found["ORG_T1"], found["ORG"]) == ((2, 5), (4, 5))


def test_ex_02_dissolution_day_does_not_count():
    world = Joint(dissolved_on=NEW_YEARS_EVE)
    assert world.on(date(2016, 12, 30))["ORG"] == (4, 5)
    assert world.on(NEW_YEARS_EVE)["ORG"] == (1, 5)


def test_ex_03_only_a_posted_instructor_gives_work_coverage():
    world = Joint()
    make_posting(world.s[4], kind="GM04", valid_from=date(2016, 12, 1))
    make_posting(world.s[4], kind="GM09", valid_from=date(2016, 12, 1))
    assert world.on(date(2016, 12, 30))["WORK"] == (4, 5)
    make_posting(world.s[4], valid_from=NEW_YEARS_EVE)
    found = world.on(NEW_YEARS_EVE)
    assert (found["WORK"], found["ORG"]) == ((5, 5), (4, 5))


def test_ex_04_new_society_and_the_posting_that_ends():
    edition = make_edition()
    society = make_society(edition.federation, joined_on=date(2026, 10, 8))
    posting = make_posting(society, valid_from=date(2026, 10, 15), valid_to=date(2027, 1, 1))

    def work(day):
        freeze(edition.federation, day)
        return figures(edition.federation, day)["WORK"]

    assert work(date(2026, 10, 7)) == (0, 0)
    assert work(date(2026, 10, 14)) == (0, 1)
    assert work(date(2026, 10, 15)) == (1, 1)
    assert work(date(2026, 12, 31)) == (1, 1)
    assert work(date(2027, 1, 1)) == (0, 1)
    posting.valid_to = date(2026, 11, 10)
    posting.save()
    assert work(date(2026, 11, 9)) == (1, 1)
    assert work(date(2026, 11, 10)) == (0, 1)


def test_ex_05_no_secretariat():
    edition = make_edition()
    s7 = make_society(edition.federation)
    make_organisation(s7, council(s7), type=OrganisationType.FUNCTIONAL_COMMITTEE)
    unit = secretariat(s7)
    unit.valid_to = date(2026, 6, 30)
    unit.save()
    make_organisation(make_society(edition.federation))
    freeze(edition.federation, date(2026, 6, 30))
    found = figures(edition.federation, date(2026, 6, 30))
    assert found["ORG"] == (2, 2)
    assert found["ORG_T2"] == (1, 1)
    live.turn_live_day(at(date(2026, 6, 30)))
    states = LiveCoverage.objects.filter(society=s7).values_list("indicator", "state")
    assert dict(states)["ORG_T2"] == dict(states)["ORG_T3"] == "not_applicable"


def test_ex_06_recorded_overlapping_branch_covers():
    edition = make_edition()
    make_society(edition.federation)
    make_organisation(
        make_society(edition.federation), form=OrganisationForm.OVERLAPPING, basis="record_filing"
    )
    freeze(edition.federation, NEW_YEARS_EVE)
    found = figures(edition.federation, NEW_YEARS_EVE)
    assert (found["ORG"], found["ORG_T2"]) == ((1, 2), (1, 2))


def test_ex_07_a_closed_branch_leaves_both_numbers():
    edition = make_edition()
    society = make_society(edition.federation)
    branches = [make_society_branch(society) for _ in range(21)]
    for branch in branches[:13]:
        make_organisation(society, branch, type=OrganisationType.WORKING_GROUP)
    branches[0].valid_to = date(2016, 6, 30)
    branches[0].save()
    found = {}
    for day in (date(2016, 6, 29), date(2016, 6, 30)):
        freeze(edition.federation, day)
        found[day] = figures(edition.federation, day)["ORG_T3"]
    assert list(found.values()) == [(13, 21), (12, 20)]
    assert [rate(*f) for f in found.values()] == ["61.90%", "60.00%"]


def test_a_target_is_judged_on_its_own_day():
    edition = make_edition()
    make_target(edition)
    later = make_target(edition, due_on=date(2017, 6, 30), numerator=1, denominator=1)
    covered, bare = (make_society(edition.federation) for _ in range(2))
    make_organisation(covered)
    make_organisation(bare, established_on=date(2017, 7, 1))
    assert verdicts(edition) == []
    for day in (NEW_YEARS_EVE, later.due_on, date(2017, 7, 1)):
        freeze(edition.federation, day)
    assert [(v.met, v.lack) for v in verdicts(edition)] == [(False, 1), (False, 1)]


def test_an_empty_federation_has_no_value_anywhere():
    """Trap 7, R-COV-10, D-12."""
    edition = make_edition()
    make_society(edition.federation, body_kind="foundation")
    run = freeze(edition.federation, NEW_YEARS_EVE)
    rows = list(run.revisions.get().figures.all())
    assert {(r.dimension, r.state, r.covered, r.total, r.owners) for r in rows} == {
        ("all", "not_applicable", 0, 0, 0)
    }
    assert {r.indicator for r in rows} == set(Indicator.values)
    assert len(rows) == len(Indicator.values)


def test_universe_counts_every_day_for_members_before_records():
    """D-12: joined_on NULL counts for every date; international bodies never."""
    edition = make_edition()
    make_society(edition.federation)
    make_society(edition.federation, relation="entrusted")
    make_society(edition.federation, body_kind="international", relation="international")
    make_society(edition.federation, left_on=date(2016, 6, 1))
    for day, total in ((date(2016, 5, 31), 3), (date(2016, 6, 1), 2), (date(2026, 6, 1), 2)):
        freeze(edition.federation, day)
        assert figures(edition.federation, day)["ORG"] == (0, total)


def test_shanghai_midnight_decides_the_day():
    """R13: 23:59:59 and 00:00:00 in Shanghai, which is 15:59:59 and 16:00:00 UTC."""
    edition = make_edition()
    make_society(edition.federation)
    day = date(2026, 6, 30)
    with pytest.raises(ValueError, match="尚未结束"):
        freeze(edition.federation, day, now=at(day, 23, 59, 59))
    midnight = at(day + timedelta(days=1), 0)
    assert midnight.utctimetuple()[:6] == (2026, 6, 30, 16, 0, 0)
    assert freeze(edition.federation, day, now=midnight).computed_at == midnight
    live.turn_live_day(at(day, 23, 59, 59))
    assert set(LiveCoverage.objects.values_list("on", flat=True)) == {day}
    live.turn_live_day(midnight)
    assert set(LiveCoverage.objects.values_list("on", flat=True)) == {day + timedelta(days=1)}


def test_by_another_clock_midnight_would_come_eight_hours_late():
    """Negative control of R13: days of UTC."""
    edition = make_edition()
    make_society(edition.federation)
    day = date(2026, 6, 30)
    midnight = at(day + timedelta(days=1), 0)
    with timezone.override(UTC):
        with pytest.raises(ValueError, match="尚未结束"):
            freeze(edition.federation, day, now=midnight)
        live.turn_live_day(midnight)
    assert set(LiveCoverage.objects.values_list("on", flat=True)) == {day}
