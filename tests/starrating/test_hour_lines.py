"""D1 and D2 from credit hours (R-TRN-01…04, R-STAR-08)."""

from datetime import date, timedelta

import pytest

from accounts.permissions import Role
from branches.models import OrganisationService
from common.computing import rows
from starrating.figures import compute_closing, compute_day
from tests.factories import make_edition, make_organisation, make_society, make_standard
from tests.factories.coverage import at
from tests.factories.members import make_member
from tests.factories.societies import make_actor
from tests.factories.terms import make_post
from tests.factories.training import make_event, make_training
from training.recompute import bring_up

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)
NOTHING = ("not_applicable", 0, 0)


class Branch:
    """A secretariat's branch with its people."""

    def __init__(self):
        federation = make_edition().federation
        self.training = make_training(federation)
        self.standard = make_standard(federation, "star-start-2")
        self.society = make_society(federation)
        units = self.society.units.filter(kind="secretariat")
        self.branch = make_organisation(self.society, *units, established_on=SINCE)
        self.filer = make_actor(Role.BRANCH_SECRETARY, self.branch)
        self.confirmer = make_actor(Role.SOCIETY_SECRETARY, self.society)

    def member(self, since=SINCE, **said):
        return make_member(
            self.branch, by=self.filer, confirmed_by=self.confirmer, since=since, **said
        )

    def study(self, members, on, days=1, confirmed=None, **said):
        """Whole days from a day on, stored as an action would store them."""
        events = []
        for n in range(days):
            day = on + timedelta(days=n)
            events.append(
                make_event(
                    members, day, portion="day", confirmed_at=at(confirmed or day, 18), **said
                )
            )
        bring_up(events, self.training, today=on)

    def lines(self, on):
        compute_day(self.standard, on)
        return self.found()

    def found(self):
        sql = "SELECT key, state, numerator, denominator FROM star_line WHERE owner = %s"
        found = rows(f"{sql} AND key IN ('D1', 'D2')", [self.society.pk])
        return {key: (state, int(n), int(d)) for key, state, n, d in found}


@pytest.fixture
def branch():
    return Branch()


def test_hours_are_asked_for_the_months_that_are_over(branch):
    """R-TRN-04: 32 hours, pro-rated; at the end of June 16."""
    member, _ = branch.member(), branch.member()
    branch.study([member], date(2026, 2, 2), days=2)
    assert branch.lines(date(2026, 5, 31))["D1"] == ("value", 1, 2)  # ceil(32·5/12·2)/2 = 13.5
    assert branch.lines(date(2026, 6, 29))["D1"] == ("value", 1, 2)
    assert branch.lines(date(2026, 6, 30))["D1"] == ("value", 1, 2)  # 16 of 16
    assert branch.lines(date(2026, 7, 31))["D1"] == ("value", 0, 2)  # 18.5


def test_nothing_is_due_before_the_first_whole_month(branch):
    """R-STAR-08: 尚未到期, and counted among the points that can be rated."""
    branch.member()
    assert branch.lines(date(2026, 1, 30))["D1"] == ("not_due", 0, 0)
    assert branch.lines(date(2026, 1, 31))["D1"] == ("value", 0, 1)


def test_who_comes_in_december_owes_nothing_this_year(branch):
    branch.member(since=date(2026, 12, 2), now=at(date(2026, 12, 3)))
    assert branch.lines(date(2026, 12, 31))["D1"] == NOTHING


def test_officers_are_asked_for_fifty_six(branch):
    """R-TRN-01: secretary and members of the committee, whose relation is here: 56 and a class."""
    officer = branch.member()
    make_post(branch.branch, member=officer, valid_from=date(2025, 2, 1))
    assert branch.lines(date(2026, 12, 31)) == {"D1": ("value", 0, 1), "D2": ("value", 0, 1)}
    branch.study([officer], date(2026, 3, 2), days=6)
    assert branch.lines(date(2026, 12, 31)) == {"D1": ("value", 1, 1), "D2": ("value", 0, 1)}
    branch.study([officer], date(2026, 4, 1))
    assert branch.lines(date(2026, 12, 31))["D2"] == ("value", 0, 1)
    branch.study([officer], date(2026, 9, 1), kind="concentrated")
    assert branch.lines(date(2026, 12, 31))["D2"] == ("value", 1, 1)
    # On a day before the class it was not yet attended, whatever the stored year holds.
    assert branch.lines(date(2026, 8, 31))["D2"] == ("value", 0, 1)


