"""EX-10, R-LED-05…08: days of a period, minutes of a filing, exceptions from the lock."""

from datetime import UTC, date, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.permissions import Role
from common import workdays
from common.errors import ActionRefused, NotAllowed
from ledgers import actions, desk
from ledgers.models import (
    ExpectedFiling,
    FilingWindow,
    Ledger,
    LedgerPeriod,
    LedgerState,
    LedgerStep,
    LockException,
    LockState,
)
from ledgers.querysets import figures, ledgers
from ledgers.querysets.figures import filing_figures
from ledgers.views.periods import expected_rows
from tests.factories import make_actor, make_federation, make_ledger, make_period, make_society
from tests.factories.ledgers import AS_OF, answer_warnings, moment, ticks

pytestmark = pytest.mark.django_db
S = LedgerState


def sign(ledger, cast, day, clock="10:00"):
    return actions.sign_and_file(
        ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=moment(day, clock)
    )


def send(ledger, cast, day, clock="09:00"):
    now = moment(day, clock)
    answer_warnings(ledger, cast.clerk, now)
    return actions.send_for_signature(ledger=ledger, by=cast.clerk, now=now)


def figures_of(period, cast, on):
    return filing_figures(cast.reviewer, [period], on)[period.pk]


def test_the_days_of_2026h1(period):
    """EX-10: no holiday in July and August."""
    assert period.as_of == date(2026, 6, 30)
    assert period.due_on == date(2026, 7, 14)
    assert period.grace_until == date(2026, 7, 21)
    assert period.closes_on == date(2026, 8, 11)
    assert period.title == "2026 年上半年“五个清”台账"
    assert not period.is_provisional


def test_a_missing_holiday_table_makes_the_days_provisional(society, monkeypatch):
    def no_table(day):
        raise NotImplementedError

    monkeypatch.setattr(workdays.chinese_calendar, "is_workday", no_table)
    assert make_period(society.federation).is_provisional


@pytest.mark.parametrize(
    ("opened", "closes_on"), [(False, date(2025, 2, 18)), (True, date(2025, 2, 12))]
)
def test_a_table_published_before_the_as_of_day_is_counted_in(
    society, monkeypatch, opened, closes_on
):
    """The table of a year comes in November; what a period opened with stays."""
    as_of = date(2024, 12, 31)

    def no_table(day):
        raise NotImplementedError

    with monkeypatch.context() as patch:
        patch.setattr(workdays.chinese_calendar, "is_workday", no_table)
        assert make_period(society.federation, as_of, opened=opened).is_provisional
    actions.ensure_period(federation=society.federation, as_of=as_of)
    period = LedgerPeriod.objects.get(as_of=as_of)
    assert (period.is_provisional, period.closes_on) == (opened, closes_on)


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2026, 6, 29), FilingWindow.EARLY),
        (date(2026, 6, 30), FilingWindow.ON_TIME),
        (date(2026, 7, 14), FilingWindow.ON_TIME),
        (date(2026, 7, 15), FilingWindow.GRACE),
        (date(2026, 7, 21), FilingWindow.GRACE),
        (date(2026, 7, 22), FilingWindow.LATE),
        (date(2026, 8, 11), FilingWindow.LATE),
        (date(2026, 8, 12), FilingWindow.CLOSED),
    ],
)
def test_windows(period, day, window):
    assert period.window(day) == window


@pytest.mark.parametrize(
    ("day", "clock", "window", "on_time"),
    [
        (date(2026, 7, 14), "23:59", "on_time", True),
        (date(2026, 7, 15), "00:00", "grace", False),
        (date(2026, 7, 21), "23:59", "grace", False),
        (date(2026, 7, 22), "00:01", "late", False),
        (date(2026, 8, 11), "23:59", "late", False),
    ],
)
def test_a_filing_is_judged_by_the_shanghai_minute(
    society, cast, period, day, clock, window, on_time
):
    ledger = make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    sign(ledger, cast, day, clock)
    assert Ledger.objects.with_window(date(2026, 9, 1)).get().filed_window == window
    assert ledger.steps.get(verb="sign_and_file").on_time is on_time


