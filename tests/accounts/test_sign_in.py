"""The sign-in page: who gets in, where to, and what it says."""

import pytest

from accounts.models import PortalSession
from tests.accounts.conftest import SIGN_IN
from tests.factories import make_user
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]


def test_right_password_leads_to_the_desk(clerk, enter):
    client = enter(clerk)
    assert enter.answer.status_code == 302
    assert enter.answer.url == "/"
    assert client.get("/").status_code == 200


def test_user_name_ignores_case_and_blanks(clerk, enter):
    enter(clerk, username=f" {clerk.username.upper()} ")
    assert enter.answer.status_code == 302


def test_next_leads_back_within_the_portal(clerk, enter):
    enter(clerk, next="/edit?page=2")
    assert enter.answer.url == "/edit?page=2"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        r"/\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        " //evil.example",
    ],
)
def test_next_never_leaves_the_portal(clerk, enter, address):
    enter(clerk, next=address)
    assert enter.answer.url == "/"


def test_wrong_password_says_how_many_tries_are_left_and_keeps_the_name(clerk, enter):
    enter(clerk, "wrong-Password-1", next="/edit")
    text = enter.answer.content.decode()
    assert enter.answer.status_code == 422
    assert "账号或密码不正确，还可尝试 4 次" in text
    assert "请重新输入密码" in text
    assert f'value="{clerk.username}"' in text
    assert 'value="/edit"' in text
    assert "wrong-Password-1" not in text
    assert PortalSession.objects.count() == 0


def test_empty_fields_are_asked_for(client):
    answer = client.post(SIGN_IN, {"username": "", "password": ""})
    assert answer.status_code == 422
    for words in ("请填写账号", "请填写密码"):
        assert words in answer.content.decode()


def test_closed_account_reads_like_a_wrong_password(clerk, enter):
    clerk.is_active = False
    clerk.save()
    enter(clerk)
    closed = enter.answer
    enter(make_user(), username="nobody-here")
    assert closed.status_code == enter.answer.status_code == 422
    assert "账号或密码不正确，还可尝试 4 次" in closed.content.decode()


def test_signed_in_visitor_goes_on(clerk, enter):
    assert enter(clerk).get(SIGN_IN).url == "/"


def test_without_appointment_the_page_says_so(enter):
    client = enter(make_user(password=PASSWORD))
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [("/account/no-appointment/", 302)]
    assert "当前没有有效任职，由平台安全管理员开通" in answer.content.decode()
    assert client.get("/edit").status_code == 403


def test_with_appointment_that_page_leads_to_the_desk(clerk, enter):
    assert enter(clerk).get("/account/no-appointment/").url == "/"


def test_demonstration_is_marked_on_the_page(clerk, client):
    assert "演示数据" not in client.get(SIGN_IN).content.decode()
    federation = clerk.appointments.get().federation
    federation.is_demo = True
    federation.save()
    assert "演示数据" in client.get(SIGN_IN).content.decode()


def test_the_form_needs_its_token(clerk):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(
        SIGN_IN, {"username": clerk.username, "password": PASSWORD}
    )
    assert answer.status_code == 403
