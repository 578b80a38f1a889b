"""S4: a form writes what it declares and nothing else; ids in it stay within scope."""

import pytest
from django.db import transaction
from django.urls import reverse

from common import formpages
from societies.models import Society, UnitKind
from tests.access.bodies import body
from tests.access.cases import said
from tests.access.content import changed, content
from tests.access.ledgers import reason_rows
from tests.access.mass import differences
from tests.access.places import FAR, NEAR, OWN
from tests.access.table import LINES, Line

pytestmark = pytest.mark.django_db
POSTS = sorted((line for line in LINES if line.method == "POST"), key=lambda line: line.stage)


@pytest.mark.parametrize(
    ("stage", "line"),
    [pytest.param(line.stage, line, id=line.name) for line in POSTS],
    indirect=["stage"],
    scope="module",
)
def test_only_declared_fields_are_written(world, stage, line: Line):
    assert differences(world, line) == []


def line_of(name: str) -> Line:
    return next(line for line in POSTS if line.name == name)


def test_a_view_that_takes_what_comes_is_reported(world, monkeypatch):
    """Negative control."""
    plain = formpages.run_once

    def sloppy(request, act):
        url = plain(request, act)
        note = request.POST.get("source_note", "")
        Society.objects.filter(name="改名学会").update(source_note=note)
        return url

    monkeypatch.setattr(formpages, "run_once", sloppy)
    assert differences(world, line_of("societies:edit")) == ["societies.Society"]


def foreign_unit(holding):
    return holding.society.units.get(kind=UnitKind.SECRETARIAT).pk


# Address, the field that names something, what of another society or federation is put there.
FOREIGN = (
    ("societies:interest_declare", "society", FAR, lambda holding: holding.society.name),
    ("societies:interest_enter", "society", FAR, lambda holding: holding.society.name),
    ("societies:interest_enter", "user", FAR, lambda holding: holding.cast.reviewer.user.pk),
    ("societies:interest_enter", "user", OWN, lambda holding: holding.cast.clerk.user.pk),
    ("branches:enter", "units", FAR, foreign_unit),
    ("branches:enter", "units", NEAR, foreign_unit),
    ("branches:enter", "parent", FAR, lambda holding: holding.organisation.pk),
    ("branches:change", "parent", FAR, lambda holding: holding.organisation.pk),
    ("branches:serve", "unit", FAR, lambda holding: holding.spare.pk),
    ("branches:serve", "unit", NEAR, lambda holding: holding.spare.pk),
    ("branches:member_enter", "organisation", NEAR, lambda holding: holding.organisation.pk),
    ("branches:member_enter", "organisation", OWN, lambda holding: holding.group.pk),
    ("branches:import_start", "organisation", FAR, lambda holding: holding.organisation.pk),
    ("ledgers:lock_request", "period", FAR, lambda holding: holding.objects["period"].pk),
    ("ledgers:branch_reasons", "branch", NEAR, lambda h: reason_rows(h.objects["ledger"])),
    ("ledgers:branch_reasons", "branch", FAR, lambda h: reason_rows(h.objects["ledger"])),
)


MARKED = [
    (name, place, key)
    for name in ("branches:life_file", "branches:life_correct")
    for place, key in ((NEAR, "member"), (FAR, "member"), (OWN, "sibling_member"))
]


@pytest.mark.parametrize(("name", "place", "key"), MARKED)
def test_foreign_members_on_a_list_are_refused(world, name, place, key):
    """Names that are not of the organisation, by hand-made fields."""
    line, before = line_of(name), content()
    url = reverse(name, kwargs=world.target(line.kind, OWN))
    stranger = world.holdings[place].objects[key]
    sent = body(world, name, OWN, line.doer) | {f"mark-{stranger.pk}": "present"}
    with transaction.atomic():
        answer = world.browser(line.doer).post(url, sent)
        moved = changed(before, content())
        transaction.set_rollback(True)
    assert said(answer) == "422"
    assert "不是本党组织的" in answer.content.decode()
    assert stranger.name not in answer.content.decode()
    assert not moved


@pytest.mark.parametrize(("name", "field", "place", "value"), FOREIGN)
def test_foreign_ids_in_a_body_are_refused(world, name, field, place, value):
    line, before = line_of(name), content()
    url = reverse(name, kwargs=world.target(line.kind, OWN))
    sent = body(world, name, OWN, line.doer) | {field: value(world.holdings[place])}
    with transaction.atomic():
        answer = said(world.browser(line.doer).post(url, sent))
        moved = changed(before, content())
        transaction.set_rollback(True)
    assert answer == "422"
    assert not moved