def test_a_restatement_is_never_judged_by_the_due_day(society, cast, period):
    """Only the first version of a period is on time or late."""
    first = make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    day = date(2026, 10, 8)
    copy = actions.restate(ledger=first, reason="漏计", by=cast.clerk, now=moment(day))
    sign(send(copy, cast, day), cast, day)
    found = Ledger.objects.with_window(date(2026, 9, 1)).order_by("version")
    assert [row.filed_window for row in found] == ["on_time", ""]
    assert copy.steps.get(verb="sign_and_file").on_time is None


def test_nothing_is_sent_before_the_as_of_day(society, cast, period):
    """R-LED-06, X-09."""
    ledger = make_ledger(society, period, cast=cast)
    with pytest.raises(ActionRefused, match="报送自 2026-06-30 起"):
        send(ledger, cast, date(2026, 6, 29), "23:59")
    assert send(ledger, cast, date(2026, 6, 30), "00:00").state == S.TO_SIGN


def test_nothing_is_signed_before_the_as_of_day(society, cast, period):
    ledger = make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    with pytest.raises(ActionRefused, match="报送自 2026-06-30 起"):
        sign(ledger, cast, date(2026, 6, 29))
    assert Ledger.objects.get().state == S.TO_SIGN


def test_after_closing_nothing_is_filed(society, cast, period):
    """R-LED-07."""
    ledger = make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    with pytest.raises(ActionRefused, match="已于 2026-08-11 关闭报送"):
        sign(ledger, cast, date(2026, 8, 12), "00:00")
    actions.return_to_clerk(
        ledger=ledger, reason="已关闭", by=cast.secretary, now=moment(date(2026, 8, 12))
    )
    with pytest.raises(ActionRefused, match="申请补报开锁"):
        send(ledger, cast, date(2026, 8, 12))