def test_trap_4_relations_elsewhere_are_not_counted(branch):
    branch.member(place="supporting_unit")
    assert branch.lines(date(2026, 12, 31)) == {"D1": NOTHING, "D2": NOTHING}


def test_hours_held_later_do_not_count_on_a_past_day(branch):
    """A night repeated says what it said: the stored year holds more by now."""
    member = branch.member()
    branch.study([member], date(2026, 3, 2), days=3)
    assert branch.lines(date(2026, 8, 31))["D1"] == ("value", 1, 1)  # 21.5 of 24
    branch.study([member], date(2026, 10, 5))
    assert branch.lines(date(2026, 8, 31))["D1"] == ("value", 1, 1)
    assert branch.lines(date(2026, 9, 30))["D1"] == ("value", 1, 1)  # 24 of 24
    assert branch.lines(date(2026, 10, 4))["D1"] == ("value", 1, 1)
    assert branch.lines(date(2026, 11, 30))["D1"] == ("value", 1, 1)  # 29.5 of 32
    other = branch.member()
    branch.study([other], date(2026, 10, 5), days=4)
    assert branch.lines(date(2026, 9, 30))["D1"] == ("value", 1, 2)
    assert branch.lines(date(2026, 12, 31))["D1"] == ("value", 2, 2)


def test_hours_confirmed_later_do_not_count_on_a_past_day(branch):
    """What nobody had confirmed yet was no hour."""
    member = branch.member()
    branch.study([member], date(2026, 1, 12), confirmed=date(2026, 2, 10))
    assert branch.lines(date(2026, 2, 9))["D1"] == ("value", 0, 1)
    assert branch.lines(date(2026, 2, 10))["D1"] == ("value", 1, 1)


def test_the_rules_of_hours_hold_on_a_past_day(branch):
    """R-TRN-02, -03: 8 a day and online up to a half, though added up anew."""
    one, other = branch.member(), branch.member()
    for _ in range(2):
        branch.study([one], date(2026, 1, 12))
    branch.study([other], date(2026, 1, 12), kind="online")
    branch.study([one, other], date(2026, 12, 14))
    # Asked by the end of March: 8. One has 8 of two whole days on one day, the other none.
    assert branch.lines(date(2026, 3, 31))["D1"] == ("value", 1, 2)
    assert branch.lines(date(2026, 4, 30))["D1"] == ("value", 0, 2)


def test_the_closing_takes_what_was_confirmed_by_the_freeze(branch):
    """R-STAR-08: held in the year, confirmed in January."""
    member = branch.member()
    branch.study([member], date(2026, 11, 2), days=4, confirmed=date(2027, 1, 20))
    compute_closing(branch.standard, 2026, date(2027, 1, 31))
    assert branch.found()["D1"] == ("value", 1, 1)
    compute_closing(branch.standard, 2026, date(2027, 1, 19))
    assert branch.found()["D1"] == ("value", 0, 1)


def test_without_settings_for_the_year_the_lines_do_not_apply(branch):
    branch.member()
    branch.training.delete()
    assert branch.lines(date(2026, 12, 31)) == {"D1": NOTHING, "D2": NOTHING}


def test_the_share_is_of_the_society_over_its_organisations(branch):
    """Rules §7.2: share of members, whatever the branch (R-STAR-10 averages C-lines alone)."""
    done = [branch.member() for _ in range(3)]
    branch.study(done, date(2026, 3, 2), days=4)
    units = branch.society.units.filter(kind="council")
    other = make_organisation(branch.society, *units, established_on=SINCE, name="第二党支部")
    make_member(
        other,
        by=make_actor(Role.BRANCH_SECRETARY, other),
        confirmed_by=branch.confirmer,
        since=SINCE,
    )
    assert OrganisationService.objects.filter(society=branch.society).count() == 2
    assert branch.lines(date(2026, 12, 31))["D1"] == ("value", 3, 4)
