"""Each line from its facts: worked examples EX-11 … EX-18 through the shipped standard."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.permissions import Role
from branches.actions.member_relations import relate_member
from branches.models import LifeKind, Place
from common.computing import compute, rows
from ledgers import actions
from ledgers.actions import Remark
from ledgers.models import ExpectedFiling, LedgerState
from societies.models import Society
from starrating.figures import compute_day
from starrating.formulas import FORMULAS, VETOES, reads
from starrating.formulas.base import Window
from tests.factories import (
    make_cast,
    make_edition,
    make_ledger,
    make_organisation,
    make_period,
    make_posting,
    make_society,
    make_society_branch,
    make_standard,
)
from tests.factories.ledgers import moment
from tests.factories.life import file_life, make_obligations, turn_life
from tests.factories.members import FILED, make_member
from tests.factories.societies import make_actor
from tests.factories.terms import make_party_group, make_post, make_term

pytestmark = pytest.mark.django_db
END = date(2026, 12, 31)
D = Decimal


@pytest.fixture
def standard():
    found = make_standard(make_edition().federation, "star-start")
    make_obligations(found.federation)
    return found


@pytest.fixture
def society(standard):
    return make_society(standard.federation)


def lines(standard, society, on=END):
    """code → (state, numerator, denominator, points) as of a day, none frozen before."""
    with transaction.atomic():
        turn_life(standard.federation, on + timedelta(days=1), since=date(2026, 1, 1))
        compute_day(standard, on)
        found = rows(
            "SELECT key, state, numerator, denominator, points FROM star_line WHERE owner = %s",
            [society.pk],
        )
    return {key: (state, n, d, points) for key, state, n, d, points in found}


def total(standard, society, on=END):
    lines(standard, society, on)
    (row,) = rows(
        "SELECT tree, state, applicable, score FROM star_total WHERE owner = %s", [society.pk]
    )
    return row


def proposal(name, society, params=None):
    window = Window.year_to(END)
    query = VETOES[name](Society.objects.filter(pk=society.pk), window, params or {})
    compute({name: query})
    return rows("SELECT covered FROM figure_result", []) == [(1,)]


def branch_of(society, **fields):
    return make_organisation(society, *society.units.filter(kind="secretariat"), **fields)


def committee_of(society, **fields):
    units = society.units.filter(kind="council")
    return make_organisation(society, *units, type="functional_committee", **fields)


def test_ex_11_early_on_sixty_and_fifty_nine_points_apply():
    """EX-11, on the shipped data: not enough for STAR-SOC-1, enough for STAR-START."""
    federation = make_edition().federation
    strict = make_standard(federation, "star-soc-1")
    for tree, lacking in (("multi", 40), ("single", 41)):
        points = strict.criteria.filter(tree=tree)
        assert sum(row.points for row in points) == 100
        assert sum(row.points for row in points if not row.supplied) == lacking
        named = {row.code for row in points if not row.supplied}
        assert named - {"D1", "D2"} == {"A2", "A3", "A4", "F1", "F2", "F3", "G1", "G2", "G3", "G4"}
    assert strict.min_applicable == 70
    assert make_standard(make_edition().federation, "star-start").min_applicable == 50


def test_without_a_branch_the_tree_is_single(standard, society):
    committee_of(society)
    assert total(standard, society)[0] == "single"
    assert "C1" not in lines(standard, society)
    assert "D1" not in lines(standard, society)


@pytest.mark.parametrize(
    ("established", "dissolved", "tree"),
    [
        (date(2026, 10, 1), None, "multi"),
        (date(2026, 10, 2), None, "single"),
        (date(2020, 1, 1), date(2026, 4, 1), "multi"),
        (date(2020, 1, 1), date(2026, 3, 31), "single"),
    ],
)
def test_the_tree_needs_one_whole_quarter(standard, society, established, dissolved, tree):
    more = {"dissolved_on": dissolved, "dissolution_number": "撤1号"} if dissolved else {}
    branch_of(society, established_on=established, **more)
    assert total(standard, society)[0] == tree


def test_before_the_first_quarter_is_over_the_days_there_are_decide(standard, society):
    branch_of(society, established_on=date(2026, 1, 1))
    assert total(standard, society, date(2026, 2, 10))[0] == "multi"
    other = make_society(standard.federation)
    branch_of(other, established_on=date(2026, 1, 2))
    assert total(standard, other, date(2026, 2, 10))[0] == "single"


def test_ex_15_inapplicable_tiers_leave_b1(standard):
    bare = make_society(standard.federation, secretariat=False)
    committee_of(bare)
    assert lines(standard, bare)["B1"] == ("value", 4, 4, 10)


def test_ex_17_thirteen_of_twenty_one_branches(standard, society):
    """EX-17: 4 + 3 + 3·13/21; four members, no 支委会, no 党小组: C2, C3 n/a."""
    committee_of(society)
    units = [make_society_branch(society) for _ in range(21)]
    branch = branch_of(society)
    for unit in units[:13]:
        make_organisation(society, unit, type="working_group")
    make_term(branch)
    found = lines(standard, society)
    assert found["B1"] == ("value", 186, 210, D("8.85714286"))
    assert found["C2"][0] == found["C3"][0] == "not_applicable"
    assert found["C1"][0] == "value"


@pytest.mark.parametrize(
    ("established", "expected"),
    [(date(2026, 4, 1), ("value", 2, 3, D("2.66666667"))), (date(2026, 4, 2), ("value", 2, 2, 4))],
)
def test_ex_18_first_periods(standard, society, established, expected):
    branch = branch_of(society, established_on=established)
    for day in (date(2026, 8, 1), date(2026, 11, 1)):
        file_life(branch, LifeKind.MEMBERS_CONGRESS, day)
    assert lines(standard, society)["C1"] == expected


def test_requirements_are_pro_rated(standard, society):
    """R-STAR-08: on 20 November whole periods of the year have come due, the year itself not."""
    branch = branch_of(society)
    file_life(branch, LifeKind.MEMBERS_CONGRESS, date(2026, 2, 1))
    file_life(branch, LifeKind.THEME_DAY, date(2026, 11, 5))
    found = lines(standard, society, date(2026, 11, 20))
    assert found["C1"][:3] == ("value", 1, 3)
    assert found["C5"][:3] == ("value", 0, 10)
    assert found["C6"][0] == "not_due"


@pytest.mark.parametrize(
    ("flags", "share"), [("10", (1, 2)), ("1", (1, 2)), ("", (0, 2)), ("110", (2, 3))]
)
def test_ex_13_first_topic(standard, society, flags, share):
    committee = committee_of(society)
    for n, flag in enumerate(flags, 1):
        file_life(committee, LifeKind.COMMITTEE_MEETING, date(2026, n, 9), first_topic=flag == "1")
    assert lines(standard, society)["A1"][1:3] == share


@pytest.mark.parametrize("blind", [False, True])
def test_a_meeting_of_two_units_counts_once(standard, society, blind, monkeypatch):
    """R-LIFE-10; with the negative control: links taken one by one count it twice."""
    if blind:
        monkeypatch.setattr(reads, "_HELD", reads._HELD.replace("o.link < s.link", "false"))
    both = make_organisation(society, *society.units.all(), type="general_branch")
    file_life(both, LifeKind.COMMITTEE_MEETING, date(2026, 3, 9), first_topic=True)
    assert lines(standard, society)["A1"][1:3] == ((2, 2) if blind else (1, 2))


def test_attendance_is_a_mean_over_events(standard, society):
    """C7: clip((mean − 0.6) / 0.3): 100 % and 50 % make 75 %, half of the points."""
    branch = branch_of(society)
    file_life(branch, LifeKind.MEMBERS_CONGRESS, date(2026, 2, 1), expected=4, present=4)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 3, 1), expected=4, present=2)
    file_life(branch, LifeKind.TRANSMISSION_STUDY, date(2026, 3, 2), expected=4, present=1)
    assert lines(standard, society)["C7"] == ("value", 15, 30, 1)


def test_attendance_is_clipped_both_ways(standard, society):
    branch = branch_of(society)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 3, 1), expected=4, present=1)
    assert lines(standard, society)["C7"] == ("value", 0, 30, 0)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 4, 1), expected=20, present=20)
    other = make_society(standard.federation)
    file_life(branch_of(other), LifeKind.THEME_DAY, date(2026, 4, 1), expected=20, present=20)
    assert lines(standard, other)["C7"] == ("value", 30, 30, 2)


def test_attendance_is_read_from_the_list_of_names(standard, society):
    """C7 counts relations here only (trap 4): the guests came, of four members one did not."""
    branch = branch_of(society)
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    usual = {"since": date(2020, 1, 1), "confirmed_by": secretary}
    here = [make_member(branch, **usual) for _ in range(5)]
    guests = [make_member(branch, **usual, place=Place.SUPPORTING_UNIT) for _ in range(4)]
    unconfirmed = make_member(branch, since=date(2020, 1, 1))
    marks = ["present"] * 3 + ["absent", "excused"] + ["present"] * 4 + ["absent"]
    listed = tuple(zip([m.pk for m in (*here, *guests, unconfirmed)], marks, strict=True))
    record = file_life(branch, LifeKind.THEME_DAY, date(2026, 3, 1), attendees=listed)
    assert (record.present, record.expected) == (7, 9)
    assert lines(standard, society)["C7"] == ("value", 15, 30, 1)
    # A list of guests alone says nothing of members; without one the counts are all there is.
    guests_only = tuple((m.pk, "present") for m in guests)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 4, 1), attendees=guests_only)
    assert lines(standard, society)["C7"] == ("value", 15, 30, 1)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 5, 1), expected=4, present=4)
    assert lines(standard, society)["C7"][1:3] == (D("27.5"), 30)


def test_whose_relation_moved_is_counted_as_known_today(standard, society):
    """Trap 18: the list stands; the relation on the day of the event is the register's."""
    branch = branch_of(society)
    usual = {"since": date(2020, 1, 1)}
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    one, other = (make_member(branch, **usual, confirmed_by=secretary) for _ in range(2))
    listed = ((one.pk, "present"), (other.pk, "absent"))
    file_life(branch, LifeKind.THEME_DAY, date(2026, 3, 1), attendees=listed)
    assert lines(standard, society)["C7"][1] == 0
    relate_member(
        member=other,
        row_version=other.row_version,
        place=Place.OTHER,
        on=date(2026, 2, 1),
        by=make_actor(Role.BRANCH_SECRETARY, branch),
        now=FILED,
    )
    assert lines(standard, society)["C7"][1] == 30


