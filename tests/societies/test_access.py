"""Actor, Scope, visible_to: nobody sees a row outside the acting appointment."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.permissions import Permission, Role
from branches.models import PartyOrganisation
from common.errors import ActionRefused
from societies.actions import appoint, end_appointment
from societies.grants import actors_for, complete_grants
from societies.models import Society, SocietyGrant, SocietyUnit
from tests.factories import (
    make_actor,
    make_federation,
    make_organisation,
    make_society,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def test_society_actor_sees_own_society_only():
    own, other = make_society(), make_society()
    clerk = make_actor(Role.SOCIETY_CLERK, own)
    assert list(Society.objects.visible_to(clerk)) == [own]
    assert set(SocietyUnit.objects.visible_to(clerk)) == set(own.units.all())
    assert clerk.may(Permission.LEDGER_EDIT, own)
    assert not clerk.may(Permission.LEDGER_EDIT, other)
    assert not clerk.may(Permission.LEDGER_REVIEW, own)


def test_an_upgrade_completes_the_grants_of_standing_appointments():
    """A role gains a right: whoever holds it gains the right, on the same objects, once."""
    own, other = make_society(), make_society()
    clerk = make_actor(Role.SOCIETY_CLERK, own)
    kept = SocietyGrant.objects.count()
    SocietyGrant.objects.filter(permission__codename="society_post_file").delete()
    (before,) = actors_for(clerk.user, DAY)
    assert not before.may_any(Permission.POST_FILE)
    call_command("complete_grants", stdout=StringIO())
    (after,) = actors_for(clerk.user, DAY)
    assert after.may(Permission.POST_FILE, own) and not after.may(Permission.POST_FILE, other)
    assert complete_grants() == 0
    assert SocietyGrant.objects.count() == kept


def test_federation_actor_sees_its_federation_only():
    federation = make_federation()
    own, foreign = make_society(federation), make_society()
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, federation)
    assert list(Society.objects.visible_to(reviewer)) == [own]
    assert reviewer.may(Permission.SOCIETY_EDIT, own)
    assert not reviewer.may(Permission.SOCIETY_EDIT, foreign)


def test_nobody_and_roles_without_the_right_see_nothing():
    society = make_society()
    assert not Society.objects.visible_to(None).exists()
    viewer = make_actor(Role.LEADERSHIP_VIEWER, society.federation)
    admin = make_actor(Role.SYSADMIN)
    for actor in (viewer, admin):
        assert not Society.objects.visible_to(actor).exists()
    assert admin.may_any(Permission.NIGHT_VIEW)


def test_joint_organisation_is_visible_to_every_society_it_serves():
    """R-OWN-03."""
    federation = make_federation()
    lead, served, stranger = (make_society(federation) for _ in range(3))
    joint = make_organisation(
        lead, *lead.units.filter(kind="secretariat"), *served.units.filter(kind="secretariat")
    )
    for society, seen in ((lead, [joint]), (served, [joint]), (stranger, [])):
        actor = make_actor(Role.SOCIETY_SECRETARY, society)
        assert list(PartyOrganisation.objects.visible_to(actor)) == seen


def test_appointment_outside_its_dates_gives_nothing():
    """R-ROLE-01: half-open, from 00:00 Shanghai."""
    society, user = make_society(), make_user()
    appoint(
        user=user,
        role=Role.SOCIETY_CLERK,
        objects=[society],
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 7, 1),
        by=None,
    )
    assert actors_for(user, date(2025, 12, 31)) == []
    assert len(actors_for(user, date(2026, 6, 30))) == 1
    assert actors_for(user, date(2026, 7, 1)) == []


def test_ending_one_appointment_takes_away_only_what_it_gave():
    society, user = make_society(), make_user()
    make_actor(Role.SOCIETY_CLERK, society, user=user)
    second = make_actor(Role.DISCIPLINE_MEMBER, society, user=user)
    assert SocietyGrant.objects.filter(user=user).count() > 5
    end_appointment(appointment=second.appointment, on=DAY)
    (left,) = actors_for(user, DAY)
    assert left.role == Role.SOCIETY_CLERK
    assert left.may(Permission.LEDGER_EDIT, society)


def test_grants_without_an_appointment_are_refused_by_the_database():
    society, user = make_society(), make_user()
    grant = make_actor(Role.SOCIETY_CLERK, society).appointment.society_grants.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SocietyGrant.objects.create(user=user, permission=grant.permission, content_object=society)
    assert not SocietyGrant.objects.filter(user=user).exists()


def test_administrators_exclude_each_other_and_business_roles():
    """roles.md §2.6, in the database."""
    user = make_user()
    make_actor(Role.SYSADMIN, user=user)
    for role, objects in ((Role.AUDITOR, []), (Role.SOCIETY_CLERK, [make_society()])):
        with pytest.raises(ValidationError, match="三员"):
            appoint(user=user, role=role, objects=objects, valid_from=DAY, by=None)


def test_an_appointment_has_objects_of_its_kind_in_one_federation():
    user = make_user()
    for objects in ([], [make_federation()], [make_society(), make_society()]):
        with pytest.raises(ActionRefused):
            appoint(user=user, role=Role.SOCIETY_CLERK, objects=objects, valid_from=DAY, by=None)
    assert not user.appointments.exists()


def test_a_role_of_one_society_takes_one():
    """roles.md §1: clerk and secretary of one society; an inspector of several."""
    federation, user = make_federation(), make_user()
    both = [make_society(federation), make_society(federation)]
    for role in (Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.DISCIPLINE_MEMBER):
        with pytest.raises(ActionRefused) as refused:
            appoint(user=user, role=role, objects=both, valid_from=DAY, by=None)
        assert "请逐个任命" in "".join(refused.value.errors["objects"])
    appoint(user=user, role=Role.INSPECTOR, objects=both, valid_from=DAY, by=None)
    assert user.appointments.count() == 1


def test_reading_the_actor_costs_two_queries(django_assert_num_queries):
    society, user = make_society(), make_user()
    make_actor(Role.SOCIETY_CLERK, society, user=user)
    make_actor(Role.DISCIPLINE_MEMBER, society, user=user)
    with django_assert_num_queries(2):
        actors = actors_for(user, DAY)
    assert len(actors) == 2
