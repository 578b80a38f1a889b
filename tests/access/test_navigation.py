"""What the navigation offers a role, that role may open; the table and the menu agree."""

import re

import pytest
from django.urls import resolve

from tests.access.table import LINES, ROLES

pytestmark = pytest.mark.django_db
NAV = re.compile(r'<nav class="pp-nav".*?</nav>', re.DOTALL)
LINK = re.compile(r'href="([^"#]+)"')


def offered(world, role) -> list[str]:
    """The addresses in the navigation of the role's desk, followed to where it leads."""
    page = world.browser(role).get("/", follow=True).content.decode()
    found = NAV.search(page)
    return LINK.findall(found[0]) if found else []


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("none", "anon")])
def test_every_entry_opens(world, role):
    found = offered(world, role)
    assert found, "a role without navigation"
    for address in found:
        name = resolve(address).view_name
        line = next(each for each in LINES if (each.name, each.method) == (name, "GET"))
        assert line.cell(role) == "ok", address
        assert world.browser(role).get(address).status_code == 200


@pytest.mark.parametrize("role", ["none", "anon"])
def test_nobody_is_offered_nothing(world, role):
    assert offered(world, role) == []
