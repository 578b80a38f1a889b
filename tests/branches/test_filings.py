"""The chain of a filing and what its acceptance writes (R-ORG-06…08, §2.2, roles.md §3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.permissions import Role
from branches.actions import (
    accept_filing,
    agree_extension,
    begin_filing,
    disagree_extension,
    forward_filing,
    hand_back_filing,
    return_filing,
    save_filing,
    send_filing,
    sign_filing,
    withdraw_filing,
)
from branches.models import FilingKind, Post, PostFiling, PostFilingState, Term, TermState
from common import clock
from common.errors import ActionRefused, Conflict, NotAllowed
from societies.models import BackdatedFact, DirtySociety, UnitKind
from tests.factories import make_actor, make_organisation, make_post, make_society, make_term

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NOW = clock.start_of(TODAY)
K = FilingKind


@dataclass
class Cast:
    """People along the chain of one organisation."""

    organisation: Any
    branch: Any
    clerk: Any
    secretary: Any
    reviewer: Any
    leader: Any


def cast_of(organisation) -> Cast:
    society = organisation.society
    return Cast(
        organisation,
        make_actor(Role.BRANCH_SECRETARY, organisation),
        make_actor(Role.SOCIETY_CLERK, society),
        make_actor(Role.SOCIETY_SECRETARY, society),
        make_actor(Role.COMMITTEE_REVIEWER, society.federation),
        make_actor(Role.COMMITTEE_LEADER, society.federation),
    )


@pytest.fixture
def cast():
    return cast_of(make_organisation(make_society()))


def person(position, kind, name, votes: int | None = 9, **more):
    row = {"also_kind": "", "mode": "elected", "votes": votes}
    return row | {"position": position, "kind": kind, "person_name": name} | more


SMALL = {
    "held_on": date(2026, 10, 9),
    "mode": "elected",
    "entitled": 6,
    "present": 6,
    "document_number": "",
    "term_no": 1,
    "term_years": 3,
    "council_ends_on": None,
    "seats": 1,
    "more_seats_reason": "",
}
BIG = SMALL | {"entitled": 10, "present": 9, "seats": 3}
ONE = [person(0, "secretary", "赵某", 6)]
THREE = [
    person(0, "secretary", "赵某"),
    person(1, "organisation_officer", "钱某", also_kind="publicity_officer"),
    person(2, "discipline_officer", "孙某"),
]


def draft(cast, kind: FilingKind = K.RE_ELECTION, values=SMALL, rows=ONE, by=None) -> PostFiling:
    return begin_filing(
        organisation=cast.organisation,
        kind=kind,
        values=values,
        rows=rows,
        by=by or cast.branch,
        now=NOW,
    )


def sent(cast, *args, **kwargs) -> PostFiling:
    return send_filing(filing=draft(cast, *args, **kwargs), by=cast.branch, now=NOW)


def filed(cast, *args, **kwargs) -> PostFiling:
    return sign_filing(filing=sent(cast, *args, **kwargs), by=cast.secretary, now=NOW)


def accepted(cast, *args, **kwargs) -> PostFiling:
    return accept_filing(filing=filed(cast, *args, **kwargs), by=cast.reviewer, now=NOW)


def errors(cast, *args, **kwargs) -> dict[str, list[str]]:
    filing = draft(cast, *args, **kwargs)
    with pytest.raises(ActionRefused) as refused:
        send_filing(filing=filing, by=cast.branch, now=NOW)
    PostFiling.objects.filter(pk=filing.pk).delete()
    return refused.value.errors


def test_an_election_goes_through_three_people_and_writes_the_term(cast):
    former = make_post(cast.organisation)
    filing = filed(cast, values=BIG, rows=THREE)
    assert not Term.objects.exists(), "facts are written on acceptance only"
    accept_filing(filing=filing, by=cast.reviewer, now=NOW)
    term = Term.objects.get()
    assert (term.elected_on, term.ends_on) == (date(2026, 10, 9), date(2029, 10, 8))
    assert (term.seats, term.entitled, term.present) == (3, 10, 9)
    former.refresh_from_db()
    assert former.valid_to == date(2026, 10, 9), "all former posts end that day"
    posts = Post.objects.filter(term=term)
    assert sorted(posts.values_list("kind", "person_name")) == [
        ("discipline_officer", "孙某"),
        ("organisation_officer", "钱某"),
        ("publicity_officer", "钱某"),
        ("secretary", "赵某"),
    ]
    assert Term.objects.current_on(TODAY).with_filled(TODAY).get().filled == 3
    assert DirtySociety.objects.filter(society=cast.organisation.society).exists()
    assert BackdatedFact.objects.get(society=cast.organisation.society).since == term.elected_on


def test_by_election_and_removal(cast):
    accepted(cast, values=BIG, rows=THREE)
    leaver = Post.objects.get(kind="discipline_officer")
    gone = {"held_on": date(2026, 11, 1), "document_number": "3号"}
    accepted(cast, K.REMOVAL, gone, [{"position": 0, "post": leaver}])
    leaver.refresh_from_db()
    assert (leaver.valid_to, leaver.last_day) == (date(2026, 11, 2), date(2026, 11, 1))
    came = {name: BIG[name] for name in ("mode", "entitled", "present", "document_number")}
    came["held_on"] = date(2026, 11, 10)
    filing = accepted(cast, K.BY_ELECTION, came, [person(0, "discipline_officer", "李某")])
    assert filing.term == Term.objects.get()
    assert Post.objects.valid_on(TODAY).get(kind="discipline_officer").person_name == "李某"


def test_an_extension_is_decided_by_the_leader(cast):
    """Only an extension goes on to the leader; its number is the leader's reply."""
    term = make_term(cast.organisation, date(2023, 7, 1))
    values = {"extended_to": date(2027, 6, 30), "reason": "学会换届推迟"}
    filing = filed(cast, K.EXTENSION, values, [])
    with pytest.raises(ActionRefused, match="没有“通过”这一环节"):
        accept_filing(filing=filing, by=cast.reviewer, now=NOW)
    forward_filing(filing=filing, by=cast.reviewer, now=NOW)
    with pytest.raises(ActionRefused) as refused:
        agree_extension(filing=filing, number=" ", by=cast.leader, now=NOW)
    assert refused.value.errors == {"number": ["请填写"]}
    done = agree_extension(filing=filing, number="科社党〔2026〕20号", by=cast.leader, now=NOW)
    assert done.state == PostFilingState.ACCEPTED
    found = Term.objects.with_state(TODAY).get(pk=term.pk)
    assert (found.state, found.runs_to) == (TermState.EXTENDED, date(2027, 6, 30))
    assert found.extension_number == "科社党〔2026〕20号"
    assert errors(cast, K.EXTENSION, values, [])["extended_to"][0].startswith("本届已批准延期")


