"""Persons of a filing and the register of members (R-ORG-06, R-ORG-07, trap 4, roles.md §2.9)."""

from datetime import date

import pytest
from django.db.models import ProtectedError
from django.urls import reverse

from branches.actions import save_filing, send_filing
from branches.actions.members import withdraw_member
from branches.filing_checks import check_filing, claim_of
from branches.filing_committee import full_members, said_of_members
from branches.models import Place, Post, PostFiling, PostKind
from branches.rules import standing_suffices
from common.errors import ActionRefused
from tests.branches.test_filing_pages import ELECTION, typed
from tests.branches.test_filings import (
    BIG,
    NOW,
    SMALL,
    THREE,
    TODAY,
    accepted,
    cast_of,
    draft,
    errors,
    person,
    sent,
)
from tests.factories import make_organisation, make_society
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


@pytest.fixture
def cast(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    return cast_of(make_organisation(make_society()))


def member_of(cast, **facts):
    usual = {"since": SINCE, "now": NOW, "by": cast.branch, "confirmed_by": cast.secretary}
    return make_member(cast.organisation, **(usual | facts))


def chief(member, name=""):
    return [person(0, "secretary", name, 6, member=member)]


def test_a_person_of_the_register_takes_office_by_name(cast):
    """The name is copied, the row remembers who it is; whoever holds a post is not deleted."""
    member = member_of(cast, name="赵启明", confirmed_by=None)
    accepted(cast, rows=chief(member))
    post = Post.objects.get(kind=PostKind.SECRETARY)
    assert (post.member, post.person_name) == (member, "赵启明")
    with pytest.raises(ProtectedError):
        member.delete()
    with pytest.raises(ActionRefused, match="担任职务"):
        withdraw_member(member=member, row_version=member.row_version, by=cast.branch, now=NOW)


@pytest.mark.parametrize(
    ("full_since", "enough"),
    [
        (date(2025, 10, 1), True),
        (date(2025, 11, 1), False),
        (date(2026, 9, 1), False),
        (None, False),
    ],
)
def test_a_secretary_needs_a_year_of_standing(cast, full_since, enough):
    """R-ORG-07 on 9 October 2026; standing begins with full membership (R-DEV-04), by months."""
    assert standing_suffices(full_since, date(2026, 10, 9)) is enough
    joined = date(2024, 10, 1)
    member = member_of(cast, joined_month=joined, full_since=full_since, confirmed_by=None)
    if enough:
        assert sent(cast, rows=chief(member)).state == "to_sign"
        return
    found = errors(cast, rows=chief(member))
    assert "党龄不足，不能任书记" in found["seats-0-member"][0]


def test_another_post_asks_for_no_year(cast):
    new = member_of(cast, full_since=date(2026, 9, 1), confirmed_by=None)
    rows = [THREE[0], THREE[1], person(2, "discipline_officer", "", member=new)]
    assert sent(cast, values=BIG, rows=rows).state == "to_sign"


def test_who_is_not_of_the_organisation_that_day_is_refused(cast):
    stranger = make_member(make_organisation(cast.organisation.society), since=SINCE, now=NOW)
    late = member_of(cast, since=date(2026, 10, 10), confirmed_by=None)
    for member in (stranger, late):
        found = errors(cast, rows=chief(member))
        assert "2026-10-09 不在本党组织" in found["seats-0-member"][0]


def test_name_and_choice_agree_and_nobody_stands_twice(cast):
    member = member_of(cast, name="赵启明", confirmed_by=None)
    found = errors(cast, rows=chief(member, "钱学理"))
    assert "与名册中的“赵启明”不一致" in found["seats-0-person_name"][0]
    assert sent(cast, rows=chief(member, "赵启明（大）")).seat_rows.get().member == member
    PostFiling.objects.all().delete()
    twice = [
        person(0, "secretary", "赵启明", member=member),
        person(1, "organisation_officer", "赵启明（小）", member=member),
        person(2, "discipline_officer", "孙某"),
    ]
    found = errors(cast, values=BIG, rows=twice)
    assert "同一人只填一行" in found["seats-1-member"][0]


def test_full_members_are_the_larger_of_register_and_election(cast):
    """R-ORG-06, -08, trap 4: the register knows the confirmed with their relation here; nobody
    has a vote who is no full member. Who says so is shown.
    """
    filing = draft(cast, values=BIG, rows=THREE)
    claim = claim_of(filing, TODAY)
    assert (full_members(claim), claim.registered) == (10, None)
    assert said_of_members(claim) == "10 人（名册未登记党员，按应到会有选举权人数）"
    for _ in range(6):
        member_of(cast)
    member_of(cast, place=Place.SUPPORTING_UNIT)
    member_of(cast, full_since=None)
    member_of(cast, confirmed_by=None)
    claim = claim_of(filing, TODAY)
    assert (full_members(claim), claim.registered) == (10, 6)
    assert said_of_members(claim) == "10 人（按应到会有选举权人数，名册登记 6 人）"
    said = "；".join(check_filing(claim).warnings)
    assert "应到会有选举权 10 人，名册正式党员 6 人" in said
    assert "不足 7 人的一般不设支部委员会" not in said
    assert "书记人选没有从党员名册中选择" in said
    for _ in range(5):
        member_of(cast)
    claim = claim_of(filing, TODAY)
    assert (full_members(claim), claim.registered) == (11, 11)
    assert said_of_members(claim) == "11 人（党员名册，2026-10-09）"


def test_a_register_not_yet_complete_does_not_hide_a_committee(cast):
    """R-ORG-06: ten have a vote, six are on the register, one seat is too few."""
    for _ in range(6):
        member_of(cast)
    found = errors(cast, values=SMALL | {"entitled": 10, "present": 10})
    assert found["seats"] == ["正式党员 10 人，7 人以上应设支部委员会，职数不少于 3 人"]


def test_seven_on_the_register_need_a_committee(cast):
    """The election's count no longer hides the seventh member."""
    for _ in range(7):
        member_of(cast)
    found = errors(cast, values=SMALL)
    assert found == {"seats": ["正式党员 7 人，7 人以上应设支部委员会，职数不少于 3 人"]}
    appointed = {"mode": "appointed", "document_number": "科社党〔2026〕1号"}
    rows = [person(0, "secretary", "赵某", None, mode="appointed")]
    assert "seats" in errors(cast, values=SMALL | appointed, rows=rows)


def url(name, *args):
    return reverse(f"branches:{name}", args=args)


def test_the_page_offers_the_roll_to_those_who_may_read_it(client, cast):
    one = member_of(cast, name="赵启明")
    member_of(cast, name="赵启明", birth_month=date(1980, 5, 1))
    client.force_login(cast.branch.user)
    address = url("re_elect", cast.organisation.pk)
    row = client.get(address).context["persons"].forms[0]
    labels = [label for _, label in row.fields["member"].choices]
    assert labels == ["不从名册选择", "赵启明（1978-03）", "赵启明（1980-05）"]
    said = ELECTION | {"seats-0-person_name": "", "seats-0-member": str(one.pk)}
    assert client.post(address, typed(client, address, **said)).status_code == 302
    filing = PostFiling.objects.get()
    assert filing.seat_rows.get(position=0).member == one
    page = client.get(url("filing", filing.pk)).content.decode()
    assert "10 人（按应到会有选举权人数，名册登记 2 人）" in page
    # The clerk has no right to the roll: no choice is offered, and the one made stays.
    client.force_login(cast.clerk.user)
    edit = url("filing_edit", filing.pk)
    assert "member" not in client.get(edit).context["persons"].forms[0].fields
    assert client.post(edit, typed(client, edit, **{"seats-1-votes": "9"})).status_code == 302
    filing.refresh_from_db()
    assert (filing.row_version, filing.seat_rows.get(position=0).member) == (2, one)


def test_what_is_wrong_with_a_choice_hidden_from_the_clerk_stands_at_the_name(client, cast):
    new = member_of(cast, name="赵启明", full_since=date(2026, 9, 1))
    filing = draft(cast, rows=chief(new))
    client.force_login(cast.clerk.user)
    edit = url("filing_edit", filing.pk)
    answer = client.post(edit, typed(client, edit, send="1"))
    assert answer.status_code == 422
    errors_ = answer.context["persons"].forms[0].errors
    assert "党龄不足" in errors_["person_name"][0]


def test_a_foreign_choice_is_refused(client, cast):
    member_of(cast)
    stranger = make_member(make_organisation(cast.organisation.society), since=SINCE, now=NOW)
    client.force_login(cast.branch.user)
    address = url("re_elect", cast.organisation.pk)
    for value in (str(stranger.pk), "x", "-1"):
        said = ELECTION | {"seats-0-member": value}
        answer = client.post(address, typed(client, address, **said))
        assert answer.status_code == 422
        assert "不在可选范围内" in answer.content.decode()
    assert not PostFiling.objects.exists()


def test_rows_of_a_filing_may_be_given_without_a_register(cast):
    filing = draft(cast)
    saved = save_filing(
        filing=filing,
        row_version=1,
        values=SMALL,
        rows=chief(None, "赵某"),
        by=cast.branch,
        now=NOW,
    )
    assert send_filing(filing=saved, by=cast.branch, now=NOW).seat_rows.get().member is None
