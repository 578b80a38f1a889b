"""A branch of seven full members without a 支部委员会 is told so (R-ORG-06)."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from branches import terms
from tests.factories import make_actor, make_obligations, make_organisation, make_society, make_term
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
WORDS = "名册正式党员 7 人，7 人以上应设支部委员会"


@pytest.fixture
def branch(fixed_day):
    society = make_society()
    make_obligations(society.federation)
    return make_organisation(society)


@pytest.fixture
def fixed_day(monkeypatch):
    monkeypatch.setattr("common.clock.today", lambda: date(2026, 7, 1))


def enrol(branch, count, **facts):
    secretary = make_actor(Role.SOCIETY_SECRETARY, branch.society)
    filer = make_actor(Role.BRANCH_SECRETARY, branch)
    return [make_member(branch, by=filer, confirmed_by=secretary, **facts) for _ in range(count)]


def page(client, role, owner, branch):
    client.force_login(make_actor(role, owner).user)
    return client.get(reverse("branches:detail", args=[branch.pk])).content.decode()


def test_from_the_seventh_full_member_on(client, branch):
    enrol(branch, 6)
    enrol(branch, 1, full_since=None, joined_month=date(2025, 7, 1))
    make_member(branch)
    assert "应设支部委员会" not in page(client, Role.BRANCH_SECRETARY, branch, branch)
    enrol(branch, 1, full_since=date(2026, 6, 1), joined_month=date(2025, 6, 1))
    for role, owner in (
        (Role.BRANCH_SECRETARY, branch),
        (Role.SOCIETY_SECRETARY, branch.society),
        (Role.COMMITTEE_REVIEWER, branch.society.federation),
    ):
        assert f"{WORDS}（一般 3 至 5 人），现未登记任期。" in page(client, role, owner, branch)


@pytest.mark.parametrize(("seats", "said"), [(1, True), (3, False)])
def test_the_present_term_decides(client, branch, seats, said):
    enrol(branch, 7)
    make_term(branch, date(2025, 3, 1), seats=seats)
    shown = page(client, Role.BRANCH_SECRETARY, branch, branch)
    assert (f"{WORDS}（一般 3 至 5 人），现不设委员会。" in shown) is said


def test_who_may_not_know_the_number_is_not_told(client, branch, monkeypatch):
    """The number of members is for those who keep or count them (roles.md §2.9)."""
    enrol(branch, 7)
    reader = (Role.LEADERSHIP_VIEWER, branch.society.federation)
    inspector = (Role.INSPECTOR, branch.society)
    assert not any("应设支部委员会" in page(client, *who, branch) for who in (reader, inspector))
    monkeypatch.setattr("societies.access.Actor.may", lambda *args: True)
    assert "应设支部委员会" in page(client, *inspector, branch), "negative control"


def test_only_branches_are_asked(branch, monkeypatch):
    """A 临时党支部 is staffed by its superior (§2.1)."""
    enrol(branch, 7)
    actor = make_actor(Role.BRANCH_SECRETARY, branch)
    day = date(2026, 7, 1)
    assert terms.committee_wanting(actor, branch, None, day) == 7
    branch.type = "temporary_branch"
    assert terms.committee_wanting(actor, branch, None, day) is None
    monkeypatch.setattr(terms, "BRANCH_TYPES", ("temporary_branch",))
    assert terms.committee_wanting(actor, branch, None, day) == 7, "negative control"
