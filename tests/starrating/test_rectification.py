"""G4, N3 and V4 from findings walked by their people (R-SUP-06, R-STAR-01, -02, -05)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common.computing import compute, rows
from societies.models import DirtySociety, Society
from starrating.figures import compute_closing, compute_day
from starrating.formulas import VETOES, findings
from starrating.formulas.base import Window
from supervision import actions
from tests.factories import make_edition, make_society, make_standard
from tests.factories.coverage import at
from tests.factories.findings import (
    DRAFT,
    PLAN,
    FindingWorld,
    make_finding_cast,
    take,
    walk,
)
from tests.factories.supervision import make_checklist
from tests.starrating.test_formulas import committee_of

pytestmark = pytest.mark.django_db
ISSUED = date(2026, 8, 3)
DUE = date(2026, 9, 2)  # 一般: 30 days after
NOTHING = ("not_applicable", 0, 0)
COMING = ("not_due", 0, 0)
D = Decimal


@pytest.fixture
def standard():
    federation = make_edition().federation
    make_checklist(federation)
    return make_standard(federation, "star-start-2")


@pytest.fixture
def society(standard):
    return make_society(standard.federation)


def issued(society, severity="general", on=ISSUED):
    cast = make_finding_cast(society)
    finding = actions.register_finding(
        society=society, source="self", severity=severity, by=cast.author, now=at(on), **DRAFT
    )
    return FindingWorld(finding, cast, now=at(on))


def walked(world, state, on):
    """To a state on one day; the plan was filed the day after the finding was issued."""
    if world.fresh().state == "issued":
        world.now = at(world.finding.issued_on, 12)
        walk(world, "rectifying")
    world.now = at(on)
    return world if state == "rectifying" else walk(world, state)


def g4(standard, society, on):
    compute_day(standard, on)
    return line(society, "G4")


def line(society, key):
    sql = "SELECT state, numerator, denominator FROM star_line WHERE owner = %s AND key = %s"
    found = rows(sql, [society.pk, key])
    return (found[0][0], int(found[0][1]), int(found[0][2])) if found else None


def totals(standard, society, on):
    """base, deductions, score."""
    compute_day(standard, on)
    sql = "SELECT base, deductions, score FROM star_total WHERE owner = %s"
    return rows(sql, [society.pk])[0]


def vetoed(society, window):
    asked = Society.objects.filter(pk=society.pk)
    compute({"V4": VETOES["rectification_beyond"](asked, window, {"days": 90})})
    return rows("SELECT covered FROM figure_result", []) == [(1,)]


# --- G4 -------------------------------------------------------------------------------------------


def test_ex_12_without_a_finding_the_line_is_not_applicable(standard, society):
    """EX-12: not inspected ⇒ G4 leaves both sides."""
    assert g4(standard, society, DUE) == NOTHING
    issued(society)
    assert g4(standard, society, ISSUED - timedelta(days=1)) == NOTHING


def test_nothing_is_late_on_the_finish_day_and_the_day_after_it_is(standard, society):
    """Rules §12.4: the agreed day runs to its end."""
    issued(society)
    assert g4(standard, society, DUE - timedelta(days=1)) == COMING
    assert g4(standard, society, DUE) == COMING
    assert g4(standard, society, DUE + timedelta(days=1)) == ("value", 0, 1)


def test_closed_in_time_counts_from_the_closing_on(standard, society):
    """A submission in time that waits for the committee says nothing yet."""
    world = issued(society)
    walked(world, "submitted", DUE)
    waiting = DUE + timedelta(days=5)
    assert g4(standard, society, DUE) == COMING
    assert g4(standard, society, waiting) == NOTHING
    walked(world, "closed", DUE + timedelta(days=6))
    assert g4(standard, society, waiting) == NOTHING
    assert g4(standard, society, DUE + timedelta(days=6)) == ("value", 1, 1)
    assert g4(standard, society, date(2026, 12, 31)) == ("value", 1, 1)
    assert g4(standard, society, date(2027, 1, 1)) == NOTHING


def test_closed_late_stays_late(standard, society):
    walked(issued(society), "closed", DUE + timedelta(days=1))
    for on in (DUE + timedelta(days=1), date(2026, 12, 31)):
        assert g4(standard, society, on) == ("value", 0, 1)
    assert g4(standard, society, date(2027, 1, 1)) == NOTHING


def test_what_is_left_open_counts_in_the_next_year_too(standard, society):
    issued(society)
    assert g4(standard, society, date(2027, 3, 1)) == ("value", 0, 1)


def test_sent_back_has_the_days_left_but_not_before(standard, society):
    """R-SUP-06a: 2 days were left; a past night is repeated with what was known then."""
    world = issued(society)
    walked(world, "submitted", DUE - timedelta(days=2))
    world.now = at(DUE + timedelta(days=8))
    take(world, actions.send_back_finding, world.cast.verifier, opinion="依据不足")
    assert g4(standard, society, DUE + timedelta(days=7)) == NOTHING
    assert g4(standard, society, DUE + timedelta(days=8)) == COMING
    assert g4(standard, society, DUE + timedelta(days=10)) == COMING
    assert g4(standard, society, DUE + timedelta(days=11)) == ("value", 0, 1)
    walked(world, "closed", DUE + timedelta(days=12))
    assert g4(standard, society, DUE + timedelta(days=12)) == ("value", 0, 1)
    assert g4(standard, society, DUE + timedelta(days=7)) == NOTHING


def test_an_extension_moves_the_finish_day_once_it_is_granted(standard, society):
    """R-SUP-06: asked before the day, decided after it."""
    world = issued(society)
    walked(world, "rectifying", DUE - timedelta(days=9))
    later = DUE + timedelta(days=15)
    world.now = at(DUE)
    take(world, actions.ask_extension, world.cast.secretary, due_asked=later, reason="须开大会")
    take(world, actions.review_extension, world.cast.closer, opinion="属实")
    world.now = at(DUE + timedelta(days=3))
    take(world, actions.decide_extension, world.cast.leader, granted=True, answer="同意")
    assert g4(standard, society, DUE + timedelta(days=2)) == ("value", 0, 1)
    assert g4(standard, society, DUE + timedelta(days=3)) == COMING
    assert g4(standard, society, later) == COMING
    assert g4(standard, society, later + timedelta(days=1)) == ("value", 0, 1)


def test_grave_without_a_plan_is_late_from_the_plan_s_day_on(standard, society):
    """R-SUP-06: the leader agrees a day for a plan; not filing one helps nobody."""
    world = issued(society, "grave", date(2026, 1, 5))
    last = world.finding.plan_due
    assert g4(standard, society, last) == COMING
    assert g4(standard, society, last + timedelta(days=1)) == ("value", 0, 1)
    filed = last + timedelta(days=3)
    world.now = at(filed)
    walk(world, "accepted")
    take(world, actions.send_plan, world.cast.clerk, planned_on=filed, **PLAN)
    take(world, actions.sign_plan, world.cast.secretary)
    assert g4(standard, society, filed - timedelta(days=1)) == ("value", 0, 1)
    assert g4(standard, society, filed) == NOTHING
    world.now = at(filed + timedelta(days=1))
    DirtySociety.objects.all().delete()
    take(world, actions.decline_plan, world.cast.leader, reason="措施不具体")
    assert DirtySociety.objects.filter(society=society).exists()
    assert g4(standard, society, filed + timedelta(days=1)) == ("value", 0, 1)


def test_the_agreed_day_of_a_grave_one_counts(standard, society):
    on = date(2026, 1, 5)
    walked(issued(society, "grave", on), "rectifying", on)
    agreed = on + timedelta(days=90)
    assert g4(standard, society, agreed) == COMING
    assert g4(standard, society, agreed + timedelta(days=1)) == ("value", 0, 1)


def test_the_closing_score_sees_what_was_closed_by_the_freeze(standard, society):
    """R-STAR-08: the year's facts as known at the freeze date, late by 31 December."""
    world = issued(society, on=date(2026, 11, 25))  # due 25 December
    walked(world, "submitted", date(2026, 12, 24))
    other = issued(society, on=date(2026, 11, 30))  # due 30 December
    for each in (world, other):
        walked(each, "closed", date(2027, 1, 20))
    compute_closing(standard, 2026, date(2027, 1, 31))
    assert line(society, "G4") == ("value", 1, 2)
    compute_closing(standard, 2026, date(2027, 1, 19))
    assert line(society, "G4") == ("value", 0, 1)