def test_a_refused_extension_goes_back_with_the_reason(cast):
    make_term(cast.organisation, date(2023, 7, 1))
    values = {"extended_to": date(2027, 6, 30), "reason": "学会换届推迟"}
    filing = filed(cast, K.EXTENSION, values, [])
    forward_filing(filing=filing, by=cast.reviewer, now=NOW)
    disagree_extension(filing=filing, reason="请按期换届", by=cast.leader, now=NOW)
    filing.refresh_from_db()
    assert (filing.state, filing.return_reason) == (PostFilingState.RETURNED, "请按期换届")
    assert Term.objects.get().extended_to is None


def test_a_returned_filing_is_mended_and_signed_again(cast):
    filing = filed(cast)
    return_filing(filing=filing, reason="请核对日期", by=cast.reviewer, now=NOW)
    saved = save_filing(
        filing=filing,
        row_version=filing.row_version + 1,
        values=SMALL | {"held_on": date(2026, 10, 8)},
        rows=ONE,
        by=cast.clerk,
        now=NOW,
    )
    again = send_filing(filing=saved, by=cast.clerk, now=NOW)
    assert (again.sent_by, again.signed_by) == (cast.clerk.user, None)
    hand_back_filing(filing=again, reason="漏填", by=cast.secretary, now=NOW)
    again.refresh_from_db()
    assert again.state == PostFilingState.RETURNED
    withdraw_filing(filing=again, by=cast.branch, now=NOW)
    assert draft(cast).pk != again.pk, "a withdrawn filing makes room for another"


def test_a_stale_version_is_a_conflict(cast):
    filing = draft(cast)
    stale = {"filing": filing, "row_version": 1, "values": SMALL, "rows": ONE, "now": NOW}
    save_filing(**stale, by=cast.branch)
    with pytest.raises(Conflict):
        save_filing(**stale, by=cast.clerk)


