"""Navigation names only pages that are there: an entry whose page is missing would just vanish."""

import pytest
from django.urls import reverse

from dashboards import navigation, shell

pytestmark = pytest.mark.usefixtures("real_addresses")
ENTRIES = [entry for _, entries in navigation.NAVIGATION for entry in entries]


@pytest.fixture
def real_addresses(settings):
    """The other tests of this folder have addresses of their own."""
    settings.ROOT_URLCONF = "config.urls"


def missing(entries) -> list[str]:
    """The entries whose page config.urls does not know."""

    class Somebody:
        society_id = 1

    return [entry.view for entry in entries if not navigation.address(entry, Somebody())]


def test_every_entry_has_its_page():
    assert ENTRIES
    assert missing(ENTRIES) == []


def test_search_and_role_menu_have_their_pages():
    for name in (shell.SEARCH, "accounts:act_as", "accounts:roles", "accounts:sign_out"):
        assert reverse(name)


@pytest.mark.parametrize("view", ["no_such_page", "ledgers:no_such_page"])
def test_an_entry_without_a_page_is_seen(view):
    """Negative control."""
    assert missing([*ENTRIES, navigation.Entry(view, "home", "无此页")]) == [view]
