"""The running year: what is due so far, and what is not due yet (R-STAR-08, EX-11, EX-13)."""

from datetime import date, timedelta

import pytest

from accounts.permissions import Role
from branches.models import LifeKind
from common.computing import rows
from ledgers.models import LedgerState
from starrating import figures
from starrating.models import FrozenLine, FrozenTotal, LineState
from starrating.panel import read
from tests.factories import freeze_stars, make_ledger, make_period, make_society
from tests.factories.life import file_life, turn_life
from tests.factories.members import make_member
from tests.factories.societies import make_actor
from tests.factories.terms import make_party_group, make_post, make_term
from tests.starrating.test_formulas import (
    branch_of,
    committee_of,
    lines,
    society,  # noqa: F401
    standard,  # noqa: F401
    total,
)

pytestmark = pytest.mark.django_db
LONG_AGO = date(2020, 1, 1)
NOVEMBER, FEBRUARY = date(2026, 11, 20), date(2026, 2, 10)
MEETING = LifeKind.COMMITTEE_MEETING


def night_of(federation, on):
    """A whole night, with the duties written as they were known that day."""
    turn_life(federation, on + timedelta(days=1), since=date(2026, 1, 1))
    return freeze_stars(federation, on)


def council_alone(standard):  # noqa: F811
    """EX-12: a 学会党委 with one seat filled, nothing else."""
    found = make_society(standard.federation, secretariat=False)
    committee = committee_of(found, established_on=LONG_AGO)
    make_term(committee, date(2024, 2, 1))
    make_post(committee, valid_from=date(2024, 2, 1))
    return found, committee


def seed_004(standard):  # noqa: F811
    """EX-17: a 学会党委 beside a branch of four full members, no 支委会, no 党小组."""
    found = make_society(standard.federation)
    committee = committee_of(found, established_on=LONG_AGO)
    branch = branch_of(found, established_on=LONG_AGO)
    secretary = make_actor(Role.SOCIETY_SECRETARY, found)
    for organisation in (committee, branch):
        make_term(organisation, date(2024, 2, 1))
        make_post(organisation, valid_from=date(2024, 2, 1))
    for _ in range(4):
        make_member(branch, since=LONG_AGO, confirmed_by=secretary)
    file_life(branch, LifeKind.THEME_DAY, date(2026, 1, 12))
    return found


@pytest.mark.parametrize("on", [NOVEMBER, FEBRUARY])
def test_ex_11_both_trees_are_rated_in_november_and_in_february(standard, on):  # noqa: F811
    """EX-11 end to end: `STAR-START` asks for 50 points, and real societies reach them."""
    federation = standard.federation
    single, _ = council_alone(standard)
    multi = seed_004(standard)
    for as_of in (date(2025, 12, 31), date(2026, 6, 30)):
        if as_of < on:
            make_period(federation, as_of)
    coming = date(2026, 6, 30) if on == FEBRUARY else date(2026, 12, 31)
    make_period(federation, coming, opened=False)
    night_of(federation, on)
    found = {row.society_id: row for row in FrozenTotal.objects.all()}
    assert (found[single.pk].tree, found[multi.pk].tree) == ("single", "multi")
    assert {row.state for row in found.values()} == {"value"}
    waiting = FrozenLine.objects.filter(society=single, state=LineState.NOT_DUE)
    assert "C9" in waiting.values_list("criterion", flat=True)
    assert {(row.points, row.numerator) for row in waiting} == {(0, 0)}


def test_without_the_points_not_due_yet_nobody_would_be_rated(standard, monkeypatch):  # noqa: F811
    """The negative control of the test above."""
    make_period(standard.federation, date(2026, 6, 30), opened=False)
    assert total(standard, council_alone(standard)[0], FEBRUARY)[1] == "value"
    blind = figures._TOTALS.replace("applicable + coming", "applicable")
    monkeypatch.setattr(figures, "_TOTALS", blind)
    assert total(standard, council_alone(standard)[0], FEBRUARY)[1] == "unrated"


def test_at_the_year_end_nothing_waits(standard):  # noqa: F811
    """A closing window knows no 尚未到期."""
    found, _ = council_alone(standard)
    make_period(standard.federation, date(2026, 12, 31), opened=False)
    lines(standard, found)
    assert rows("SELECT * FROM star_line WHERE state = 'not_due'", []) == []
    assert lines(standard, found)["C8"][:3] == ("value", 0, 2)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 7, 1), ("not_due", 0, 0)),
        (date(2026, 7, 2), ("value", 0, 1)),
        (date(2026, 12, 30), ("value", 0, 1)),
        (date(2026, 12, 31), ("value", 0, 2)),
    ],
)
def test_two_a_year_owe_one_from_the_middle_on(standard, on, expected):  # noqa: F811
    """floor(2 · days passed ÷ 365): 182 days make none, 183 one."""
    found, _ = council_alone(standard)
    got = lines(standard, found, on)
    assert got["C8"][:3] == got["A1"][:3] == expected
    assert got["C9"][0] == ("value" if on == date(2026, 12, 31) else "not_due")


