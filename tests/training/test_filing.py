"""Hours filed by a branch and confirmed by another: what counts, once (R-TRN-02, R-TRN-03)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from branches.actions.life import withdraw_record
from common.errors import ActionRefused, Conflict, NotAllowed
from tests.factories import file_life, make_actor, make_event, make_obligations, make_post
from tests.training.conftest import NOW, TODAY
from training import actions, desk
from training.actions import HourFacts
from training.models import HourCredit, HourEvent, YearHours
from training.standing import standings

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 11)


def facts(*members, **said):
    usual = {
        "kind": "study",
        "title": "学习条例",
        "held_on": DAY,
        "portion": "half_day",
        "minutes": None,
        "attendees": tuple(member.pk for member in members),
    }
    return HourFacts(**(usual | said))


def file(school, *members, by=None, **said):
    return actions.file_hours(
        organisation=school.branch, facts=facts(*members, **said), by=by or school.filer, now=NOW
    )


def confirm(school, event, by=None):
    return actions.confirm_hours(
        event=event, row_version=event.row_version, by=by or school.secretary, now=NOW
    )


def counted(member, year=2026):
    row = YearHours.objects.filter(member=member, year=year).first()
    return row and row.counted


def test_hours_count_when_another_has_confirmed(school):
    """roles.md §3: UB files, US confirms, two users; by action and by the database."""
    member = school.member()
    event = file(school, member)
    assert counted(member) is None
    both = make_actor(Role.SOCIETY_SECRETARY, school.society, user=school.filer.user)
    with pytest.raises(NotAllowed, match="另一人"):
        confirm(school, event, both)
    with pytest.raises(NotAllowed):
        confirm(school, event, school.clerk)
    with pytest.raises(IntegrityError, match="hours_filer_is_not_confirmer"), transaction.atomic():
        HourEvent.objects.update(confirmed_by=school.filer.user)
    with pytest.raises(Conflict):
        actions.confirm_hours(event=event, row_version=9, by=school.secretary, now=NOW)
    confirm(school, event)
    assert counted(member) == Decimal(4)


def test_sent_back_it_counts_no_more_until_mended(school):
    member, other = school.member(), school.member()
    event = confirm(school, file(school, member))
    with pytest.raises(ActionRefused):
        actions.return_hours(
            event=event, row_version=None, reason=" ", by=school.secretary, now=NOW
        )
    event = actions.return_hours(
        event=event, row_version=None, reason="名单有误", by=school.secretary, now=NOW
    )
    assert counted(member) == 0
    assert [t.title for t in desk.branch(school.filer, TODAY)] == ["更正被退回的学时：学习条例"]
    event = actions.correct_hours(
        event=event, row_version=None, facts=facts(other, portion="day"), by=school.filer, now=NOW
    )
    confirm(school, event)
    assert (counted(member), counted(other)) == (0, Decimal(8))


def test_withdrawn_it_may_be_filed_again(school):
    member = school.member()
    event = file(school, member)
    with pytest.raises(ActionRefused, match="不能重复计入"):
        file(school, member)
    actions.withdraw_hours(event=event, row_version=None, by=school.filer, now=NOW)
    assert file(school, member).state == "filed"


def test_a_record_of_organisation_life_counts_once(school):
    """R-TRN-03: one event is not credited both as lecture and as training."""
    make_obligations(school.federation)
    member = school.member()
    record = file_life(
        school.branch,
        "party_lecture",
        DAY,
        by=school.filer,
        attendees=((member.pk, "present"),),
    )
    event = file(school, member, kind="lecture", record=record)
    with pytest.raises(ActionRefused, match="同一次活动不能重复计入"):
        file(school, member, kind="study", title="另一名称", record=record)
    with pytest.raises(ActionRefused, match="一次活动只计一种"):
        file(school, member, kind="concentrated", title="另一名称", record=record)
    with pytest.raises(IntegrityError, match="hours_of_a_record_once"), transaction.atomic():
        make_event([member], DAY, life_record=record)
    with pytest.raises(IntegrityError, match="hour_credit_once"), transaction.atomic():
        HourCredit.objects.create(event=event, member=member, society=school.society)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"held_on": TODAY + timedelta(days=1)}, "held_on"),
        ({"held_on": date(2024, 12, 31)}, "held_on"),
        ({"attendees": ()}, "attendees"),
        ({"portion": "minutes", "minutes": 29}, "minutes"),
        ({"kind": "study", "lecturer": 1}, "lecturer"),
    ],
)
def test_wrong_facts_are_refused_at_their_field(school, said, field):
    member = school.member()
    if said.get("lecturer"):
        said = said | {"lecturer": member.pk}
    with pytest.raises(ActionRefused) as refused:
        file(school, member, **said)
    assert field in refused.value.errors


def test_only_people_of_the_organisation_are_credited(school):
    stranger = school.member(school.other)
    with pytest.raises(ActionRefused, match="不在本党组织"):
        file(school, school.member(), stranger)
    with pytest.raises(NotAllowed):
        actions.file_hours(
            organisation=school.other, facts=facts(stranger), by=school.filer, now=NOW
        )


def test_the_lecturer_gets_double(school):
    """R-TRN-03, through the actions."""
    lecturer, listener = school.member(), school.member()
    said = {"kind": "lecture", "portion": "minutes", "minutes": 90, "lecturer": lecturer.pk}
    confirm(school, file(school, lecturer, listener, **said))
    assert (counted(lecturer), counted(listener)) == (Decimal(3), Decimal("1.5"))


def test_without_settings_of_the_year_nothing_is_filed(school):
    """D-3: a year without an edition is told, not guessed."""
    member = school.member()
    school.edition.delete()
    with pytest.raises(ActionRefused, match="尚未载入 2026 年的学时规定"):
        file(school, member)


def test_the_secretary_is_told_when_the_record_is_gone(school):
    """A record withdrawn after its hours were confirmed stands on the secretary's desk."""
    make_obligations(school.federation)
    member = school.member()
    record = file_life(
        school.branch, held_on=DAY, by=school.filer, attendees=((member.pk, "present"),)
    )
    event = file(school, member, record=record)
    assert [t.title for t in desk.secretary(school.secretary, TODAY)] == ["确认学时：学习条例"]
    confirm(school, event)
    assert desk.secretary(school.secretary, TODAY) == []
    withdraw_record(record=record, row_version=None, reason="误登", by=school.filer, now=NOW)
    assert [t.title for t in desk.secretary(school.secretary, TODAY)] == ["核对学时：学习条例"]


def test_where_a_person_stands(school):
    """R-TRN-01, R-TRN-04: 32 for a member, 56 pro-rated for an officer, none elsewhere."""
    member, officer = school.member(), school.member()
    guest = school.member(place="supporting_unit")
    make_post(school.branch, member=officer, valid_from=date(2026, 6, 1))
    found = standings([member, officer, guest], 2026, school.edition)
    assert [found[m.pk].required for m in (member, officer, guest)] == [32, Decimal("33"), None]
    assert found[officer.pk].concentrated_required == 1
    assert found[member.pk].missing == 32
    assert not found[member.pk].done
    assert standings([member], 2026, None)[member.pk].required is None
    assert replace(found[member.pk], required=Decimal(0)).done