def test_what_is_due_on_the_last_day_is_not_to_come_at_the_closing(standard, society):
    issued(society, on=date(2026, 12, 1))  # due 31 December
    assert g4(standard, society, date(2026, 12, 30)) == COMING
    compute_closing(standard, 2026, date(2027, 1, 31))
    assert line(society, "G4") == NOTHING


# --- N3 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "points"), [(29, 0), (30, 1), (59, 1), (60, 2), (89, 2), (90, 3)])
def test_a_point_for_each_full_thirty_days(standard, society, late, points):
    """R-STAR-02: −1 per full 30 days per finding."""
    issued(society)
    base, deductions, score = totals(standard, society, DUE + timedelta(days=late))
    assert deductions == points
    assert score == max(0, round(base, 2) - points)
    assert line(society, "N3") == (("deduction", points, 5) if points else None)


def test_the_deduction_is_taken_off_the_base_before_the_one_rounding(standard, society):
    """Steps 5 and 6: a society with other lines."""
    committee_of(society)
    issued(society)
    before = totals(standard, society, DUE + timedelta(days=29))
    base, deductions, score = totals(standard, society, DUE + timedelta(days=60))
    assert before[0] > 2
    assert (deductions, score) == (2, round(base - 2, 2))


def test_findings_add_up_to_five_at_most(standard, society):
    issued(society)
    issued(society)
    assert totals(standard, society, DUE + timedelta(days=60))[1] == 4
    issued(society)
    assert totals(standard, society, DUE + timedelta(days=60))[1] == 5
    assert line(society, "N3") == ("deduction", 6, 5)