def test_a_joint_list_counts_for_each_society_its_own_members(standard, society):
    """R-LIFE-10: of a society none of whose members was listed the event says nothing."""
    other = make_society(standard.federation)
    joint = make_organisation(
        society, *society.units.all(), *other.units.all(), type="joint_branch"
    )
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    member = make_member(joint, since=date(2020, 1, 1), confirmed_by=secretary)
    listed = ((member.pk, "present"),)
    file_life(joint, LifeKind.THEME_DAY, date(2026, 3, 1), attendees=listed)
    assert lines(standard, society)["C7"] == ("value", 30, 30, 2)
    assert lines(standard, other)["C7"][0] == "not_applicable"


def test_a_committee_counts_all_whom_it_called(standard, society):
    """C10: nobody's relation lies in a 学会党委; the record's counts follow from its list."""
    committee = committee_of(society)
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    usual = {"since": date(2020, 1, 1), "confirmed_by": secretary, "place": Place.OTHER}
    members = [make_member(committee, **usual) for _ in range(4)]
    marks = ("present", "present", "present", "absent")
    listed = tuple((m.pk, mark) for m, mark in zip(members, marks, strict=True))
    file_life(committee, LifeKind.COMMITTEE_MEETING, date(2026, 3, 1), attendees=listed)
    assert lines(standard, society)["C10"] == ("value", 15, 30, 2)