def test_what_is_held_after_the_day_is_not_held_by_it(standard):  # noqa: F811
    """A day computed later counts the meetings up to it, and no duty twice."""
    found, committee = council_alone(standard)
    file_life(committee, MEETING, date(2026, 9, 9), first_topic=True)
    assert lines(standard, found, date(2026, 8, 20))["C8"][:3] == ("value", 0, 1)
    assert lines(standard, found, date(2026, 9, 9))["C8"][:3] == ("value", 1, 1)
    file_life(committee, MEETING, date(2026, 10, 9), first_topic=True)
    assert lines(standard, found, NOVEMBER)["C8"][:3] == ("value", 1, 1)


def test_ex_13_in_the_running_year(standard):  # noqa: F811
    """Of two a year one is due: deleting the unflagged meeting helps nobody, on any day."""
    found, committee = council_alone(standard)
    assert lines(standard, found, NOVEMBER)["A1"][:3] == ("value", 0, 1)
    file_life(committee, MEETING, date(2026, 2, 3), first_topic=True)
    days = (FEBRUARY, NOVEMBER, date(2026, 12, 31))
    alone = [lines(standard, found, on)["A1"] for on in days]
    assert [row[1:3] for row in alone] == [(1, 1), (1, 1), (1, 2)]
    file_life(committee, MEETING, date(2026, 2, 5), first_topic=False)
    assert [lines(standard, found, on)["A1"] for on in days] == alone
    file_life(committee, MEETING, date(2026, 2, 9), first_topic=False)
    assert lines(standard, found, NOVEMBER)["A1"][1:3] == (1, 2)
    assert lines(standard, found)["A1"][1:3] == (1, 3)


def test_before_any_ledger_is_due_the_ledgers_wait(standard, society):  # noqa: F811
    """E1, E2, E3 in January; an accepted one counts at once, and none is asked for twice."""
    branch_of(society)
    period = make_period(standard.federation, date(2025, 12, 31))
    on = date(2026, 1, 8)
    found = lines(standard, society, on)
    assert {found[code][0] for code in ("E1", "E2", "E3")} == {"not_due"}
    make_ledger(society, period, state=LedgerState.ACCEPTED, on=date(2026, 1, 5))
    found = lines(standard, society, on)
    assert {code: found[code][0] for code in ("E1", "E2", "E3")} == {
        "E1": "value",
        "E2": "not_due",
        "E3": "value",
    }


def test_who_owes_nothing_of_the_kind_waits_for_nothing(standard, society):  # noqa: F811
    """不适用 stays what it is: no 支委会, no 党小组, no committee meetings."""
    branch_of(society)
    found = lines(standard, society, NOVEMBER)
    assert {found[code][0] for code in ("A1", "C2", "C3", "D3", "E1")} == {"not_applicable"}
    assert found["C6"][0] == "not_due"


def test_attendance_waits_for_the_first_meeting(standard):  # noqa: F811
    """C10: before the first is due nothing can be said; after it nobody came: 不适用."""
    found, committee = council_alone(standard)
    assert lines(standard, found, FEBRUARY)["C10"][0] == "not_due"
    assert lines(standard, found, NOVEMBER)["C10"][0] == "not_applicable"
    file_life(committee, MEETING, date(2026, 2, 3), expected=4, present=3)
    assert lines(standard, found, FEBRUARY)["C10"][:3] == ("value", 15, 30)


def test_the_page_names_what_is_not_due_yet(standard):  # noqa: F811
    """Stored, and said in words on the society's page."""
    found, _ = council_alone(standard)
    make_period(standard.federation, date(2026, 6, 30))
    night_of(standard.federation, NOVEMBER)
    reader = make_actor(Role.COMMITTEE_REVIEWER, standard.federation)
    page = read(reader, found, NOVEMBER)
    (line,) = [row for row in page["rows"] if row.criterion.code == "C9"]
    assert (line.word, line.counts, line.fraction) == ("尚未到期", False, "")
    assert "尚未到期" in line.reason
    assert page["coming"] >= 4
    assert not page["is_unrated"]


def test_a_matrix_by_months_and_groups(standard, society):  # noqa: F811
    """Three 党小组 owe three a month: a third of the month owes one of them."""
    branch = branch_of(society)
    groups = [make_party_group(branch) for _ in range(3)]
    kind = LifeKind.PARTY_GROUP_MEETING
    for group in groups[:1] * 2:
        file_life(branch, kind, date(2026, 1, 4), group=group)
    assert lines(standard, society, date(2026, 1, 10))["C3"][0] == "not_due"
    assert lines(standard, society, date(2026, 1, 11))["C3"][:3] == ("value", 1, 1)
    # One group's second meeting excuses no other group (art. 13), before the month's end either.
    file_life(branch, kind, date(2026, 1, 30), group=groups[1])
    assert lines(standard, society, date(2026, 1, 21))["C3"][:3] == ("value", 1, 2)
    assert lines(standard, society, date(2026, 1, 31))["C3"][:3] == ("value", 2, 3)
