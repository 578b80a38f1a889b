"""A replayed POST gives the first answer again (R10)."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from common import clock, once
from common.errors import ActionRefused
from common.models import FormToken
from tests.factories import make_federation, make_user


def post(user, token, **fields):
    request = RequestFactory().post("/organisations/enter", {"form_token": token} | fields)
    request.user = user
    return request


@pytest.mark.django_db
def test_second_sending_is_answered_without_acting():
    user, token, done = make_user(), uuid.uuid4(), []
    for _ in range(2):
        request = post(user, token, name="甲", csrfmiddlewaretoken=str(uuid.uuid4()))
        assert once.run_once(request, lambda: done.append(1) or "/organisations/1/") == (
            "/organisations/1/"
        )
    assert done == [1]


@pytest.mark.django_db
def test_same_form_with_other_content_is_refused_not_swallowed():
    user, token = make_user(), uuid.uuid4()
    once.run_once(post(user, token, name="甲"), lambda: "/1/")
    with pytest.raises(ActionRefused, match="已经提交过"):
        once.run_once(post(user, token, name="乙"), lambda: "/2/")


@pytest.mark.django_db
def test_another_user_may_hold_the_same_token():
    token = uuid.uuid4()
    answers = [once.run_once(post(make_user(), token), lambda n=n: f"/{n}/") for n in (1, 2)]
    assert answers == ["/1/", "/2/"]


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "x", "1234"])
def test_missing_or_broken_token_is_refused(token):
    with pytest.raises(ActionRefused, match="刷新"):
        once.run_once(post(make_user(), token), lambda: "/1/")


@pytest.mark.django_db
def test_refused_first_attempt_leaves_the_form_usable():
    user, token = make_user(), uuid.uuid4()

    def refuse():
        raise ActionRefused({"name": ["请填写名称"]})

    with pytest.raises(ActionRefused):
        once.run_once(post(user, token), refuse)
    assert once.run_once(post(user, token, name="甲"), lambda: "/1/") == "/1/"


@pytest.mark.django_db
def test_old_keys_are_forgotten():
    once.run_once(post(make_user(), uuid.uuid4()), lambda: "/1/")
    assert once.forget_old(clock.now()) == 0
    assert once.forget_old(clock.now() + timedelta(days=8)) == 1


def clicked_twice(user, token) -> list[str]:
    """Two requests at the same moment; each act makes one federation."""
    start, answers = threading.Barrier(2), []

    def act():
        threading.Event().wait(0.3)  # long enough for the other click to arrive
        return f"/{make_federation().pk}/"

    def click():
        try:
            start.wait(timeout=10)
            answers.append(once.run_once(post(user, token), act))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return answers


@pytest.mark.django_db(transaction=True)
def test_double_click_acts_once():
    answers = clicked_twice(make_user(), uuid.uuid4())
    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert FormToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_key_row_a_double_click_acts_twice(monkeypatch):
    """Negative control: the protection taken away."""

    def unguarded(request, act):
        with transaction.atomic():
            return act()

    monkeypatch.setattr(once, "run_once", unguarded)
    assert len(set(clicked_twice(make_user(), uuid.uuid4()))) == 2
