"""Editing register facts; the credit code (R-STD-01, trap 14)."""

from datetime import date

import pytest

from accounts.permissions import Role
from common import clock
from common.errors import ActionRefused, Conflict, NotAllowed
from societies import credit_code
from societies.actions import RECORDS_BEGIN, edit_society
from societies.models import BackdatedFact, DirtySociety
from tests.factories import make_actor, make_federation, make_society

NOW = clock.start_of(date(2026, 11, 22))
VALID = "511000005000100025"
LAWFUL_YET_FAILING = ("91350100M0001TGQXM", "91350211M0000XUF46", "91350203M0001FUE2P")


@pytest.fixture
def society(db):
    return make_society(name="示例数学会")


@pytest.fixture
def who(society):
    return {"by": make_actor(Role.COMMITTEE_REVIEWER, society.federation), "now": NOW}


def test_valid_codes_pass_without_a_word():
    assert credit_code.warning_about(VALID) == ""
    assert credit_code.error_in("91350100M000100Y43") == ""
    assert "51" in credit_code.warning_about("91350100M000100Y43")
    assert credit_code.error_in("") == credit_code.warning_about("") == ""


@pytest.mark.parametrize("code", LAWFUL_YET_FAILING)
def test_lawful_codes_with_a_failing_check_digit_only_warn(code):
    assert credit_code.error_in(code) == ""
    assert "校验位" in credit_code.warning_about(code)


@pytest.mark.parametrize(
    "code",
    ["51100000500010002", "51100000500010002I", "5110000050001000250", "５１1000005000100025"],
)
def test_wrong_length_or_alphabet_is_an_error(code):
    assert "18 位" in credit_code.error_in(code)


def test_failing_check_digit_needs_a_confirmation(society, who):
    changes = {"uscc": " 91350100m0001tgqxm "}
    with pytest.raises(ActionRefused) as refused:
        edit_society(society=society, row_version=1, changes=changes, **who)
    assert list(refused.value.errors) == ["uscc_confirmed"]
    row = edit_society(society=society, row_version=1, changes=changes, uscc_confirmed=True, **who)
    assert row.uscc == "91350100M0001TGQXM"
    again = edit_society(society=row, row_version=2, changes={"website": ""}, **who)
    assert again.row_version == 3, "a code once confirmed is not asked about again"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"uscc": "51100000500010002Z"}, "uscc"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"founded_year": 2027}, "founded_year"),
        ({"joined_on": date(2026, 11, 23)}, "joined_on"),
        ({"joined_on": date(2020, 1, 1), "left_on": date(2020, 1, 1)}, "left_on"),
        ({"name": " "}, "name"),
        ({"body_kind": "club"}, "body_kind"),
    ],
)
def test_bad_input_is_refused_at_its_field(society, who, changes, place):
    with pytest.raises(ActionRefused) as refused:
        edit_society(society=society, row_version=1, changes=changes, **who)
    assert list(refused.value.errors) == [place]


def test_name_and_code_are_taken_once(society, who):
    other = make_society(society.federation)
    for changes, place in (({"name": other.name}, "name"), ({"code": other.code}, "code")):
        with pytest.raises(ActionRefused) as refused:
            edit_society(society=society, row_version=1, changes=changes, **who)
        assert list(refused.value.errors) == [place]


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ({"discipline_class": "medicine"}, RECORDS_BEGIN),
        ({"joined_on": date(2020, 1, 1)}, RECORDS_BEGIN),
        ({"left_on": date(2025, 1, 1)}, date(2025, 1, 1)),
        ({"deregistered_on": date(2010, 1, 1)}, RECORDS_BEGIN),
        ({"website": "https://example.org"}, None),
    ],
)
def test_edit_marks_the_first_day_it_bears_on(society, who, changes, since):
    edit_society(society=society, row_version=1, changes=changes, **who)
    assert DirtySociety.objects.exists() is (since is not None)
    assert list(BackdatedFact.objects.values_list("since", flat=True)) == ([since] if since else [])


def test_pinyin_follows_a_new_name_unless_typed(society, who):
    changes = {"name": "示例物理学会", "initials": society.initials, "sort_key": ""}
    row = edit_society(society=society, row_version=1, changes=changes, **who)
    assert row.initials == "slwlxh"
    row = edit_society(society=row, row_version=2, changes={"initials": "slwl"}, **who)
    row = edit_society(society=row, row_version=3, changes={"name": "示例化学会"}, **who)
    assert row.initials == "slwl"
    row = edit_society(society=row, row_version=4, changes={"initials": ""}, **who)
    assert row.initials == "slhxh"


def test_right_scope_and_row_version(society, who):
    for actor in (
        make_actor(Role.SOCIETY_SECRETARY, society),
        make_actor(Role.COMMITTEE_LEADER, society.federation),
        make_actor(Role.COMMITTEE_REVIEWER, make_federation()),
    ):
        with pytest.raises(NotAllowed):
            edit_society(society=society, row_version=1, changes={}, by=actor, now=NOW)
    edit_society(society=society, row_version=1, changes={"name_en": "A"}, **who)
    with pytest.raises(Conflict):
        edit_society(society=society, row_version=1, changes={"name_en": "B"}, **who)