def test_one_filing_of_a_kind_at_a_time(cast):
    draft(cast)
    with pytest.raises(ActionRefused, match="已有办理中的报送"):
        draft(cast)


def test_what_was_sent_cannot_be_changed(cast):
    filing = sent(cast)
    with pytest.raises(ActionRefused, match="待审签，现在不能修改"):
        save_filing(filing=filing, row_version=None, values=SMALL, by=cast.branch, now=NOW)


class TestFourEyes:
    """Sender, signer, reviewer and leader are four different users (roles.md §2)."""

    def as_same_user(self, cast, role, *objects):
        return make_actor(role, *objects, user=cast.branch.user)

    def test_the_sender_does_not_sign(self, cast):
        filing = sent(cast)
        same = self.as_same_user(cast, Role.SOCIETY_SECRETARY, cast.organisation.society)
        for step in (sign_filing, hand_back_filing):
            more = {"reason": "x"} if step is hand_back_filing else {}
            with pytest.raises(NotAllowed, match="须由另一人办理"):
                step(filing=filing, by=same, now=NOW, **more)

    def test_the_sender_does_not_review_nor_decide(self, cast):
        make_term(cast.organisation, date(2023, 7, 1))
        values = {"extended_to": date(2027, 6, 30), "reason": "推迟"}
        filing = filed(cast, K.EXTENSION, values, [])
        federation = cast.organisation.society.federation
        same = self.as_same_user(cast, Role.COMMITTEE_REVIEWER, federation)
        with pytest.raises(NotAllowed):
            forward_filing(filing=filing, by=same, now=NOW)
        forward_filing(filing=filing, by=cast.reviewer, now=NOW)
        same = self.as_same_user(cast, Role.COMMITTEE_LEADER, federation)
        with pytest.raises(NotAllowed):
            agree_extension(filing=filing, number="1号", by=same, now=NOW)
        other = make_actor(Role.COMMITTEE_LEADER, federation, user=cast.reviewer.user)
        with pytest.raises(NotAllowed):
            agree_extension(filing=filing, number="1号", by=other, now=NOW)

    def test_the_database_refuses_where_the_action_is_blind(self, cast, monkeypatch):
        """Negative control: without the action's check the constraint still holds."""
        from django.db import IntegrityError

        filing = sent(cast)
        same = self.as_same_user(cast, Role.SOCIETY_SECRETARY, cast.organisation.society)
        monkeypatch.setattr("branches.actions.filing_steps.check_filing_step", lambda *a, **k: None)
        with pytest.raises(IntegrityError, match="post_filing_sent_is_not_signed"):
            sign_filing(filing=filing, by=same, now=NOW)


def test_who_may_file(cast):
    """UB and UC file; nobody else does."""
    for actor in (cast.secretary, cast.reviewer, cast.leader):
        with pytest.raises(NotAllowed):
            draft(cast, by=actor)
    foreign = make_actor(Role.SOCIETY_CLERK, make_society())
    with pytest.raises(NotAllowed):
        draft(cast, by=foreign)
    assert draft(cast, by=cast.clerk).society == cast.organisation.society


def test_a_joint_organisation_is_filed_for_by_its_lead():
    """R-OWN-03."""
    lead = make_society()
    served = make_society(lead.federation)
    units = [s.units.get(kind=UnitKind.SECRETARIAT) for s in (lead, served)]
    cast = cast_of(make_organisation(lead, *units, type="joint_branch", form="joint"))
    other = make_actor(Role.SOCIETY_CLERK, served)
    with pytest.raises(NotAllowed, match="牵头学会"):
        draft(cast, by=other)
    filing = accepted(cast)
    assert not PostFiling.objects.visible_to(other).exists(), "a filing is the lead's"
    assert Term.objects.visible_to(other).get() == filing.term, "the fact is everybody's served"
    assert DirtySociety.objects.filter(society=served).exists()


