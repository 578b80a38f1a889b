"""R-LIFE-01, -02, -10, D-5: what is owed of whole periods, and how much of it counts as held."""

from datetime import date, timedelta
from random import Random

import pytest

from accounts.permissions import Role
from branches.actions import dissolve_organisation
from branches.actions.life import return_record, withdraw_record
from branches.models import ExpectedLife, LifeKind, OrganisationType, PartyGroup, Term
from branches.obligations.expected import refresh
from common.errors import ActionRefused
from common.periods import period_of
from tests.factories import (
    file_life,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    make_society_branch,
    turn_life,
)
from tests.factories.life import filer_of, moment_of

pytestmark = pytest.mark.django_db
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
AFTER = date(2027, 2, 1)


@pytest.fixture
def federation():
    federation = make_federation()
    make_obligations(federation)
    return federation


@pytest.fixture
def society(federation):
    return make_society(federation)


def compliance(society, kind, window=YEAR):
    rows = ExpectedLife.objects.filter(society=society, kind=kind).in_window(*window).summed("kind")
    row = next(iter(rows), None)
    return (row["num"], row["den"]) if row else None


def test_three_meetings_in_march_do_not_excuse_april(federation, society):
    """R-LIFE-01: held is capped at the requirement of its period."""
    branch = make_organisation(society)
    turn_life(federation, AFTER, since=YEAR[0])
    for day in (3, 12, 26):
        file_life(branch, held_on=date(2026, 3, day))
    march, april = (
        ExpectedLife.objects.get(organisation=branch, kind="theme_day", period=key)
        for key in ("2026-03", "2026-04")
    )
    assert (march.held, march.required, april.held) == (3, 1, 0)
    assert compliance(society, "theme_day") == (1, 12)


@pytest.mark.parametrize(
    ("established_on", "periods", "held"),
    [(date(2026, 4, 1), 3, 2), (date(2026, 4, 2), 2, 2)],
)
def test_ex_18_first_periods(federation, society, established_on, periods, held):
    """EX-18: Q2 counts for a branch founded on 1 April, not for one founded on 2 April."""
    branch = make_organisation(society, established_on=established_on)
    turn_life(federation, AFTER, since=YEAR[0])
    for day in (date(2026, 8, 3), date(2026, 11, 3)):
        file_life(branch, LifeKind.MEMBERS_CONGRESS, day)
    assert compliance(society, "members_congress") == (held, periods)


@pytest.mark.parametrize(
    ("dissolved_on", "periods"), [(date(2026, 12, 31), 3), (date(2027, 1, 1), 4)]
)
def test_a_period_not_outlived_is_not_owed(federation, society, dissolved_on, periods):
    """R-LIFE-01: ended on or before the last day, the period does not count."""
    make_organisation(society, dissolved_on=dissolved_on, dissolution_number="1号")
    turn_life(federation, AFTER, since=YEAR[0])
    assert compliance(society, "members_congress") == (0, periods)


def test_nothing_owed_is_not_applicable(federation, society):
    """R-LIFE-02, trap 7: no required period has no row, never 0 of 0."""
    make_organisation(society, society.units.get(tier=1), type="functional_committee")
    turn_life(federation, AFTER, since=YEAR[0])
    assert compliance(society, "members_congress") is None
    assert compliance(society, "committee_meeting") == (0, 2)


@pytest.mark.parametrize("seed", range(12))
def test_compliance_equals_the_plain_definition(federation, society, seed):
    """R-LIFE-02 over random events: Σ min(held, req) ÷ Σ req over whole periods, by hand."""
    random = Random(seed)
    established = YEAR[0] + timedelta(days=random.randrange(0, 300))
    branch = make_organisation(society, established_on=established)
    turn_life(federation, AFTER, since=YEAR[0])
    by = filer_of(branch)
    days = [established + timedelta(days=random.randrange(0, 60)) for _ in range(6)]
    days = sorted({day for day in days if day <= YEAR[1]})
    late = {day for day in days if random.random() < 0.3}
    for day in days:
        file_life(branch, held_on=day, by=by, on=day + timedelta(days=45 if day in late else 1))
    months = [period_of("month", date(2026, n, 1)) for n in range(1, 13)]
    whole = [m for m in months if established <= m.first_day]
    held = sum(
        any(
            m.first_day <= day <= m.last_day
            and day + timedelta(days=45 if day in late else 1) <= m.last_day + timedelta(days=10)
            for day in days
        )
        for m in whole
    )
    assert compliance(society, "theme_day") == ((held, len(whole)) if whole else None)