class TestMending:
    """R-LED-08: on time by the first filing if the return is mended within 5 working days."""

    @pytest.fixture
    def returned(self, society, cast, period):
        """Filed on the last day on time, returned a week later: Tuesday 2026-07-21."""
        return make_ledger(
            society,
            period,
            cast=cast,
            state=S.RETURNED,
            on=date(2026, 7, 14),
            reviewed_on=date(2026, 7, 21),
        )

    @pytest.mark.parametrize(
        ("day", "on_time"), [(date(2026, 7, 28), True), (date(2026, 7, 29), False)]
    )
    def test_the_fifth_working_day_is_the_last(self, returned, cast, day, on_time):
        ledger = sign(send(returned, cast, day), cast, day, "23:59")
        assert ledger.steps.filter(verb="sign_and_file").first().on_time is on_time
        first = moment(date(2026, 7, 14))
        assert ledger.first_filed_at == first
        assert (ledger.counted_filed_at == first) is on_time

    def test_the_secretarys_own_return_does_not_stop_the_clock(self, returned, cast):
        ledger = send(returned, cast, date(2026, 7, 28))
        ledger = actions.return_to_clerk(
            ledger=ledger, reason="再核", by=cast.secretary, now=moment(date(2026, 7, 28))
        )
        ledger = sign(send(ledger, cast, date(2026, 7, 29)), cast, date(2026, 7, 29))
        assert ledger.steps.filter(verb="sign_and_file").first().on_time is False

    @pytest.mark.parametrize(
        ("day", "window", "counts"),
        [
            (date(2026, 7, 28), "on_time", (1, 0, 0)),  # the last day for mending
            (date(2026, 7, 29), "late", (0, 0, 1)),
        ],
    )
    def test_never_mended_counts_on_time_no_more(self, returned, cast, period, day, window, counts):
        """The day passes and nothing is done: figures, lists and E2 follow, nothing is written."""
        assert self.read(returned, cast, period, day) == (window, counts, window == "on_time")
        sent = send(returned, cast, date(2026, 7, 28))
        assert self.read(sent, cast, period, day) == (window, counts, window == "on_time")

    def test_a_past_day_stays_after_late_mending(self, returned, cast, period):
        """Asked from the steps, the day before the return ran out says what it said."""
        day = date(2026, 7, 29)
        ledger = sign(send(returned, cast, day), cast, day)
        assert self.read(ledger, cast, period, day) == ("late", (0, 0, 1), False)
        found = [self.in_time(ledger, date(2026, 7, d)) for d in (13, 14, 28, 29)]
        assert found == [False, True, True, False]

    def test_mended_in_time_it_stays_on_time(self, returned, cast, period):
        ledger = sign(send(returned, cast, date(2026, 7, 28)), cast, date(2026, 7, 28))
        later = date(2026, 9, 1)
        assert self.read(ledger, cast, period, later) == ("on_time", (1, 0, 0), True)

    def test_early_and_unmended_it_is_undecided_until_a_filing_would_be_late(
        self, society, cast, period
    ):
        """Returned on the as-of day, five days pass before the due day: neither one nor other."""
        ledger = make_ledger(society, period, cast=cast, state=S.RETURNED)
        assert self.read(ledger, cast, period, date(2026, 7, 8)) == ("", (0, 0, 0), False)
        ledger = sign(send(ledger, cast, period.due_on), cast, period.due_on)
        assert self.read(ledger, cast, period, date(2026, 7, 15)) == ("on_time", (1, 0, 0), True)

    def test_without_the_day_an_unmended_return_would_count(
        self, returned, cast, period, monkeypatch
    ):
        """Negative control: read by the counted moment alone."""
        for module in (figures, ledgers):
            monkeypatch.setattr(module, "UNMENDED_STATES", ())
        assert self.read(returned, cast, period, date(2026, 7, 29))[:2] == ("on_time", (1, 0, 0))

    def test_returns_of_before_are_given_their_day(self, returned):
        """The migration's filling."""
        migration = import_module("ledgers.migrations.0004_mend_until")
        with connection.schema_editor() as editor:
            off, on = (
                f"ALTER TABLE ledgers_ledgerstep {w} TRIGGER {migration.GUARD}"
                for w in ("DISABLE", "ENABLE")
            )
            editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            editor.execute(off)
            LedgerStep.objects.update(mend_until=None)
            editor.execute(on)
            migration.fill(apps, editor)
        assert set(LedgerStep.objects.values_list("stage", "mend_until")) == {
            ("", None),
            ("committee", date(2026, 7, 28)),
        }

    def read(self, ledger, cast, period, on):
        """The word of lists, (on time, grace, late) of the period, and E2, which agree."""
        row = Ledger.objects.with_window(on).get(pk=ledger.pk)
        found = figures_of(period, cast, on)
        expected = ExpectedFiling.objects.filter(period=period)
        words = ("on_time", "grace", "late")
        with time_machine.travel(moment(on)):
            listed = tuple(expected_rows(cast.reviewer, expected, w).count() for w in words)
        counts = (found.on_time, found.grace, found.late)
        assert listed == counts and found.actual == 1
        return row.filed_window, counts, self.in_time(ledger, on)

    def in_time(self, ledger, on):
        return Ledger.objects.judged_on(on).get(pk=ledger.pk).counts_in_time

    def test_a_return_after_closing_may_still_be_mended(self, society, cast, period):
        ledger = make_ledger(
            society,
            period,
            cast=cast,
            state=S.RETURNED,
            on=date(2026, 7, 14),
            reviewed_on=date(2026, 8, 12),
        )
        ledger = sign(send(ledger, cast, date(2026, 8, 19)), cast, date(2026, 8, 19))
        assert ledger.state == S.FILED


