"""Who may open a page: anonymous goes to sign in, without the right 403 (roles.md §2.10)."""

import pytest
from django.test import Client

from accounts.permissions import Role
from tests.factories import make_actor, make_federation, make_society, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _probes(settings):
    settings.ROOT_URLCONF = "tests.societies.probe_urls"


def signed_in(actor) -> Client:
    client = Client()
    client.force_login(actor.user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk() -> Client:
    return signed_in(make_actor(Role.SOCIETY_CLERK, make_society()))


@pytest.fixture
def leader() -> Client:
    return signed_in(make_actor(Role.COMMITTEE_LEADER, make_federation()))


@pytest.mark.parametrize("path", ["/edit", "/either", "/desk", "/class"])
def test_anonymous_is_sent_to_sign_in_and_back(client, path):
    answer = client.get(f"{path}?page=2")
    assert answer.status_code == 302
    assert answer.url == f"/account/sign-in/?next=%2F{path[1:]}%3Fpage%3D2"


def test_fragment_for_anonymous_moves_the_whole_page(client):
    answer = client.post(
        "/edit", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/a?b=1"}
    )
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/account/sign-in/?next=%2Fa%3Fb%3D1"
    assert answer.content == b""


@pytest.mark.parametrize(
    "page", ["https://evil.example/a", "//evil.example/a", "javascript:alert(1)"]
)
def test_foreign_page_is_never_the_way_back(client, page):
    answer = client.post("/edit", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer["HX-Redirect"] == "/account/sign-in/"
    assert client.post("/edit", headers={"Referer": page}).url == "/account/sign-in/"


@pytest.mark.parametrize(
    ("path", "clerk_gets", "leader_gets"),
    [
        ("/edit", 200, 403),
        ("/class", 200, 403),
        ("/either", 403, 200),
        ("/desk", 200, 200),
    ],
)
def test_the_right_opens_the_page(clerk, leader, path, clerk_gets, leader_gets):
    assert clerk.get(path).status_code == clerk_gets
    assert leader.get(path).status_code == leader_gets


def test_without_appointment_nothing_opens(client):
    """R-ROLE-01: the desk says so, other pages are 403."""
    client.force_login(make_user(), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/edit").status_code == 403
    assert client.get("/desk").url == "/account/no-appointment/"


def test_refused_action_is_403(clerk):
    assert clerk.get("/not-allowed").status_code == 403


def test_other_exceptions_stay_errors(clerk):
    with pytest.raises(RuntimeError):
        clerk.get("/broken")


def test_refused_action_without_the_middleware_is_an_error(clerk, monkeypatch):
    """Negative control: it is the middleware that answers 403."""
    from common.errors import NotAllowed
    from societies.middleware import ActionErrors

    monkeypatch.setattr(ActionErrors, "process_exception", lambda *_: None)
    with pytest.raises(NotAllowed):
        clerk.get("/not-allowed")


def test_conflict_is_a_page_that_says_so(clerk):
    answer = clerk.get("/conflict", headers={"Referer": "http://testserver/edit?page=2"})
    assert answer.status_code == 409
    assert "另一人先保存了改动" in answer.content.decode()
    assert 'href="/edit?page=2"' in answer.content.decode()


def test_conflict_in_a_fragment_leaves_what_was_typed(clerk):
    answer = clerk.post("/conflict", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#messages", "innerHTML")
    assert "<html" not in answer.content.decode()
