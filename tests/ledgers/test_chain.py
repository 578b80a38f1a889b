"""R-LED-08…10: who moves a ledger from where to where, and that no two steps are one person's."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from ledgers import actions
from ledgers.models import (
    Ledger,
    LedgerConfirmation,
    LedgerLeader,
    LedgerOperations,
    LedgerReturnRemark,
    LedgerState,
    LedgerStep,
    ReturnStage,
)
from societies.models import BackdatedFact, DirtySociety
from tests.factories import make_actor, make_cast, make_ledger, make_period, make_society
from tests.factories.ledgers import AS_OF, answer_warnings, fill, moment, save, ticks

pytestmark = pytest.mark.django_db
NOW = moment(AS_OF)
S = LedgerState


def verbs(ledger):
    return list(ledger.steps.order_by("pk").values_list("verb", flat=True))


def test_a_ledger_walks_from_draft_to_accepted(society, cast):
    ledger = make_ledger(society, cast=cast, state=S.ACCEPTED)
    assert ledger.state == S.ACCEPTED
    assert ledger.number == "TZ-2026H1-0001"
    assert verbs(ledger) == ["open_draft", "send_for_signature", "sign_and_file", "accept"]
    assert [ledger.sent_by, ledger.signed_by, ledger.reviewed_by] == [
        cast.clerk.user,
        cast.secretary.user,
        cast.reviewer.user,
    ]
    assert DirtySociety.objects.filter(society=society).exists()
    assert not BackdatedFact.objects.exists(), "acceptance never backdates coverage"


def test_the_draft_is_opened_once(society, cast, period):
    first = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
    again = actions.ensure_draft(society=society, period=period, by=cast.secretary, now=NOW)
    assert first == again
    assert Ledger.objects.count() == 1
    assert first.sections.count() == 5


def test_numbers_count_up_within_a_period(society, period):
    other = make_society(society.federation)
    numbers = [
        actions.ensure_draft(
            society=s, period=period, by=make_actor(Role.SOCIETY_CLERK, s), now=NOW
        ).number
        for s in (society, other)
    ]
    assert numbers == ["TZ-2026H1-0001", "TZ-2026H1-0002"]


def test_an_incomplete_ledger_is_not_sent(society, cast):
    """R-LED-01."""
    ledger = make_ledger(society, cast=cast)
    save(ledger, "members", {"transferred_in": ""}, cast.clerk, NOW)
    with pytest.raises(ActionRefused, match="本期转入尚未填写") as refused:
        actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    assert list(refused.value.errors) == ["members.transferred_in"]
    assert Ledger.objects.get().state == S.DRAFT


def test_a_warning_asks_for_a_tick_that_holds_for_its_figures(society, cast):
    ledger = make_ledger(society, cast=cast)
    save(ledger, "operations", {"society_branch_count": "3"}, cast.clerk, NOW)
    with pytest.raises(ActionRefused, match="与登记册 0 不一致"):
        actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    answer_warnings(ledger, cast.clerk, NOW)
    assert set(LedgerConfirmation.objects.values_list("code", flat=True)) == {"O-05", "S-02"}
    save(ledger, "operations", {"society_branch_count": "4"}, cast.clerk, NOW)
    with pytest.raises(ActionRefused, match="分支机构数 4"):
        actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    answer_warnings(ledger, cast.clerk, NOW)
    sent = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    assert sent.register_differences == 1


def test_an_error_cannot_be_ticked_away(society, cast):
    ledger = make_ledger(society, cast=cast)
    save(ledger, "staff", {"women": "8"}, cast.clerk, NOW)
    with pytest.raises(ActionRefused, match="须改正"):
        actions.confirm(ledger=ledger, code="S-06", target="staff.women", by=cast.clerk, now=NOW)
    assert not LedgerConfirmation.objects.exists()


def test_the_sender_does_not_sign(society):
    """R-LED-09, X-10: the user counts, not the appointment."""
    cast = make_cast(society)
    both = make_actor(Role.SOCIETY_SECRETARY, society, user=cast.clerk.user)
    ledger = make_ledger(society, cast=cast, state=S.TO_SIGN)
    with pytest.raises(NotAllowed, match="审签人不能是送审签人本人"):
        actions.sign_and_file(ledger=ledger, by=both, now=NOW)
    assert Ledger.objects.get().state == S.TO_SIGN


def test_a_deputy_may_sign(society, cast):
    deputy = make_actor(Role.SOCIETY_SECRETARY, society, is_deputy=True)
    ledger = make_ledger(society, cast=cast, state=S.TO_SIGN)
    filed = actions.sign_and_file(ledger=ledger, by=deputy, now=NOW)
    assert filed.signed_by == deputy.user


@pytest.mark.parametrize("column", ["sent_by", "signed_by"])
def test_four_eyes_hold_in_the_database(society, cast, column):
    """R-LED-09: written past the actions, the row is refused."""
    ledger = make_ledger(society, cast=cast, state=S.FILED)
    ledger.reviewed_by, ledger.reviewed_at = getattr(ledger, column), NOW
    with pytest.raises(IntegrityError, match=f"ledger_{column[:-3]}_is_not_reviewed"):
        with transaction.atomic():
            ledger.save()
    assert Ledger.objects.get().reviewed_by is None


def test_neither_sender_nor_signer_reviews(society, cast):
    ledger = make_ledger(society, cast=cast, state=S.FILED)
    for user in (cast.clerk.user, cast.secretary.user):
        reviewer = make_actor(Role.COMMITTEE_REVIEWER, society.federation, user=user)
        for verb in (actions.accept, actions.return_to_society):
            more = {"reason": "核对"} if verb is actions.return_to_society else {}
            with pytest.raises(NotAllowed, match="须由另一人办理"):
                verb(ledger=ledger, by=reviewer, now=NOW, **more)
    assert Ledger.objects.get().state == S.FILED


@pytest.mark.parametrize(
    ("verb", "role"),
    [
        (actions.send_for_signature, Role.SOCIETY_SECRETARY),
        (actions.sign_and_file, Role.SOCIETY_CLERK),
        (actions.accept, Role.COMMITTEE_LEADER),
        (actions.accept, Role.INSPECTOR),
    ],
)
def test_each_step_needs_its_right(society, cast, verb, role):
    state = {
        actions.send_for_signature: S.DRAFT,
        actions.sign_and_file: S.TO_SIGN,
        actions.accept: S.FILED,
    }[verb]
    ledger = make_ledger(society, cast=cast, state=state)
    owner = society.federation if role == Role.COMMITTEE_LEADER else society
    with pytest.raises(NotAllowed):
        verb(ledger=ledger, by=make_actor(role, owner), now=NOW)
    assert Ledger.objects.get().state == state


def test_a_foreign_clerk_may_do_nothing(society, cast):
    ledger = make_ledger(society, cast=cast)
    stranger = make_actor(Role.SOCIETY_CLERK, make_society(society.federation))
    with pytest.raises(NotAllowed):
        save(ledger, "staff", {"women": "1"}, stranger, NOW)
    with pytest.raises(NotAllowed):
        actions.send_for_signature(ledger=ledger, by=stranger, now=NOW)
    assert not Ledger.objects.visible_to(stranger).exists()
    assert list(Ledger.objects.visible_to(cast.reviewer)) == [ledger]


def test_the_secretary_returns_to_the_clerk_with_a_reason(society, cast):
    ledger = make_ledger(society, cast=cast, state=S.TO_SIGN)
    with pytest.raises(ActionRefused) as refused:
        actions.return_to_clerk(ledger=ledger, reason=" ", by=cast.secretary, now=NOW)
    assert "reason" in refused.value.errors
    ledger = actions.return_to_clerk(
        ledger=ledger, reason="副理事长审核日期未填", by=cast.secretary, now=NOW
    )
    assert (ledger.state, ledger.returned_by_stage) == (S.RETURNED, ReturnStage.SOCIETY)
    save(ledger, "staff", {"women": "3"}, cast.clerk, NOW)
    again = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    assert again.state == S.TO_SIGN


def test_the_reviewer_returns_with_words_at_the_fields(society, cast):
    ledger = make_ledger(society, cast=cast, state=S.FILED)
    remarks = [actions.Remark("members", "transferred_in", "请核对口径")]
    actions.return_to_society(
        ledger=ledger, reason="请重新报送", remarks=remarks, by=cast.reviewer, now=NOW
    )
    remark = LedgerReturnRemark.objects.visible_to(cast.clerk).get()
    assert (remark.section, remark.field, remark.text) == (
        "members",
        "transferred_in",
        "请核对口径",
    )
    ledger.refresh_from_db()
    ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    assert ledger.signed_by is None, "a resubmission is signed again"
    ledger = actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=NOW)
    assert actions.accept(ledger=ledger, by=cast.reviewer, now=NOW).state == S.ACCEPTED


@pytest.mark.parametrize("state", [S.TO_SIGN, S.FILED, S.ACCEPTED])
def test_only_drafts_and_returned_versions_are_edited(society, cast, state):
    ledger = make_ledger(society, cast=cast, state=state)
    with pytest.raises(ActionRefused, match="现在不能修改"):
        save(ledger, "staff", {"women": "1"}, cast.clerk, NOW)
    assert ledger.staff.women == 4


def test_a_step_taken_twice_is_refused(society, cast):
    ledger = make_ledger(society, cast=cast, state=S.FILED)
    stale = Ledger.objects.get()
    actions.accept(ledger=ledger, by=cast.reviewer, now=NOW)
    other = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    with pytest.raises(ActionRefused, match="状态已变化"):
        actions.accept(ledger=stale, by=other, now=NOW)
    assert Ledger.objects.get().reviewed_by == cast.reviewer.user


class TestAcceptedIsImmutable:
    """R-LED-10, in the database."""

    @pytest.fixture
    def accepted(self, society, cast):
        return make_ledger(society, cast=cast, state=S.ACCEPTED)

    def refused(self, change):
        with (
            pytest.raises(IntegrityError, match="已通过(或已放弃)?的台账不能修改"),
            transaction.atomic(),
        ):
            change()

    def test_the_version_itself(self, accepted):
        self.refused(lambda: Ledger.objects.filter(pk=accepted.pk).update(state="draft"))
        self.refused(lambda: Ledger.objects.filter(pk=accepted.pk).update(changes_count=9))
        assert Ledger.objects.get().state == S.ACCEPTED

    def test_its_tables(self, accepted):
        self.refused(lambda: LedgerOperations.objects.update(annual_income=1))
        self.refused(lambda: accepted.staff.delete())
        self.refused(lambda: accepted.sections.update(note="改"))
        self.refused(lambda: LedgerLeader.objects.create(ledger=accepted))
        self.refused(lambda: accepted.leaders.update(name="另一人"))
        assert LedgerOperations.objects.get().annual_income == 1864020.50

    def test_rows_do_not_wander_in_or_out(self, accepted, society, cast):
        period = make_period(society.federation, date(2026, 12, 31), opened=False)
        draft = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
        self.refused(lambda: draft.leaders.update(ledger=accepted))
        self.refused(lambda: accepted.leaders.update(ledger=draft))
        assert accepted.leaders.count() == draft.leaders.count() == 1

    def test_a_filed_version_shows_that_the_trigger_is_what_refuses(self, society, cast):
        """Negative control: the same writes pass before acceptance."""
        ledger = make_ledger(society, cast=cast, state=S.FILED)
        assert LedgerOperations.objects.update(annual_income=1) == 1
        assert ledger.leaders.update(name="另一人") == 1

    def test_steps_are_insert_only(self, accepted):
        with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
            LedgerStep.objects.update(reason="改")
        with pytest.raises(IntegrityError, match="只增不改"), transaction.atomic():
            LedgerStep.objects.all().delete()
        assert accepted.steps.count() == 4


class TestRestatement:
    """R-LED-10: clerk → signer → reviewer → leader."""

    @pytest.fixture
    def first(self, society, cast):
        return make_ledger(society, cast=cast, state=S.ACCEPTED)

    @pytest.fixture
    def second(self, first, cast):
        copy = actions.restate(ledger=first, reason="收入漏计", by=cast.clerk, now=NOW)
        save(copy, "operations", {"annual_income": "2000000"}, cast.clerk, NOW)
        answer_warnings(copy, cast.clerk, NOW)
        copy = actions.send_for_signature(ledger=copy, by=cast.clerk, now=NOW)
        copy = actions.sign_and_file(ledger=copy, ticks=ticks(copy), by=cast.secretary, now=NOW)
        return actions.accept(ledger=copy, by=cast.reviewer, now=NOW)

    def test_it_is_a_copy_with_the_next_version(self, first, cast):
        copy = actions.restate(ledger=first, reason="收入漏计", by=cast.clerk, now=NOW)
        assert (copy.version, copy.full_number) == (2, "TZ-2026H1-0001-2")
        assert copy.operations.annual_income == first.operations.annual_income
        assert copy.leaders.get().name == first.leaders.get().name
        assert all(section.is_complete for section in copy.sections.all())

    def test_it_needs_a_reason_and_an_accepted_version(self, first, cast):
        with pytest.raises(ActionRefused) as refused:
            actions.restate(ledger=first, reason="", by=cast.clerk, now=NOW)
        assert "reason" in refused.value.errors
        copy = actions.restate(ledger=first, reason="漏计", by=cast.clerk, now=NOW)
        for ledger in (first, copy):
            with pytest.raises(ActionRefused, match="最新的已通过版本"):
                actions.restate(ledger=ledger, reason="再改", by=cast.clerk, now=NOW)

    def test_the_reviewer_does_not_end_it(self, second):
        assert second.state == S.TO_DECIDE
        assert second.changes_count == 1

    def test_the_leader_does(self, first, second, cast):
        done = actions.decide_restatement(ledger=second, agreed=True, by=cast.leader, now=NOW)
        assert (done.state, done.decided_by) == (S.ACCEPTED, cast.leader.user)
        first.refresh_from_db()
        assert first.operations.annual_income == 1864020.50, "the old version stays readable"

    def test_the_leader_may_refuse_with_a_reason(self, second, cast):
        with pytest.raises(ActionRefused):
            actions.decide_restatement(ledger=second, agreed=False, by=cast.leader, now=NOW)
        done = actions.decide_restatement(
            ledger=second, agreed=False, reason="依据不足", by=cast.leader, now=NOW
        )
        assert done.state == S.RETURNED

    def test_the_leader_is_a_fourth_user(self, second, cast, society):
        same = make_actor(Role.COMMITTEE_LEADER, society.federation, user=cast.reviewer.user)
        with pytest.raises(NotAllowed, match="须由另一人"):
            actions.decide_restatement(ledger=second, agreed=True, by=same, now=NOW)
        second.decided_by, second.decided_at = cast.reviewer.user, NOW
        with pytest.raises(IntegrityError), transaction.atomic():
            second.save()

    def test_a_first_filing_has_no_leader_step(self, society, cast):
        ledger = make_ledger(society, cast=cast, state=S.FILED)
        ledger.state = S.TO_DECIDE
        ledger.reviewed_by, ledger.reviewed_at = cast.reviewer.user, NOW
        with pytest.raises(IntegrityError, match="only_restatements"), transaction.atomic():
            ledger.save()


def test_one_version_is_under_way_at_a_time(society, cast, period):
    ledger = make_ledger(society, period, cast=cast)
    with pytest.raises(IntegrityError, match="ledger_one_version_under_way"), transaction.atomic():
        Ledger.objects.create(
            society=society,
            period=period,
            number=ledger.number,
            version=2,
            restatement_reason="绕过",
            restated_by=cast.clerk.user,
        )


def test_bulk_acceptance_leaves_out_what_needs_a_look(society, cast, period):
    """R-LED-13: only versions without change, register difference or open issue."""
    make_ledger(society, cast=cast, period=period, state=S.ACCEPTED)
    later = make_period(society.federation, date(2026, 12, 31))
    plain = make_ledger(society, later, cast=cast, state=S.FILED, on=date(2026, 12, 31))
    other = make_society(society.federation)
    odd = make_ledger(
        other, period, state=S.FILED, operations={"society_branch_count": "1"},
        staff={"society_branch_leaders": "1"},
    )  # fmt: skip
    result = actions.accept_many(
        ledgers=[plain, odd], by=cast.reviewer, now=moment(date(2027, 1, 4))
    )
    assert [ledger.pk for ledger in result.accepted] == [plain.pk]
    assert list(result.left) == [odd.pk]


def test_the_longest_unchanged_figures_are_ticked(society, cast, period):
    """R-LED-13, X-08."""
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    later = make_period(society.federation, date(2026, 12, 31))
    now = moment(date(2026, 12, 31))
    ledger = make_ledger(society, later, cast=cast, state=S.TO_SIGN)
    asked = ticks(ledger)
    assert len(asked) == 5
    with pytest.raises(ActionRefused, match="已核对，无变化") as refused:
        actions.sign_and_file(ledger=ledger, ticks=asked[1:], by=cast.secretary, now=now)
    assert list(refused.value.errors) == asked[:1]
    actions.sign_and_file(ledger=ledger, ticks=asked, by=cast.secretary, now=now)
    assert ledger.confirmations.filter(code="X-08").count() == 5


def test_fill_needs_no_second_asking(society, cast, period):
    """The factory's ledger is complete, and says how much was asked (D-1)."""
    ledger = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
    fill(ledger, cast.clerk, NOW)
    rows = {row.code: row for row in ledger.sections.all()}
    assert all(row.is_complete for row in rows.values())
    assert rows["operations"].required > rows["operations"].asked > 0