def test_filed_after_the_grace_is_kept_but_does_not_count(federation, society):
    """R-LIFE-05: accepted for compliance until the period's close + 10 days."""
    branch = make_organisation(society)
    turn_life(federation, AFTER, since=YEAR[0])
    file_life(branch, held_on=date(2026, 3, 31), on=date(2026, 4, 10))
    assert compliance(society, "theme_day") == (1, 12)
    record = file_life(branch, held_on=date(2026, 4, 30), on=date(2026, 5, 11))
    assert compliance(society, "theme_day") == (1, 12)
    assert not record.is_late  # 11 days after the event: on time, though after the month's grace


def test_a_flagged_event_counts_for_both_kinds(federation, society):
    """R-LIFE-03: 主题党日 and 党课 together."""
    branch = make_organisation(society)
    turn_life(federation, AFTER, since=YEAR[0])
    file_life(branch, held_on=date(2026, 3, 5), also_kind="party_lecture")
    assert compliance(society, "theme_day") == (1, 12)
    assert compliance(society, "party_lecture") == (1, 4)


def test_talks_count_by_classes_of_pairs(federation, society):
    """art. 19: each class once a year; without a 支委会 there are two classes."""
    branch = make_organisation(society)
    turn_life(federation, AFTER, since=YEAR[0])
    file_life(branch, LifeKind.HEART_TALK, date(2026, 3, 5), talks_with_members=9)
    assert compliance(society, "heart_talk") == (1, 2)
    file_life(branch, LifeKind.HEART_TALK, date(2026, 6, 5), talks_between_members=1)
    assert compliance(society, "heart_talk") == (2, 2)


def test_return_and_withdrawal_lower_what_is_held(federation, society):
    """R-LIFE-05: a record counts provisionally until returned."""
    branch = make_organisation(society)
    turn_life(federation, AFTER, since=YEAR[0])
    by = filer_of(branch)
    first, second = (file_life(branch, held_on=date(2026, n, 5), by=by) for n in (3, 4))
    assert compliance(society, "theme_day") == (2, 12)
    return_record(
        record=first,
        row_version=1,
        reason="议程不清",
        by=make_actor(Role.SOCIETY_SECRETARY, society),
        now=moment_of(date(2026, 3, 9)),
    )
    withdraw_record(
        record=second, row_version=1, reason="误登", by=by, now=moment_of(date(2026, 4, 9))
    )
    assert compliance(society, "theme_day") == (0, 12)


def test_a_joint_organisations_event_counts_for_every_society_served(federation, society):
    """R-LIFE-10: one record, every society served throughout the period."""
    other, late = make_society(federation), make_society(federation)
    joint = make_organisation(
        society,
        *(s.units.get(tier=2) for s in (society, other, late)),
        type=OrganisationType.JOINT_BRANCH,
    )
    joint.services.filter(society=late).update(valid_from=date(2026, 3, 2))
    turn_life(federation, AFTER, since=YEAR[0])
    file_life(joint, held_on=date(2026, 3, 20))
    assert compliance(society, "theme_day") == compliance(other, "theme_day") == (1, 12)
    # Served from 2 March on: March is no whole period of this society.
    assert compliance(late, "theme_day") == (0, 9)


def test_sets_are_frozen_after_the_last_day(federation, society):
    """D-5: a dissolution entered later leaves closed periods as they were."""
    branch = make_organisation(society)
    turn_life(federation, date(2026, 4, 1), since=YEAR[0])
    rows = ExpectedLife.objects.filter(organisation=branch, kind="theme_day")
    assert rows.filter(frozen_at__isnull=False).count() == 3
    dissolve_organisation(
        organisation=branch,
        on=date(2026, 3, 15),
        number="撤1号",
        by=make_actor(Role.COMMITTEE_REVIEWER, federation),
        now=moment_of(date(2026, 4, 5)),
    )
    refresh([society.pk], date(2026, 4, 5))
    assert sorted(rows.values_list("period", flat=True)) == ["2026-01", "2026-02", "2026-03"]
    assert not ExpectedLife.objects.filter(organisation=branch, period="2026").exists()


def test_a_branch_entered_late_owes_nothing_of_closed_periods(federation, society):
    """D-5: nobody is added to a closed period."""
    turn_life(federation, date(2026, 4, 1), since=YEAR[0])
    branch = make_organisation(society, established_on=date(2026, 1, 1))
    refresh([society.pk], date(2026, 4, 5))
    found = ExpectedLife.objects.filter(organisation=branch).values_list("period", flat=True)
    assert set(found) == {"2026-04", "2026Q2", "2026"}