def test_several_organisations_are_averaged_by_their_members(standard, society):
    """R-STAR-10: equal without members; then by the members of this society in each."""
    one, other = branch_of(society), branch_of(society, name="第二党支部")
    for day in (date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1), date(2026, 11, 1)):
        file_life(one, LifeKind.MEMBERS_CONGRESS, day)
    assert lines(standard, society)["C1"] == ("value", 4, 8, 2)
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    for organisation in (one, one, one, other):
        make_member(organisation, confirmed_by=secretary)
    assert lines(standard, society)["C1"] == ("value", 6, 8, 3)
    assert lines(standard, society)["D4"] == ("value", 4, 4, 1)


def test_a_joint_branch_counts_for_each_society_once(standard, society):
    """R-LIFE-10; a branch that serves two units of a society counts once."""
    other = make_society(standard.federation)
    joint = make_organisation(
        society, *society.units.all(), *other.units.all(), type="joint_branch"
    )
    file_life(joint, LifeKind.THEME_DAY, date(2026, 3, 1), expected=4, present=3)
    for each in (society, other):
        found = lines(standard, each)
        assert found["C5"][:3] == ("value", 1, 12)
        assert found["C7"] == ("value", 15, 30, 1)


def test_members_elsewhere_are_no_relations_here(standard, society):
    """D4 counts relations here; D3 has no case; whoever is not confirmed yet counts nowhere."""
    branch = branch_of(society)
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    make_member(branch, confirmed_by=secretary, place=Place.SUPPORTING_UNIT)
    make_member(branch)
    found = lines(standard, society)
    assert found["D3"][0] == found["D4"][0] == "not_applicable"


