"""Filing, changing, confirming members (R-MEM-01, R-MEM-07, roles.md §3)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.permissions import Role
from branches.actions import confirming
from branches.actions.confirming import confirm_members, return_member
from branches.actions.member_relations import leave_member, relate_member, stop_taking_part
from branches.actions.members import change_member, file_member, withdraw_member
from branches.members.changes import changes_of
from branches.models import Affiliation, MemberState, Participation, PartyMember, Place
from common.errors import ActionRefused, Conflict, NotAllowed
from societies.models import DirtySociety
from tests.branches.members.conftest import NOW, TODAY
from tests.factories import make_actor, make_society, make_user
from tests.factories.members import make_member

FACTS = {
    "name": "周某某",
    "birth_month": date(1971, 9, 1),
    "joined_month": date(1999, 12, 1),
    "full_since": date(2000, 12, 1),
    "place": Place.HERE,
}


def file(register, **more):
    said = FACTS | {"organisation": register.branch, "by": register.filer, "now": NOW} | more
    return file_member(**said)


def confirm(register, *members):
    versions = {m.pk: PartyMember.objects.get(pk=m.pk).row_version for m in members}
    return confirm_members(members=versions, by=register.secretary, now=NOW)


def test_filed_counts_only_after_the_secretary_confirmed(register):
    member = file(register)
    assert member.state == MemberState.FILED
    assert not PartyMember.objects.counted().exists()
    assert not Affiliation.objects.here_on(TODAY).exists()
    confirm(register, member)
    member.refresh_from_db()
    assert member.state == MemberState.CONFIRMED and member.first_confirmed_on == TODAY
    assert Affiliation.objects.here_on(TODAY).get().organisation == register.branch
    assert not Affiliation.objects.here_on(TODAY - timedelta(1)).exists()
    assert DirtySociety.objects.filter(society=register.society).exists()


def test_a_member_elsewhere_takes_part(register):
    """Trap 4: the relation lies elsewhere, the person takes part here."""
    member = file(register, place=Place.SUPPORTING_UNIT)
    confirm(register, member)
    assert member.affiliations.get().organisation is None
    assert member.participations.get().organisation == register.branch
    found = PartyMember.objects.of_organisation(register.branch.pk, TODAY).get()
    assert found == member and found.relation_here is False
    assert not Affiliation.objects.here_on(TODAY).exists()


def test_four_eyes_by_user_and_by_constraint(register):
    """The filer under another appointment is still the filer (R-ROLE-01)."""
    member = file(register)
    same = make_actor(Role.SOCIETY_SECRETARY, register.society, user=register.filer.user)
    versions = {member.pk: member.row_version}
    with pytest.raises(NotAllowed, match="另一人"):
        confirm_members(members=versions, by=same, now=NOW)
    with pytest.raises(NotAllowed, match="另一人"):
        return_member(member=member, row_version=1, reason="不对", by=same, now=NOW)
    with pytest.raises(IntegrityError, match="filer_is_not_confirmer"), transaction.atomic():
        PartyMember.objects.update(confirmed_by=same.user, confirmed_at=NOW)


def test_without_the_step_check_the_constraint_still_holds(register, monkeypatch):
    """Negative control."""
    member = file(register)
    same = make_actor(Role.SOCIETY_SECRETARY, register.society, user=register.filer.user)
    monkeypatch.setattr(confirming, "check_step", lambda *a, **k: None)
    with pytest.raises(IntegrityError, match="filer_is_not_confirmer"), transaction.atomic():
        confirm_members(members={member.pk: member.row_version}, by=same, now=NOW)


@pytest.mark.parametrize(
    "role", [Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.DISCIPLINE_MEMBER]
)
def test_only_the_branch_secretary_files(register, role):
    actor = make_actor(role, register.society)
    with pytest.raises(NotAllowed):
        file(register, by=actor)


def test_only_the_own_organisation(register):
    with pytest.raises(NotAllowed):
        file(register, by=register.other_filer)
    member = file(register)
    with pytest.raises(NotAllowed):
        change_member(member=member, row_version=1, changes={}, by=register.other_filer, now=NOW)


def test_only_the_society_secretary_confirms(register):
    member = file(register)
    for by in (register.other_filer, make_actor(Role.SOCIETY_CLERK, register.society)):
        with pytest.raises((NotAllowed, Conflict)):
            confirm_members(members={member.pk: 1}, by=by, now=NOW)
    assert PartyMember.objects.get().state == MemberState.FILED


def test_a_change_is_filed_again_and_says_what_changed(register):
    member = file(register)
    assert changes_of(member) is None  # new: nothing to compare
    confirm(register, member)
    member.refresh_from_db()
    changed = change_member(
        member=member,
        row_version=member.row_version,
        changes={"name": "周 某", "full_since": None},
        by=register.filer,
        now=NOW,
    )
    assert changed.state == MemberState.FILED and changed.confirmed_by is None
    assert changed.name == "周某" and changed.first_confirmed_on == TODAY
    said = {c.label: (c.before, c.now) for c in changes_of(changed)}
    assert said == {"姓名": ("周某某", "周某"), "转正年月": ("2000-12", "预备党员")}


def test_a_stale_page_changes_and_confirms_nothing(register):
    member = file(register)
    change_member(
        member=member, row_version=1, changes={"name": "周甲"}, by=register.filer, now=NOW
    )
    with pytest.raises(Conflict):
        change_member(
            member=member, row_version=1, changes={"name": "周乙"}, by=register.filer, now=NOW
        )
    with pytest.raises(Conflict):
        confirm_members(members={member.pk: 1}, by=register.secretary, now=NOW)


def test_several_at_once_are_all_or_none(register):
    good, stale = make_member(register.branch), make_member(register.other)
    versions = {good.pk: good.row_version, stale.pk: 99}
    with pytest.raises(Conflict):
        confirm_members(members=versions, by=register.secretary, now=NOW)
    assert not PartyMember.objects.counted().exists()
    assert confirm(register, good, stale) == 2


def test_returned_with_a_reason_and_filed_again(register):
    member = file(register)
    with pytest.raises(ActionRefused) as refused:
        return_member(member=member, row_version=1, reason=" ", by=register.secretary, now=NOW)
    assert refused.value.errors == {"reason": ["请填写"]}
    back = return_member(
        member=member, row_version=1, reason="入党年月不符", by=register.secretary, now=NOW
    )
    assert back.state == MemberState.RETURNED and back.return_reason == "入党年月不符"
    mended = change_member(
        member=back,
        row_version=back.row_version,
        changes={"joined_month": date(1998, 12, 1)},
        by=register.filer,
        now=NOW,
    )
    assert mended.state == MemberState.FILED
    confirm(register, mended)
    assert PartyMember.objects.get().return_reason == ""


def test_the_same_key_asks_who_it_is(register):
    """R-MEM-07: a second hit asks 同一人？"""
    file(register)
    with pytest.raises(ActionRefused) as refused:
        file(register)
    assert "同一人" in refused.value.errors["answer"][0]
    with pytest.raises(ActionRefused):
        file(register, answer="same")
    namesake = file(register, answer="other")
    assert namesake.namesake == 1 and PartyMember.objects.count() == 2


def test_the_same_person_of_another_organisation_takes_part(register):
    first = file(register)
    said = {"organisation": register.other, "by": register.other_filer}
    with pytest.raises(ActionRefused) as refused:
        file(register, **said)
    assert list(refused.value.errors) == ["answer"]
    joined = file(register, **said, answer="same")
    assert joined.pk == first.pk
    assert Participation.objects.get().organisation == register.other
    assert Affiliation.objects.get().organisation == register.branch
    visible = PartyMember.objects.visible_to(register.other_filer)
    assert list(visible) == [first]
    with pytest.raises(NotAllowed):  # seen, but kept by the other organisation
        leave_member(member=joined, row_version=None, on=TODAY, by=register.other_filer, now=NOW)
    part = Participation.objects.get()
    with pytest.raises(NotAllowed):
        stop_taking_part(participation=part, on=TODAY, by=register.filer, now=NOW)
    later = NOW + timedelta(days=9)
    ended = stop_taking_part(
        participation=part, on=TODAY + timedelta(9), by=register.other_filer, now=later
    )
    assert ended.valid_to == TODAY + timedelta(9)


def test_moving_the_relation_closes_one_and_opens_another(register):
    member = file(register, since=date(2020, 1, 1))
    moved = relate_member(
        member=member,
        row_version=1,
        place=Place.SUPPORTING_UNIT,
        on=date(2026, 6, 1),
        by=register.filer,
        now=NOW,
    )
    first, second = moved.affiliations.order_by("valid_from")
    assert first.valid_to == second.valid_from == date(2026, 6, 1)
    assert moved.participations.get().organisation == register.branch
    back = relate_member(
        member=moved,
        row_version=moved.row_version,
        place=Place.HERE,
        on=date(2026, 6, 5),
        by=register.filer,
        now=NOW,
    )
    assert back.affiliations.count() == 3
    assert back.participations.get().valid_to == date(2026, 6, 5)


def test_leaving_ends_everything(register):
    member = file(register, since=date(2020, 1, 1))
    confirm(register, member)
    leave_member(member=member, row_version=None, on=TODAY, by=register.filer, now=NOW)
    assert not Affiliation.objects.here_on(TODAY).exists()
    assert Affiliation.objects.here_on(TODAY - timedelta(1)).exists()
    assert not PartyMember.objects.present_on(TODAY).exists()
    with pytest.raises(ActionRefused, match="同一人"):
        file(register)
    again = file(register, answer="same")
    assert again.pk == member.pk and again.left_on is None


def test_withdrawn_only_before_the_first_confirmation(register):
    member = file(register)
    withdraw_member(member=member, row_version=1, by=register.filer, now=NOW)
    assert not PartyMember.objects.exists() and not Affiliation.objects.exists()
    member = file(register)
    confirm(register, member)
    with pytest.raises(ActionRefused, match="登记离开"):
        withdraw_member(member=member, row_version=None, by=register.filer, now=NOW)


BAD = (
    ({"name": "  "}, "name"),
    ({"joined_month": date(2031, 7, 1)}, "joined_month"),
    ({"joined_month": date(1975, 1, 1), "full_since": None}, "joined_month"),
    ({"full_since": date(1999, 11, 1)}, "full_since"),
    ({"birth_month": date(2030, 1, 1), "joined_month": date(2050, 1, 1)}, "birth_month"),
    ({"since": TODAY + timedelta(1)}, "since"),
    ({"since": date(2000, 1, 1)}, "since"),
)


@pytest.mark.parametrize(("values", "field"), BAD)
def test_impossible_facts_are_refused_at_their_field(register, values, field):
    with pytest.raises(ActionRefused) as refused:
        file(register, **values)
    assert field in refused.value.errors
    assert not PartyMember.objects.exists()


def test_one_relation_at_a_time_by_the_database(register):
    """R-MEM-01."""
    member = file(register)
    with pytest.raises(IntegrityError, match="affiliation_one_at_a_time"), transaction.atomic():
        Affiliation.objects.create(
            member=member, society=register.society, place=Place.OTHER, valid_from=TODAY
        )


def test_a_relation_of_another_society_is_refused_by_the_database(register):
    member, foreign = file(register), make_society()
    with pytest.raises(IntegrityError, match="society_is_members"), transaction.atomic():
        Affiliation.objects.filter(member=member).update(society=foreign)
        connection.check_constraints()


def test_readers(register):
    """roles.md: UB own, US and UD the society, the clerk and the committee nobody."""
    member = file(register)
    federation = register.society.federation
    sees = {
        Role.SOCIETY_CLERK: (register.society, False),
        Role.SOCIETY_SECRETARY: (register.society, True),
        Role.DISCIPLINE_MEMBER: (register.society, True),
        Role.INSPECTOR: (register.society, False),
        Role.COMMITTEE_REVIEWER: (federation, False),
        Role.COMMITTEE_LEADER: (federation, False),
        Role.ASSESSOR: (register.branch, False),
    }
    for role, (scope, expected) in sees.items():
        actor = make_actor(role, scope, user=make_user())
        assert PartyMember.objects.visible_to(actor).filter(pk=member.pk).exists() is expected
        assert Affiliation.objects.visible_to(actor).exists() is expected
