"""Declared interests (R-SUP-03, roles.md §2.4): who declares, enters, ends, reads; on pages too."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from common import clock
from common.errors import ActionRefused, Conflict, NotAllowed
from societies.actions import end_appointment
from societies.interests import actions
from societies.models import DeclaredInterest, InterestKind
from tests.factories import (
    make_actor,
    make_federation,
    make_interest,
    make_organisation,
    make_society,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NOW = clock.start_of(TODAY)
SINCE = date(2020, 1, 1)
LIST, DECLARE, ENTER = (f"/societies/interests/{name}" for name in ("", "declare/", "enter/"))


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: NOW)


@pytest.fixture
def federation():
    return make_federation()


@pytest.fixture
def society(federation):
    return make_society(federation, name="示例力学学会", code="LX-1")


@pytest.fixture
def reviewer(federation):
    return make_actor(Role.COMMITTEE_REVIEWER, federation)


@pytest.fixture
def member(federation):
    return make_actor(Role.COMMITTEE_MEMBER, federation)


def declare(by, society, **values):
    said = {"kind": InterestKind.CONTACT, "valid_from": SINCE} | values
    return actions.declare_interest(society=society, by=by, now=NOW, **said)


def enter(by, user, society, **values):
    said = {"kind": InterestKind.CONTACT, "valid_from": SINCE, "reason": "党委分工"} | values
    return actions.enter_interest(user=user, society=society, by=by, now=NOW, **said)


def end(row, by, last_day=TODAY, **values):
    return actions.end_interest(
        interest=row, row_version=None, last_day=last_day, by=by, now=NOW, **values
    )


def side(federation, society):
    """Somebody in each role of the committee's side."""
    return [
        make_actor(Role.COMMITTEE_REVIEWER, federation),
        make_actor(Role.COMMITTEE_LEADER, federation),
        make_actor(Role.COMMITTEE_MEMBER, federation),
        make_actor(Role.INSPECTOR, society),
        make_actor(Role.INSPECTION_LEAD, federation),
        make_actor(Role.ASSESSOR, society.party_organisations.get()),
        make_actor(Role.EXPERT),
    ]


def test_everybody_of_the_committees_side_declares_and_ends(federation, society):
    make_organisation(society)
    for actor in side(federation, society):
        row = declare(actor, society)
        assert (row.user, row.entered_by, row.reason) == (actor.user, actor.user, "")
        assert DeclaredInterest.objects.visible_to(actor).filter(pk=row.pk).exists()
        assert end(row, actor).last_day == TODAY
    assert {actor.role for actor in side(federation, society)} == set(actions.COMMITTEE_SIDE)


@pytest.mark.parametrize("role", [Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY])
def test_the_society_declares_nothing_and_reads_nothing(federation, society, member, role):
    inside = make_actor(role, society)
    declare(member, society)
    with pytest.raises(NotAllowed):
        declare(inside, society)
    assert not DeclaredInterest.objects.visible_to(inside).exists()


def test_a_person_reads_the_own_ones_the_committee_all_of_its_federation(
    federation, society, member, reviewer
):
    other = make_actor(Role.COMMITTEE_MEMBER, federation)
    abroad = make_actor(Role.COMMITTEE_REVIEWER, make_federation())
    row = declare(member, society)
    leader = make_actor(Role.COMMITTEE_LEADER, federation)
    reads = [
        actor
        for actor in (member, reviewer, leader, other, abroad)
        if DeclaredInterest.objects.visible_to(actor).filter(pk=row.pk).exists()
    ]
    assert reads == [member, reviewer, leader]


def test_a_society_of_another_federation_is_out_of_reach(member):
    with pytest.raises(NotAllowed):
        declare(member, make_society())


def test_the_reviewer_enters_for_another_with_a_reason_that_the_person_cannot_take_back(
    society, reviewer, member
):
    with pytest.raises(ActionRefused, match="理由"):
        enter(reviewer, member.user, society, reason=" ")
    row = enter(reviewer, member.user, society)
    assert (row.user, row.entered_by, row.reason) == (member.user, reviewer.user, "党委分工")
    with pytest.raises(NotAllowed):
        end(row, member)
    with pytest.raises(ActionRefused, match="理由"):
        end(row, reviewer)
    assert end(row, reviewer, reason="不再分工").ended_by == reviewer.user


def test_the_reviewer_enters_for_nobody_but_others_of_the_federations_side(society, reviewer):
    clerk = make_actor(Role.SOCIETY_CLERK, society)
    abroad = make_actor(Role.COMMITTEE_MEMBER, make_federation())
    gone = make_actor(Role.COMMITTEE_MEMBER, society.federation)
    end_appointment(appointment=gone.appointment, on=TODAY)
    for user in (reviewer.user, clerk.user, abroad.user, gone.user):
        with pytest.raises(ActionRefused):
            enter(reviewer, user, society)
    assert not DeclaredInterest.objects.exists()


