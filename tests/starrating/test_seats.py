"""B2: whose seat is whose, and how many a branch needs (R-ORG-06)."""

from datetime import date

import pytest

from accounts.permissions import Role
from societies.models import DirtySociety
from tests.factories import make_organisation, make_society
from tests.factories.members import make_member
from tests.factories.societies import make_actor
from tests.factories.terms import make_post, make_term
from tests.starrating.test_formulas import (
    branch_of,
    committee_of,
    lines,
    society,  # noqa: F401
    standard,  # noqa: F401
)

pytestmark = pytest.mark.django_db
LONG_AGO, ELECTED = date(2020, 1, 1), date(2025, 2, 1)


def register(branch, *since, **facts):
    confirmer = make_actor(Role.SOCIETY_SECRETARY, branch.society)
    return [make_member(branch, since=day, confirmed_by=confirmer, **facts) for day in since]


@pytest.mark.parametrize(("members", "needed"), [(6, 1), (7, 3)])
def test_seven_full_members_need_a_committee(standard, society, members, needed):  # noqa: F811
    branch = branch_of(society, established_on=LONG_AGO)
    make_term(branch, ELECTED, seats=1)
    make_post(branch, valid_from=ELECTED)
    register(branch, *[LONG_AGO] * members)
    assert lines(standard, society)["B2"][:3] == ("value", 1, needed)


def test_who_is_not_full_or_not_here_makes_no_seventh(standard, society):  # noqa: F811
    """Trap 4: thresholds count full members whose relation is here."""
    branch = branch_of(society, established_on=LONG_AGO)
    make_term(branch, ELECTED, seats=1)
    make_post(branch, valid_from=ELECTED)
    register(branch, *[LONG_AGO] * 6)
    register(branch, LONG_AGO, place="supporting_unit")
    register(branch, LONG_AGO, full_since=None)
    make_member(branch, since=LONG_AGO)
    assert lines(standard, society)["B2"][:3] == ("value", 1, 1)


def test_the_seventh_counts_from_its_own_day_on(standard, society):  # noqa: F811
    """Weighed by days: 151 of 365 with one seat, then three."""
    branch = branch_of(society, established_on=LONG_AGO)
    make_term(branch, ELECTED, seats=1)
    make_post(branch, valid_from=ELECTED)
    register(branch, *[LONG_AGO] * 6, date(2026, 6, 1))
    state, filled, needed = lines(standard, society)["B2"][:3]
    assert (state, filled, round(needed * 365)) == ("value", 1, 151 + 3 * 214)


def test_a_council_committee_has_no_threshold(standard, society):  # noqa: F811
    """Trap 3: the 100/50/3 thresholds do not govern the 学会党委."""
    committee = committee_of(society, established_on=LONG_AGO)
    make_term(committee, ELECTED, seats=1)
    make_post(committee, valid_from=ELECTED)
    register(committee, *[LONG_AGO] * 8)
    assert lines(standard, society)["B2"][:3] == ("value", 1, 1)


@pytest.mark.parametrize(
    ("kinds", "filled"),
    [
        (("deputy_secretary", "organisation_officer", "publicity_officer"), 1),
        (("secretary", "organisation_officer", "publicity_officer"), 2),
        (("secretary", "discipline_officer", "publicity_officer"), 3),
        (("secretary", "discipline_officer"), 2),
        (("discipline_officer",), 1),
    ],
)
def test_two_seats_are_for_their_own_kind(standard, society, kinds, filled):  # noqa: F811
    """书记 and 纪检委员 of a committee of three."""
    committee = committee_of(society, established_on=LONG_AGO)
    make_term(committee, date(2024, 2, 1), seats=3)
    for n, kind in enumerate(kinds):
        make_post(committee, kind, person_name=f"甲{n}", valid_from=date(2024, 2, 1))
    assert lines(standard, society)["B2"][:3] == ("value", filled, 3)


def test_one_person_in_both_posts_fills_one_seat(standard, society):  # noqa: F811
    committee = committee_of(society, established_on=LONG_AGO)
    make_term(committee, ELECTED, seats=3)
    for kind in ("secretary", "discipline_officer"):
        make_post(committee, kind, person_name="甲", valid_from=ELECTED)
    assert lines(standard, society)["B2"][:3] == ("value", 1, 3)


def test_no_deputy_sits_on_the_only_seat(standard, society):  # noqa: F811
    """A branch without a committee has a secretary or nobody."""
    branch = branch_of(society, established_on=LONG_AGO)
    make_term(branch, ELECTED)
    make_post(branch, "deputy_secretary", valid_from=ELECTED)
    assert lines(standard, society)["B2"][:3] == ("value", 0, 1)


def test_a_joint_register_moves_every_society_it_serves(standard, society):  # noqa: F811
    """R-OWN-03: the seventh full member of a joint branch is the other society's business too."""
    other = make_society(standard.federation)
    joint = make_organisation(
        society,
        *society.units.filter(kind="secretariat"),
        *other.units.filter(kind="secretariat"),
        type="joint_branch",
        established_on=LONG_AGO,
    )
    make_term(joint, ELECTED)
    make_post(joint, valid_from=ELECTED)
    DirtySociety.objects.all().delete()
    register(joint, *[LONG_AGO] * 7)
    dirty = set(DirtySociety.objects.values_list("society_id", flat=True))
    assert {society.pk, other.pk} <= dirty
    assert lines(standard, other)["B2"][:3] == ("value", 1, 3)
