"""One request acts under one valid appointment of the user's own (R-ROLE-01, roles.md §2.5)."""

from datetime import date, timedelta

import pytest

from accounts.permissions import Role
from common import clock as time
from societies import grants
from societies.models import Appointment
from societies.querysets import AppointmentQuerySet
from tests.factories import make_actor, make_federation, make_society, make_user
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
ACT_AS = "/account/act-as/"


@pytest.fixture
def two_hats(db):
    """Clerk of one society, inspector of two others until the end of a day."""
    user = make_user(password=PASSWORD)
    federation = make_federation()
    own, *others = (make_society(federation, name=f"示例{n}学会") for n in "甲乙丙")
    make_actor(Role.SOCIETY_CLERK, own, user=user)
    end = time.today() + timedelta(days=10)
    user.second = make_actor(Role.INSPECTOR, *others, user=user, valid_to=end).appointment
    return user


def test_switch_changes_what_the_pages_allow(two_hats, enter):
    client = enter(two_hats)
    assert client.get("/edit").status_code == 200
    client.post(ACT_AS, {"appointment": two_hats.second.pk})
    assert client.get("/edit").status_code == 403


@pytest.mark.parametrize("wanted", ["", "0", "abc", "99999999999999999999"])
def test_what_is_no_appointment_is_404(two_hats, enter, wanted):
    client = enter(two_hats)
    assert client.post(ACT_AS, {"appointment": wanted}).status_code == 404
    assert client.get("/edit").status_code == 200


def test_others_and_ended_appointments_are_404(two_hats, enter):
    foreign = make_actor(Role.SOCIETY_CLERK, make_society()).appointment
    two_hats.second.valid_to = date(2020, 1, 1)
    two_hats.second.save()
    client = enter(two_hats)
    for appointment in (foreign, two_hats.second):
        assert client.post(ACT_AS, {"appointment": appointment.pk}).status_code == 404


def test_switching_is_a_post_of_a_signed_in_user(two_hats, enter, client):
    assert enter(two_hats).get(ACT_AS).status_code == 405
    assert client.post(ACT_AS).url == "/account/sign-in/"
    assert client.get("/account/roles/").url == "/account/sign-in/?next=%2Faccount%2Froles%2F"


def test_role_page_names_every_scope_and_its_last_day(two_hats, enter):
    text = enter(two_hats).get("/account/roles/").content.decode()
    for words in ("填报人", "示例甲学会", "督导组成员", "示例乙学会、示例丙学会", "未定止期"):
        assert words in text
    assert f"有效至 {two_hats.second.valid_to - timedelta(days=1):%Y-%m-%d}" in text
    assert text.count("当前身份</span>") >= 1
    assert f'value="{two_hats.second.pk}"' in text


def test_role_page_without_appointment_says_so(enter):
    text = enter(make_user(password=PASSWORD)).get("/account/roles/").content.decode()
    assert "当前没有有效任职，由平台安全管理员开通" in text


def test_an_appointment_that_ends_falls_back_at_midnight(two_hats, enter):
    """R-ROLE-01: from 00:00 Shanghai the chosen appointment gives nothing."""
    client = enter(two_hats)
    client.post(ACT_AS, {"appointment": two_hats.second.pk})
    two_hats.second.valid_to = time.today()
    two_hats.second.save()
    assert client.get("/").content.decode() != str(two_hats.second.pk)


def acts_as(client, appointment):
    """Whether switching to the appointment succeeds and the next page acts under it."""
    answer = client.post(ACT_AS, {"appointment": appointment.pk})
    return answer.status_code == 302 and client.get("/").content.decode() == str(appointment.pk)


class OfAnybody:
    """`Appointment` for which every user's appointments are one's own."""

    class objects:
        filter = staticmethod(lambda user: Appointment.objects.all())


def test_without_the_owner_a_foreign_appointment_would_open(two_hats, enter, monkeypatch):
    """Negative control of R-ROLE-01."""
    foreign = make_actor(Role.COMMITTEE_LEADER, make_federation()).appointment
    client = enter(two_hats)
    assert not acts_as(client, foreign)
    monkeypatch.setattr(grants, "Appointment", OfAnybody)
    assert acts_as(client, foreign)


def test_without_its_dates_an_ended_appointment_would_open(two_hats, enter, monkeypatch):
    """Negative control of R-ROLE-01."""
    two_hats.second.valid_to = time.today()
    two_hats.second.save()
    client = enter(two_hats)
    assert not acts_as(client, two_hats.second)
    monkeypatch.setattr(AppointmentQuerySet, "valid_on", lambda rows, on: rows.all())
    assert acts_as(client, two_hats.second)
