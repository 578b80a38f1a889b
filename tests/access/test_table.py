"""S1: who may do what, as the checked-in table says; roles.md §1, §2.10."""

from collections import Counter

import pytest
from django.db import transaction

from tests.access.cases import Case, ask, cases, problems, said
from tests.access.content import changed, content
from tests.access.places import KINDS, OWN
from tests.access.stages import STAGES
from tests.access.table import LINES, ROLES, Line, names, read

pytestmark = pytest.mark.django_db
CASES = cases()
ON_STAGE = [pytest.param(case.line.stage, case, id=str(case)) for case in CASES]


@pytest.mark.parametrize(("stage", "case"), ON_STAGE, indirect=["stage"], scope="module")
def test_access(world, stage, case: Case):
    assert problems(world, case, stage) == []


def test_every_address_has_a_line_and_every_line_an_address():
    assert sorted({line.name for line in LINES}) == sorted(set(names()))


def test_no_line_stands_twice():
    assert [line for line, n in Counter(map(str, LINES)).items() if n > 1] == []


def test_every_line_can_be_done_by_somebody_and_says_where():
    assert [str(line) for line in LINES if not line.doer] == []
    assert {line.kind for line in LINES} <= KINDS.keys()
    assert {line.stage for line in LINES} <= STAGES.keys()
    assert [str(line) for line in LINES if line.method == "POST" and line.writes == "-"] == []


def unlisted(line: Line) -> list[Case]:
    """The line's other method, if the table does not allow it, for who may open the page."""
    listed = {each.method for each in LINES if each.name == line.name}
    return [Case(line, line.doer, OWN)] if len(listed) == 1 else []


@pytest.mark.parametrize(
    ("stage", "case"),
    [pytest.param(c.line.stage, c, id=str(c)) for line in LINES for c in unlisted(line)],
    indirect=["stage"],
    scope="module",
)
def test_a_method_without_a_line_is_refused(world, stage, case):
    with transaction.atomic():
        answer = said(ask(world, case, {"GET": "POST", "POST": "GET"}[case.line.method]))
        after = content()
        transaction.set_rollback(True)
    assert answer == "405"
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