def test_only_the_reviewer_enters_for_another(federation, society, member):
    leader = make_actor(Role.COMMITTEE_LEADER, federation)
    with pytest.raises(NotAllowed):
        enter(leader, member.user, society)


def test_days_that_cannot_be_are_refused_at_their_fields(society, member):
    for values, field in (
        ({"valid_from": date(2026, 11, 23)}, "valid_from"),
        ({"valid_from": date(1900, 1, 1)}, "valid_from"),
        ({"last_day": date(2026, 11, 23)}, "last_day"),
        ({"last_day": date(2019, 12, 31)}, "last_day"),
    ):
        with pytest.raises(ActionRefused) as refused:
            declare(member, society, **values)
        assert list(refused.value.errors) == [field]


def test_the_same_relation_does_not_overlap_and_may_begin_again(society, member):
    declare(member, society, last_day=date(2021, 12, 31))
    with pytest.raises(ActionRefused, match="同类申报"):
        declare(member, society, valid_from=date(2021, 12, 31))
    assert declare(member, society, valid_from=date(2022, 1, 1)).pk
    assert declare(member, society, kind=InterestKind.POST).pk


def test_the_database_itself_refuses_an_overlap(society, member):
    make_interest(society, member.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_interest(society, member.user, valid_from=date(2019, 1, 1))


def test_two_tabs_end_one_relation(society, member):
    row = declare(member, society)
    end(row, member, date(2026, 11, 20))
    with pytest.raises(ActionRefused, match="已于 2026-11-20 结束"):
        end(row, member)
    other = declare(member, society, kind=InterestKind.POST)
    with pytest.raises(Conflict):
        actions.end_interest(interest=other, row_version=7, last_day=TODAY, by=member, now=NOW)


def test_the_way_through_the_pages(client, society, member):
    client.force_login(member.user)
    page = client.get(LIST).content.decode()
    assert "还没有申报" in page
    assert 'href="/societies/interests/"' in page, "the account menu leads here"
    sent = {"society": "力学学会", "kind": "post", "valid_from": "2020-01-01", "note": "任理事"}
    token = client.get(DECLARE).context["form"]["form_token"].value()
    answer = client.post(DECLARE, sent | {"form_token": token})
    assert answer.status_code == 422
    assert "是否为：示例力学学会" in answer.content.decode()
    assert "任理事" in answer.content.decode()
    assert client.post(DECLARE, sent | {"society": "lx-1", "form_token": token}).url == LIST
    again = client.post(DECLARE, sent | {"society": "lx-1", "form_token": token})
    assert again.url == LIST
    row = DeclaredInterest.objects.get()
    assert (row.user, row.society, row.note) == (member.user, society, "任理事")
    url = reverse("societies:interest_end", args=[row.pk])
    assert url in client.get(LIST).content.decode()
    form = client.get(url).context["form"]
    assert "reason" not in form.fields
    said = {"last_day": "2026-11-22", "row_version": "1", "form_token": form["form_token"].value()}
    assert client.post(url, said).url == LIST
    page = client.get(LIST).content.decode()
    assert url not in page
    assert "2026-11-22" in page
    assert "没有符合条件的申报" in client.get(f"{LIST}?state=open").content.decode()
    assert "示例力学学会" in client.get(f"{LIST}?state=over&q=力学&kind=post").content.decode()


def test_the_reviewer_chooses_among_the_people_of_the_committee(client, society, member, reviewer):
    make_actor(Role.SOCIETY_CLERK, society)
    client.force_login(reviewer.user)
    form = client.get(ENTER).context["form"]
    assert list(form.fields["user"].queryset) == [member.user]
    sent = {
        "user": member.user.pk,
        "society": society.name,
        "kind": "contact",
        "valid_from": "2026-01-01",
        "reason": "",
        "form_token": form["form_token"].value(),
    }
    assert client.post(ENTER, sent).status_code == 422
    assert client.post(ENTER, sent | {"reason": "党委分工"}).url == LIST
    assert "代为登记：党委分工" in client.get(LIST).content.decode()


def test_an_expert_declares_without_being_told_names(client, society):
    expert = make_actor(Role.EXPERT)
    client.force_login(expert.user)
    form = client.get(DECLARE).context["form"]
    sent = {
        "society": "力学",
        "kind": "post",
        "valid_from": "2020-01-01",
        "form_token": form["form_token"].value(),
    }
    answer = client.post(DECLARE, sent)
    assert answer.status_code == 422
    assert "示例力学学会" not in answer.content.decode()
    assert client.post(DECLARE, sent | {"society": "示例力学学会"}).url == LIST