class TestLockException:
    """R-LED-07: per society, with reason and last day; four different users."""

    DAY = date(2026, 9, 1)

    @pytest.fixture
    def asked(self, society, cast, period):
        return actions.request_lock_exception(
            society=society,
            period=period,
            reason="换届交接",
            until=date(2026, 9, 10),
            by=cast.clerk,
            now=moment(self.DAY),
        )

    def walk(self, exception, cast):
        now = moment(self.DAY)
        exception = actions.countersign_lock(exception=exception, by=cast.secretary, now=now)
        exception = actions.review_lock(exception=exception, by=cast.reviewer, now=now)
        return actions.grant_lock(exception=exception, by=cast.leader, now=now)

    def test_the_chain_opens_filing_until_its_last_day(self, asked, society, cast, period):
        assert self.walk(asked, cast).state == LockState.GRANTED
        ledger = make_ledger(society, period, cast=cast, state=S.DRAFT)
        ledger = send(ledger, cast, self.DAY)
        with pytest.raises(ActionRefused, match="关闭报送"):
            sign(ledger, cast, date(2026, 9, 11), "00:00")
        filed = sign(ledger, cast, date(2026, 9, 10), "23:59")
        assert filed.steps.filter(verb="sign_and_file").get().on_time is False

    @pytest.mark.parametrize("settled", ["filed", "never owed"])
    def test_nothing_is_asked_for_what_is_not_owed(self, society, cast, period, settled):
        """Filed or not in the frozen set: there is nothing to file late."""
        expected = ExpectedFiling.objects.get(period=period, society=society)
        if settled == "filed":
            make_ledger(society, period, cast=cast, state=S.FILED)
        else:
            expected.delete()
        with pytest.raises(ActionRefused, match="没有未报送的2026 年上半年台账"):
            self.ask(society, cast, period)
        assert not LockException.objects.exists()

    def test_an_exempted_society_may_file_all_the_same(self, society, cast, period):
        expected = ExpectedFiling.objects.get(period=period, society=society)
        now = moment(self.DAY)
        actions.propose_exemption(expected=expected, reason="停办", by=cast.reviewer, now=now)
        actions.decide_exemption(expected=expected, by=cast.leader, now=now)
        assert self.ask(society, cast, period).state == LockState.REQUESTED

    def test_a_return_never_mended_is_still_owed(self, society, cast, period):
        make_ledger(society, period, cast=cast, state=S.RETURNED)
        assert self.ask(society, cast, period).state == LockState.REQUESTED

    def ask(self, society, cast, period):
        return actions.request_lock_exception(
            society=society,
            period=period,
            reason="换届交接",
            until=date(2026, 9, 10),
            by=cast.clerk,
            now=moment(self.DAY),
        )

    def test_without_the_exception_nothing_opens(self, asked, society, cast, period):
        """Negative control: asked, signed and reviewed is not yet granted."""
        now = moment(self.DAY)
        actions.countersign_lock(exception=asked, by=cast.secretary, now=now)
        actions.review_lock(exception=asked, by=cast.reviewer, now=now)
        ledger = make_ledger(society, period, cast=cast)
        with pytest.raises(ActionRefused, match="关闭报送"):
            send(ledger, cast, self.DAY)

    def test_it_helps_one_society_only(self, asked, cast, period, society):
        self.walk(asked, cast)
        other = make_society(society.federation)
        ledger = make_ledger(other, period)
        clerk = make_actor(Role.SOCIETY_CLERK, other)
        with pytest.raises(ActionRefused, match="关闭报送"):
            actions.send_for_signature(ledger=ledger, by=clerk, now=moment(self.DAY))

    def test_the_order_is_kept(self, asked, cast):
        with pytest.raises(ActionRefused, match="状态已变化"):
            actions.grant_lock(exception=asked, by=cast.leader, now=moment(self.DAY))
        assert LockException.objects.get().state == LockState.REQUESTED

    def test_one_user_never_takes_two_steps(self, asked, society, cast):
        twice = make_actor(Role.SOCIETY_SECRETARY, society, user=cast.clerk.user)
        with pytest.raises(NotAllowed, match="须由另一人"):
            actions.countersign_lock(exception=asked, by=twice, now=moment(self.DAY))
        asked.countersigned_by = cast.clerk.user
        asked.countersigned_at = moment(self.DAY)
        with pytest.raises(IntegrityError, match="requested_is_not_countersigned"):
            with transaction.atomic():
                asked.save()

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ({"state": LockState.GRANTED}, "has_its_steps"),
            ({"state": LockState.REVIEWED}, "has_its_steps"),
            ({"state": LockState.COUNTERSIGNED}, "has_its_steps"),
            ({"requested_by": None, "requested_at": None}, "has_its_steps"),
            ({"reviewed_at": moment(DAY)}, "lock_exception_reviewed"),
        ],
    )
    def test_no_state_without_its_steps_in_the_database(self, asked, change, constraint):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            LockException.objects.filter(pk=asked.pk).update(**change)

    def test_no_refusal_without_a_reason_in_the_database(self, asked, cast):
        done = self.walk(asked, cast)
        with pytest.raises(IntegrityError, match="refused_has_reason"), transaction.atomic():
            LockException.objects.filter(pk=done.pk).update(state=LockState.REFUSED)

    def test_the_leader_may_refuse_with_a_reason(self, asked, cast):
        now = moment(self.DAY)
        actions.countersign_lock(exception=asked, by=cast.secretary, now=now)
        actions.review_lock(exception=asked, by=cast.reviewer, now=now)
        with pytest.raises(ActionRefused):
            actions.refuse_lock(exception=asked, reason=" ", by=cast.leader, now=now)
        done = actions.refuse_lock(exception=asked, reason="理由不足", by=cast.leader, now=now)
        assert (done.state, done.refusal_reason) == (LockState.REFUSED, "理由不足")

    def test_bad_requests(self, society, cast, period):
        def ask(day=self.DAY, **more):
            fixed = {"reason": "换届交接", "until": date(2026, 9, 10)} | more
            return actions.request_lock_exception(
                society=society, period=period, by=cast.clerk, now=moment(day), **fixed
            )

        with pytest.raises(ActionRefused) as refused:
            ask(reason=" ", until=date(2026, 8, 31))
        assert set(refused.value.errors) == {"reason", "until"}
        with pytest.raises(ActionRefused, match="尚未关闭报送"):
            ask(day=date(2026, 8, 11))
        ask()
        with pytest.raises(ActionRefused, match="已有办理中"):
            ask()


