"""R-LIFE-03…06, -10, roles.md §3: who files, corrects, withdraws and returns a record, and when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.permissions import Role
from branches.actions import (
    correct_record,
    discard_draft,
    file_record,
    file_records,
    return_record,
    save_draft,
    withdraw_record,
)
from branches.life import states
from branches.life.facts import facts_of
from branches.models import LifeDraft, LifeKind, LifeRecord, LifeState, OrganisationType
from common.errors import ActionRefused, Conflict, NotAllowed
from common.workdays import add_workdays
from tests.factories import (
    file_life,
    life_facts,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    make_user,
    turn_life,
)
from tests.factories.life import filer_of, moment_of
from tests.factories.terms import make_party_group

pytestmark = pytest.mark.django_db
HELD = date(2026, 3, 5)


@pytest.fixture
def society():
    federation = make_federation()
    make_obligations(federation)
    return make_society(federation)


@pytest.fixture
def branch(society):
    return make_organisation(society)


@pytest.fixture
def council(society):
    unit = society.units.get(tier=1)
    return make_organisation(society, unit, type=OrganisationType.FUNCTIONAL_COMMITTEE)


def attempt(organisation, by=None, on=HELD, **said):
    """The messages with which filing is refused, by field."""
    facts = life_facts(**({"kind": LifeKind.THEME_DAY, "held_on": HELD} | said))
    with pytest.raises(ActionRefused) as refused:
        file_record(
            organisation=organisation,
            facts=facts,
            by=by or filer_of(organisation),
            now=moment_of(on),
        )
    assert not LifeRecord.objects.exists()
    return refused.value.errors


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"held_on": date(2026, 3, 6)}, "held_on", "晚于今天"),
        ({"held_on": date(2015, 12, 31)}, "held_on", "早于党组织成立日期"),
        ({"held_on": date(1926, 3, 5)}, "held_on", "核对年份"),
        ({"agenda": "  "}, "agenda", "请填写议程"),
        ({"learning": "", "decision": " "}, "learning", "至少填写一项"),
        ({"expected": None}, "expected", "请填写应到"),
        ({"present": None}, "present", "请填写实到"),
        ({"present": 5}, "present", "多于应到"),
        ({"present": 0}, "present", "大于 0"),
        ({"observers": -1}, "observers", "0 至"),
        ({"kind": "recreation"}, "kind", "请选择种类"),
        ({"also_kind": "members_congress"}, "also_kind", "不能由一次活动同时计入"),
        ({"kind": "branch_committee_meeting", "expected": 5, "present": 2}, "present", "半数以上"),
        (
            {"kind": "branch_committee_meeting", "expected": 4, "present": 2, "excused": 1},
            "present",
            "半数以上",
        ),
        ({"kind": "democratic_life_meeting", "expected": 9, "present": 5}, "present", "三分之二"),
        (
            {"kind": "members_congress", "decision": "通过换届办法", "expected": 5, "present": 2},
            "present",
            "到会不足半数不能表决",
        ),
        (
            {
                "kind": "members_congress",
                "decision": "通过换届办法",
                "expected": 4,
                "present": 2,
                "excused": 1,
            },
            "present",
            "到会不足半数不能表决：应到会 5 人，实到 2 人",
        ),
        ({"kind": "heart_talk", "talks_with_members": 0}, "talks_in_committee", "至少一类"),
        ({"kind": "heart_talk", "agenda": "谈思想"}, "agenda", "不记地点和内容"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(branch, said, field, words):
    assert words in "".join(attempt(branch, **said)[field])


@pytest.mark.parametrize(
    ("kind", "expected", "present"),
    [
        ("branch_committee_meeting", 4, 2),
        ("democratic_life_meeting", 9, 6),
        ("members_congress", 4, 2),
    ],
)
def test_quorum_at_the_boundary_stands(branch, kind, expected, present):
    """半数以上 is ≥ 1/2 (trap 20)."""
    said = {"decision": "通过工作计划"}
    record = file_life(branch, kind, HELD, expected=expected, present=present, **said)
    assert record.state == LifeState.FILED


def test_a_congress_that_decides_nothing_needs_no_quorum(branch):
    """Rules §3: the half is asked of a vote, not of a lesson."""
    said = {"decision": " ", "learning": "学习党章"}
    record = file_life(branch, "members_congress", HELD, expected=5, present=1, **said)
    assert record.state == LifeState.FILED
    with pytest.raises(ActionRefused, match="半数"):
        file_life(branch, "members_congress", HELD, expected=5, present=1, decision="通过")


@pytest.mark.parametrize(("days", "late"), [(15, False), (16, True)])
def test_on_time_is_fifteen_days(branch, days, late):
    """R-LIFE-05 [P]: on time if filed within 15 days; later ones are 补录."""
    record = file_life(branch, held_on=HELD, on=HELD + timedelta(days=days))
    assert record.is_late is late


def test_an_event_is_filed_once(branch):
    """A second person filing the same event is told so; nothing is written twice."""
    file_life(branch, held_on=HELD, agenda="学习党章")
    facts = life_facts(held_on=HELD, agenda="学习党章")
    with pytest.raises(ActionRefused, match="已登记"):
        file_record(organisation=branch, facts=facts, by=filer_of(branch), now=moment_of(HELD))
    assert LifeRecord.objects.count() == 1


def test_many_events_are_filed_together_or_not_at_all(branch):
    by = filer_of(branch)
    days = [HELD + timedelta(days=n) for n in range(3)]
    facts = [life_facts(held_on=day) for day in days]
    records = file_records(organisation=branch, facts=facts, by=by, now=moment_of(days[-1]))
    assert [record.held_on for record in records] == days
    wrong = [life_facts(held_on=HELD), life_facts(held_on=days[-1] + timedelta(days=9))]
    with pytest.raises(ActionRefused):
        file_records(organisation=branch, facts=wrong, by=by, now=moment_of(days[-1]))
    assert LifeRecord.objects.count() == 3


def test_only_the_own_secretary_files(society, branch, council):
    """roles.md: UB for the own organisation; US for the one in the council, nobody else."""
    other = make_organisation(make_society(society.federation))
    allowed = {
        (Role.BRANCH_SECRETARY, branch): {branch},
        (Role.BRANCH_SECRETARY, council): {council},
        (Role.SOCIETY_SECRETARY, society): {council},
        (Role.SOCIETY_CLERK, society): set(),
        (Role.DISCIPLINE_MEMBER, society): set(),
        (Role.COMMITTEE_REVIEWER, society.federation): set(),
        (Role.COMMITTEE_LEADER, society.federation): set(),
    }
    for (role, scope), own in allowed.items():
        by = make_actor(role, scope)
        for organisation in (branch, council, other):
            facts = life_facts(held_on=HELD)
            if organisation in own:
                file_record(organisation=organisation, facts=facts, by=by, now=moment_of(HELD))
                continue
            with pytest.raises(NotAllowed):
                file_record(organisation=organisation, facts=facts, by=by, now=moment_of(HELD))
    assert LifeRecord.objects.count() == 3


def test_only_the_superior_returns(society, branch, council):
    """R-LIFE-05: US for tiers 2–3, CR for the 学会党委; R-ORG-11."""
    secretary = make_actor(Role.SOCIETY_SECRETARY, society)
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    allowed = {branch: secretary, council: reviewer}
    for organisation, superior in allowed.items():
        record = file_life(organisation, held_on=HELD)
        others = [
            make_actor(Role.BRANCH_SECRETARY, organisation),
            make_actor(Role.SOCIETY_CLERK, society),
            make_actor(Role.SOCIETY_SECRETARY, make_society(society.federation)),
            make_actor(Role.COMMITTEE_LEADER, society.federation),
            make_actor(Role.COMMITTEE_REVIEWER, make_federation()),
            reviewer if superior is secretary else secretary,
        ]
        said = {"record": record, "row_version": 1, "reason": "议程", "now": moment_of(HELD)}
        for by in others:
            with pytest.raises(NotAllowed):
                return_record(by=by, **said)
        assert return_record(by=superior, **said).state == LifeState.RETURNED


def test_nobody_returns_the_own_record(monkeypatch, society, branch):
    """Four eyes by user: the same person under another appointment."""
    user = make_user()
    by = make_actor(Role.BRANCH_SECRETARY, branch, user=user)
    record = file_life(branch, held_on=HELD, by=by)
    superior = make_actor(Role.SOCIETY_SECRETARY, society, user=user)
    said = {"record": record, "row_version": 1, "reason": "议程", "now": moment_of(HELD)}
    with pytest.raises(NotAllowed, match="另一人"):
        return_record(by=superior, **said)
    # Negative control: without the column in the table the database still refuses.
    monkeypatch.setattr(states, "RETURN", replace(states.RETURN, distinct_from=()))
    with pytest.raises(ActionRefused, match="另一人"):
        return_record(by=superior, **said)
    record.refresh_from_db()
    assert record.state == LifeState.FILED


@pytest.mark.parametrize(("extra", "open_"), [(0, True), (1, False)])
def test_a_record_is_final_after_ten_working_days(society, branch, extra, open_):
    record = file_life(branch, held_on=HELD)
    last = add_workdays(HELD, 10).day
    said = {
        "record": record,
        "row_version": 1,
        "reason": "议程",
        "by": make_actor(Role.SOCIETY_SECRETARY, society),
        "now": moment_of(last + timedelta(days=extra)),
    }
    if open_:
        assert return_record(**said).state == LifeState.RETURNED
        return
    with pytest.raises(ActionRefused, match="退回期限"):
        return_record(**said)


def give_back(society, record, on):
    return return_record(
        record=record,
        row_version=record.row_version,
        reason="议程不清",
        by=make_actor(Role.SOCIETY_SECRETARY, society),
        now=moment_of(on),
    )


@pytest.mark.parametrize(("extra", "kept"), [(0, True), (1, False)])
def test_a_return_mended_in_time_keeps_its_day(society, branch, extra, kept):
    """The superior's delay is not the branch's fault: mended in ten working days, it counts."""
    record = give_back(society, file_life(branch, held_on=HELD), HELD)
    mended_on = add_workdays(HELD, 10).day + timedelta(days=extra)
    facts = life_facts(held_on=HELD, agenda="议程写清了")
    mended = correct_record(
        record=record,
        row_version=record.row_version,
        facts=facts,
        by=filer_of(branch),
        now=moment_of(mended_on),
    )
    assert (mended.state, mended.counted_on) == ("filed", HELD if kept else mended_on)


def test_another_day_is_another_event(branch):
    """Nobody files a stand-in early and moves it later."""
    by = filer_of(branch)
    turn_life(branch.society.federation, date(2026, 7, 1), since=date(2026, 1, 1))
    record = file_life(branch, held_on=date(2026, 3, 2), by=by)
    facts = life_facts(held_on=date(2026, 4, 2))
    moved = correct_record(
        record=record, row_version=1, facts=facts, by=by, now=moment_of(date(2026, 6, 1))
    )
    assert (moved.counted_on, moved.is_late) == (date(2026, 6, 1), True)
    held = branch.expected_life.filter(kind="theme_day", held__gt=0)
    assert not held.exists()


def test_a_stale_page_conflicts_and_changes_nothing(branch):
    by = filer_of(branch)
    record = file_life(branch, held_on=HELD, by=by)
    facts = life_facts(held_on=HELD)
    correct_record(record=record, row_version=1, facts=facts, by=by, now=moment_of(HELD))
    with pytest.raises(Conflict):
        withdraw_record(record=record, row_version=1, reason="误登", by=by, now=moment_of(HELD))
    record.refresh_from_db()
    assert (record.state, record.row_version) == ("filed", 2)


def test_a_withdrawn_record_is_over_and_may_be_filed_anew(branch):
    by = filer_of(branch)
    record = file_life(branch, held_on=HELD, by=by, agenda="学习党章")
    said = {"record": record, "by": by, "now": moment_of(HELD)}
    withdraw_record(row_version=1, reason="误登", **said)
    with pytest.raises(ActionRefused, match="状态已变化"):
        withdraw_record(row_version=2, reason="误登", **said)
    with pytest.raises(ActionRefused, match="状态已变化"):
        correct_record(row_version=2, facts=facts_of(record), **said)
    assert file_life(branch, held_on=HELD, by=by, agenda="学习党章").pk != record.pk


def test_a_reason_is_asked_for(branch):
    by = filer_of(branch)
    record = file_life(branch, held_on=HELD, by=by)
    with pytest.raises(ActionRefused) as refused:
        withdraw_record(record=record, row_version=1, reason="  ", by=by, now=moment_of(HELD))
    assert refused.value.errors == {"reason": ["请填写"]}


def test_drafts_keep_what_was_typed_and_go_with_the_filing(branch):
    by, other = filer_of(branch), filer_of(branch)
    typed = {"held_on": "昨天", "expected": "四", "agenda": "学习", "filed_by": "7"}
    for actor in (by, other):
        save_draft(organisation=branch, values=typed, by=actor, now=moment_of(HELD))
    save_draft(organisation=branch, values=typed, by=by, now=moment_of(HELD))
    assert LifeDraft.objects.count() == 2
    kept = LifeDraft.objects.get(saved_by=by.user).values
    assert kept == {"held_on": "昨天", "expected": "四", "agenda": "学习"}
    file_life(branch, held_on=HELD, by=by)
    assert not LifeDraft.objects.filter(saved_by=by.user).exists()
    discard_draft(organisation=branch, by=other, now=moment_of(HELD))
    assert not LifeDraft.objects.exists()


def test_talks_keep_counts_only(branch):
    """D-8: pairs, no content."""
    record = file_life(branch, LifeKind.HEART_TALK, HELD, talks_in_committee=1)
    assert (record.expected, record.agenda, record.talks_in_committee) == (None, "", 1)


def test_without_a_matrix_nothing_is_filed():
    branch = make_organisation(make_society())
    assert "尚未载入" in "".join(attempt(branch)["__all__"])


def test_a_correction_after_the_grace_fills_no_closed_period(branch):
    """R-LIFE-05: another party group or one more class of talks is another event."""
    by = filer_of(branch)
    one, two = (make_party_group(branch, name=f"第{n}党小组") for n in "一二")
    met = file_life(branch, LifeKind.PARTY_GROUP_MEETING, HELD, by=by, group=one)
    talk = file_life(branch, LifeKind.HEART_TALK, HELD, by=by, talks_with_members=1)
    late = date(2026, 6, 1)
    changes = (
        (met, {"group": two}, late),
        (talk, {"talks_with_members": 3}, HELD),
        (talk, {"talks_in_committee": 1}, late),
    )
    for record, said, counted in changes:
        record.refresh_from_db()
        facts = replace(facts_of(record), **said)
        version = record.row_version
        put = correct_record(
            record=record, row_version=version, facts=facts, by=by, now=moment_of(late)
        )
        assert put.counted_on == counted, said


def test_a_draft_keeps_no_nul(branch):
    by = filer_of(branch)
    said = {"values": {"place": "会\x00议室"}, "marks": {"1\x00": "pre\x00sent"}}
    draft = save_draft(organisation=branch, by=by, now=moment_of(HELD), **said)
    draft.refresh_from_db()
    assert draft.values == {"place": "会议室", "attendees": {"1": "present"}}
