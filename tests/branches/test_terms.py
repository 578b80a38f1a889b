"""Terms on a day: every boundary of §2.2; what the database refuses (R-ORG-06…08)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.permissions import Role
from branches.models import PartyGroup, Post, PostKind, Term, TermMode, TermState
from branches.rules import is_elected, meeting_is_valid, reminder, usual_term_years
from societies.models import UnitKind
from tests.factories import (
    make_actor,
    make_obligations,
    make_organisation,
    make_party_group,
    make_post,
    make_society,
    make_term,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    society = make_society()
    make_obligations(society.federation)
    return make_organisation(society)


def state(term, on):
    return Term.objects.with_state(on).get(pk=term.pk).state


def overdue(term, on):
    return Term.objects.with_overdue_days(on).get(pk=term.pk).overdue_days


@pytest.mark.parametrize(
    ("elected_on", "years", "last_day"),
    [
        (date(2023, 7, 1), 3, date(2026, 6, 30)),
        (date(2022, 2, 1), 3, date(2025, 1, 31)),
        (date(2024, 2, 29), 3, date(2027, 2, 27)),  # add_years(29 Feb) = 28 Feb
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2021, 3, 1), 3, date(2024, 2, 29)),
        (date(2020, 1, 1), 5, date(2024, 12, 31)),
    ],
)
def test_the_last_day_of_a_term(organisation, elected_on, years, last_day):
    """§2.2, trap 5."""
    term = make_term(organisation, elected_on, term_years=years)
    assert (term.ends_on, term.runs_to) == (last_day, last_day)


def test_states_before_and_after_the_30th_of_june(organisation):
    """§2.2: 180 and 60 days left, the last day, the day after."""
    term = make_term(organisation, date(2023, 7, 1))
    end = date(2026, 6, 30)
    found = {days: state(term, end - timedelta(days=days)) for days in (181, 180, 61, 60, 0, -1)}
    assert found == {
        181: TermState.NORMAL,
        180: TermState.DUE_SOON,
        61: TermState.DUE_SOON,
        60: TermState.DUE,
        0: TermState.DUE,
        -1: TermState.OVERDUE,
    }
    assert overdue(term, end) == 0
    assert overdue(term, end + timedelta(days=1)) == 1
    assert overdue(term, date(2027, 6, 30)) == 365


def test_the_days_are_those_of_the_edition_in_force(organisation):
    """D-3: each federation's own, by dates; none is near where no edition says when."""
    term = make_term(organisation, date(2023, 7, 1))
    on = date(2026, 6, 30) - timedelta(days=90)
    assert state(term, on) == TermState.DUE_SOON
    editions = organisation.society.federation.obligation_editions
    editions.update(valid_to=on)
    assert state(term, on) == TermState.NORMAL
    assert state(term, date(2026, 7, 1)) == TermState.OVERDUE
    rows = Term.objects.with_state(on).near_the_end(on)
    assert not rows.exists()
    for soon, due, expected in (
        (80, 30, TermState.NORMAL),
        (90, 30, TermState.DUE_SOON),
        (200, 90, TermState.DUE),
    ):
        make_obligations(organisation.society.federation, valid_from=on)
        now = editions.filter(valid_from=on)
        now.update(term_due_soon_days=soon, term_due_days=due)
        assert state(term, on) == expected
        assert rows.exists() is (expected != TermState.NORMAL)
        now.delete()


def test_an_extension_moves_the_day_from_which_a_term_is_overdue(organisation):
    """§2.2: extended until the extension's last day, then overdue after extension."""
    extended = {"extended_to": date(2026, 12, 31), "extension_number": "科社党〔2026〕9号"}
    term = make_term(organisation, date(2023, 7, 1), **extended)
    assert term.runs_to == date(2026, 12, 31)
    assert state(term, date(2026, 7, 1)) == TermState.EXTENDED
    assert state(term, date(2026, 12, 31)) == TermState.EXTENDED
    assert state(term, date(2027, 1, 1)) == TermState.OVERDUE_AFTER_EXTENSION
    assert overdue(term, date(2026, 12, 31)) == 0
    assert overdue(term, date(2027, 1, 2)) == 2


def test_the_council_may_set_the_last_day(organisation):
    """follows_council_term: the reminder keys on the council's date."""
    term = make_term(organisation, date(2023, 7, 1), council_ends_on=date(2027, 10, 15))
    assert term.follows_council_term and term.ends_on == date(2027, 10, 15)
    assert state(term, date(2026, 7, 1)) == TermState.NORMAL


def test_the_current_term_is_the_newest_begun(organisation):
    first = make_term(organisation, date(2019, 5, 1))
    second = make_term(organisation, date(2022, 6, 1))
    current = Term.objects.current_on
    assert current(date(2019, 4, 30)).first() is None
    assert current(date(2022, 5, 31)).get() == first
    assert current(date(2022, 6, 1)).get() == second
    assert current(date(2029, 6, 1)).get() == second, "an overdue term stays the current one"
    organisation.dissolved_on = date(2026, 1, 1)
    organisation.dissolution_number = "科社党〔2026〕1号"
    organisation.save()
    assert not current(date(2026, 1, 1)).exists()


def test_filled_seats_count_persons_once(organisation):
    """One person with two posts fills one seat."""
    make_term(organisation, seats=3)
    make_post(organisation, person_name="赵某")
    make_post(organisation, PostKind.ORGANISATION_OFFICER, person_name="赵某")
    make_post(organisation, PostKind.DISCIPLINE_OFFICER, valid_to=date(2026, 3, 1))

    def filled(on):
        return Term.objects.current_on(on).with_filled(on).get().filled

    assert filled(date(2025, 2, 1)) == 2
    assert filled(date(2026, 2, 28)) == 2
    assert filled(date(2026, 3, 1)) == 1
    make_term(make_organisation(make_society()))
    on = date(2026, 3, 1)
    assert sorted(Term.objects.current_on(on).with_filled(on).values_list("filled", flat=True)) == [
        0,
        1,
    ]


