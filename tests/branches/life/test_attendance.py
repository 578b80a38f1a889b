"""Who took part, by name: R-LIFE-04, trap 4, roles.md §2.9. The list is optional (R-LIFE-06)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from accounts.permissions import Role
from branches.actions import correct_record, file_record, file_records, return_record
from branches.actions.member_relations import leave_member, relate_member
from branches.actions.members import withdraw_member
from branches.life import marks
from branches.life.attendance import NOT_EXPECTED, expects_everybody
from branches.life.facts import facts_of
from branches.members import writing
from branches.models import (
    Attendance,
    LifeDraft,
    LifeRecord,
    LifeState,
    OrganisationType,
    PartyMember,
    Place,
)
from common.errors import ActionRefused
from tests.factories import (
    file_life,
    life_facts,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
)
from tests.factories.life import filer_of, moment_of
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
HELD = date(2026, 11, 20)
SINCE = date(2020, 1, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(moment_of(TODAY), tick=False):
        yield


@pytest.fixture
def society():
    federation = make_federation()
    make_obligations(federation)
    return make_society(federation)


@pytest.fixture
def branch(society):
    return make_organisation(society, established_on=date(2016, 1, 1))


@pytest.fixture
def people(branch):
    """Four members with their relation here, one taking part."""
    here = [make_member(branch, since=SINCE) for _ in range(4)]
    return [*here, make_member(branch, since=SINCE, place=Place.SUPPORTING_UNIT)]


@pytest.fixture
def secretary(client, branch):
    actor = make_actor(Role.BRANCH_SECRETARY, branch)
    client.force_login(actor.user)
    return actor


def pairs(people, *said):
    return tuple((each.pk, mark) for each, mark in zip(people, said, strict=True))


def listed(record):
    return dict(record.attendances.values_list("member_id", "mark"))


FOUR = ("present", "present", "absent", "excused", "present")


def test_counts_follow_from_the_list(branch, people):
    """应到 are those not excused; typed numbers give way to the names."""
    record = file_life(
        branch, held_on=HELD, expected=90, present=80, attendees=pairs(people, *FOUR)
    )
    assert (record.expected, record.present, record.excused, record.observers) == (4, 3, 1, 0)
    assert listed(record) == dict(pairs(people, *FOUR))


def test_counts_alone_still_file(branch, people):
    record = file_life(branch, held_on=HELD, expected=9, present=7)
    assert (record.expected, record.present, record.attendances.count()) == (9, 7, 0)


def refusal(branch, attendees, held_on=HELD, **said):
    facts = life_facts(held_on=held_on, attendees=attendees, **said)
    with pytest.raises(ActionRefused) as refused:
        file_record(organisation=branch, facts=facts, by=filer_of(branch), now=moment_of(TODAY))
    assert not LifeRecord.objects.exists()
    return "".join(refused.value.errors["attendees"])


def test_what_is_wrong_with_a_list_is_said_at_the_list(society, branch, people):
    first = people[0].pk
    assert "出现两次" in refusal(branch, ((first, "present"), (first, "absent")))
    assert "只能是到会" in refusal(branch, ((first, "present"), (people[1].pk, "late")))
    stranger = make_member(make_organisation(society), since=SINCE)
    assert "不在本党组织" in refusal(branch, ((first, "present"), (stranger.pk, "present")))
    assert "不在本党组织" in refusal(branch, ((2**40, "present"),))


def test_the_day_decides_who_may_stand_on_it(branch, people):
    """Somebody who left on a day is on the list of the day before, and no more on that day."""
    gone = people[0]
    by = filer_of(branch)
    leave_member(member=gone, row_version=gone.row_version, on=HELD, by=by, now=moment_of(TODAY))
    assert "不在本党组织" in refusal(branch, ((gone.pk, "present"),))
    record = file_life(branch, held_on=HELD - timedelta(days=1), attendees=((gone.pk, "present"),))
    assert listed(record) == {gone.pk: "present"}


def test_the_quorum_reads_the_list(branch, people):
    """R-LIFE, art. 12: 支委会 of five with two present is none."""
    marks_ = ("present", "present", "absent", "absent", "absent")
    facts = life_facts("branch_committee_meeting", HELD, attendees=pairs(people, *marks_))
    with pytest.raises(ActionRefused) as refused:
        file_record(organisation=branch, facts=facts, by=filer_of(branch), now=moment_of(TODAY))
    assert "半数以上" in "".join(refused.value.errors["present"])


def test_a_talk_keeps_no_names(branch, people):
    """D-8."""
    record = file_life(branch, "heart_talk", HELD, attendees=pairs(people, *FOUR))
    assert (record.expected, record.attendances.count()) == (None, 0)


def test_a_correction_keeps_what_is_not_changed(branch, people):
    """A returned record comes back with its list; only what differs is written again."""
    record = file_life(branch, held_on=HELD, on=HELD, attendees=pairs(people, *FOUR))
    keys = dict(record.attendances.values_list("member_id", "pk"))
    superior = make_actor(Role.SOCIETY_SECRETARY, branch.society)
    said = {"row_version": 1, "reason": "议程", "now": moment_of(TODAY)}
    record = return_record(record=record, by=superior, **said)
    assert (record.state, len(listed(record))) == (LifeState.RETURNED, 5)
    changed = pairs(people, "absent", "present", "absent", "excused", "present")[:4]
    facts = replace(facts_of(record), attendees=changed)
    mended = correct_record(
        record=record,
        row_version=record.row_version,
        facts=facts,
        by=filer_of(branch),
        now=moment_of(TODAY),
    )
    assert (mended.state, mended.expected, mended.present) == ("filed", 3, 1)
    assert listed(mended) == dict(changed)
    now = dict(mended.attendances.values_list("member_id", "pk"))
    assert now == {who: keys[who] for who, _ in changed}


def test_a_list_may_be_given_up_for_counts(branch, people):
    record = file_life(branch, held_on=HELD, attendees=pairs(people, *FOUR))
    facts = replace(facts_of(record), attendees=(), expected=5, present=5)
    mended = correct_record(
        record=record, row_version=1, facts=facts, by=filer_of(branch), now=moment_of(TODAY)
    )
    assert (mended.expected, mended.present, mended.attendances.count()) == (5, 5, 0)


def test_whoever_took_part_is_not_deleted(branch, people):
    """PROTECT: the register keeps whom a record names; 误登 is refused in words."""
    file_life(branch, held_on=HELD, attendees=pairs(people, *FOUR))
    by = filer_of(branch)
    with pytest.raises(ActionRefused, match="已登记参加组织生活"):
        withdraw_member(member=people[0], row_version=1, by=by, now=moment_of(TODAY))
    with pytest.raises(ProtectedError):
        PartyMember.objects.get(pk=people[0].pk).delete()


def test_the_database_keeps_one_line_for_each(branch, people):
    record = file_life(branch, held_on=HELD, attendees=pairs(people, *FOUR))
    again = {"record": record, "member": people[0], "society": branch.society}
    for mark in ("present", "late"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attendance.objects.create(mark=mark, **again)


def test_a_history_is_taken_over_by_few_statements(branch, people, django_assert_max_num_queries):
    """Thousands of records of three years pass the same checks by the same few statements."""
    by = filer_of(branch)
    days = [TODAY - timedelta(days=7 * n) for n in range(1, 61)]

    def file(chosen):
        facts = [life_facts(held_on=day, attendees=pairs(people, *FOUR)) for day in chosen]
        moments = [moment_of(day) for day in chosen]
        with django_assert_max_num_queries(40) as asked:
            records = file_records(
                organisation=branch, facts=facts, by=by, now=moment_of(TODAY), moments=moments
            )
        return records, len(asked)

    (first,), few = file(days[:1])
    records, many = file(days[1:])
    years = {day.year for day in days}
    assert many - few <= 2 * len(years)
    assert (first.counted_on, first.is_late) == (days[0], False)
    assert {record.counted_on for record in records} == set(days[1:])
    assert Attendance.objects.count() == 5 * len(days)
    wrong = [life_facts(held_on=TODAY)]
    with pytest.raises(ActionRefused, match="晚于今天"):
        file_records(
            organisation=branch,
            facts=wrong,
            by=by,
            now=moment_of(TODAY),
            moments=[moment_of(TODAY - timedelta(days=1))],
        )


@pytest.mark.parametrize(
    ("kind", "type", "everybody"),
    [
        ("theme_day", OrganisationType.BRANCH, True),
        ("branch_committee_meeting", OrganisationType.BRANCH, False),
        ("committee_meeting", OrganisationType.COMMITTEE, False),
        ("committee_meeting", OrganisationType.FUNCTIONAL_COMMITTEE, True),
    ],
)
def test_whom_a_kind_calls(kind, type, everybody):
    assert expects_everybody(kind, type) is everybody


FACTS = {
    "kind": "theme_day",
    "held_on": "2026-11-20",
    "agenda": "学习党章",
    "learning": "学习党章第五章",
}


def opened(client, branch, **query):
    url = reverse("branches:life_file", args=[branch.pk])
    answer = client.get(url, query)
    form = answer.context["form"]
    return url, FACTS | {"form_token": form["form_token"].value(), "shown": form.shown}, answer


def marked(people, *said):
    return {f"mark-{each.pk}": mark for each, mark in zip(people, said, strict=True) if mark}


def test_everybody_came_but_those_marked(client, branch, people, secretary):
    """全部到会: two taps for a meeting of everybody, one more for each exception."""
    url, body, _ = opened(client, branch)
    body |= {"all_present": "on"} | marked(people, "", "excused", "absent", "", NOT_EXPECTED)
    assert client.post(url, body).status_code == 302
    record = LifeRecord.objects.get()
    assert (record.expected, record.present, record.excused) == (3, 2, 1)
    assert listed(record) == dict(pairs(people[:4], "present", "excused", "absent", "present"))


def test_who_bears_no_mark_was_absent_or_not_called(client, branch, people, secretary):
    url, body, _ = opened(client, branch)
    assert client.post(url, body | marked(people[:1], "present")).status_code == 302
    assert sorted(listed(LifeRecord.objects.get()).values()) == ["absent"] * 4 + ["present"]
    url, body, _ = opened(client, branch)
    body |= {"kind": "branch_committee_meeting"} | marked(
        people[:3], "present", "present", "absent"
    )
    assert client.post(url, body).status_code == 302
    record = LifeRecord.objects.latest("pk")
    assert (record.expected, record.present, record.attendances.count()) == (3, 2, 3)


def marks_of(form, people):
    found = {person.pk: person.mark for person in form.people}
    return [found[each.pk] for each in people]


def refused(client, url, body):
    answer = client.post(url, body)
    assert answer.status_code == 422
    assert not LifeRecord.objects.exists()
    return answer.content.decode()


def test_hostile_and_mistaken_marks_are_told_at_the_list(
    client, society, branch, people, secretary
):
    url, body, _ = opened(client, branch)
    stranger = make_member(make_organisation(society), since=SINCE)
    foreign = make_member(make_organisation(make_society(society.federation)), since=SINCE)
    for who in (stranger, foreign):
        html = refused(client, url, body | {f"mark-{who.pk}": "present"})
        assert "名单中有 1 人不是本党组织的" in html
        assert who.name not in html
    for who in ("x", "9" * 40, "-1", "２"):
        assert "不是本党组织的" in refused(client, url, body | {f"mark-{who}": "present"})
    twice = body | {f"mark-{people[0].pk}": ["present", "absent"]}
    assert "出现两次" in refused(client, url, twice)
    assert "请重新标记" in refused(client, url, body | {f"mark-{people[0].pk}": "late"})
    html = refused(client, url, body | {"kind": "branch_committee_meeting", "all_present": "on"})
    assert "支委会只有一部分人应到" in html


def test_another_day_has_another_list(client, branch, people, secretary):
    """Nobody who belonged to it that day is counted absent unseen."""
    late = make_member(branch, since=date(2026, 11, 21), name="钱新到", now=moment_of(TODAY))
    url, body, answer = opened(client, branch)
    assert "钱新到" in answer.content.decode()
    html = refused(client, url, body | marked([late], "present"))
    assert "“钱新到”这一天不在本党组织" in html
    gone = people[0]
    by = filer_of(branch)
    leave_member(
        member=gone,
        row_version=gone.row_version,
        on=date(2026, 11, 21),
        by=by,
        now=moment_of(TODAY),
    )
    url, body, answer = opened(client, branch)
    assert gone.name not in answer.content.decode()
    html = refused(client, url, body | {"all_present": "on"})
    assert f"名单增加了{gone.name}" in html
    body["shown"] += f",{gone.pk}"
    assert client.post(url, body | {"all_present": "on"}).status_code == 302
    assert gone.pk in listed(LifeRecord.objects.get())


def test_a_draft_keeps_the_marks(client, branch, people, secretary):
    url, body, _ = opened(client, branch)
    draft = reverse("branches:life_draft", args=[branch.pk])
    sent = {"agenda": "还没写完", "all_present": "on"} | marked(people[:2], "excused", "present")
    assert client.post(draft, sent | {"mark-x": "y" * 99}).status_code == 302
    kept = LifeDraft.objects.get().values["attendees"]
    assert kept == {str(people[0].pk): "excused", str(people[1].pk): "present", "x": "y" * 20}
    form = client.get(url).context["form"]
    assert {p.pk: p.mark for p in form.people if p.mark} == {
        people[0].pk: "excused",
        people[1].pk: "present",
    }
    assert form["all_present"].value() == "on"
    assert form.list_is_open


def test_two_people_correct_one_list(client, branch, people, secretary):
    """R8 for the list: the second sees both sums."""
    record = file_life(branch, held_on=HELD, attendees=pairs(people, *FOUR))
    url = reverse("branches:life_correct", args=[record.pk])
    forms = [client.get(url).context["form"] for _ in range(2)]
    assert marks_of(forms[0], people) == list(FOUR)
    for form, mark, status in ((forms[0], "excused", 302), (forms[1], "absent", 409)):
        body = FACTS | {"row_version": "1", "form_token": form["form_token"].value()}
        body |= {"shown": form.shown} | marked(people, mark, *FOUR[1:])
        answer = client.post(url, body)
        assert answer.status_code == status
    html = answer.content.decode()
    assert "当前名单为“到会 2 人、请假 2 人、缺席 1 人”" in html
    assert "您标记的是“到会 2 人、请假 1 人、缺席 2 人”" in html


def test_a_corrected_list_leaves_out_whom_it_left_out(client, branch, people, secretary):
    record = file_life(branch, held_on=HELD, attendees=pairs(people[:3], *FOUR[:3]))
    form = client.get(reverse("branches:life_correct", args=[record.pk])).context["form"]
    assert marks_of(form, people) == [*FOUR[:3], NOT_EXPECTED, NOT_EXPECTED]


def test_names_are_read_by_branch_and_society_only(client, society, branch, people):
    """roles.md §2.9: the committee gets counts, the clerk and others of the society none."""
    record = file_life(branch, held_on=HELD, attendees=pairs(people, *FOUR))
    url = reverse("branches:life_record", args=[record.pk])
    readers = {
        (Role.BRANCH_SECRETARY, branch): True,
        (Role.SOCIETY_SECRETARY, society): True,
        (Role.DISCIPLINE_MEMBER, society): True,
        (Role.SOCIETY_CLERK, society): False,
        (Role.COMMITTEE_REVIEWER, society.federation): False,
        (Role.COMMITTEE_LEADER, society.federation): False,
    }
    for (role, scope), reads in readers.items():
        client.force_login(make_actor(role, scope).user)
        answer = client.get(url)
        assert answer.status_code == 200
        assert (people[0].name in answer.content.decode()) is reads
        assert bool(answer.context["listed"]) is reads


def test_the_record_page_asks_as_much_of_few_names_as_of_many(
    client, branch, people, secretary, django_assert_max_num_queries
):
    def count(chosen):
        record = file_life(
            branch, held_on=HELD, attendees=pairs(chosen, *["present"] * len(chosen))
        )
        with django_assert_max_num_queries(30) as asked:
            client.get(reverse("branches:life_record", args=[record.pk]))
            opened(client, branch)
        return len(asked)

    count(people[:1])
    few = count(people[:1])
    more = [make_member(branch, since=SINCE) for _ in range(6)]
    assert count([*people, *more]) == few


def test_a_relation_that_moves_changes_nothing_on_the_list(branch, people):
    """The list is the fact; who is counted is read from the register (trap 18)."""
    record = file_life(branch, held_on=HELD, attendees=pairs(people, *FOUR))
    member = people[0]
    relate_member(
        member=member,
        row_version=member.row_version,
        place=Place.OTHER,
        on=date(2026, 1, 1),
        by=filer_of(branch),
        now=moment_of(TODAY),
    )
    assert listed(record)[member.pk] == "present"


def test_people_taking_part_stand_on_the_list(society, branch):
    """Trap 4: attendance lists show all who are registered here or take part."""
    guest = make_member(make_organisation(society), since=SINCE)
    writing.join(branch, [guest.pk], since=SINCE)
    record = file_life(branch, held_on=HELD, attendees=((guest.pk, "present"),))
    assert record.present == 1


def test_without_the_check_strangers_would_be_taken(monkeypatch, client, branch, people, secretary):
    """Negative control of the form's list: the action still refuses."""
    stranger = make_member(make_organisation(branch.society), since=SINCE)
    url, body, _ = opened(client, branch)
    monkeypatch.setattr(marks.MarksField, "_is_offered", lambda self, who: True)
    monkeypatch.setattr(
        marks,
        "completed",
        lambda said, roll, rest: tuple((who, mark) for who, mark in said.items()),
    )
    html = refused(client, url, body | {f"mark-{stranger.pk}": "present"})
    assert "名单中有 1 人在 2026-11-20 不在本党组织" in html