class TestPeriods:
    """R-LED-05: opened on the as-of day with a frozen expected set."""

    def test_the_expected_set_is_frozen(self, society):
        """D-5: who joins or leaves later changes nothing."""
        federation = society.federation
        leaving = make_society(federation, left_on=date(2026, 7, 1))
        joining = make_society(federation, joined_on=date(2026, 7, 1))
        gone = make_society(federation, left_on=AS_OF)
        make_society(federation, body_kind="foundation")
        make_society(federation, body_kind="international", relation="international")
        period = make_period(federation)
        ids = {e.society_id for e in period.expected.all()}
        assert ids == {society.pk, leaving.pk}
        joining.joined_on = None
        joining.save()
        assert actions.open_period(period=period, now=moment(date(2026, 7, 5))) is False
        assert {e.society_id for e in period.expected.all()} == ids
        assert gone.pk not in ids

    def test_it_does_not_open_early(self, society):
        period = make_period(society.federation, opened=False)
        with pytest.raises(ActionRefused, match="自 2026-06-30 起开期"):
            actions.open_period(period=period, now=moment(date(2026, 6, 29), "23:59"))
        assert not ExpectedFiling.objects.exists()

    def test_the_daily_beat(self, society):
        federation = society.federation

        def beat(day):
            now = moment(day, "00:05")
            return [p.key for p in actions.open_due_periods(federation=federation, on=day, now=now)]

        assert beat(date(2026, 5, 1)) == [], "2025H2 closed before the federation came"
        assert beat(date(2026, 6, 29)) == []
        assert beat(date(2026, 6, 30)) == ["2026H1"]
        assert beat(date(2026, 6, 30)) == []
        assert LedgerPeriod.objects.get(opened_at=None).key == "2026H2", "its draft is open"
        assert beat(date(2027, 7, 2)) == ["2026H2", "2027H1"], "missed days are caught up"
        assert LedgerPeriod.objects.filter(opened_at=None).get().key == "2027H2"

    def test_the_first_period_is_2016h2(self):
        federation = make_federation()
        with pytest.raises(ValueError, match="no as-of day"):
            actions.ensure_period(federation=federation, as_of=date(2016, 6, 30))
        assert actions.ensure_period(federation=federation, as_of=date(2016, 12, 31))

    def test_current_and_working_periods(self, society):
        federation = society.federation
        make_period(federation)
        make_period(federation, date(2026, 12, 31), opened=False)
        current = LedgerPeriod.objects.current
        assert current(federation, date(2026, 6, 29)).key == "2026H1"
        assert current(federation, date(2026, 8, 11)).key == "2026H1"
        assert current(federation, date(2026, 8, 12)).key == "2026H2"

    def test_a_society_sees_its_federations_periods(self, society, cast, period):
        make_period(make_federation())
        assert list(LedgerPeriod.objects.visible_to(cast.clerk)) == [period]
        assert list(LedgerPeriod.objects.visible_to(cast.leader)) == [period]
        assert not LedgerPeriod.objects.visible_to(None).exists()

    def test_closing_is_proposed_and_decided_by_two(self, society, cast, period):
        late = moment(date(2026, 8, 12))
        with pytest.raises(ActionRefused, match="之后方可提请定格"):
            actions.propose_closing(period=period, by=cast.reviewer, now=moment(date(2026, 8, 11)))
        with pytest.raises(ActionRefused, match="没有待定格"):
            actions.close_period(period=period, by=cast.leader, now=late)
        actions.propose_closing(period=period, by=cast.reviewer, now=late)
        same = make_actor(Role.COMMITTEE_LEADER, society.federation, user=cast.reviewer.user)
        with pytest.raises(NotAllowed):
            actions.close_period(period=period, by=same, now=late)
        with pytest.raises(NotAllowed):
            actions.close_period(period=period, by=cast.reviewer, now=late)
        assert actions.close_period(period=period, by=cast.leader, now=late).closed_at == late

    def test_exemptions(self, society, cast, period):
        expected = period.expected.get()
        now = moment(date(2026, 7, 1))
        actions.propose_exemption(expected=expected, reason="清算中", by=cast.reviewer, now=now)
        assert figures_of(period, cast, AS_OF).expected == 1
        actions.decide_exemption(expected=expected, by=cast.leader, now=now)
        statistics = figures_of(period, cast, AS_OF)
        assert (statistics.expected, statistics.exempt) == (0, 1)

    @pytest.mark.parametrize("proposed_before", [True, False])
    def test_what_was_filed_is_not_exempted(self, society, cast, period, proposed_before):
        """A late filing must not leave the figures by way of an exemption."""
        now, said = moment(date(2026, 7, 1)), {"reason": "清算中", "by": cast.reviewer}
        expected = period.expected.get()
        if proposed_before:
            actions.propose_exemption(expected=expected, now=now, **said)
        make_ledger(society, period, cast=cast, state=S.FILED, on=date(2026, 7, 22))
        with pytest.raises(ActionRefused, match="已报送台账，不再免报"):
            if proposed_before:
                actions.decide_exemption(expected=expected, by=cast.leader, now=now)
            else:
                actions.propose_exemption(expected=expected, now=now, **said)
        assert figures_of(period, cast, AS_OF).late == 1


