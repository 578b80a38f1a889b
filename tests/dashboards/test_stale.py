"""Stale pages of register facts: 409 and nothing stored; without the row version they overwrite."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from branches.actions import organisations, postings
from societies import views
from tests.factories import make_actor, make_organisation, make_posting, make_society

pytestmark = pytest.mark.django_db


@pytest.fixture
def society():
    return make_society(name="示例化学会")


@pytest.fixture
def client(society) -> Client:
    client = Client()
    client.force_login(make_actor(Role.COMMITTEE_REVIEWER, society.federation).user)
    return client


def values(page):
    """What the page's form would send unchanged."""
    form = page.context["form"]
    found = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in found.items() if value not in (None, "", False)}


def twice(client, address, row, field):
    """Two pages opened at once, each sent with its own text; the second answer, what is stored."""
    first, second = client.get(address), client.get(address)
    assert client.post(address, values(first) | {field: "先改的"}).status_code == 302
    answer = client.post(address, values(second) | {field: "后改的"})
    row.refresh_from_db()
    return answer.status_code, getattr(row, field)


def register(client, society):
    return twice(client, reverse("societies:edit", args=[society.pk]), society, "name")


def organisation(client, society):
    row = make_organisation(society)
    return twice(client, reverse("branches:change", args=[row.pk]), row, "name")


def posting(client, society):
    row = make_posting(society)
    return twice(client, reverse("branches:posting_change", args=[row.pk]), row, "person_name")


PAGES = (register, organisation, posting)


@pytest.mark.parametrize("page", PAGES)
def test_the_second_is_told_and_overwrites_nothing(client, society, page):
    assert page(client, society) == (409, "先改的")


@pytest.mark.parametrize("page", PAGES)
def test_without_the_row_version_the_second_overwrites(client, society, page, monkeypatch):
    """Negative control."""
    real = views.edit_society
    monkeypatch.setattr(views, "edit_society", lambda **said: real(**said | {"row_version": None}))
    for module in (organisations, postings):
        monkeypatch.setattr(module, "check_version", lambda row, version: None)
    assert page(client, society) == (302, "后改的")