def test_seats_are_weighed_by_days(standard, society):
    """B2: three seats since 2025; the third person came after half of 2026's days."""
    branch = branch_of(society)
    make_term(branch, date(2025, 2, 1), seats=3)
    make_post(branch, person_name="甲")
    make_post(branch, "organisation_officer", person_name="甲")
    make_post(branch, "publicity_officer", person_name="乙")
    make_post(branch, "discipline_officer", person_name="丙", valid_from=date(2026, 7, 2))
    state, filled, needed = lines(standard, society)["B2"][:3]
    assert (state, round(filled * 365), needed) == ("value", 365 * 2 + 183, 3)


def test_more_persons_than_seats_fill_no_more(standard, society):
    branch = branch_of(society)
    make_post(branch, valid_from=date(2025, 1, 1))
    make_post(branch, "deputy_secretary", valid_from=date(2025, 1, 1))
    assert lines(standard, society)["B2"] == ("value", 1, 1, 4)


def test_a_full_bench_says_the_same_each_day(standard, society):
    """So that no interval ends while nothing happens."""
    branch = branch_of(society)
    make_term(branch, date(2025, 2, 1), seats=1)
    make_post(branch, valid_from=date(2025, 2, 1))
    assert lines(standard, society)["B2"] == lines(standard, society, date(2026, 6, 14))["B2"]


def test_seats_of_two_tiers_are_averaged(standard, society):
    make_post(branch_of(society), valid_from=date(2025, 1, 1))
    committee_of(society, established_on=date(2026, 7, 2))
    assert lines(standard, society)["B2"][3] == 2


@pytest.mark.parametrize(
    ("elected_on", "points", "vetoed"),
    [
        (date(2025, 2, 1), 3, False),
        (date(2024, 1, 1), 3, False),
        (date(2023, 7, 5), 1, False),
        (date(2023, 7, 4), 0, False),
        (date(2022, 12, 31), 0, True),
    ],
)
def test_terms_on_time(standard, society, elected_on, points, vetoed):
    """B3 and V2: three years end the day before; 180 and 365 days are the edges."""
    branch = branch_of(society)
    make_term(branch, elected_on)
    assert lines(standard, society)["B3"][3] == points
    assert proposal("term_overdue", society, {"days": 365}) is vetoed


def test_an_overdue_that_ended_before_the_year_is_forgiven(standard, society):
    branch = branch_of(society)
    make_term(branch, date(2020, 1, 1))
    make_term(branch, date(2025, 12, 31))
    assert lines(standard, society)["B3"][3] == 3
    other = make_society(standard.federation)
    late = branch_of(other)
    make_term(late, date(2022, 12, 1))
    make_term(late, date(2026, 2, 1))
    assert lines(standard, other)["B3"][3] == 1


def test_the_worst_organisation_decides_b3(standard, society):
    make_term(branch_of(society), date(2025, 2, 1))
    make_term(committee_of(society), date(2018, 1, 1), seats=5)
    assert lines(standard, society)["B3"][3] == 0


def test_nobody_in_place_is_proposed(standard, society):
    """V1."""
    assert proposal("nothing_in_place", society)
    make_posting(society)
    assert not proposal("nothing_in_place", society)
    covered = make_society(standard.federation)
    branch_of(covered)
    assert not proposal("nothing_in_place", covered)


def test_no_life_where_any_is_owed_is_proposed(standard, society):
    """V3."""
    assert not proposal("no_life", society)
    branch = branch_of(society)
    turn_life(standard.federation, END + timedelta(days=1), since=date(2026, 1, 1))
    assert proposal("no_life", society)
    # 传达学习 is evidence of work and no organisation life (rules §6.5).
    file_life(branch, LifeKind.TRANSMISSION_STUDY, date(2026, 3, 1))
    assert proposal("no_life", society)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 3, 1))
    assert not proposal("no_life", society)