def test_on_time_within_actual_within_expected(society, cast, period):
    """D-5: by id, so no rate above 100 %."""
    federation = society.federation
    make_ledger(society, period, cast=cast, state=S.ACCEPTED, on=date(2026, 7, 14))
    for day in (date(2026, 7, 15), date(2026, 7, 22)):
        other = make_society(federation)
        make_ledger(other, period, state=S.FILED, on=day)
        assert not period.expected.filter(society=other).exists()
    statistics = figures_of(period, cast, date(2026, 8, 1))
    assert (statistics.on_time, statistics.actual, statistics.expected) == (1, 1, 1)
    later = make_period(federation, date(2026, 12, 31))
    statistics = figures_of(later, cast, date(2026, 12, 31))
    assert (statistics.on_time, statistics.actual, statistics.expected) == (0, 0, 3)
    assert statistics.not_filed == 3


def test_statistics_tell_returned_and_overdue(society, cast, period):
    make_ledger(
        society, period, cast=cast, state=S.RETURNED, on=AS_OF, reviewed_on=date(2026, 7, 14)
    )
    for day, overdue in ((date(2026, 7, 21), 0), (date(2026, 7, 22), 1)):
        statistics = figures_of(period, cast, day)
        assert (statistics.returned, statistics.returned_overdue) == (1, overdue)
    assert statistics.actual == 1