REFUSED = (
    ("term_meeting_was_valid", {"entitled": 10, "present": 7}),
    ("term_meeting_was_valid", {"entitled": 10, "present": 11}),
    ("term_meeting_was_valid", {"entitled": None, "present": None}),
    ("term_meeting_was_valid", {"entitled": 0, "present": 0}),
    ("term_seats_possible", {"seats": 2}),
    ("term_seats_possible", {"seats": 0}),
    ("term_years_possible", {"term_years": 6}),
    ("term_appointment_has_document", {"mode": TermMode.APPOINTED}),
    ("term_extension_has_number", {"extended_to": date(2028, 6, 1)}),
    ("term_extension_has_number", {"extension_number": "3号"}),
    (
        "term_extension_within_a_year",
        {"extended_to": date(2028, 1, 31), "extension_number": "3号"},
    ),
    ("term_extension_within_a_year", {"extended_to": date(2029, 2, 1), "extension_number": "3号"}),
    ("term_council_ends_after_election", {"council_ends_on": date(2025, 1, 31)}),
)


@pytest.mark.parametrize(("constraint", "fields"), REFUSED)
def test_the_database_refuses_impossible_terms(organisation, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_term(organisation, **fields)
    assert not Term.objects.exists()


def test_the_edges_that_are_possible(organisation):
    """Exactly 4/5; exactly twelve months; twelve months from a 29 Feb."""
    term = make_term(organisation, entitled=10, present=8)
    assert term.ends_on == date(2028, 1, 31)
    term.extended_to, term.extension_number = date(2029, 1, 31), "3号"
    term.save()
    leap = make_term(make_organisation(make_society()), date(2021, 3, 1))
    leap.extended_to, leap.extension_number = date(2025, 2, 28), "3号"
    leap.save()
    assert Term.objects.filter(runs_to=date(2025, 2, 28)).exists()


@pytest.mark.parametrize(
    ("present", "entitled", "valid"),
    [(4, 5, True), (3, 5, False), (8, 10, True), (7, 9, False), (1, 1, True), (0, 0, False)],
)
def test_four_fifths(present, entitled, valid):
    """R-ORG-08: 不少于五分之四."""
    assert meeting_is_valid(present, entitled) is valid


@pytest.mark.parametrize(
    ("votes", "present", "elected"), [(5, 9, True), (5, 10, False), (6, 10, True), (11, 10, False)]
)
def test_more_than_half(votes, present, elected):
    """R-ORG-08: more than half of those with a vote present."""
    assert is_elected(votes, present) is elected


def test_reminder_thresholds():
    """§2.2: 180/90/60/30/7/0, then overdue."""
    days = (181, 180, 91, 90, 60, 31, 30, 8, 7, 1, 0, -5)
    assert [reminder(n) for n in days] == [None, 180, 180, 90, 60, 60, 30, 30, 7, 7, 0, 0]
    assert (usual_term_years("committee"), usual_term_years("joint_branch")) == (5, 3)


def test_one_officer_of_a_kind_and_one_name_for_a_post(organisation):
    make_post(organisation, PostKind.DISCIPLINE_OFFICER)
    with pytest.raises(IntegrityError, match="post_one_officer_of_a_kind"), transaction.atomic():
        make_post(organisation, PostKind.DISCIPLINE_OFFICER, valid_from=date(2026, 1, 1))
    make_post(organisation, PostKind.COMMITTEE_MEMBER, person_name="甲某")
    make_post(organisation, PostKind.COMMITTEE_MEMBER, person_name="乙某")
    with pytest.raises(IntegrityError, match="post_person_once"), transaction.atomic():
        make_post(organisation, PostKind.COMMITTEE_MEMBER, person_name="甲某")
    assert Post.objects.count() == 3


def test_party_groups_end_half_open(organisation):
    group = make_party_group(organisation, valid_to=date(2026, 3, 1))
    assert PartyGroup.objects.valid_on(date(2026, 2, 28)).get() == group
    assert not PartyGroup.objects.valid_on(date(2026, 3, 1)).exists()


def test_facts_of_a_joint_organisation_are_read_by_every_society_served():
    """R-OWN-03: read by all it serves, nobody else."""
    lead = make_society()
    served = make_society(lead.federation)
    stranger = make_society(lead.federation)
    units = [s.units.get(kind=UnitKind.SECRETARIAT) for s in (lead, served)]
    joint = make_organisation(lead, *units, type="joint_branch", form="joint")
    term, post, group = make_term(joint), make_post(joint), make_party_group(joint)
    for society, count in ((lead, 1), (served, 1), (stranger, 0)):
        clerk = make_actor(Role.SOCIETY_CLERK, society)
        for row in (term, post, group):
            assert type(row).objects.visible_to(clerk).count() == count


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
SPELLS = st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=8)


class OneSecretary(TestCase):
    """Whatever is written, an organisation never has two secretaries on a day."""

    @given(spells=SPELLS)
    def test_never_two_on_a_day(self, spells):
        organisation = make_organisation(make_society())
        for start, end in spells:
            try:
                with transaction.atomic():
                    make_post(organisation, valid_from=start, valid_to=end)
            except IntegrityError:
                continue
        rows = list(Post.objects.values_list("valid_from", "valid_to"))
        possible = any(end is None or start < end for start, end in spells)
        assert bool(rows) == possible
        edges = {day for row in rows for day in row if day}
        for day in edges | {day - timedelta(days=1) for day in edges}:
            assert Post.objects.valid_on(day).count() <= 1
