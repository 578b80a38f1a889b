"""Sessions (rules §11.2.3, quality S11)."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.conf import settings as live
from django.test import Client

from accounts import actions, middleware
from accounts.models import PortalSession
from accounts.permissions import Role
from common import clock as time
from societies.actions import end_appointment
from tests.accounts.conftest import NOON
from tests.factories import make_actor
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
COOKIE = live.SESSION_COOKIE_NAME
NEW = "Xinmima-2027-ok"


def key(client: Client) -> str:
    return client.cookies[COOKIE].value


def test_key_changes_at_sign_in(clerk, enter):
    """Fixation: a key planted in the browser is worth nothing afterwards."""
    client = Client()
    planted = client.session
    planted["planted"] = 1
    planted.save()
    client.cookies[COOKIE] = planted.session_key
    enter(clerk, client=client)
    assert key(client) != planted.session_key
    assert not PortalSession.objects.filter(session_key=planted.session_key).exists()
    (row,) = PortalSession.objects.all()
    assert (row.session_key, row.user) == (key(client), clerk)


def test_key_changes_with_the_acting_appointment(clerk, enter):
    second = make_actor(
        Role.DISCIPLINE_MEMBER, clerk.appointments.get().federation.societies.get(), user=clerk
    )
    client = enter(clerk)
    before = key(client)
    answer = client.post("/account/act-as/", {"appointment": second.appointment.pk})
    assert (answer.status_code, answer.url) == (302, "/")
    assert key(client) != before
    assert client.get("/").content.decode() == str(second.appointment.pk)
    thief = Client()
    thief.cookies[COOKIE] = before
    assert thief.get("/").status_code == 302


def test_sign_out_ends_the_session_on_the_server(clerk, enter):
    client = enter(clerk)
    stolen = Client()
    stolen.cookies[COOKIE] = key(client)
    assert stolen.get("/").status_code == 200
    answer = client.post("/account/sign-out/", follow=True)
    assert "已退出登录，服务器上的会话已结束" in answer.content.decode()
    assert stolen.get("/").status_code == 302
    assert not PortalSession.objects.exists()
    assert AccessLog.objects.get().logout_time is not None


def test_sign_out_is_a_post(clerk, enter):
    client = enter(clerk)
    assert client.get("/account/sign-out/").status_code == 405
    assert client.get("/").status_code == 200


def test_new_sign_in_ends_the_older_one_and_says_so(clerk, enter):
    first, second = enter(clerk), enter(clerk)
    assert second.get("/").status_code == 200
    answer = first.get("/edit?page=2", follow=True)
    assert "账号在别处登录" in answer.content.decode()
    assert 'value="/edit?page=2"' in answer.content.decode()
    assert PortalSession.objects.filter(user=clerk).count() == 1


def test_without_that_both_would_stay(clerk, enter, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(actions, "keep_only_session", lambda **_: None)
    first, _ = enter(clerk), enter(clerk)
    assert first.get("/").status_code == 200


def test_own_password_change_ends_the_other_sessions(clerk, enter):
    client = enter(clerk)
    other = Client()
    other.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    assert other.get("/").status_code == 200
    before = key(client)
    form = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/account/password/", form).url == "/"
    assert key(client) != before
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert PortalSession.objects.count() == 1


@pytest.mark.parametrize(
    "happens",
    [
        lambda user: actions.set_password(user=user, by=None, now=NOON),
        lambda user: actions.deactivate(user=user, by=None),
        lambda user: end_appointment(appointment=user.appointments.get(), on=time.today()),
    ],
    ids=["password reset", "account closed", "appointment ended"],
)
def test_what_takes_rights_away_ends_the_sessions(clerk, enter, happens):
    client = enter(clerk)
    happens(clerk)
    assert not PortalSession.objects.filter(user=clerk).exists()
    assert "ended=elsewhere" in client.get("/edit").url


@pytest.mark.parametrize(("who", "minutes"), [("clerk", 30), ("reviewer", 15)])
def test_idle_limit(request, enter, clock, who, minutes):
    client = enter(request.getfixturevalue(who))
    clock.shift(minutes * MINUTE - SECOND)
    assert client.get("/").status_code == 200
    clock.shift(minutes * MINUTE)
    answer = client.get("/", follow=True)
    assert "长时间没有操作，登录已自动结束" in answer.content.decode()
    assert not PortalSession.objects.exists()


def test_one_privileged_appointment_shortens_the_limit_under_any_other(clerk, enter, clock):
    federation = clerk.appointments.get().federation
    make_actor(Role.COMMITTEE_LEADER, federation, user=clerk)
    client = enter(clerk)
    assert client.get("/edit").status_code == 200  # acting as the clerk
    clock.shift(15 * MINUTE)
    assert "ended=idle" in client.get("/edit").url


def test_autosave_counts_as_activity(clerk, enter, clock):
    client = enter(clerk)
    for _ in range(5):
        clock.shift(20 * MINUTE)
        assert client.post("/edit", headers={"HX-Request": "true"}).content == b"saved"


def test_absolute_limit_holds_however_busy(clerk, enter, clock):
    client = enter(clerk)
    for _ in range(12 * 3 - 1):
        clock.shift(20 * MINUTE)
        assert client.get("/").status_code == 200
    clock.shift(20 * MINUTE - SECOND)
    assert client.get("/").status_code == 200
    clock.shift(SECOND)
    assert "连续登录已满 12 小时" in client.get("/", follow=True).content.decode()


def test_without_the_limits_the_session_lives_on(clerk, enter, clock, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(middleware, "ended", lambda *_: "")
    client = enter(clerk)
    clock.shift(11 * 60 * MINUTE)
    assert client.get("/").status_code == 200


def test_late_post_says_that_its_entry_is_lost(clerk, enter, clock):
    client = enter(clerk)
    clock.shift(30 * MINUTE)
    answer = client.post(
        "/edit", {"count": "5"}, headers={"Referer": "http://testserver/edit?page=2"}, follow=True
    )
    text = answer.content.decode()
    assert "刚才提交的最后一项内容没有保存" in text
    assert 'value="/edit?page=2"' in text


def test_late_fragment_moves_the_page_to_sign_in(clerk, enter, clock):
    client = enter(clerk)
    clock.shift(30 * MINUTE)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/edit"}
    answer = client.post("/edit", headers=headers)
    assert answer["HX-Redirect"] == "/account/sign-in/?next=%2Fedit&ended=idle&lost=1"
    assert answer.content == b""


def test_late_page_does_not_claim_a_loss(clerk, enter, clock):
    client = enter(clerk)
    clock.shift(30 * MINUTE)
    assert client.get("/edit").url == "/account/sign-in/?next=%2Fedit&ended=idle"


def test_late_sign_out_leads_to_a_plain_sign_in(clerk, enter, clock):
    client = enter(clerk)
    clock.shift(30 * MINUTE)
    assert "next=" not in client.post("/account/sign-out/").url


def test_unknown_reason_in_the_address_says_nothing(client):
    text = client.get("/account/sign-in/?ended=<b>x</b>").content.decode()
    assert "<b>x" not in text
    assert "pp-note--warn mb-3" not in text


def test_cookie_is_kept_from_scripts_and_other_sites(clerk, enter):
    enter(clerk)
    cookie = enter.answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["expires"]
    assert not cookie["max-age"]


def test_production_cookies_are_secure():
    """Read from the settings that production loads, in a process of its own."""
    code = (
        "from django.conf import settings as s;"
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SESSION_COOKIE_HTTPONLY;"
        "assert s.TRUSTED_PROXIES == 1"
    )
    env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "portal.example",
        "DATABASE_URL": "postgres://portal@db/portal",
        "REDIS_URL": "redis://broker/0",
    }
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_answers_to_a_signed_in_user_are_not_shared_by_caches(clerk, enter):
    answer = enter(clerk).get("/")
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))


def test_quick_requests_write_the_session_once(clerk, enter, clock, django_assert_num_queries):
    client = enter(clerk)
    clock.shift(5 * SECOND)
    with django_assert_num_queries(4):  # session, user, appointments, grants
        client.get("/")
