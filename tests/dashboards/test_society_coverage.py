"""A society's part in the indicators on its 360° page."""

from datetime import date

from django.urls import reverse

from accounts.permissions import Role
from dashboards.coverage.panel import prepare, read
from societies.models import Society
from tests.dashboards.conftest import FROZEN, TODAY
from tests.factories import make_actor


def parts(actor, society, on):
    """name → (value, fraction, since)."""
    row = prepare(actor, Society.objects.all(), on).get(pk=society.pk)
    found = read(actor, row, on)["parts"]
    return {part.name: (part.value, part.fraction, part.since) for part in found}


def test_today_is_live_with_the_frozen_beginning(world):
    found = parts(world.actor(Role.COMMITTEE_REVIEWER), world.other, TODAY)
    assert found["组织覆盖"] == ("已覆盖", "", FROZEN)
    assert found["理事会层面"] == ("未覆盖", "", date(2016, 12, 31))
    assert found["分支机构"][0] == "不适用"
    covered = parts(make_actor(Role.SOCIETY_CLERK, world.covered), world.covered, TODAY)
    assert covered["分支机构"][:2] == ("33.33%", "1 / 3 个")


def test_five_clears_that_nobody_asks_yet_are_not_applicable(world):
    """D-4: before the first due day no society owes a ledger."""
    found = parts(world.actor(Role.COMMITTEE_REVIEWER), world.other, TODAY)
    assert found["五个清台账"][0] == "不适用"


def test_a_past_day_is_read_as_frozen(world):
    found = parts(world.actor(Role.COMMITTEE_REVIEWER), world.other, date(2026, 10, 31))
    assert found["组织覆盖"][0] == "未覆盖"


def test_a_foreign_actor_reads_nothing(world):
    stranger = make_actor(Role.SOCIETY_CLERK, world.bare)
    assert parts(stranger, world.covered, TODAY) == {}


def test_it_stands_on_the_page(world, enter):
    client = enter(make_actor(Role.SOCIETY_SECRETARY, world.covered))
    html = client.get(reverse("society", args=[world.covered.pk])).content.decode()
    assert "工作覆盖" in html and "33.33%" in html
