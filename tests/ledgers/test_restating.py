"""R-LED-10, D-14: a restatement opened by mistake is given up; the accepted version stays."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from ledgers import actions
from ledgers.actions import restating
from ledgers.changes import compared_with
from ledgers.models import Ledger, LedgerState, LedgerStep
from ledgers.querysets.figures import filing_figures
from ledgers.querysets.ledgers import clear_tables
from societies.models import BackdatedFact, DataQualityIssue, DirtySociety, Society
from tests.factories import make_actor, make_cast, make_ledger, make_society
from tests.factories.ledgers import AS_OF, answer_warnings, moment, save, ticks
from tests.ledgers.test_races import at_once

pytestmark = pytest.mark.django_db
NOW = moment(AS_OF)
S = LedgerState
LATE = date(2026, 8, 20)


@pytest.fixture
def first(society, cast):
    return make_ledger(society, cast=cast, state=S.ACCEPTED)


@pytest.fixture
def second(first, cast):
    """A restatement in draft."""
    return actions.restate(ledger=first, reason="误点", by=cast.clerk, now=NOW)


def sent(ledger, cast):
    save(ledger, "operations", {"annual_income": "2000000"}, cast.clerk, NOW)
    answer_warnings(ledger, cast.clerk, NOW)
    return actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)


def handed_back(ledger, cast):
    """Returned by the secretary, never filed."""
    ledger = sent(ledger, cast)
    return actions.return_to_clerk(ledger=ledger, reason="没有必要", by=cast.secretary, now=NOW)


def filed(ledger, cast):
    ledger = sent(ledger, cast)
    return actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=NOW)


def sent_back(ledger, cast):
    """Returned by the reviewer."""
    ledger = filed(ledger, cast)
    return actions.return_to_society(ledger=ledger, reason="请核对", by=cast.reviewer, now=NOW)


def to_decide(ledger, cast):
    return actions.accept(ledger=filed(ledger, cast), by=cast.reviewer, now=NOW)


def refused(ledger, cast):
    """Returned by the leader's refusal."""
    return actions.decide_restatement(
        ledger=to_decide(ledger, cast), agreed=False, reason="依据不足", by=cast.leader, now=NOW
    )


def abandon(ledger, by, reason=""):
    return actions.abandon_restatement(ledger=ledger, reason=reason, by=by, now=NOW)


@pytest.mark.parametrize("walk", [None, handed_back, refused])
def test_what_lies_with_the_society_is_given_up(second, cast, walk):
    """In draft, returned before it was filed, or refused by the leader: nothing waits for it."""
    if walk:
        walk(second, cast)
    source = Ledger.objects.get(pk=second.pk).state
    done = abandon(second, cast.clerk, " 看错了一栏 ")
    assert done.state == S.ABANDONED
    step = done.steps.latest("pk")
    assert (step.verb, step.from_state, step.to_state) == (
        "abandon_restatement",
        source,
        done.state,
    )
    assert (step.by, step.reason) == (cast.clerk.user, "看错了一栏")


@pytest.mark.parametrize(
    ("walk", "words"),
    [
        (sent, "待审签，现在不能放弃"),
        (filed, "已报送、待审核，现在不能放弃"),
        (sent_back, "请按退回意见修改后重新报送"),
        (to_decide, "已审核、待决定，现在不能放弃"),
    ],
)
def test_what_waits_for_somebody_is_not(second, cast, walk, words):
    """Once filed, the society's signed word stands before the committee: the leader decides."""
    ledger = walk(second, cast)
    with pytest.raises(ActionRefused, match=words):
        abandon(ledger, cast.clerk)
    assert Ledger.objects.get(pk=second.pk).state == ledger.state


def test_a_society_may_end_it_after_a_refusal_and_another_return(second, cast):
    """The leader's no is not undone by another round inside the society."""
    assert abandon(handed_back(refused(second, cast), cast), cast.clerk).state == S.ABANDONED


def test_only_restatements_are_given_up(society, cast, first):
    with pytest.raises(ActionRefused, match="只有更正可以放弃"):
        abandon(first, cast.clerk)
    other = make_society(society.federation)
    draft = make_ledger(other, cast=make_cast(other))
    clerk = make_actor(Role.SOCIETY_CLERK, other)
    with pytest.raises(ActionRefused, match="只有更正可以放弃"):
        abandon(draft, clerk)
    assert not Ledger.objects.filter(state=S.ABANDONED).exists()


def test_only_clerks_of_the_society_may(second, society, cast):
    """Who asked may have left: any clerk of the society, nobody else."""
    stranger = make_actor(Role.SOCIETY_CLERK, make_society(society.federation))
    for by in (cast.secretary, cast.reviewer, cast.leader, stranger):
        with pytest.raises(NotAllowed):
            abandon(second, by)
    another = make_actor(Role.SOCIETY_CLERK, society)
    assert abandon(second, another).steps.latest("pk").by == another.user


def test_it_is_given_up_once(second, cast):
    abandon(second, cast.clerk)
    with pytest.raises(ActionRefused, match="已放弃"):
        abandon(second, cast.clerk)
    assert LedgerStep.objects.filter(verb="abandon_restatement").count() == 1