def test_charter_and_filings(standard, society):
    """B4, E1, E2, E3 of a society that filed on time and was accepted."""
    make_organisation(society, *society.units.all(), type="branch")
    period = make_period(standard.federation)
    assert lines(standard, society, date(2026, 7, 10))["E2"][0] == "not_due"
    make_ledger(society, period, state=LedgerState.ACCEPTED)
    found = lines(standard, society)
    assert found["B4"] == ("value", 1, 1, 3)
    assert found["E1"] == ("value", 5, 5, 5)
    assert found["E2"] == ("value", 1, 1, 3)
    assert found["E3"] == ("value", 4, 4, 5)


def test_a_charter_without_party_building_and_none_reported(standard, society):
    make_organisation(society, *society.units.all(), type="branch")
    assert lines(standard, society)["B4"] == ("missing", 0, 0, 0)
    period = make_period(standard.federation)
    said = {"charter_has_party_building": "no"}
    make_ledger(society, period, state=LedgerState.ACCEPTED, operations=said)
    assert lines(standard, society)["B4"] == ("value", 0, 1, 0)


def test_a_late_ledger_and_one_never_filed(standard, society):
    make_organisation(society, *society.units.all(), type="branch")
    silent = make_society(standard.federation)
    period = make_period(standard.federation)
    make_ledger(society, period, state=LedgerState.ACCEPTED, on=period.due_on + timedelta(days=1))
    assert lines(standard, society)["E2"] == ("value", 0, 1, 0)
    assert lines(standard, society)["E3"][0] == "value"
    found = lines(standard, silent)
    assert found["E1"] == ("value", 0, 5, 0)
    assert found["E2"] == ("value", 0, 1, 0)
    assert found["E3"] == ("missing", 0, 0, 0)


def test_a_return_never_mended_is_not_on_time(standard, society):
    """E2, R-LED-08: filed on the due day, returned, and five working days passed."""
    make_organisation(society, *society.units.all(), type="branch")
    period = make_period(standard.federation)
    due = period.due_on
    make_ledger(society, period, state=LedgerState.RETURNED, on=due)
    assert lines(standard, society, due + timedelta(days=7))["E2"][:3] == ("value", 1, 1)
    assert lines(standard, society, due + timedelta(days=8))["E2"][:3] == ("value", 0, 1)


def test_an_exempt_society_owes_nothing(standard, society):
    period = make_period(standard.federation)
    cast = make_cast(society)
    ExpectedFiling.objects.filter(society=society, period=period).update(
        exempt_reason="停办",
        exemption_proposed_by=cast.reviewer.user,
        exemption_proposed_at=moment(period.as_of),
        exemption_decided_by=cast.leader.user,
        exemption_decided_at=moment(period.as_of),
    )
    found = lines(standard, society)
    assert {found[code][0] for code in ("E1", "E2", "E3")} == {"not_applicable"}


def test_a_return_for_a_wrong_figure_costs_a_quarter(standard, society):
    make_organisation(society, *society.units.all(), type="branch")
    period, cast = make_period(standard.federation), make_cast(society)
    ledger = make_ledger(society, period, state=LedgerState.FILED, cast=cast)
    remark = Remark(table="operations", field="annual_income", text="与审计报告不一致")
    actions.return_to_society(
        ledger=ledger,
        reason="请核对",
        remarks=[remark],
        by=cast.reviewer,
        now=moment(period.as_of, "16:00"),
    )
    assert lines(standard, society)["E3"] == ("value", 3, 4, D("3.75"))


def test_a_return_without_a_word_at_a_figure_costs_nothing(standard, society):
    make_organisation(society, *society.units.all(), type="branch")
    period = make_period(standard.federation)
    make_ledger(society, period, state=LedgerState.RETURNED)
    assert lines(standard, society)["E3"] == ("value", 4, 4, 5)


def test_committees_and_groups_are_asked_for_their_meetings(standard, society):
    """C2 applies where a 支委会 exists, C3 where 党小组 do: once a month for each group."""
    branch = branch_of(society)
    make_term(branch, date(2025, 2, 1), seats=3)
    make_party_group(branch)
    found = lines(standard, society)
    assert found["C2"][:3] == found["C3"][:3] == ("value", 0, 12)


def test_every_formula_reads_no_rows_while_it_builds(django_assert_num_queries):
    standard = make_standard(make_edition().federation, "star-start-2")
    window, everybody = Window.year_to(END), Society.objects.all()
    params = {row.formula: row.params for row in standard.criteria.filter(supplied=True)}
    with django_assert_num_queries(0):
        for name, given in params.items():
            FORMULAS[name](everybody, window, given)
    assert set(params) == set(FORMULAS)
