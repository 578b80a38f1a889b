"""R-LED-05, R-LED-10, R-ROLE-01: what a reviewer proposes, the leader decides, refuses, or the
proposer takes back."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from ledgers import actions
from ledgers.actions import proposals
from ledgers.models import ExpectedFiling, LedgerPeriod
from societies.models import DirtySociety
from tests.factories import make_actor, make_cast, make_federation, make_period, make_society
from tests.factories.ledgers import moment
from tests.ledgers.test_races import at_once

pytestmark = pytest.mark.django_db
NOW = moment(date(2026, 8, 12))


class Closing:
    """定格 of a period, in the words both kinds of proposal share."""

    model, proposed, answered, refused = LedgerPeriod, "proposed", "closed", "refused"
    reason, lock = "refusal_reason", "_locked"

    def row(self, period):
        return period

    def propose(self, row, by, now=NOW):
        return actions.propose_closing(period=row, by=by, now=now)

    def agree(self, row, by):
        return actions.close_period(period=row, by=by, now=NOW)

    def refuse(self, row, by, reason="两家学会的补报尚未审完"):
        return actions.refuse_closing(period=row, reason=reason, by=by, now=NOW)

    def withdraw(self, row, by):
        return actions.withdraw_closing(period=row, by=by, now=NOW)


class Exemption:
    """免报 of one society."""

    model, proposed, answered = ExpectedFiling, "exemption_proposed", "exemption_decided"
    refused, reason, lock = "exemption_refused", "exemption_refusal_reason", "_open_expected"

    def row(self, period):
        return period.expected.get()

    def propose(self, row, by, now=NOW):
        return actions.propose_exemption(expected=row, reason="清算中", by=by, now=now)

    def agree(self, row, by):
        return actions.decide_exemption(expected=row, by=by, now=NOW)

    def refuse(self, row, by, reason="清算尚未公告"):
        return actions.refuse_exemption(expected=row, reason=reason, by=by, now=NOW)

    def withdraw(self, row, by):
        return actions.withdraw_exemption(expected=row, by=by, now=NOW)


@pytest.fixture(params=[Closing(), Exemption()], ids=["closing", "exemption"])
def kind(request):
    return request.param


@pytest.fixture
def row(kind, period):
    return kind.row(period)


def fresh(kind, row):
    return kind.model.objects.get(pk=row.pk)


def by_of(row, step):
    return getattr(row, f"{step}_by")


class TestRefused:
    def test_the_reason_is_kept_and_another_may_follow(self, kind, row, cast):
        kind.propose(row, cast.reviewer)
        kind.refuse(row, cast.leader, " 先核对名单 ")
        found = fresh(kind, row)
        assert by_of(found, kind.proposed) is None, "nothing waits any more"
        assert by_of(found, kind.answered) is None
        assert getattr(found, kind.reason) == "先核对名单"
        assert by_of(found, kind.refused) == cast.leader.user
        assert getattr(found, f"{kind.refused}_proposer") == cast.reviewer.user
        kind.propose(row, cast.reviewer, NOW + timedelta(days=1))
        again = kind.agree(row, cast.leader)
        assert by_of(again, kind.answered) == cast.leader.user
        assert getattr(again, kind.reason) == "先核对名单", "what was said before stays"

    @pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
    def test_it_needs_a_reason(self, kind, row, cast, reason):
        kind.propose(row, cast.reviewer)
        with pytest.raises(ActionRefused) as refused:
            kind.refuse(row, cast.leader, reason)
        assert "reason" in refused.value.errors
        assert by_of(fresh(kind, row), kind.proposed) == cast.reviewer.user

    def test_only_another_leader_may(self, kind, row, cast, society):
        kind.propose(row, cast.reviewer)
        same = make_actor(Role.COMMITTEE_LEADER, society.federation, user=cast.reviewer.user)
        foreign = make_actor(Role.COMMITTEE_LEADER, make_federation())
        for by in (same, foreign, cast.reviewer, cast.secretary):
            with pytest.raises(NotAllowed):
                kind.refuse(row, by)
        assert by_of(fresh(kind, row), kind.proposed) == cast.reviewer.user

    def test_no_figure_moves(self, kind, row, cast):
        kind.propose(row, cast.reviewer)
        DirtySociety.objects.all().delete()
        kind.refuse(row, cast.leader)
        assert not DirtySociety.objects.exists()
        assert ExpectedFiling.objects.owing().count() == 1

    def test_without_a_proposal_there_is_nothing_to_answer(self, kind, row, cast):
        for verb in (kind.refuse, kind.agree):
            with pytest.raises(ActionRefused, match="没有待"):
                verb(row, cast.leader)
        with pytest.raises(ActionRefused, match="没有待"):
            kind.withdraw(row, cast.reviewer)
        kind.propose(row, cast.reviewer)
        kind.refuse(row, cast.leader)
        with pytest.raises(ActionRefused, match="没有待"):
            kind.refuse(row, cast.leader)

    def test_the_database_keeps_two_people_and_a_reason(self, kind, row, cast):
        """Written past the actions; the last two are the negative control."""
        kind.propose(row, cast.reviewer)
        kind.refuse(row, cast.leader)
        rows = kind.model.objects.filter(pk=row.pk)
        wrong = (
            ({f"{kind.refused}_by": cast.reviewer.user}, "refused_by_another"),
            ({kind.reason: ""}, "refusal_has_reason"),
            ({f"{kind.refused}_proposer": None}, "refusal_has_reason"),
            ({f"{kind.refused}_by": None}, "refusal"),
        )
        for change, name in wrong:
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                rows.update(**change)
        assert rows.update(**{kind.reason: "另一原因"}) == 1
        assert rows.update(**{f"{kind.refused}_by": make_cast_leader(row)}) == 1


def make_cast_leader(row):
    federation = getattr(row, "federation", None) or row.period.federation
    return make_actor(Role.COMMITTEE_LEADER, federation).user


class TestWithdrawn:
    def test_the_proposer_takes_it_back_and_may_propose_again(self, kind, row, cast):
        kind.propose(row, cast.reviewer)
        kind.withdraw(row, cast.reviewer)
        assert by_of(fresh(kind, row), kind.proposed) is None
        with pytest.raises(ActionRefused, match="没有待"):
            kind.agree(row, cast.leader)
        kind.propose(row, cast.reviewer)
        assert by_of(kind.agree(row, cast.leader), kind.answered) == cast.leader.user

    def test_nobody_else_may(self, kind, row, cast, society):
        kind.propose(row, cast.reviewer)
        other = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
        for by in (other, cast.leader, cast.clerk):
            with pytest.raises(NotAllowed):
                kind.withdraw(row, by)
        assert by_of(fresh(kind, row), kind.proposed) == cast.reviewer.user

    def test_what_was_decided_is_not_taken_back(self, kind, row, cast):
        kind.propose(row, cast.reviewer)
        kind.agree(row, cast.leader)
        for verb, by in ((kind.withdraw, cast.reviewer), (kind.refuse, cast.leader)):
            with pytest.raises(ActionRefused, match="已"):
                verb(row, by)
        assert by_of(fresh(kind, row), kind.answered) == cast.leader.user

    def test_while_one_waits_there_is_no_second(self, kind, row, cast, society):
        kind.propose(row, cast.reviewer)
        other = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
        with pytest.raises(ActionRefused, match="待负责人决定"):
            kind.propose(row, other)
        assert by_of(fresh(kind, row), kind.proposed) == cast.reviewer.user


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """The proposer withdraws while the leader decides."""

    @pytest.fixture
    def proposed(self, kind):
        society = make_society()
        cast = make_cast(society)
        row = kind.row(make_period(society.federation))
        return kind.propose(row, cast.reviewer), cast

    @pytest.mark.parametrize("verb", ["agree", "refuse"])
    def test_exactly_one_happens(self, kind, proposed, verb):
        row, cast = proposed
        answer = getattr(kind, verb)
        outcomes = at_once(
            lambda: kind.withdraw(row, cast.reviewer), lambda: answer(row, cast.leader)
        )
        refused = [isinstance(o, ActionRefused) for o in outcomes]
        assert sorted(refused) == [False, True], outcomes
        found = fresh(kind, row)
        told = by_of(found, kind.refused if verb == "refuse" else kind.answered)
        assert (told is None) is refused[1], "what is stored is what the winner was told"

    def test_without_the_lock_both_would_happen(self, kind, proposed, monkeypatch):
        """Negative control: a row read before the withdrawal and not locked looks open."""
        row, cast = proposed
        stale = kind.model.objects.get(pk=row.pk)
        kind.withdraw(row, cast.reviewer)
        monkeypatch.setattr(proposals, kind.lock, lambda given: stale)
        kind.refuse(row, cast.leader)
        assert by_of(fresh(kind, row), kind.refused) == cast.leader.user