def test_a_reason_too_long_is_refused_at_the_field(second, cast):
    with pytest.raises(ActionRefused) as refusal:
        abandon(second, cast.clerk, "长" * 301)
    assert "reason" in refusal.value.errors


class TestAfterwards:
    @pytest.fixture
    def gone(self, second, cast):
        return abandon(second, cast.clerk)

    def test_another_one_counts_on_and_is_compared_with_the_accepted_version(
        self, first, gone, cast
    ):
        third = actions.restate(ledger=first, reason="收入漏计", by=cast.clerk, now=NOW)
        assert (third.version, third.full_number) == (3, "TZ-2026H1-0001-3")
        assert compared_with(third) == first
        done = actions.decide_restatement(
            ledger=to_decide(third, cast), agreed=True, by=cast.leader, now=NOW
        )
        assert done.state == S.ACCEPTED and done.changes_count == 1

    def test_numbers_are_kept_apart_by_the_database(self, first, gone, cast, monkeypatch):
        """Negative control: counting on from the accepted version takes a number twice."""
        monkeypatch.setattr(restating, "_next_version", lambda ledger: ledger.version + 1)
        with pytest.raises(IntegrityError, match="ledger_version_once"), transaction.atomic():
            actions.restate(ledger=first, reason="收入漏计", by=cast.clerk, now=NOW)
        assert Ledger.objects.count() == 2

    def test_the_accepted_version_is_the_latest(self, first, gone, society, period, cast):
        assert list(Ledger.objects.latest_versions()) == [first]
        again = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
        assert again == first

    def test_nothing_is_written_into_it(self, gone, cast):
        with pytest.raises(ActionRefused, match="已放弃，现在不能修改"):
            save(gone, "staff", {"women": "1"}, cast.clerk, NOW)
        for change in ({"state": "draft"}, {"return_reason": "改"}):
            with pytest.raises(IntegrityError, match="已放弃的台账不能修改"), transaction.atomic():
                Ledger.objects.filter(pk=gone.pk).update(**change)
        assert Ledger.objects.get(pk=gone.pk).state == S.ABANDONED

    def test_a_first_version_is_never_given_up_in_the_database(self, society):
        ledger = make_ledger(make_society(society.federation))
        with pytest.raises(IntegrityError, match="only_restatements_are_abandoned"):
            with transaction.atomic():
                Ledger.objects.filter(pk=ledger.pk).update(state=S.ABANDONED)
        assert Ledger.objects.get(pk=ledger.pk).state == S.DRAFT


def figures(cast, period):
    """Everything a ledger moves: filing counts, clear tables, issues, on two days."""
    days = (AS_OF, LATE)
    clear = [
        list(clear_tables(Society.objects.order_by("pk"), on).values_list("pk", "clear_count"))
        for on in days
    ]
    filing = [filing_figures(cast.leader, [period], on) for on in days]
    counting = [list(Ledger.objects.counting(on).values_list("pk", flat=True)) for on in days]
    return clear, filing, counting, DataQualityIssue.objects.count()


@pytest.mark.parametrize("walk", [None, handed_back, refused])
def test_it_leaves_no_trace_in_figures(first, period, cast, walk):
    before = figures(cast, period)
    second = actions.restate(ledger=first, reason="误点", by=cast.clerk, now=NOW)
    if walk:
        walk(second, cast)
    DirtySociety.objects.all().delete()
    abandon(second, cast.clerk)
    assert figures(cast, period) == before
    assert not DirtySociety.objects.exists() and not BackdatedFact.objects.exists()


def test_the_figures_would_show_it(first, period, cast):
    """Negative control: a version whose last step says accepted does count."""
    before = figures(cast, period)
    second = actions.restate(ledger=first, reason="误点", by=cast.clerk, now=NOW)
    LedgerStep.objects.create(
        ledger=second, society=first.society, verb="accept", to_state=S.ACCEPTED, at=NOW
    )
    assert figures(cast, period) != before


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Given up and sent for signature in the same moment."""

    @pytest.fixture
    def race(self):
        society = make_society()
        cast = make_cast(society)
        first = make_ledger(society, cast=cast, state=S.ACCEPTED)
        second = actions.restate(ledger=first, reason="误点", by=cast.clerk, now=NOW)
        answer_warnings(second, cast.clerk, NOW)
        other = make_actor(Role.SOCIETY_CLERK, society)
        later = NOW + timedelta(minutes=1)
        return second, (
            lambda: abandon(second, cast.clerk),
            lambda: actions.send_for_signature(ledger=second, by=other, now=later),
        )

    def test_exactly_one_happens(self, race):
        second, calls = race
        outcomes = at_once(*calls)
        assert sorted(type(o).__name__ for o in outcomes) == ["ActionRefused", "Ledger"], outcomes
        assert second.steps.filter(from_state=S.DRAFT).count() == 1

    def test_without_the_lock_both_would(self, race, monkeypatch):
        """Negative control: read before the other's step and not locked, the row says draft."""
        second, (give_up, send) = race

        def read_only(pk):
            row = Ledger.objects.select_related("period__edition", "society").get(pk=pk)
            send()
            return row

        monkeypatch.setattr(restating, "lock_ledger", read_only)
        give_up()
        assert second.steps.filter(from_state=S.DRAFT).count() == 2
