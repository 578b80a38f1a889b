"""S1: who may do what, as the checked-in table says; roles.md §1, §2.10."""

from collections import Counter

import pytest
from django.db import transaction

from tests.access.cases import Case, ask, cases, problems, rows, said
from tests.access.content import changed, content
from tests.access.places import KINDS, OWN
from tests.access.stages import STAGES
from tests.access.table import LINES, ROLES, Line, names, read

pytestmark = pytest.mark.django_db
ROWS = [pytest.param(line.stage, line, role, id=f"{line} {role}") for line, role in rows()]


@pytest.mark.parametrize(("stage", "line", "role"), ROWS, indirect=["stage"], scope="module")
def test_access(world, stage, line: Line, role: str):
    assert problems(world, cases(line, role), stage) == []


def test_the_cases_are_thousands():
    assert sum(len(cases(line, role)) for line, role in rows()) + len(UNLISTED) >= 5_000


def test_every_address_has_a_line_and_every_line_an_address():
    assert sorted({line.name for line in LINES}) == sorted(set(names()))


def test_no_line_stands_twice():
    assert [line for line, n in Counter(map(str, LINES)).items() if n > 1] == []


def test_every_line_can_be_done_by_somebody_and_says_where():
    assert [str(line) for line in LINES if not line.doer] == []
    assert {line.kind for line in LINES} <= KINDS.keys()
    assert {line.stage for line in LINES} <= STAGES.keys()
    assert [str(line) for line in LINES if line.method == "POST" and line.writes == "-"] == []


def unlisted() -> list[tuple[Line, str]]:
    """Lines of addresses with one method, with every role: the other method is nobody's."""
    times = Counter(line.name for line in LINES)
    return [(line, role) for line, role in rows() if times[line.name] == 1]


OTHER = {"GET": "POST", "POST": "GET"}
UNLISTED = [pytest.param(line.stage, line, role, id=f"{line} {role}") for line, role in unlisted()]


@pytest.mark.parametrize(("stage", "line", "role"), UNLISTED, indirect=["stage"], scope="module")
def test_a_method_without_a_line_is_refused(world, stage, line, role):
    with transaction.atomic():
        answer = said(ask(world, Case(line, role, OWN), OTHER[line.method]))
        after = content()
        transaction.set_rollback(True)
    assert answer in (("405",) if line.cell(role) in ("ok", "go") else ("405", "403", "404", "in"))
    assert not changed(stage, after)


def test_a_malformed_line_is_refused():
    head = "name | UC US\n"
    assert read(f"{head}home GET - - - | ok no")[0] == ("UC", "US")
    for row in ("home GET - - - | ok", "home GET - - - | ok maybe", "home GET - - | ok no"):
        with pytest.raises(ValueError, match="home"):
            read(head + row)


def test_the_table_names_every_role_of_the_first_release():
    from tests.access.world import ROLE_OF

    assert set(ROLES) == {*ROLE_OF, "none", "anon"}