class TestSeats:
    """R-ORG-06."""

    def test_seven_members_need_a_committee(self, cast):
        """6 members: none; 7: at least three seats."""
        seven = SMALL | {"entitled": 7, "present": 7}
        found = errors(cast, values=seven, rows=[person(0, "secretary", "赵某", 7)])
        assert found == {"seats": ["正式党员 7 人，7 人以上应设支部委员会，职数不少于 3 人"]}
        assert sent(cast).state == PostFilingState.TO_SIGN

    @pytest.mark.parametrize("seats", [0, 2])
    def test_two_seats_are_no_committee(self, cast, seats):
        found = errors(cast, values=SMALL | {"seats": seats})
        assert "不少于 3 人" in found["seats"][0]

    def test_more_than_seven_need_a_reason(self, cast):
        many = BIG | {"seats": 8}
        assert "more_seats_reason" in errors(cast, values=many, rows=THREE)
        reason = many | {"more_seats_reason": "党员 60 人，批复同意"}
        assert sent(cast, values=reason, rows=THREE).state == PostFilingState.TO_SIGN

    def test_a_party_committee_has_no_upper_limit_of_seven(self):
        cast = cast_of(make_organisation(make_society(), type="functional_committee"))
        nine = BIG | {"seats": 9, "term_years": 5, "council_ends_on": date(2030, 5, 1)}
        accepted(cast, values=nine, rows=THREE)
        assert Term.objects.get().ends_on == date(2030, 5, 1)

    def test_warnings_do_not_block(self, cast):
        from branches.filing_checks import check_filing, claim_of

        five = BIG | {"seats": 6, "term_years": 2}
        filing = sent(cast, values=five, rows=THREE[:2])
        said = "；".join(check_filing(claim_of(filing, TODAY)).warnings)
        for words in ("任期一般为 3 年", "一般 3 至 5 人", "缺额 4 人", "尚缺纪检委员"):
            assert words in said


class TestPersons:
    """Rows of a filing."""

    @pytest.mark.parametrize(
        ("rows", "field", "words"),
        [
            ([], "persons", "至少 1 人"),
            ([person(0, "secretary", "")], "seats-0-person_name", "请填写姓名"),
            ([person(0, "", "赵某")], "seats-0-kind", "请选择职务"),
            ([person(3, "secretary", "赵某", None)], "seats-3-votes", "请填写赞成票数"),
            ([person(0, "secretary", "赵某", 4)], "seats-0-votes", "未超过实到 9 人的半数"),
            ([person(0, "secretary", "赵某", 10)], "seats-0-votes", "多于实到 9 人"),
            ([person(0, "committee_member", "赵某")], "persons", "书记（组长）1 人，现为 0"),
            (
                [person(0, "secretary", "赵某"), person(1, "secretary", "钱某")],
                "seats-1-kind",
                "书记只能有 1 人",
            ),
            (
                [person(0, "secretary", "赵某"), person(1, "committee_member", "赵某")],
                "seats-0-person_name",
                "同一人只填一行",
            ),
            (
                [person(0, "secretary", "赵某", also_kind="secretary")],
                "seats-0-also_kind",
                "与职务相同",
            ),
            ([person(0, "secretary", "赵某", None, mode="dispatched")], "document_number", "文号"),
        ],
    )
    def test_refused_at_the_row(self, cast, rows, field, words):
        found = errors(cast, values=BIG, rows=rows)
        assert words in "；".join(found[field])

    def test_a_by_election_does_not_take_a_held_post_nor_a_sixth_seat(self, cast):
        accepted(cast, values=BIG, rows=THREE)
        values = {name: BIG[name] for name in ("mode", "entitled", "present", "document_number")}
        values["held_on"] = date(2026, 11, 10)
        found = errors(cast, K.BY_ELECTION, values, [person(0, "secretary", "李某")])
        assert "书记 赵某仍在任" in found["seats-0-kind"][0]
        assert "多于本届职数 3" in found["persons"][0]

    def test_nobody_leaves_twice(self, cast):
        accepted(cast)
        post = Post.objects.get()
        gone = {"held_on": date(2026, 11, 1), "document_number": ""}
        rows = [{"position": 0, "post": post}]
        first = filed(cast, K.REMOVAL, gone, rows)
        Post.objects.update(valid_to=date(2026, 10, 20))
        with pytest.raises(ActionRefused, match="不在任"):
            accept_filing(filing=first, by=cast.reviewer, now=NOW)