def test_turning_twice_or_after_days_off_writes_every_period_once(federation, society):
    """A day that turned already touches no row; missed days are caught up."""
    make_organisation(society)
    turn_life(federation, date(2026, 1, 20))
    turn_life(federation, date(2026, 3, 2))
    months = ExpectedLife.objects.filter(kind="theme_day").values_list("period", flat=True)
    assert sorted(months) == ["2026-01", "2026-02", "2026-03"]
    assert turn_life(federation, date(2026, 3, 2)) == 0


def test_an_edition_that_follows_is_asked_for_periods_that_begin_in_it(federation, society):
    """Decision 7: what a running year owes is not changed by the next edition."""
    federation.obligation_editions.update(valid_to=date(2026, 7, 1))
    make_obligations(federation, "chongqing-life-2023", valid_from=date(2026, 7, 1))
    make_organisation(society, type="functional_branch")
    turn_life(federation, AFTER, since=YEAR[0])
    assert compliance(society, "members_congress") == (0, 2)
    assert compliance(society, "org_life_meeting") is None


def test_only_branches_owe_what_the_matrix_says(federation):
    """rules §3: kinds by type of organisation."""
    owed = {}
    for kind in OrganisationType.values:
        society = make_society(federation)
        unit = (
            make_society_branch(society) if kind == "working_group" else society.units.get(tier=1)
        )
        make_organisation(society, unit, type=kind)
        owed[kind] = society
    turn_life(federation, AFTER, since=YEAR[0])
    found = {
        kind: set(ExpectedLife.objects.filter(society=s).values_list("kind", flat=True))
        for kind, s in owed.items()
    }
    life = {"members_congress", "party_lecture", "theme_day", "org_life_meeting"}
    whole = life | {"democratic_appraisal", "party_spirit_analysis", "heart_talk"}
    committee = {"committee_meeting", "study_group", "secretary_lecture"}
    assert found == {
        "branch": whole,
        "joint_branch": whole,
        "temporary_branch": life,
        "functional_branch": set(),
        "functional_committee": committee,
        "committee": committee | {"democratic_life_meeting"},
        "general_branch": committee | {"democratic_life_meeting"},
        "working_group": {"working_group_activity"},
    }


def test_ex_17_without_committee_and_groups_their_meetings_are_not_owed(federation, society):
    """EX-17: 4 full members, no 支委会, no 党小组 ⇒ C2, C3 n/a."""
    make_organisation(society)
    turn_life(federation, AFTER, since=YEAR[0])
    assert compliance(society, "branch_committee_meeting") is None
    assert compliance(society, "party_group_meeting") is None


def make_group(branch, name, since=date(2016, 1, 1)):
    return PartyGroup.objects.create(
        organisation=branch,
        society_id=branch.society_id,
        name=name,
        leader_name="孙某某",
        valid_from=since,
    )


def test_a_branch_committee_owes_its_monthly_meeting(federation, society):
    """rules §3: 支委会 only where one exists, judged on the first day of the period."""
    branch = make_organisation(society)
    Term.objects.create(
        organisation=branch,
        society=society,
        term_no=1,
        elected_on=date(2026, 3, 2),
        term_years=3,
        seats=3,
        entitled=10,
        present=9,
    )
    turn_life(federation, AFTER, since=YEAR[0])
    file_life(branch, "branch_committee_meeting", date(2026, 5, 6))
    assert compliance(society, "branch_committee_meeting") == (1, 9)
    # Three classes of pairs are owed from the year that begins with a committee.
    assert compliance(society, "heart_talk") == (0, 2)


def test_each_party_group_owes_its_own_meeting(federation, society):
    """art. 13: 1 a month for each group; one group's second meeting excuses no other."""
    branch = make_organisation(society)
    one, two = make_group(branch, "第一小组"), make_group(branch, "第二小组", date(2026, 6, 1))
    turn_life(federation, AFTER, since=YEAR[0])
    march = ExpectedLife.objects.get(kind="party_group_meeting", period="2026-03")
    july = ExpectedLife.objects.get(kind="party_group_meeting", period="2026-07")
    assert (march.required, july.required) == (1, 2)
    for day in (3, 17):
        file_life(branch, "party_group_meeting", date(2026, 7, day), group=one)
    july.refresh_from_db()
    assert july.held == 1
    file_life(branch, "party_group_meeting", date(2026, 7, 20), group=two)
    july.refresh_from_db()
    assert july.held == 2
    with pytest.raises(ActionRefused, match="哪个党小组"):
        file_life(branch, "party_group_meeting", date(2026, 7, 21))
    with pytest.raises(ActionRefused, match="不存在"):
        file_life(branch, "party_group_meeting", date(2026, 5, 20), group=two)
    with pytest.raises(ActionRefused, match="只有党小组会"):
        file_life(branch, held_on=date(2026, 7, 21), group=one)
