"""Postings: inclusive last day on screen, half-open in storage (rules §12.6, EX-04)."""

from datetime import date

import pytest

from accounts.permissions import Permission, Role
from branches.actions import change_posting, end_posting, enter_posting
from branches.models import Posting, PostingKind
from common import clock
from common.errors import ActionRefused, Conflict, NotAllowed
from societies.grants import actors_for
from societies.models import BackdatedFact
from tests.factories import at, make_actor, make_posting, make_society, make_user

pytestmark = pytest.mark.django_db
NOW = clock.start_of(date(2026, 11, 22))


@pytest.fixture
def society():
    return make_society()


@pytest.fixture
def who(society):
    return {"by": make_actor(Role.COMMITTEE_REVIEWER, society.federation), "now": NOW}


def enter(society, who, **fields):
    fields = {
        "kind": PostingKind.INSTRUCTOR,
        "person_name": "李某",
        "home_unit": "示例单位",
        "document_number": "科社党〔2026〕5号",
        "valid_from": date(2026, 10, 15),
        "last_day": date(2026, 12, 31),
    } | fields
    return enter_posting(society=society, **fields, **who)


def test_last_day_is_inclusive_and_recall_moves_it(society, who):
    posting = enter(society, who)
    assert posting.valid_to == date(2027, 1, 1)
    end_posting(posting=posting, last_day=date(2026, 11, 9), **who)
    assert Posting.objects.valid_on(date(2026, 11, 9)).exists()
    assert not Posting.objects.valid_on(date(2026, 11, 10)).exists()
    sinces = BackdatedFact.objects.order_by("pk").values_list("since", flat=True)
    assert list(sinces) == [date(2026, 10, 15), date(2026, 11, 10)]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"last_day": date(2026, 10, 14)}, "last_day"),
        ({"document_number": ""}, "document_number"),
        ({"person_name": " "}, "person_name"),
        ({"valid_from": date(1926, 1, 1)}, "valid_from"),
        ({"kind": "GM01"}, "kind"),
    ],
)
def test_bad_input_is_refused_at_its_field(society, who, fields, place):
    with pytest.raises(ActionRefused) as refused:
        enter(society, who, **fields)
    assert list(refused.value.errors) == [place]
    assert not Posting.objects.exists()


def test_same_person_twice_is_refused(society, who):
    enter(society, who)
    with pytest.raises(ActionRefused) as refused:
        enter(society, who, valid_from=date(2026, 12, 31), last_day=None)
    assert "同类派驻" in refused.value.errors["person_name"][0]


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ({"valid_from": date(2015, 5, 1)}, date(2015, 5, 1)),
        ({"valid_from": date(2016, 5, 1)}, date(2016, 1, 1)),
        ({"kind": PostingKind.LIAISON}, date(2016, 1, 1)),
        ({"last_day": date(2020, 12, 31)}, date(2021, 1, 1)),
        ({"person_name": "王某"}, None),
    ],
)
def test_change_marks_the_first_day_it_bears_on(society, who, changes, since):
    posting = make_posting(society)
    change_posting(posting=posting, row_version=1, changes=changes, **who)
    assert list(BackdatedFact.objects.values_list("since", flat=True)) == ([since] if since else [])
    with pytest.raises(Conflict):
        change_posting(posting=posting, row_version=1, changes=changes, **who)


def test_only_the_reviewer_posts(society):
    clerk = {"by": make_actor(Role.SOCIETY_CLERK, society), "now": NOW}
    with pytest.raises(NotAllowed):
        enter(society, clerk)
    posting = make_posting(society)
    with pytest.raises(NotAllowed):
        end_posting(posting=posting, last_day=date(2026, 1, 1), **clerk)


def desk_of(user, on):
    """The instructor's appointments that give something on a day."""
    return [a for a in actors_for(user, on) if a.role == Role.INSTRUCTOR]


def test_a_posting_opens_moves_and_ends_the_instructors_desk():
    """roles.md §2.5: the posting opens and ends the appointment itself."""
    society, user = make_society(), make_user()
    by = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    values = {"person_name": "李某", "home_unit": "示例大学", "document_number": "1号"}
    first, last = date(2026, 10, 15), date(2026, 12, 31)
    posting = enter_posting(
        society=society,
        kind="GM03",
        valid_from=first,
        last_day=last,
        user=user,
        by=by,
        now=at(first),
        **values,
    )
    assert desk_of(user, date(2026, 10, 14)) == []
    (actor,) = desk_of(user, last)
    assert actor.scope(Permission.VISIT_FILE).ids == {society.pk}
    end_posting(posting=posting, last_day=date(2026, 11, 9), by=by, now=at(date(2026, 11, 9)))
    assert len(desk_of(user, date(2026, 11, 9))) == 1
    assert desk_of(user, date(2026, 11, 10)) == []
    other = make_user()
    posting.refresh_from_db()
    change_posting(
        posting=posting,
        row_version=None,
        changes={"user": other},
        by=by,
        now=at(date(2026, 11, 1)),
    )
    assert desk_of(user, date(2026, 11, 5)) == []
    assert len(desk_of(other, date(2026, 11, 5))) == 1


def test_an_administrator_gets_no_instructors_desk():
    """roles.md §2.6: the three administrators hold no business role."""
    society, user = make_society(), make_user()
    make_actor(Role.AUDITOR, user=user)
    by = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    with pytest.raises(ActionRefused) as refused:
        enter_posting(
            society=society,
            kind="GM03",
            person_name="李某",
            home_unit="示例大学",
            document_number="1号",
            valid_from=date(2026, 10, 15),
            user=user,
            by=by,
            now=at(date(2026, 10, 15)),
        )
    assert "user" in refused.value.errors
    assert not Posting.objects.exists()