def test_the_queue_shows_what_waits_longest_first(society, cast, period):
    first = make_ledger(society, period, cast=cast, state=S.FILED, on=date(2026, 7, 14))
    other = make_society(society.federation)
    second = make_ledger(other, period, state=S.FILED, on=date(2026, 7, 14) + timedelta(days=1))
    rows = list(Ledger.objects.visible_to(cast.reviewer).awaiting_review())
    assert [r.pk for r in rows] == [first.pk, second.pk]
    assert [r.filed_window for r in rows] == ["on_time", "grace"]
    assert [r.has_open_issue for r in rows] == [False, False]


def test_by_another_clock_a_late_filing_would_count_as_on_time(society, cast, period):
    """Negative control of R13: days of UTC instead of Shanghai."""
    ledger = make_ledger(society, period, cast=cast, state=S.TO_SIGN)
    minute = moment(date(2026, 7, 15), "00:00")
    with timezone.override(UTC):
        actions.sign_and_file(ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=minute)
        assert Ledger.objects.with_window(date(2026, 9, 1)).get().filed_window == "on_time"
    assert ledger.steps.get(verb="sign_and_file").on_time is True


def test_bodies_that_owe_no_ledger_are_not_asked(society, cast, period):
    """R-LED-05, D-12: neither for the period to come nor for a draft."""
    coming = make_period(society.federation, date(2026, 12, 31), opened=False)
    on = date(2026, 9, 1)
    assert coming in LedgerPeriod.objects.asked_of(society.pk, on)
    foundation = make_society(society.federation, body_kind="foundation")
    assert not LedgerPeriod.objects.asked_of(foundation.pk, on)
    clerk = make_actor(Role.SOCIETY_CLERK, foundation)
    with pytest.raises(ActionRefused, match="无须报送"):
        actions.ensure_draft(society=foundation, period=coming, by=clerk, now=moment(on))
    assert not Ledger.objects.filter(society=foundation).exists()


def test_a_draft_begun_before_the_exemption_gives_no_task(society, cast, period):
    make_ledger(society, period, cast=cast)
    on = AS_OF + timedelta(days=1)
    now = moment(on)
    expected = ExpectedFiling.objects.get(period=period, society=society)
    actions.propose_exemption(expected=expected, reason="停办", by=cast.reviewer, now=now)
    assert len(desk.versions(cast.clerk, on)) == 1
    actions.decide_exemption(expected=expected, by=cast.leader, now=now)
    assert desk.versions(cast.clerk, on) == []