def test_what_was_submitted_stops_the_clock(standard, society):
    walked(issued(society), "submitted", DUE + timedelta(days=45))
    assert totals(standard, society, DUE + timedelta(days=120))[1] == 1


def test_each_thirty_days_are_deducted_in_one_year_only(standard, society):
    """In the year in which they became full: 120 days late on 31 December, 150 on 30 January."""
    issued(society)
    assert totals(standard, society, date(2026, 12, 31))[1] == 4
    assert totals(standard, society, date(2027, 1, 29))[1] == 0
    assert totals(standard, society, date(2027, 1, 30))[1] == 1


def test_of_another_society_nothing_is_deducted(standard, society):
    other = make_society(standard.federation)
    issued(other)
    assert totals(standard, society, DUE + timedelta(days=60))[1] == 0


def test_under_the_old_standard_nothing_changes(standard, society):
    """The edition before has neither line nor deduction."""
    old = make_standard(make_edition().federation, "star-start")
    body = make_society(old.federation)
    make_checklist(old.federation)
    issued(body)
    assert totals(old, body, DUE + timedelta(days=60))[1] == 0
    assert line(body, "G4") is None


# --- V4 -------------------------------------------------------------------------------------------


def test_a_veto_is_proposed_beyond_ninety_days(standard, society):
    """R-STAR-05, V4: overdue by more than 90 days after the agreed finish date."""
    world = issued(society)
    assert not vetoed(society, Window.year_to(DUE + timedelta(days=90)))
    assert vetoed(society, Window.year_to(DUE + timedelta(days=91)))
    walked(world, "submitted", DUE + timedelta(days=90))
    assert not vetoed(society, Window.year_to(date(2026, 12, 31)))


def test_a_veto_stands_for_the_years_in_which_it_was_so_late(standard, society):
    walked(issued(society), "submitted", date(2026, 12, 20))
    assert vetoed(society, Window.year_to(date(2026, 12, 31)))
    assert not vetoed(society, Window.year_to(date(2027, 6, 30)))


@pytest.mark.parametrize(
    ("old", "new", "on"),
    [
        ("sent <= due AND ", "", date(2026, 12, 31)),
        ("AND t.at < known", "", DUE + timedelta(days=7)),
        ("- w.verdict", "", DUE + timedelta(days=7)),
    ],
)
def test_negative_control(standard, society, monkeypatch, old, new, on):
    """Without the protection the lines above say something else."""
    world = issued(society)
    walked(world, "submitted", DUE - timedelta(days=2))
    world.now = at(DUE + timedelta(days=8))
    take(world, actions.send_back_finding, world.cast.verifier, opinion="依据不足")
    walked(world, "closed", DUE + timedelta(days=12))
    right = g4(standard, society, on)
    for name in ("_FINDING", "_CLOSED"):
        monkeypatch.setattr(findings, name, getattr(findings, name).replace(old, new))
    assert g4(standard, society, on) != right