class TestMeeting:
    """R-ORG-08."""

    def test_exactly_four_fifths_elects(self, cast):
        ten = BIG | {"present": 8}
        assert sent(cast, values=ten, rows=[*(r | {"votes": 5} for r in THREE)]).pk

    def test_less_does_not(self, cast):
        found = errors(cast, values=BIG | {"present": 7}, rows=THREE)
        assert "不足应到 10 人的五分之四" in found["present"][0]
        found = errors(cast, values=BIG | {"present": 11}, rows=THREE)
        assert "多于应到" in found["present"][0]
        found = errors(cast, values=BIG | {"present": None}, rows=THREE)
        assert found["present"] == ["请填写实到会有选举权人数"]

    def test_an_appointment_needs_a_document(self, cast):
        """R-ORG-07: dispatched by the superior; no meeting, no votes."""
        row = [person(0, "secretary", "赵某", None, mode="dispatched")]
        values = SMALL | {"mode": "appointed", "entitled": None, "present": None}
        assert "任命文号" in errors(cast, values=values, rows=row)["document_number"][0]
        accepted(cast, values=values | {"document_number": "科社党〔2026〕7号"}, rows=row)
        assert Post.objects.get().mode == "dispatched"


class TestDays:
    """Days of an election (§2.2)."""

    @pytest.mark.parametrize(
        ("held_on", "words"),
        [
            (None, "请填写"),
            (TODAY + timedelta(days=1), "晚于今天"),
            (date(2015, 12, 31), "早于该党组织的批复"),
            (date(1026, 10, 9), "核对年份"),
        ],
    )
    def test_impossible_days(self, cast, held_on, words):
        assert words in errors(cast, values=SMALL | {"held_on": held_on})["held_on"][0]

    def test_early_elections_need_approval_and_at_most_a_year(self, cast):
        """Advance ≤ 12 months with a document number."""
        make_term(cast.organisation, date(2024, 10, 10))  # ends 2027-10-09
        second = SMALL | {"term_no": 2}
        assert "提前换届须填写批准文号" in errors(cast, values=second)["document_number"][0]
        day_before = second | {"held_on": date(2026, 10, 8), "document_number": "3号"}
        assert "不得超过 12 个月" in errors(cast, values=day_before)["held_on"][0]
        assert sent(cast, values=second | {"document_number": "3号"}).pk

    def test_terms_follow_each_other(self, cast):
        make_term(cast.organisation, date(2023, 7, 1))
        found = errors(cast, values=SMALL | {"held_on": date(2023, 7, 1)})
        assert found.keys() >= {"held_on", "term_no"}

    @pytest.mark.parametrize(
        ("day", "fits"),
        [
            (date(2026, 6, 30), False),
            (date(2026, 7, 1), True),
            (date(2027, 6, 30), True),
            (date(2027, 7, 1), False),
        ],
    )
    def test_extensions_last_a_year_at_most(self, cast, day, fits):
        make_term(cast.organisation, date(2023, 7, 1))
        values = {"extended_to": day, "reason": "推迟"}
        if fits:
            assert sent(cast, K.EXTENSION, values, []).pk
        else:
            assert "最长 12 个月" in errors(cast, K.EXTENSION, values, [])["extended_to"][0]


def test_a_temporary_branch_has_an_appointed_secretary_and_no_term():
    """§2.1: it ends with its task body."""
    cast = cast_of(make_organisation(make_society(), type="temporary_branch"))
    assert "mode" in errors(cast)
    row = [person(0, "secretary", "赵某", None, mode="appointed")]
    values = SMALL | {"mode": "appointed", "document_number": "3号", "term_no": None}
    accepted(cast, values=values, rows=row)
    assert not Term.objects.exists()
    assert Post.objects.get().term is None


def test_a_dissolved_organisation_ends_its_posts(cast):
    from branches.actions import dissolve_organisation

    accepted(cast)
    done = {"organisation": cast.organisation, "number": "5号", "by": cast.reviewer, "now": NOW}
    with pytest.raises(ActionRefused, match="任职的起始日"):
        dissolve_organisation(on=date(2026, 10, 9), **done)
    dissolve_organisation(on=date(2026, 11, 1), **done)
    assert Post.objects.get().valid_to == date(2026, 11, 1)
    assert not Term.objects.current_on(TODAY).exists()
    with pytest.raises(ActionRefused, match="已于 2026-11-01 撤销"):
        cast.organisation.refresh_from_db()
        draft(cast)
