"""Negative controls: with a protection taken away, the access tests report it."""

from dataclasses import replace

import pytest

from societies import decorators
from societies.access import Actor, ScopedQuerySet
from tests.access.cases import Case, problems
from tests.access.content import content
from tests.access.places import FAR, NEAR, OWN
from tests.access.table import LINES, names

pytestmark = pytest.mark.django_db


def case(name, method, role, place=OWN) -> Case:
    line = next(each for each in LINES if (each.name, each.method) == (name, method))
    return Case(line, role, place)


def reported(world, *found: Case) -> list[str]:
    return [words for each in found for words in problems(world, [each], content())]


FOREIGN = (
    case("society", "GET", "UC", NEAR),
    case("society", "GET", "CR", FAR),
    case("branches:detail", "GET", "UB", NEAR),
    case("branches:dissolve", "POST", "CR", FAR),
    case("branches:posting_end", "POST", "CR", FAR),
    case("revision_publish", "POST", "CR", FAR),
)
UNFIT = (
    case("branches:dissolve", "POST", "UC"),
    case("branches:change", "POST", "UB"),
    case("societies:edit", "POST", "CL"),
)
SHUT = (
    case("dashboard", "GET", "UC"),
    case("coverage:runs", "GET", "CR"),
    case("dashboard_gap_export", "GET", "LV"),
)


def test_nothing_is_reported_while_all_stands(world):
    assert reported(world, *FOREIGN, *UNFIT, *SHUT) == []


@pytest.mark.parametrize("each", FOREIGN, ids=str)
def test_without_scope_foreign_objects_are_reported(world, monkeypatch, each):
    monkeypatch.setattr(ScopedQuerySet, "within", lambda rows, scope: rows.all())
    monkeypatch.setattr("branches.querysets.PartyOrganisationQuerySet.within", lambda r, s: r.all())
    assert "404 expected" in reported(world, each)[0]


@pytest.mark.parametrize("each", UNFIT, ids=str)
def test_without_the_right_on_the_object_writes_are_reported(world, monkeypatch, each):
    monkeypatch.setattr(Actor, "may", lambda *_: True)
    answers = reported(world, each)
    assert "403 expected, go answered" in answers[0]
    assert "nothing may change" in answers[1]


@pytest.mark.parametrize("each", SHUT, ids=str)
def test_without_the_guard_of_the_page_looks_are_reported(world, monkeypatch, each):
    monkeypatch.setattr(decorators, "turned_away", lambda request, permissions: None)
    assert "403 expected, ok answered" in reported(world, each)[0]


def test_a_body_that_does_nothing_is_reported(world):
    done = case("branches:dissolve", "POST", "CR")
    elsewhere = replace(done, line=replace(done.line, writes="Society"))
    assert "proves nothing" in reported(world, elsewhere)[0]


def test_a_page_that_writes_is_reported(world):
    done = case("branches:dissolve", "POST", "CR")
    looking = replace(done, line=replace(done.line, writes="-"))
    assert "nothing may change" in reported(world, looking)[0]


def test_an_address_without_a_line_is_seen(settings):
    settings.ROOT_URLCONF = "tests.societies.probe_urls"
    assert set(names()) - {line.name for line in LINES}
